"""What answers rest on, written down in little room: sets of files, and what files said, each once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Set
from typing import TYPE_CHECKING, Any, Final

from checks.reads import taken_apart

if TYPE_CHECKING:
    from checks.reads import OfOneFile, Question, Step

_FEW: Final = 64
"""Files of a set that are kept by their numbers."""


def written(mask: int) -> list[int] | str:
    """A set of files for the cache: most are of a few, whose numbers take less room than a bit for each file."""
    if mask.bit_count() > _FEW:
        return f"{mask:x}"
    bits = bin(mask)[:1:-1]
    found, at = [], bits.find("1")
    while at >= 0:
        found.append(at)
        at = bits.find("1", at + 1)
    return found


def read(packed: list[int] | str) -> int:
    """The set that `written` was given."""
    return int(packed, 16) if isinstance(packed, str) else sum(1 << number for number in packed)


class Sayings:
    """What files said to questions, each once: many steps use the one that asked."""

    def __init__(self) -> None:
        self.all: list[Mapping[str, object]] = []
        self._numbers: dict[int, int] = {}
        self._texts: dict[str, int] = {}

    def number_of(self, said: Mapping[str, object]) -> int:
        """The place of what was said, which the caller holds on to, in `all`."""
        if id(said) not in self._numbers:
            text = json.dumps(said)
            if text not in self._texts:
                self._texts[text] = len(self.all)
                self.all.append(said)
            self._numbers[id(said)] = self._texts[text]
        return self._numbers[id(said)]


class Rows:
    """What was asked of which files, with what those said: rows, each once, since most steps rest on the same."""

    def __init__(self) -> None:
        self._sets: dict[int, int] = {}
        self._sayings = Sayings()
        self._rows: dict[tuple[str, str, int, int], int] = {}
        self._known: dict[int, int] = {}

    def numbers_of(self, asked: Iterable[list[Any]]) -> list[int]:
        """The places of rows of kind, argument, set and answers in what is `written`, each once.

        The caller holds on to the rows.
        """
        found: dict[int, None] = {}
        for row in asked:
            number = self._known.get(id(row))
            if number is None:
                kind, argument, mask, said = row
                one = kind, argument, self._sets.setdefault(mask, len(self._sets)), self._sayings.number_of(said)
                number = self._known[id(row)] = self._rows.setdefault(one, len(self._rows))
            found[number] = None
        return list(found)

    @property
    def kinds(self) -> set[str]:
        """The names of the questions that are asked."""
        return {taken_apart(kind)[0] for kind in {kind for kind, *_ in self._rows}}

    def written(self) -> dict[str, Any]:
        """All rows for the cache, with the sets and the answers that they name by their places."""
        return {
            "asked": [list(row) for row in self._rows],
            "sets": [written(mask) for mask in self._sets],
            "said": self._sayings.all,
        }


def of_steps(steps: Iterable[Step]) -> dict[Question, tuple[Set[str], dict[str, object]]]:
    """What steps asked, and were told. Where one of them asked, these are its own: they may grow."""
    found: dict[Question, tuple[Set[str], dict[str, object]]] = {}
    for step in steps:
        for question, paths in step.asked.items():
            answers = step.answers.setdefault(question, {})
            if question in found:
                every, told = found[question]
                found[question] = every | paths, (told | answers if told and answers else told or answers)
            else:
                found[question] = paths, answers
    return found


def restorer(question: OfOneFile) -> Callable[[Any], Any] | None:
    """What makes of a kept answer, None for nothing, what the question returned; None where its type is not known.

    The type is the one in the question's signature, to which a type checker holds it.
    """
    returns = str(question.__annotations__.get("return", ""))
    if returns == "bool":
        return bool
    if returns == "str":
        return lambda said: said or ""
    if returns == "list[int]":
        return lambda said: list(said or ())
    if returns.startswith("list[tuple["):
        return lambda said: [tuple(one) for one in said or ()]
    return None
