"""The five answers as a row that takes clicks; the keys belong to the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import ItemGrid
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from tui.wording import status
from workbook.answers import Answer, Status
from workbook.guide import CHOICES, Choice, Question


class ChoiceBar(ItemGrid):
    """y p n d x, the given and the proposed answer marked; wraps in narrow terminals."""

    DEFAULT_CSS = "ChoiceBar { height: auto; }"

    @dataclass
    class Chosen(Message):
        """Somebody clicked an answer."""

        key: str

    def __init__(self) -> None:
        super().__init__(min_column_width=18, regular=False)

    def compose(self) -> ComposeResult:
        """One cell an answer."""
        for choice in CHOICES:
            yield _Cell(choice)

    def show(self, question: Question) -> None:
        """Mark what is answered and what the probes propose."""
        for cell in self.query(_Cell):
            cell.show(question)


def given_key(answer: Answer) -> str:
    """The key of the answer that was given, "" before one was."""
    if answer.status is Status.BLOCKER:
        return "n"
    for choice in CHOICES:
        if answer.status is choice.status and answer.gap is choice.gap:
            return choice.key
    return ""


class _Cell(Static):
    DEFAULT_CLASSES: ClassVar[str] = "choice"

    def __init__(self, choice: Choice) -> None:
        super().__init__(Content(choice.word), id=f"choice-{choice.key}")
        self.choice = choice

    def show(self, question: Question) -> None:
        given = given_key(question.answer) == self.choice.key
        proposed = question.proposed
        hint = "  ← probe" if proposed and proposed.key == self.choice.key else ""
        mark = "● " if given else "  "
        self.set_class(given, "-given")
        self.update(
            Content.assemble(mark, (self.choice.key, "bold $text-accent"), f" {self.choice.word}", (hint, "dim"))
        )
        self.tooltip = Content.assemble("answer: ", status(question.status_of(self.choice)))

    def on_click(self, event: Click) -> None:
        event.stop()
        self.post_message(ChoiceBar.Chosen(self.choice.key))
