"""Keeps secrets that people type or paste out of everything that is stored: named by kind and field, never by value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checks.secrets.shapes import suspect
from workbook.errors import Refused
from workbook.ledger.desk import Change


def refuse_secrets(change: Change, before: Mapping[str, object]) -> None:
    """Look at everything a change would newly store; `before` are the fields as they are.

    Raises:
        Refused: a text holds what looks like a secret. The change must not be made; the person still has the text.
    """
    for field, value in change.fields.items():
        known = set(_texts(before.get(field)))
        for text in _texts(value):
            if text not in known:
                refuse_secret(field.replace("_", " "), text)


def refuse_secret(field: str, text: str) -> None:
    """Look at one text before it is stored.

    Raises:
        Refused: it holds what looks like a secret.
    """
    if found := suspect(text):
        raise Refused(
            f"the {field} holds what looks like a secret ({found[0].kind}), so it was not kept",
            "take the value out and say where it lives instead; if it is real, revoke it",
        )


def _texts(value: object) -> Iterator[str]:
    """Every text in a value that is stored."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
        if value and all(isinstance(part, str) for part in value):
            yield " ".join(value)  # a command: an option that says password stands before its value
