"""What the terms of a question mean, for those at the table who do not know them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from workbook.data import templates


@dataclass(frozen=True, slots=True)
class Term:
    """One term, the ways it is written, and one line of what it means."""

    name: str
    words: tuple[str, ...]
    means: str


@cache
def terms() -> tuple[Term, ...]:
    """Every term (templates/glossary.toml)."""
    tables = tomllib.loads((templates() / "glossary.toml").read_text(encoding="utf-8"))["terms"]
    return tuple(Term(name, tuple(table.get("words", (name,))), table["means"]) for name, table in tables.items())


def explained(*texts: str) -> tuple[Term, ...]:
    """The terms that occur in texts, in the order in which they occur first."""
    said = "\n".join(texts)
    return tuple(dict.fromkeys(term for _, term in sorted(_found(said), key=lambda one: one[0])))


def _found(text: str) -> Iterator[tuple[int, Term]]:
    for term in terms():
        if place := _pattern(term).search(text):
            yield place.start(), term


@cache
def _pattern(term: Term) -> re.Pattern[str]:
    """Words in capitals are names and found only so: "CI" is not "ci"."""
    ways = (re.escape(word) if word.isupper() else f"(?i:{re.escape(word)})" for word in term.words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)")
