"""Facts about the product: listed, confirmed by a person, and proposed by a tool without settling anything."""

import tomllib

import pytest

from workbook.cli.main import main
from workbook.session import Session

AGENT = "coding agent"


@pytest.fixture
def book(repository):
    session = Session(repository)
    session.start(["fifty-point"])
    session.save()
    return repository


@pytest.fixture
def call(book, capsys):
    def run(*arguments):
        code = main(["-C", str(book), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def scope(book):
    return tomllib.loads((book / "readiness.toml").read_text())["scope"]


def settled(book):
    session = Session(book)
    return [name for name, one in session.assessment.standings.items() if one.standing == "not-applicable"]


def test_a_proposal_settles_nothing_until_a_person_confirms_it(call, book):
    code, out, _ = call("scope", "server", "no", "model", "no", "--propose", AGENT)
    assert code == 0
    assert "Nothing is settled by that" in out
    assert scope(book) == {"proposed_no": ["server", "model"], "proposed_by": AGENT}
    assert settled(book) == []
    listed, talk = call("scope")[1:]
    assert f"(proposed by {AGENT}, not confirmed)" in next(line for line in listed.splitlines() if line[:6] == "server")
    assert "2 proposed facts settle nothing yet" in talk
    code, out, _ = call("scope", "--confirm")
    assert code == 0
    assert "proposed_by" not in scope(book)
    assert (scope(book)["server"], scope(book)["by"]) == (False, "Ana Example <ana@example.com>")
    assert settled(book)


def test_a_person_may_decide_otherwise_and_the_rest_stays_proposed(call, book):
    call("scope", "server", "no", "uploads", "yes", "--propose", AGENT)
    assert call("scope", "server", "yes")[0] == 0
    assert (scope(book)["server"], scope(book)["proposed_yes"]) == (True, ["uploads"])
    assert "proposed_no" not in scope(book)


def test_no_proposal_takes_the_place_of_what_a_person_confirmed(call, book):
    call("scope", "server", "yes")
    before = (book / "readiness.toml").read_bytes()
    code, _, err = call("scope", "server", "no", "--propose", AGENT)
    assert code == 2
    assert "was confirmed by Ana Example" in err
    assert (book / "readiness.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["server"], "needs yes or no"),
        (["server", "maybe"], "needs yes or no"),
        (["sever", "no", "--propose", AGENT], "server"),
        (["--confirm"], "nothing is proposed"),
        (["server", "no", "--confirm", "--propose", AGENT], "give one of them"),
    ],
)
def test_what_cannot_be_taken_is_said(call, words, said):
    code, _, err = call("scope", *words)
    assert code == 2
    assert said in err
