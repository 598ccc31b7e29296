"""Texts of ours inside a scaffold, which no encoder touches: blanks, and numbers of the catalogue."""

from __future__ import annotations


class Ours(str):
    """A text of ours, which no encoder touches."""

    __slots__ = ()


def blank(what: str) -> Ours:
    """The mark of what a person has to write; see `checks.blanks`."""
    return Ours(f"[fill in: {what}]")
