"""One question in a form: what is asked and why, what the probes saw, the five answers, note, reason, evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any

import ipywidgets

from checks.secrets.shapes import redact
from workbook.answers import Evidence, Gap, Status
from workbook.assess import Standing
from workbook.errors import Refused
from workbook.evidence import recognized
from workbook.glossary import explained
from workbook.guide import CHOICES, Choice, Question
from workbook.ledger.half_typed import Field
from workbook.notebook import words
from workbook.notebook.guard import Guard
from workbook.notebook.handling import button, handled
from workbook.notebook.reporting import ReportPanel
from workbook.notebook.views import paragraphs
from workbook.session import Session
from workbook.text import html, html_link, terminal

SHOWN_WORDS = 3
"""How many terms of one question are explained with it, as in the terminal."""

SHOWN_FINDINGS = 10
"""How many findings of one question show their code."""


PASSING = ("evidence", "report", "baseline")
"""Fields that are empty again once what stands in them is taken."""


class QuestionPanel:
    """Shows the question of one control and turns clicks into session operations. `on_change` follows each of them."""

    def __init__(self, session: Session, guard: Guard, on_change: Callable[[], None]) -> None:
        self._session = session
        self._guard = guard
        self._on_change = on_change
        self._control = ""
        self._stored = dict.fromkeys(("note", "reason", "dispute", *PASSING), "")
        """What the fields held when they were last filled from the session; what differs is being typed."""
        self._ground: Mapping[str, Any] = session.on_disk
        """What was saved when the fields were filled; what others save later must not be overwritten unseen."""
        self._asked = ipywidgets.HTML()
        self._seen = ipywidgets.HTML()
        self._kept = ipywidgets.HTML()
        self._explained = ipywidgets.HTML()
        self.explain = button(guard, "Explain", self._explain, bound=True)
        self.choices = {choice.key: self._choice_button(choice) for choice in CHOICES}
        self.stops = ipywidgets.Checkbox(description='A "no" stops the launch', indent=False)
        self.stops.add_class("readiness-field-stops")
        self.note = ipywidgets.Textarea(description="Note", rows=2, placeholder="What is true, in your words")
        self.reason = ipywidgets.Text(description="Reason", placeholder="Why it doesn't apply (for x)")
        self.evidence = ipywidgets.Text(
            description="Evidence", placeholder="https link, a file of the repository, or where it lives"
        )
        self.dispute = ipywidgets.Text(
            description="It holds", placeholder="why, although the probe disagrees; until then it counts as open"
        )
        self.report = ipywidgets.Text(
            description="Report", placeholder="a file another tool wrote: coverage.xml, junit.xml, results.sarif"
        )
        self.baseline = ipywidgets.Text(
            description="Traffic", placeholder="of today, for a load run: 12/s or 40users; may stay empty"
        )
        self.fields = {
            "note": self.note,
            "reason": self.reason,
            "evidence": self.evidence,
            "dispute": self.dispute,
            "report": self.report,
            "baseline": self.baseline,
        }
        self._texts = dict(self._stored)
        """What stands in the fields, as far as the browser has told."""
        for kind, field in self.fields.items():
            field.add_class(f"readiness-field-{kind}")
            # The guard tells every key; a field that also did would send late what a press has overtaken.
            field.continuous_update = False
            field.observe(handled(guard, partial(self._changed, kind)), names="value")
        guard.on_typed(self._take_typed)
        self.attach = button(guard, "Attach", self._attach_typed, bound=True)
        self.prefilled = button(guard, "", self._attach_seen, bound=True)
        self.hold = button(guard, "It holds all the same", self._dispute, bound=True)
        self.read = button(guard, "Read the report", self._read_report, bound=True)
        self.reports = ReportPanel(session, guard, self._recorded)
        self.widget = ipywidgets.VBox(
            [
                self._asked,
                ipywidgets.HBox(list(self.choices.values()), layout={"flex_flow": "row wrap"}),
                self.stops,
                self._seen,
                self.dispute,
                self.hold,
                self.note,
                self.reason,
                self.evidence,
                ipywidgets.HBox([self.attach, self.prefilled], layout={"flex_flow": "row wrap"}),
                self.report,
                self.baseline,
                self.read,
                self.reports.widget,
                self._kept,
                self.explain,
                self._explained,
            ]
        )
        self.widget.add_class("readiness-detail")

    @property
    def question(self) -> Question:
        """The question as it stands now."""
        return self._session.question(self._control)

    def open(self, control: str) -> None:
        """Show another control's question; half-typed text of this one is kept for later."""
        if control == self._control:
            self.show()
            return
        if self._control:
            self.keep_note()
        self._control = control
        self.reports.clear()
        self._explained.value = ""
        question = self.question
        with ExitStack() as held:
            # Text and mark come in one message: what is sent back is known to be of this question.
            for kind, field in self.fields.items():
                held.enter_context(field.hold_sync())
                field._dom_classes = (f"readiness-field-{kind}", f"readiness-about-{control}")
            self._fill()
        self._guard.asked = control
        self.stops.value = question.answer.gap is not Gap.ABSENT
        self.stops.layout.display = None if question.stops_launch else "none"
        self.show()

    def show(self) -> None:
        """Render the current question again; what is being typed stays."""
        question = self.question
        if not self._typing:
            self._fill()
        self._asked.value = _asked(question)
        self._seen.value = _seen(question, words.probed(question, self._session.report))
        self._kept.value = _kept(question)
        given = next((choice.key for choice in CHOICES if _stands(question, choice)), "")
        for key, made in self.choices.items():
            (made.add_class if key == given else made.remove_class)("readiness-given")
        disputed = question.judged.standing is Standing.DISPUTED
        for widget in (self.dispute, self.hold):
            widget.layout.display = None if disputed else "none"
        paths = [str(piece.values["path"]) for piece in question.prefilled]
        seen = terminal(f"Attach what the probe saw: {', '.join(paths)}")
        self.prefilled.description = seen if paths else "No file to propose"
        self.prefilled.disabled = not paths

    def keep_note(self) -> None:
        """Hand a note that was typed without answering to the session, so that it is saved too."""
        typed = self._new("note")
        if self._control and self._session.has_state and typed is not None:
            with self._session.as_seen(self._ground):
                self._session.note(self._control, typed)
            self._given("note")

    def reload(self) -> None:
        """Take note and reason from the session again, as after an undo or a decided clash."""
        for kind in ("note", "reason"):
            self._session.typed.keep(Field(kind, self._control), "")
        self._fill()
        self.show()

    @property
    def _typing(self) -> bool:
        return any(text.strip() != self._stored[kind].strip() for kind, text in self._texts.items())

    def _fill(self) -> None:
        """Show what is stored, or what is half typed on top of it."""
        self._ground = self._session.on_disk
        self._stored = self._as_stored(self.question)
        for kind in self.fields:
            self._set(kind, self._session.typed.get(Field(kind, self._control)) or self._stored[kind])

    @staticmethod
    def _as_stored(question: Question) -> dict[str, str]:
        answer = question.answer
        stored = {"note": redact(answer.note), "reason": redact(answer.reason), "dispute": redact(answer.dispute_note)}
        return stored | dict.fromkeys(PASSING, "")

    def _set(self, kind: str, text: str) -> None:
        if text.strip() != self._texts[kind].strip():  # a space at the end may be the next word's
            self._texts[kind] = self.fields[kind].value = text

    def _changed(self, kind: str) -> None:
        self._texts[kind] = self.fields[kind].value
        self._keep_typed(kind)

    def _take_typed(self, texts: Mapping[str, str], asked: str, pressing: bool) -> None:
        """What the browser's fields hold. Only a press sets them here too: nobody types into them at that moment."""
        if asked != self._control:
            self._take_late(texts, asked)
            return
        for kind in texts.keys() & self.fields.keys():
            if texts[kind] != self._texts[kind]:
                self._texts[kind] = texts[kind]
                self._keep_typed(kind)
            if pressing:
                self.fields[kind].value = texts[kind]
        if pressing and "stops" in texts:
            self.stops.value = bool(texts["stops"])

    def _take_late(self, texts: Mapping[str, str], asked: str) -> None:
        """What was typed for a question that the kernel had left already comes back when it is opened again."""
        if not asked:
            return
        stored = self._as_stored(self._session.question(asked))
        refusals = []
        for kind in texts.keys() & self.fields.keys():
            try:
                self._keep(Field(kind, asked), texts[kind], stored[kind])
            except Refused as refusal:  # the disk; what comes after it is remembered all the same
                refusals.append(refusal)
        if refusals:
            raise refusals[0]

    def _keep_typed(self, kind: str) -> None:
        """After every key, so that a killed kernel takes nothing along."""
        self._keep(Field(kind, self._control), self._texts[kind], self._stored[kind])

    def _keep(self, field: Field, text: str, stored: str) -> None:
        self._session.typed.keep(field, "" if text.strip() == stored.strip() else text)

    def _new(self, kind: str) -> str | None:
        """What was typed into a field; None where it is as stored."""
        text = self._texts[kind].strip()
        return None if text == self._stored[kind].strip() else text

    def _given(self, *kinds: str) -> None:
        """What stands in these fields has been taken."""
        for kind in kinds:
            self._stored[kind] = "" if kind in PASSING else self._texts[kind]
            self._session.typed.keep(Field(kind, self._control), "")
            self._set(kind, self._stored[kind])

    def _explain(self) -> None:
        """Show what the control means below the question; a second press takes it away."""
        from workbook.notebook.explaining import told

        shown = self._explained.value
        self._explained.value = "" if shown else told(self._session, self._control)._repr_html_()
        self._guard.say("Explained below." if not shown else "")

    def _choose(self, choice: Choice) -> None:
        question = self.question
        status = question.status_of(choice)
        if status is Status.BLOCKER and not self.stops.value:
            status = choice.status
        typed = self._texts["evidence"].strip()
        with self._session.as_seen(self._ground):
            self._session.answer(
                self._control,
                status,
                gap=choice.gap if status is Status.NEEDS_REVIEW else None,
                note=self._new("note"),
                reason=self._new("reason") or None,
                evidence=(*question.answer.evidence, recognized(typed, self._session.root)) if typed else None,
            )
        self._given("note", "reason", "evidence")
        self._guard.say(f"Answered: {choice.word}. Not saved yet.")
        self._on_change()

    def _dispute(self) -> None:
        with self._session.as_seen(self._ground):
            self._session.dispute(self._control, self._texts["dispute"])
        self._given("dispute")
        self._guard.say("Kept against the probe. Not saved yet.")
        self._on_change()

    def _attach_typed(self) -> None:
        self._session.attach(self._control, recognized(self._texts["evidence"], self._session.root))
        self._given("evidence")
        self._guard.say("Attached. Not saved yet.")
        self._on_change()

    def _read_report(self) -> None:
        self.reports.read(self._control, self._texts["report"], self._texts["baseline"], self._ground)
        self._guard.say("Read. Nothing is recorded yet.")

    def _recorded(self) -> None:
        self._given("report", "baseline")
        self._on_change()

    def _attach_seen(self) -> None:
        for piece in self.question.prefilled:
            self._session.attach(self._control, piece)
        self._guard.say("Attached what the probe saw. Not saved yet.")
        self._on_change()

    def _choice_button(self, choice: Choice) -> ipywidgets.Button:
        made = button(self._guard, f"{choice.key}  {choice.word}", partial(self._choose, choice), bound=True)
        made.add_class("readiness-choice")
        made.add_class(f"readiness-key-{choice.key}")
        return made


def _stands(question: Question, choice: Choice) -> bool:
    """Whether this choice is the answer that was given; a "no" may have been kept as an open gap."""
    given = question.answer
    if choice.key == "n" and given.status is Status.BLOCKER:
        return True
    return given.status is choice.status and given.gap is choice.gap


def _asked(question: Question) -> str:
    control = question.control
    words_used = explained(question.item.asks, control.title, control.ready_when)[:SHOWN_WORDS]
    lines = [f"Why: {control.why}", f"Yes if: {control.ready_when}"]
    lines += [f"{term.words[0]}: {term.means}" for term in words_used]
    lines.append(f"Stands: {words.standing(question)}; {question.judged.why}")
    return f"<h4>{html(question.item.asks)}</h4>{paragraphs(lines)}"


def _seen(question: Question, said: tuple[str, ...]) -> str:
    lines = [f"Probe: {line}" for line in said]
    if question.proposed is not None:
        lines.append(f"Proposed: {question.proposed.key} {question.proposed.word}; you decide.")
    found = "".join(
        f"<li>{html(words.place(hit.location))}: {html(hit.message)}"
        + (f"<pre>{html(hit.snippet)}</pre>" if hit.snippet else "")
        + "</li>"
        for hit in question.findings[:SHOWN_FINDINGS]
    )
    more = len(question.findings) - SHOWN_FINDINGS
    rest = f"<p>and {more} more findings</p>" if more > 0 else ""
    return paragraphs(lines) + (f"<ul>{found}</ul>{rest}" if found else "")


def _kept(question: Question) -> str:
    if not question.answer.evidence:
        return paragraphs(["No evidence attached."])
    pieces = "".join(f"<li>{html(piece.kind)}: {_label(piece)}</li>" for piece in question.answer.evidence)
    return f"<p>Evidence:</p><ul>{pieces}</ul>"


def _label(piece: Evidence) -> str:
    return html_link(piece.label) if piece.kind == "link" else html(piece.label)
