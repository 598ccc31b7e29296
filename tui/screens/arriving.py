"""What reports say, before it is recorded: format, finds, evidence, numbers, and how a load run is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.actions import bindings
from tui.screens.form import Further
from tui.wording import said
from workbook.errors import Refused

if TYPE_CHECKING:
    from workbook.acceptance import Baseline
    from workbook.operations.importing import Import, Received


class Arriving(Further):
    """Reports that were named. They are read in a thread; Enter records what is shown, Esc goes back to the form."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("arriving")

    @dataclass
    class Arrived(Message):
        """They were read, or cannot be."""

        received: Sequence[Received]
        trouble: str = ""

    def __init__(
        self,
        heading: Content,
        job: Callable[[], Sequence[Received]],
        controls: Sequence[str],
        base: Baseline | None,
    ) -> None:
        """Reports to agree to.

        Args:
            heading: what for.
            job: reads them; raises `Refused` where it cannot.
            controls: what they are evidence for; empty for what each is about.
            base: the traffic of today, to hold a load run against.
        """
        super().__init__()
        self._heading, self._job, self._controls, self._base = heading, job, controls, base
        self._seen: Mapping[str, Any] = {}
        self._received: Sequence[Received] = ()
        self._plan: Import | None = None
        self._trouble = ""

    def content(self) -> ComposeResult:
        """What it is for, what they say, what the keys do."""
        self._seen = self.session.on_disk
        yield Static(self._heading, markup=False, classes="heading")
        with VerticalScroll(id="arriving-said"):
            yield Static(id="arriving-lines", markup=False)
        yield Static(id="arriving-state", markup=False)

    def on_mount(self) -> None:
        """Begin to read."""
        super().on_mount()
        self._read()

    def paint(self) -> None:
        """Say what was read so far."""
        self.query_one("#arriving-lines", Static).update(Content("\n").join(map(said, self._said())))
        self.query_one("#arriving-state", Static).update(self._state())

    def copied(self) -> str:
        """Everything that is shown."""
        return "\n".join(self._said())

    def action_record(self) -> None:
        """Record it; where there is nothing to record, back."""
        if self._plan is None and not self._trouble:
            return  # it is still being read
        if self._worth_recording and self.workbook_app.may_edit():
            try:
                with self.session.as_seen(self._seen):
                    self.session.import_reports(self._received, self._controls, self._base)
            except Refused as refused:
                self._trouble = str(refused)
                self.repaint()
                return
            self.kept = True
            self.app.notify("Recorded. No control is answered by that: you still have to say.")
        self.dismiss()

    @work(thread=True, exit_on_error=False, group="reports")
    def _read(self) -> None:
        """In a thread, and with no hand on the session: everything comes back as one message."""
        try:
            received = self._job()
        except Refused as refused:
            self.post_message(self.Arrived((), str(refused)))
        else:
            self.post_message(self.Arrived(received))

    def on_arriving_arrived(self, event: Arrived) -> None:
        """Work out what would be recorded."""
        event.stop()
        self._received, self._trouble = event.received, event.trouble
        if not self._trouble:
            try:
                self._plan = self.session.import_reports(self._received, self._controls, self._base, dry=True)
            except Refused as refused:
                self._trouble = str(refused)
        self.repaint()

    @property
    def _worth_recording(self) -> bool:
        plan = self._plan
        return plan is not None and not self._trouble and (bool(plan.evidence) or any(not n.kept for n in plan.numbers))

    def _said(self) -> Iterator[str]:
        from workbook.receiving import recorded, ruled, told, unplaced

        for one in self._received:
            yield from told(one)
        if self._plan is None:
            return
        yield from ("", *recorded(self.session.catalogue, self._plan))
        for name, likely in unplaced(self._received, self._plan):
            titles = ", ".join(self.session.catalogue.controls[one].title for one in likely)
            yield f"{name} does not tell which control it is evidence for: import it on its question{_as_in(titles)}"
        if self._plan.ruling:
            yield from ("", *ruled(self._plan.ruling))

    def _state(self) -> Content:
        if self._trouble:
            return Content.assemble(said(f"✖ {self._trouble}", "bold"), "   Enter goes back; nothing is recorded.")
        if self._plan is None:
            return Content("Reading …  Esc goes back.")
        if not self._worth_recording:
            return Content("There is nothing to record here. Enter goes back.")
        return Content("Nothing is recorded yet. Enter records it, Esc goes back.")


def _as_in(titles: str) -> str:
    return f", as in {titles}" if titles else ""
