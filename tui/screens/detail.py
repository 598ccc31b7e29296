"""A control with everything known about it; it can be answered here too."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from checks.observation import Finding
from tui.actions import bindings
from tui.answering import Answering
from tui.screens.beginning import lacking
from tui.widgets.choices import ChoiceBar
from tui.widgets.evidence_code import EvidenceCode
from tui.widgets.hanging import Hanging
from tui.wording import BASIS, observed, place, said, said_lines, severity, standing, weight
from workbook.answers import Answer
from workbook.guide import Question
from workbook.text import shown_address

LABEL = 12
"""Cells of the words in front."""

FINDINGS = 12
"""More findings than this are counted, not listed."""


class Detail(Answering):
    """One control."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("answering", "detail", "everywhere")
    unfolded = True

    def __init__(self, control: str) -> None:
        super().__init__()
        self._control = control

    def content(self) -> ComposeResult:
        """Text, code, answers."""
        yield Static(id="detail-title", markup=False, classes="heading")
        with VerticalScroll(id="detail-body", can_focus=False):
            yield Static(id="detail-text", markup=False)
            yield EvidenceCode(id="detail-code")
            yield Static(id="detail-findings", markup=False)
        yield ChoiceBar()

    @property
    def question(self) -> Question | None:
        """The control's question."""
        return self.session.question(self._control)

    def paint(self) -> None:
        """Show everything."""
        question = self.session.question(self._control)
        control = question.control
        title = Content.assemble(said(control.title, "bold"), "  ", weight(control.severity))
        self.query_one("#detail-title", Static).update(title)
        self.query_one("#detail-text", Static).update(Hanging(Content("\n").join(self._text(question)), LABEL))
        self.query_one("#detail-findings", Static).update(_findings(question.findings))
        self.query_one(ChoiceBar).show(question)
        self.query_one(EvidenceCode).show(question, self.session)

    def _text(self, question: Question) -> list[Content]:
        control = question.control
        lines = [_row("Asks", question.item.asks), _row("Why", control.why)]
        lines.append(_row("Ready when", control.ready_when if self.unfolded else "…  (w shows)"))
        lines.append(_row("Severity", f"{control.severity}: {control.severity_reason}"))
        lines.append(_row("Stays fresh", f"{control.freshness.text} ({BASIS[control.freshness.basis]})"))
        if question.also:
            lines.append(_row("Also serves", ", ".join(item.id for item in question.also)))
        lines.append(Content(""))
        judged = question.judged
        lines.append(
            Content.assemble(_label("Now"), standing(judged.standing), "  ", said(judged.why, "$foreground 60%"))
        )
        lines += _answer(question.answer)
        if forms := lacking(question):
            lines.append(_row("Begin with", f"{forms}  (B shows it)"))
        lines.append(Content(""))
        lines += [Content.assemble(_label("Probe"), observed(one)) for one in question.observations]
        if not question.observations:
            lines.append(_row("Probe", "code cannot answer this one; ask each other."))
        return lines


def _label(name: str) -> Content:
    return Content.assemble((f"{name:<{LABEL}}", "$foreground 60%"))


def _row(name: str, text: str) -> Content:
    return Content.assemble(_label(name), said(text))


def _answer(answer: Answer) -> list[Content]:
    lines = []
    if answer.by:
        lines.append(_row("By", f"{', '.join(answer.by)}{f', {answer.at}' if answer.at else ''} ({answer.rung})"))
    if answer.verified_by:
        when = f", {answer.verified_at}" if answer.verified_at else ""
        lines.append(_row("Verified by", f"{answer.verified_by}{when}"))
    lines += [
        Content.assemble(_label("Evidence"), piece.kind, "  ", said(shown_address(piece.label), "$text-secondary"))
        for piece in answer.evidence
    ]
    if answer.note:
        lines.append(Content.assemble(_label("Note"), said_lines(answer.note)))
    if answer.watch:
        lines.append(_row("Watches", ", ".join(answer.watch)))
    if answer.owner:
        lines.append(_row("Owner", f"{answer.owner}{f', due {answer.due}' if answer.due else ''}"))
    return lines


def _findings(findings: tuple[Finding, ...]) -> Content:
    rows = [
        Content.assemble(severity(one.severity), "  ", said(one.message), "  ", place(one.location))
        for one in findings[:FINDINGS]
    ]
    if len(findings) > FINDINGS:
        rows.append(Content(f"and {len(findings) - FINDINGS} more"))
    return Content("\n").join(rows)
