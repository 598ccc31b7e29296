"""Words and filters over the controls: the search and the board's list take the same line and show the same rows."""

from __future__ import annotations

from collections.abc import Collection

from textual.content import Content

from tui.wording import said, standing
from workbook.search import Hit, found, parsed, values
from workbook.session import Session


def hits(session: Session, typed: str, moved: Collection[str]) -> tuple[Content, list[tuple[str, Content]]]:
    """What to say about a line of words and filters, and a row for each control that has all of them."""
    query = parsed(typed)
    listed = found(session.catalogue, session.state, session.assessment, query, moved)
    count = Content(f"{len(listed)} control{'s' if len(listed) != 1 else ''}")
    told = said(query.wrong, "$text-warning") if query.wrong else count
    return told, [(hit.control.id, _row(hit)) for hit in listed]


def cycled(session: Session, typed: str, name: str) -> str:
    """The line with a filter at the next value it can have; after the last one without the filter."""
    offered = [one.lower() for one in values(session.catalogue, session.state, name)]
    before = next((value for key, value in parsed(typed).filters if key == name), "")
    after = (*offered, "")[offered.index(before) + 1 if before in offered else 0]
    rest = [part for part in typed.split() if not part.lower().startswith(f"{name}:")]
    return " ".join([*rest, *([f"{name}:{after}"] if after else [])])


def _row(hit: Hit) -> Content:
    parts: list[Content | str | tuple[str, str]] = [standing(hit.judged.standing), "  ", said(hit.control.title)]
    if hit.decides:
        parts.append(("  decides", "$text-accent"))
    elif hit.asked_in:
        parts.append(said(f"  only in {', '.join(hit.asked_in)}", "$foreground 60%"))
    if hit.owner:
        parts.append(said(f"  {hit.owner.partition(' <')[0]}", "$foreground 60%"))
    if hit.changed:
        parts.append(("  changed", "$text-warning"))
    return Content.assemble(*parts)
