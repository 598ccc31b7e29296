"""The guide: one question a screen, what matters most first."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from checks.observation import Outcome, ProbeReport
from tui.actions import bindings
from tui.answering import Answering
from tui.screens.beginning import lacking
from tui.screens.detail import Detail
from tui.screens.questions import Questions
from tui.widgets.choices import ChoiceBar
from tui.widgets.evidence_code import EvidenceCode, telling
from tui.widgets.hanging import Hanging
from tui.wording import asks, observed, said, said_lines, standing
from workbook.answers import Status
from workbook.glossary import explained
from workbook.guide import Question
from workbook.sentences import movement
from workbook.text import shown_address

LABEL = 7
"""Cells of the words in front."""

WORDS = 3
"""Terms of a question that are explained below it."""


class Guide(Answering):
    """Keeps its place by control, so that a new probe run or another person's save never changes the question."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("answering", "guide", "everywhere")

    def __init__(self, start: str = "") -> None:
        super().__init__()
        self._order: tuple[str, ...] = ()
        self._at = 0
        self._known: ProbeReport | None = None
        self._start = start

    def content(self) -> ComposeResult:
        """Place, question and its background beside the code, answers, verdict."""
        yield Static(id="guide-place", markup=False)
        with Container(id="guide-body"):
            with VerticalScroll(id="guide-text", can_focus=False):
                yield Static(id="guide-asks", markup=False)
                yield Static(id="guide-why", markup=False)
                yield Static(id="guide-seen", markup=False)
                yield Static(id="guide-answer", markup=False)
            yield EvidenceCode(id="guide-code")
        yield Static(id="guide-moves", markup=False)
        yield ChoiceBar()
        yield Static(id="guide-headline", markup=False)

    def on_mount(self) -> None:
        """Go to the first question that is open, or to the one asked for."""
        self._arrange(self._start or next((one.control.id for one in self.session.questions() if _open(one)), ""))
        super().on_mount()

    def _arrange(self, stay: str) -> None:
        """Put the questions in the order of what is known now, and stay at one of them."""
        self._known = self.session.report
        self._order = tuple(one.control.id for one in self.session.questions())
        self._at = self._order.index(stay) if stay in self._order else 0

    @property
    def question(self) -> Question | None:
        """The question on screen; None when the scope leaves none."""
        return self.session.question(self._order[self._at]) if self._order else None

    def paint(self) -> None:
        """Show the question; a new report may bring other questions forward, never change the one on screen."""
        if self.session.report is not self._known and self._order:
            self._arrange(self._order[self._at])
        question = self.question
        self.query_one("#guide-headline", Static).update(said(self.session.headline))
        if question is None:
            self.query_one("#guide-asks", Static).update(Content("No questions: nothing of this checklist applies."))
            return
        checklist = self.session.checklist
        pillar = next(one for one in checklist.pillars if one.id == question.item.pillar)
        place: list[Content | tuple[str, str] | str] = [
            (f"Question {self._at + 1}/{len(self._order)}", "bold"),
            said(f"  {checklist.heading(pillar)}"),
        ]
        if question.stops_launch:
            place.append(("  a no may stop the launch", "bold $text-error"))
        self.query_one("#guide-place", Static).update(Content.assemble(*place))
        self.query_one("#guide-asks", Static).update(asks(question, "bold"))
        self.query_one("#guide-why", Static).update(Hanging(self._background(question), LABEL))
        self.query_one("#guide-seen", Static).update(Hanging(_seen(question), LABEL))
        self.query_one("#guide-answer", Static).update(Hanging(given(question), LABEL))
        self.query_one("#guide-moves", Static).update(self._moves(question))
        self.query_one(ChoiceBar).show(question)
        code = self.query_one(EvidenceCode)
        code.show(question, self.session)
        self.query_one("#guide-body").set_class(code.has_class("-empty"), "-no-code")

    def _background(self, question: Question) -> Content:
        control = question.control
        fold = (
            Content.assemble(("Yes if ", "$foreground 60%"), said(control.ready_when))
            if self.unfolded
            else said("w      when may the answer be yes?", "$foreground 60%")
        )
        asked = (question.item.asks, control.title, *((control.ready_when,) if self.unfolded else ()))
        words = [
            Content.assemble(("\n", ""), (f"{term.words[0]}  ", "$text-secondary"), said(term.means, "$foreground 60%"))
            for term in explained(*asked)[:WORDS]
        ]
        forms = lacking(question)
        begin: list[Content | str] = ["\n", said(f"B      begin a form: {forms}", "$foreground 60%")] if forms else []
        return Content.assemble(("Why    ", "$foreground 60%"), said(control.why), "\n", fold, *begin, *words)

    def _moves(self, question: Question) -> Content:
        now = self.session.verdict
        no = Status.BLOCKER if question.stops_launch else Status.NEEDS_REVIEW
        said_so = []
        for word, status in (("yes", Status.READY), ("no", no)):
            then = self.session.would_be(question.control.id, status)
            if now is not None and then is not None:
                against = " (against the probe)" if word == "yes" and question.worst is Outcome.UNMET else ""
                said_so.append(f"{word}{against} → {movement(now, then)}")
        if len(question.item.controls) > 1:
            said_so.append(f"({len(question.item.controls)} answers decide this point)")
        return Content.assemble(("   ".join(said_so), "$foreground 60%"))

    def answered(self) -> None:
        """Go to the next open question, round the end; stay when all are answered."""
        count = len(self._order)
        for offset in range(1, count):
            at = (self._at + offset) % count
            if _open(self.session.question(self._order[at])):
                self._at = at
                break
        else:
            self.app.notify("Every question has an answer. b goes to the board, c commits.", markup=False)
        self._show_top()

    def action_step(self, by: int) -> None:
        """Next or previous question, without answering."""
        if self._order:
            self._at = (self._at + by) % len(self._order)
            self._show_top()
            self.repaint()

    def _show_top(self) -> None:
        self.unfolded = False
        self.query_one("#guide-text", VerticalScroll).scroll_home(animate=False)

    def copied(self) -> str:
        """The control, and the place in the code that is shown with it."""
        question = self.question
        if question is None:
            return ""
        where, _ = telling(question)
        return f"{question.control.id} {where.path}:{where.line}" if where else question.control.id

    def action_all(self) -> None:
        """Every question in a list; choosing one brings it here."""

        def go(control: str | None) -> None:
            if control in self._order:
                self._at = self._order.index(control)
                self._show_top()
            self.repaint()

        self.app.push_screen(Questions(self._order), go)

    def action_detail(self) -> None:
        """Everything about this control."""
        if self._order:
            self.app.push_screen(Detail(self._order[self._at]))


def given(question: Question) -> Content:
    """What is answered now, by whom, with what."""
    answer, judged = question.answer, question.judged
    parts: list[Content | str | tuple[str, str]] = [("Now    ", "$foreground 60%"), standing(judged.standing)]
    if answer.status is not Status.UNANSWERED or judged.why:
        parts += ["  ", said(judged.why, "$foreground 60%")]
    for piece in answer.evidence:
        parts += ["\n       evidence: ", piece.kind, "  ", said(shown_address(piece.label), "$text-secondary")]
    if answer.owner:
        parts += ["\n       owner: ", said(f"{answer.owner}{f', until {answer.due}' if answer.due else ''}")]
    if answer.note:
        parts += ["\n       note: ", said_lines(answer.note)]
    return Content.assemble(*parts)


def _seen(question: Question) -> Content:
    if not question.observations:
        return Content.assemble(("Probe  ", "$foreground 60%"), "code cannot answer this one; ask each other.")
    lines = [Content.assemble(("Probe  ", "$foreground 60%"), observed(one)) for one in question.observations]
    return Content("\n").join(lines)


def _open(question: Question) -> bool:
    return question.answer.status is Status.UNANSWERED
