"""Answering a question, shared by the guide and the detail: what each key asks for before the session is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual.content import Content

from tui.screens.base import WorkbookScreen
from tui.screens.code_view import CodeView
from tui.screens.explanation import Explained
from tui.screens.prompts import ChoicePrompt, TextPrompt
from tui.widgets.choices import ChoiceBar
from tui.wording import said
from workbook.answers import Evidence, Gap, Status
from workbook.assess import Standing
from workbook.errors import Refused
from workbook.evidence import recognized
from workbook.explain import explain
from workbook.guide import CHOICES, Question
from workbook.ledger.half_typed import Field
from workbook.text import terminal
from workbook.typed import reading


class Answering(WorkbookScreen):
    """A screen that shows one control's question and takes its answer."""

    unfolded = False
    """Whether "ready when" is shown."""

    @property
    def question(self) -> Question | None:
        """The question on screen."""
        raise NotImplementedError

    @property
    def about(self) -> str:
        """The control of the question."""
        question = self.question
        return question.control.id if question else ""

    def answered(self) -> None:
        """What happens after an answer was taken."""

    def on_choice_bar_chosen(self, event: ChoiceBar.Chosen) -> None:
        """A click on an answer is its key."""
        event.stop()
        self.action_choose(event.key)

    def action_choose(self, key: str) -> None:
        """Take one of the five answers, asking for what it needs."""
        question = self.question
        if question is None or not self.workbook_app.may_edit():
            return
        choice = next(one for one in CHOICES if one.key == key)
        if choice.status is Status.READY:
            self._ask_evidence(question)
        elif choice.needs_reason:
            self._ask_reason(question)
        elif choice.gap is Gap.ABSENT and question.stops_launch:
            self._ask_weight(question)
        else:
            self._try(partial(self._give, question, choice.status, gap=choice.gap))

    def _ask_evidence(self, question: Question) -> None:
        """Yes: what shows it? The files the probes saw stand there already; Enter accepts."""
        if question.answer.evidence:
            self._try(partial(self._give, question, Status.READY))
            return
        proposed = terminal(", ".join(str(one.values["path"]) for one in question.prefilled))
        hint = (
            "Enter accepts what the probes saw. Type or paste over it: a link, a path or where it lives; Del for none."
            if proposed
            else "A link, a path, or where it lives. Enter without text: none, your word stands."
        )

        def take(typed: str) -> None:
            if typed == proposed:
                self._give(question, Status.READY, evidence=question.prefilled)
            else:
                self._give(question, Status.READY, typed=typed)

        field = Field("what shows it", question.control.id)
        self.app.push_screen(
            TextPrompt(field, Content("Yes. What shows it?"), hint, take, value=proposed, proposed=True)
        )

    def _ask_reason(self, question: Question) -> None:
        before = terminal(question.answer.reason)

        def take(typed: str) -> None:
            # Shown text has its control characters as escapes; unchanged, the stored one stays.
            self._give(question, Status.NOT_APPLICABLE, reason=None if typed == before else typed)

        title = Content("Why does it not apply?")
        hint = "A few words for whoever reads this later. Enter takes it, Esc cancels."
        field = Field("reason", question.control.id)
        self.app.push_screen(TextPrompt(field, title, hint, take, value=before, required=True))

    def _ask_weight(self, question: Question) -> None:
        seen = self.session.on_disk

        def take(chosen: str | None) -> None:
            with self.session.as_seen(seen):
                if chosen == "b":
                    self._try(partial(self._give, question, Status.BLOCKER))
                elif chosen == "g":
                    self._try(partial(self._give, question, Status.NEEDS_REVIEW, gap=Gap.ABSENT))

        choices = (("b", "It stops the launch (proposed)"), ("g", "It is an open gap; we launch with it"))
        reason = said(f"Proposed because: {question.control.severity_reason}")
        self.app.push_screen(ChoicePrompt(Content("No. What follows?"), choices, reason), take)

    def _give(
        self,
        question: Question,
        status: Status,
        *,
        gap: Gap | None = None,
        reason: str | None = None,
        evidence: tuple[Evidence, ...] | None = None,
        typed: str = "",
    ) -> None:
        number = reading(typed, question.numbers) if typed else None
        pieces = (recognized(typed, self.session.root),) if typed and number is None else evidence
        if number is not None:
            self.session.measure(*number)
        self.session.answer(question.control.id, status, gap=gap, reason=reason, evidence=pieces)
        if self.session.assessment.standings[question.control.id].standing is Standing.DISPUTED:
            # Later, because the prompt that this answer came from has to close first.
            self.app.call_later(self._ask_dispute, question)
            return
        self.answered()
        self.workbook_app.changed()

    def _ask_dispute(self, question: Question) -> None:
        """A probe disagrees with the answer: what does the person know that it does not?"""

        def take(typed: str) -> None:
            if typed:
                self.session.dispute(question.control.id, typed)

        def go_on(_: bool | None) -> None:
            self.answered()
            self.workbook_app.changed()

        why = self.session.assessment.standings[question.control.id].why
        title = Content.assemble("The probe disagrees. ", said(why))
        hint = "Why does it hold all the same? Enter without words, or Esc: it stays disputed, and counts as open."
        self.app.push_screen(TextPrompt(Field("dispute", question.control.id), title, hint, take), go_on)

    def reopen(self, field: Field) -> None:
        """Open the prompt that a half-typed text belongs to."""
        question = self.question
        if question is None:
            return
        if field.kind == "what shows it":
            self._ask_evidence(question)
        elif field.kind == "reason":
            self._ask_reason(question)
        elif field.kind == "dispute":
            self._ask_dispute(question)
        elif field.kind == "evidence":
            self.action_attach()
        else:
            self.action_note()

    def _try(self, operation: Callable[[], None]) -> None:
        """Where no prompt is open to say it in, a refusal is shown beside the question."""
        try:
            operation()
        except Refused as refused:
            self.workbook_app.complain(str(refused))

    def action_attach(self) -> None:
        """Ask for a piece of evidence; its kind shows by itself."""
        question = self.question
        if question is None or not self.workbook_app.may_edit():
            return

        def take(typed: str) -> None:
            if not typed:
                return
            if number := reading(typed, question.numbers):
                self.session.measure(*number)
                name, value, unit = number
                self.app.notify(said(f"Stored as the number {name}: {value:g} {unit}.").plain, markup=False)
            else:
                piece = recognized(typed, self.session.root)
                self.session.attach(question.control.id, piece)
                self.app.notify(f"Attached as {piece.kind}.", markup=False)
            self.workbook_app.changed()

        title = Content("Attach evidence")
        number = f" A number is stored as {question.numbers[0]}." if len(question.numbers) == 1 else ""
        hint = f"An https link, a path below the repository, or where it lives and who can show it.{number}"
        self.app.push_screen(TextPrompt(Field("evidence", question.control.id), title, hint, take))

    def action_note(self) -> None:
        """Ask for the note."""
        question = self.question
        if question is None or not self.workbook_app.may_edit():
            return

        before = terminal(question.answer.note)

        def take(typed: str) -> None:
            if typed != before:
                self.session.note(question.control.id, typed)
                self.workbook_app.changed()

        hint = "Enter keeps it, an empty line removes it. F4 or Ctrl+O opens your editor."
        field, long = Field("note", question.control.id), question.answer.note
        self.app.push_screen(TextPrompt(field, Content("Note"), hint, take, value=before, long=long))

    def action_open(self) -> None:
        """More of the code the probes point at."""
        question = self.question
        if question is None:
            return
        places = [one.location for one in question.findings]
        places += [where for one in question.observations for where in one.locations if where not in places]
        if places:
            self.app.push_screen(CodeView(places, said(question.item.asks)))
        else:
            self.app.notify("The probes point at no code for this question.", markup=False)

    def action_explain(self) -> None:
        """What the control means, how it is looked at, and the fix."""
        if question := self.question:
            session, name = self.session, question.control.id
            self.app.push_screen(
                Explained(lambda stack: explain(session.catalogue, name, stack, session.report, session))
            )

    def action_fold(self) -> None:
        """Fold or unfold when the answer may be yes."""
        self.unfolded = not self.unfolded
        self.repaint()
