"""The record of an explanation. Texts of findings are untrusted: every renderer encodes all of it for its sink."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["control", "item", "signal", "rule", "finding", "fact", "checklist", "number", "planning aid"]


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and its lines."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """The example that is shown for a signal. `framework` is an id of `checks.application.frameworks`, or "any"."""

    signal: str
    framework: str
    title: str
    fits: bool
    """Whether it is for what the repository is written with."""
    note: str
    """Which one is shown, and why where it is not for this repository."""
    files: Mapping[str, str]
    removes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one id means. What a kind has not is empty; `about` is what only its kind has, in order."""

    kind: Kind
    id: str
    title: str
    why: str = ""
    question: str = ""
    method: tuple[str, ...] = ()
    outcomes: tuple[tuple[str, str], ...] = ()
    """What counts as what: "Yes when" and so on, with the text."""
    limits: tuple[str, ...] = ()
    asked_by: tuple[str, ...] = ()
    about: tuple[Part, ...] = ()
    fix: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    """What writes a document or configuration for it."""
    examples: tuple[Shown, ...] = field(default_factory=tuple)
    sources: tuple[str, ...] = ()

    def parts(self) -> Iterator[Part]:
        """Everything but the examples, in the order it is read."""
        yield from _some("Why", self.why)
        yield from _some("Asks", self.question)
        yield from (Part(heading, (text,)) for heading, text in self.outcomes if text)
        yield from _some("How it is looked at", *self.method)
        yield from _some("What that cannot see", *self.limits)
        yield from (one for one in self.about if one.lines)
        yield from _some("Asked by", *self.asked_by)
        yield from _some("What to do", *self.fix)
        yield from _some("Written for you by", *self.commands)
        yield from _some("Source", *self.sources)


def _some(heading: str, *lines: str) -> Iterator[Part]:
    said = tuple(line for line in lines if line)
    if said:
        yield Part(heading, said)
