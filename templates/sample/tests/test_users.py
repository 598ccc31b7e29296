import pytest
from pydantic import ValidationError

from api.users import NewUser


def test_a_customer_needs_a_name():
    with pytest.raises(ValidationError):
        NewUser(name="", email="ana@example.com")


def test_an_address_needs_an_at_sign():
    with pytest.raises(ValidationError):
        NewUser(name="Ana Example", email="ana.example.com")


def test_a_customer_keeps_what_was_given():
    user = NewUser(name="Ana Example", email="ana@example.com")
    assert (user.name, user.email) == ("Ana Example", "ana@example.com")
