"""The words and signs on screen. A sign never stands without its word, a color never without both."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from checks.observation import Location, Observation, Outcome
from workbook.answers import Status
from workbook.assess import PLAIN, Standing
from workbook.first_look import searched_in
from workbook.guide import Question
from workbook.session import Session
from workbook.store import Edit
from workbook.text import textual, textual_lines
from workbook.words import OUTCOME_WORDS, STATUS_WORDS

SIGNS = {
    Standing.PROVEN: ("✔", "$text-success"),
    Standing.CLAIMED: ("✓", "$text-success"),
    Standing.LAPSED: ("~", "$text-warning"),
    Standing.DISPUTED: ("!", "$text-warning"),
    Standing.WAIVED: ("w", "$text-warning"),
    Standing.NEEDS_REVIEW: ("◐", "$text-warning"),
    Standing.BLOCKER: ("✖", "$text-error"),
    Standing.NOT_APPLICABLE: ("-", "$foreground 60%"),
    Standing.UNANSWERED: ("·", "$foreground 60%"),
}
"""Each standing's sign and color."""

STATUS_SIGNS = {
    Status.READY: ("✓", "$text-success"),
    Status.NEEDS_REVIEW: ("◐", "$text-warning"),
    Status.BLOCKER: ("✖", "$text-error"),
    Status.NOT_APPLICABLE: ("-", "$foreground 60%"),
    Status.UNANSWERED: ("·", "$foreground 60%"),
}
"""Each item status: sign and color."""

OUTCOME_SIGNS = {
    Outcome.MET: ("✓", "$text-success"),
    Outcome.PARTIAL: ("◐", "$text-warning"),
    Outcome.UNMET: ("✖", "$text-error"),
    Outcome.NOT_APPLICABLE: ("-", "$foreground 60%"),
    Outcome.UNKNOWN: ("?", "$foreground 60%"),
}
"""What a probe says: sign and color."""

BASIS = {"source": "the article says so", "proposed": "our proposal; it warns and lapses nothing"}
"""Where a period of freshness comes from."""

SEVERITIES = {
    "blocker": ("STOPS LAUNCH", "bold $text-error"),
    "high": ("HIGH", "bold $text-warning"),
    "medium": ("MEDIUM", "$text-warning"),
    "low": ("LOW", "$foreground 60%"),
}
"""How much it matters, in plain words."""


def said(text: str, style: str = "") -> Content:
    """Untrusted text on one line, never read as markup."""
    return textual(text).stylize(style) if style else textual(text)


def named(session: Session, about: str) -> str:
    """What people call a control; anything else by its own name. Untrusted text."""
    control = session.catalogue.controls.get(about)
    return control.title if control else about


def said_lines(text: str) -> Content:
    """Untrusted text on several lines."""
    return textual_lines(text)


def standing(one: Standing) -> Content:
    """A standing: sign and word."""
    sign, color = SIGNS[one]
    return Content.assemble((f"{sign} {PLAIN[one]}", color))


def counted(one: Status, count: int) -> Content:
    """How many items have a status: "✖ 2 stop launch"."""
    sign, color = STATUS_SIGNS[one]
    word = STATUS_WORDS[one]
    many = {Status.NEEDS_REVIEW: "open gaps", Status.BLOCKER: "stop launch", Status.NOT_APPLICABLE: "don't apply"}
    return Content.assemble((f"{sign} {count} {word if count == 1 else many.get(one, word)}", color))


def status(one: Status) -> Content:
    """An item's status: sign and word."""
    sign, color = STATUS_SIGNS[one]
    return Content.assemble((f"{sign} {STATUS_WORDS[one]}", color))


def outcome(one: Outcome) -> Content:
    """What a probe says: sign and word."""
    sign, color = OUTCOME_SIGNS[one]
    return Content.assemble((f"{sign} {OUTCOME_WORDS[one]}", color))


def severity(name: str) -> Content:
    """A severity in plain words."""
    word, style = SEVERITIES[name]
    return Content.assemble((word, style))


def weight(name: str) -> Content:
    """How much a control weighs while nobody has said that it fails."""
    return Content.assemble(("CAN STOP LAUNCH", SEVERITIES["blocker"][1])) if name == "blocker" else severity(name)


def place(location: Location) -> Content:
    """A place in the tree, as path:line."""
    return said(f"{location.path}:{location.line}" if location.line else location.path, "$text-secondary")


def observed(one: Observation) -> Content:
    """One observation in a line or two: what the probe says, of what, and where."""
    parts: list[Content | str] = [outcome(one.outcome), "  ", said(one.summary)]
    parts += [part for where in one.locations[:3] for part in ("  ", place(where))]
    if len(one.locations) > 3:  # noqa: PLR2004  three places fit a line
        parts.append(f"  and {len(one.locations) - 3} more")
    if one.outcome not in (Outcome.MET, Outcome.NOT_APPLICABLE) and not one.locations and one.searched:
        parts += ["  ", said(searched_in(one.searched), "$foreground 60%")]
    return Content.assemble(*parts)


def asks(question: Question, style: str = "") -> Content:
    """The item's question; where the item has several controls, which of them this is about."""
    if len(question.item.controls) == 1:
        return said(question.item.asks, style)
    return Content.assemble(
        said(question.item.asks, style), ("  this part: ", "$foreground 60%"), said(question.control.title, style)
    )


def edits(session: Session, pending: Sequence[Edit]) -> list[Content]:
    """What a save would write, a line a table."""
    tables: dict[tuple[str, ...], list[str]] = {}
    for edit in pending:
        tables.setdefault(edit.table, []).append(edit.field)
    lines = []
    for table, fields in tables.items():
        if table[:1] == ("controls",) and table[1] in session.catalogue.controls:
            judged = session.assessment.standings[table[1]]
            title = session.catalogue.controls[table[1]].title
            extra = [name for name in ("note", "evidence", "reason") if name in fields]
            tail = f" ({', '.join(extra)})" if extra else ""
            lines.append(Content.assemble(standing(judged.standing), said(f"  {title}{tail}")))
        else:
            lines.append(Content.assemble("  ", said(".".join(table)), ": ", said(", ".join(fields))))
    return lines
