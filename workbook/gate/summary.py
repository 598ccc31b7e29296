"""What a gate says as Markdown: for the summary of a CI run, and for one comment that is kept up to date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from workbook.change.compared import Change
from workbook.exports import pr_body
from workbook.exports.pr_template import rendered
from workbook.gate.ruling import Level, Reason, Ruling

CAP: Final = 60_000
"""Bytes. A comment holds 65,536 characters; a step summary 1 MiB, and what is larger is thrown away whole."""

SIZES: Final = ((7, 200, 300), (7, 50, 300), (7, 10, 300), (7, 0, 300), (3, 0, 100), (1, 0, 60))
"""Lines of one kind that are read, lines in its fold, characters of one text: the first that stays below the cap."""

LONGEST_PLACE: Final = 200
"""Characters of the folder in the first line, by which the comment is found again."""

HEADS: Final = {0: "the gate passes", 1: "the gate fails", 3: "the gate cannot tell"}
_HEADINGS: Final = {Level.FAILURE: "To mend", Level.UNKNOWN: "Cannot be told", Level.WARNING: "To know"}


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of one kind: those that are read, those in the fold, and how many more there are."""

    heading: str
    lines: tuple[str, ...]
    fold: tuple[str, ...]
    more: int


def markdown(ruling: Ruling, change: Change | None, prefix: str = "", claims: Sequence[str] = ()) -> str:
    """The ruling, then what the change puts in doubt beside it, and what it answers; never longer than `CAP`.

    Args:
        ruling: what the gate said.
        change: what it compared, with the probes on both sides; None where it compared nothing.
        prefix: where the workbook lies below the top of the repository: "" or a path that ends in "/".
        claims: what the description of the request says and the workbook does not.
    """
    parts = [(_HEADINGS[level], [_reason(one, prefix) for one in ruling.at(level)]) for level in Level]
    verdicts: Sequence[str] = ()
    if change is not None:
        told = {one.about for one in ruling.reasons if one.level is not Level.WARNING}
        parts[2:2] = [("Put in doubt by this change", _whole(pr_body.doubt_lines(change, told)))]
        parts += [("Answered by this change", _whole(pr_body.answer_lines(change)))]
        verdicts = pr_body.verdict_lines(change)
    parts += [("Claimed in the description", _whole(claims))]
    quiet = not any(lines for _, lines in parts)
    parts += [("Notes", _whole(ruling.notes))]
    text = ""
    for shown, folded, longest in SIZES:
        text = rendered(
            "gate.md.jinja",
            at=prefix.rstrip("/")[:LONGEST_PLACE] or "top",
            quiet=quiet,
            head=HEADS[ruling.code],
            ground=f"{ruling.mode}{f', compared with {ruling.base[:7]}' if ruling.base else ''}",
            verdicts=[_clipped(one, longest) for one in verdicts],
            parts=[_part(heading, lines, shown, folded, longest) for heading, lines in parts if lines],
        )
        if len(text.encode()) <= CAP:
            break
    return f"{text}\n"


def _reason(one: Reason, prefix: str) -> tuple[str, ...]:
    """What is said and what mends it: two texts, so that a long one does not cut the other off."""
    place = f" ({prefix}{one.place.path}:{one.place.line})" if one.place else ""
    return f"{one.about}: {one.what}", f"{place} → {one.mend}"


def _whole(lines: Iterable[str]) -> list[tuple[str, ...]]:
    return [(line,) for line in lines]


def _part(heading: str, lines: Sequence[tuple[str, ...]], shown: int, folded: int, longest: int) -> Part:
    texts = ["".join(_clipped(text, longest) for text in line) for line in lines[: shown + folded]]
    return Part(heading, tuple(texts[:shown]), tuple(texts[shown:]), len(lines) - len(texts))


def _clipped(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
