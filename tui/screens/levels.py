"""The levels of the ten gates that a person gives, beside what the answers speak for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from tui.actions import bindings
from tui.screens.form import FormScreen
from tui.screens.listing import Listing
from tui.widgets.part import Kind, Part
from tui.wording import said
from workbook import outlook
from workbook.answers import SCORECARD, Score
from workbook.catalogue import Checklist, Item
from workbook.errors import Refused
from workbook.session import Session
from workbook.verdicts.ten_gates import DOMAINS, LEVELS, Suggestion, Verdict


def scorecard(session: Session) -> tuple[Checklist, tuple[Item, ...]]:
    """The checklist that asks for levels, and its domains: a chosen one, else any.

    Raises:
        Refused: none does.
    """
    known = session.catalogue.checklists
    for slug in dict.fromkeys((*session.state.checklists, *known)):
        if domains := tuple(item for item in known[slug].items if item.layer == SCORECARD):
            return known[slug], domains
    raise Refused("no checklist asks for levels")


def suggested(session: Session) -> Mapping[str, Suggestion]:
    """What the answers speak for, by domain; nothing where no model tells."""
    verdict = outlook.decide(scorecard(session)[0], session.state, session.assessment)
    return verdict.suggestions if isinstance(verdict, Verdict) else {}


def given(session: Session, domain: str) -> Score | None:
    """The level that somebody gave."""
    return session.state.scores.get(scorecard(session)[0].slug, {}).get(domain)


class Levels(Listing):
    """The domains; a digit gives the highlighted one its level."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("levels")

    def heading(self) -> Content:
        """What is listed."""
        return said(f"Levels of {scorecard(self.session)[0].name}")

    def lead(self) -> Content:
        """What the levels mean; that they wait, where their checklist is not among those of the team."""
        words = "  ".join(f"{level} {words}" for level, words in enumerate(LEVELS))
        checklist = scorecard(self.session)[0]
        waits = (
            "" if checklist.slug in self.session.state.checklists else "They count once it is among your checklists. "
        )
        return said(f"{waits}A digit sets the level. {words}")

    def rows(self) -> Sequence[tuple[str, Content]]:
        """Each domain: what was given, what it needs, what the answers speak for."""
        speak = suggested(self.session)
        return [(item.number, self._row(item, speak.get(item.number))) for item in scorecard(self.session)[1]]

    def open(self, name: str) -> None:
        """Choose among the words of the levels."""
        if self.workbook_app.may_edit():
            self.app.push_screen(Level(name))

    def action_level(self, level: int) -> None:
        """Give the highlighted domain a level."""
        if self.chosen and self.workbook_app.may_edit():
            try:
                self.session.score(self.chosen, level)
            except Refused as refused:
                self.workbook_app.complain(str(refused))
            self.workbook_app.changed()

    def _row(self, item: Item, suggestion: Suggestion | None) -> Content:
        score, known = given(self.session, item.number), DOMAINS.get(item.number)
        minimum = known.minimum if known else 0
        if score is None:
            mark = ("· not given", "$foreground 60%")
        elif score.level < minimum:
            mark = (f"✖ level {score.level}, below", "$text-error")
        else:
            mark = (f"✓ level {score.level}", "$text-success")
        lines = [Content.assemble(said(item.number, "bold"), "  ", mark, f"  minimum {minimum}")]
        if score is not None:
            lines[0] = Content.assemble(lines[0], said(f"  {score.by.partition(' <')[0]}", "$foreground 60%"))
        if suggestion is not None:
            words = f"answers speak for {suggestion.level}: {suggestion.why}"
            lines.append(Content.assemble("    ", said(words, "$foreground 60%")))
        return Content("\n").join(lines)


class Level(FormScreen):
    """One domain's level, by its words."""

    KIND: ClassVar[str] = "level"

    def heading(self) -> Content:
        """Which domain."""
        return Content.assemble("Level of ", said(self.subject))

    def lead(self) -> Content:
        """What is asked, what it needs, what the answers speak for."""
        _, items = scorecard(self.session)
        lines = [said(item.asks) for item in items if item.number == self.subject]
        if self.subject in DOMAINS:
            lines.append(Content(f"Minimum: {DOMAINS[self.subject].minimum}"))
        if suggestion := suggested(self.session).get(self.subject):
            lines.append(said(f"The answers speak for {suggestion.level}: {suggestion.why}"))
        return Content("\n").join(lines)

    def parts(self) -> Sequence[Part]:
        """The level."""
        score = given(self.session, self.subject)
        choices = [(str(level), f"{level}  {words}") for level, words in enumerate(LEVELS)]
        value = str(score.level) if score else ""
        return (Part("level", "Level", "under your name", Kind.CHOICE, value, choices, required=True),)

    def take(self, values: Mapping[str, str]) -> str:
        """Give it."""
        level = int(values["level"])
        self.session.score(self.subject, level)
        return f"{self.subject}: level {level}, {LEVELS[level]}"
