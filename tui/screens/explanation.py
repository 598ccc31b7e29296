"""What a control or a finding means, how it is looked at, and the fix with an example in the framework of the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static
from textual.worker import get_current_worker

from checks.application.frameworks import frameworks_of
from tui.actions import bindings
from tui.screens.base import WorkbookScreen
from tui.widgets.hanging import Hanging
from tui.wording import said, said_lines
from workbook.explain import Explanation, Shown

Told = Callable[[Sequence[str]], Sequence[Explanation]]
"""Makes the explanations once it is known what the repository is written with."""


class Explained(WorkbookScreen):
    """Explanations to scroll through. The words are there at once, the example as soon as the manifests are read."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("code", "everywhere")

    def __init__(self, told: Told) -> None:
        super().__init__()
        self._told = told
        self._stack: tuple[str, ...] | None = None

    def content(self) -> ComposeResult:
        """One text."""
        with VerticalScroll(can_focus=False):
            yield Static(id="explained", markup=False)

    def on_mount(self) -> None:
        """Paint, then read the manifests."""
        super().on_mount()
        self._read_manifests()

    @work(thread=True, exclusive=True, group="explained", exit_on_error=False)
    def _read_manifests(self) -> None:
        worker = get_current_worker()
        stack = frameworks_of(self.session.root)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._fitted, stack)

    def _fitted(self, stack: tuple[str, ...]) -> None:
        self._stack = stack
        self.repaint()

    def paint(self) -> None:
        """Show everything that goes by the name."""
        lines = [line for one in self._told(self._stack or ()) for line in self._told_of(one)]
        self.query_one("#explained", Static).update(Hanging(Content("\n").join(lines)))

    def _told_of(self, one: Explanation) -> Iterator[Content]:
        yield Content.assemble(said(one.id, "bold"), "  ", said(one.title, "bold"))
        for part in one.parts():
            yield Content.assemble("\n", said(part.heading, "$foreground 60%"))
            yield from (Content.assemble("  ", said(line)) for line in part.lines)
        for shown in one.examples:
            yield Content("")
            if self._stack is None:
                yield said("Example: reading the manifests …", "$foreground 60%")
            else:
                yield from _example(shown)
        yield Content("")


def _example(shown: Shown) -> Iterator[Content]:
    yield said(f"Example for {shown.signal}, {shown.note}", "$foreground 60%")
    yield from (Content.assemble("  take out of the tree: ", said(path)) for path in shown.removes)
    for path, text in shown.files.items():
        yield Content.assemble("\n  ", said(path, "$text-secondary"))
        yield from (
            Content.assemble("    ", line) for line in said_lines(text.rstrip("\n")).split("\n", allow_blank=True)
        )
