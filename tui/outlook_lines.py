"""Where the team stands, line by line, for any decision model: what is certain, the range, what moved, what lapses."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from tui.chart import span
from tui.wording import named, said
from workbook.agenda import next_lapse
from workbook.assess import PLAIN, Standing
from workbook.history import Point, moves, point_now
from workbook.sentences import WORDS, head
from workbook.sentences import span as told_span
from workbook.session import Session
from workbook.verdicts.lines import listed

LABEL = 12
"""Cells of the words in front."""

BAR = 24
"""Cells of the range."""

NAMED = 3
"""Controls that are named of those that moved."""


def outlook_lines(session: Session, began: Point | None, *, whole: bool = True) -> list[Content]:
    """The lines below the verdict; without `whole` only what is certain and the range."""
    return [
        Content.assemble((f"{name:<{LABEL}}", "$foreground 60%"), text) for name, text in _lines(session, began, whole)
    ]


def headline(session: Session) -> Content:
    """The verdict alone; what is certain stands below."""
    verdict = session.verdict
    return said(f"{head(verdict)}." if verdict else session.headline, "bold")


def _lines(session: Session, began: Point | None, whole: bool) -> Iterator[tuple[str, Content]]:
    verdict = session.verdict
    if verdict is not None:
        bar = span(verdict.lowest / verdict.of, verdict.highest / verdict.of, BAR) if verdict.of else Content("")
        yield "Range", Content.assemble(bar, "  ", said(told_span(verdict)))
        if verdict.certain:
            proposed = f". {session.proposed_stops}" if session.proposed_stops else ""
            yield "Certain", said(f"{'; '.join(verdict.certain)}{proposed}", "$text-warning")
        if whole and verdict.verdict == "incomplete":
            yield "Can end as", said(" / ".join(WORDS[one].lower() for one in verdict.can_end))
        if whole and (way := verdict.next_better):
            some = [f"any {way.some} of {len(way.some_of)} open ones"] if way.some else []
            need = " and ".join([*([_some(way.all_of)] if way.all_of else []), *some])
            yield "Better", said(f"“{WORDS[way.to].lower()}” still takes {need}")
        for note in verdict.notes if whole else ():
            yield "Note", said(note)
    if moved := _moved(session, began):
        yield "Moved", moved
    if whole and (entry := next_lapse(session.dates, session.today())):
        yield "Next lapse", said(f"{entry.day}  {named(session, entry.about)}: {entry.what}")
    if problems := session.state.problems:
        many = f"{len(problems)} entries cannot be used (w lists them): " if len(problems) > 1 else ""
        yield "Warnings", said(f"{many}{problems[0]}", "$text-warning")


def _moved(session: Session, began: Point | None) -> Content | None:
    """What is other than when this sitting began, whoever did it; None where nothing is."""
    moved = moves(began, point_now(session)) if began and session.has_state else ()
    if not moved:
        return None
    some = "; ".join(f"{named(session, one.about)}: {_side(one.after)}" for one in moved[:NAMED])
    more = f"; and {len(moved) - NAMED} more" if len(moved) > NAMED else ""
    return said(f"{len(moved)} since you opened this: {some}{more}")


def _side(side: Standing | str) -> str:
    return PLAIN[side] if isinstance(side, Standing) else side


def _some(items: tuple[str, ...]) -> str:
    numbers = [item.partition(".")[2] for item in items]
    told = f"{', '.join(numbers[:4])} and {len(numbers) - 4} more" if len(numbers) > 5 else listed(numbers)  # noqa: PLR2004  a list of one more than that is as short
    return f"item{'s' if len(numbers) > 1 else ''} {told}"
