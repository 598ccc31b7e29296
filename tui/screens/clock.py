"""A stopwatch for a rehearsal that is done by hand in another window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Digits, Static

from tui.actions import bindings
from tui.screens.form import Further
from tui.wording import said
from workbook.errors import Refused


class Clock(Further):
    """Enter starts, Enter stops and keeps; Esc leaves without a record."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("running")

    def __init__(self, heading: Content, keep: Callable[[datetime, datetime], str]) -> None:
        """A clock; `keep` is given its start and its end, and gives back what to tell about them."""
        super().__init__()
        self._heading, self._keep = heading, keep
        self._seen: Mapping[str, Any] = {}
        self._began: datetime | None = None
        self._over = ""

    def content(self) -> ComposeResult:
        """What is timed, the time, what the keys do."""
        self._seen = self.session.on_disk
        yield Static(self._heading, markup=False, classes="heading")
        yield Digits("0:00:00", id="clock")
        yield Static(id="running-state", markup=False)

    def paint(self) -> None:
        """Say how it goes."""
        if self._over:
            state = Content.assemble(said(self._over, "bold"), "   Enter goes back")
        elif self._began is not None:
            state = Content("Enter stops the clock and keeps the time. Esc leaves without a record.")
        else:
            state = Content("Enter starts the clock. Esc goes back.")
        self.query_one("#running-state", Static).update(state)

    def action_go(self) -> None:
        """Start; stop and keep; go back."""
        if self._over:
            self.dismiss()
        elif self._began is None:
            self._began = _now()
            self._ticking = self.set_interval(1, self._tick)
            self.repaint()
        else:
            self._stop(self._began)

    def action_stop(self) -> None:
        """Back, without a record unless there is one already."""
        self.dismiss()

    def _stop(self, began: datetime) -> None:
        self._ticking.stop()
        try:
            with self.session.as_seen(self._seen):
                self._over = self._keep(began, _now())
            self.kept = True
        except Refused as refused:
            self._over = str(refused)
        self.workbook_app.changed()

    def _tick(self) -> None:
        if self._began is not None:
            minutes, seconds = divmod(int((_now() - self._began).total_seconds()), 60)
            shown = f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
            self.query_one(Digits).update(shown)


def _now() -> datetime:
    """Now, to the second, as it is kept."""
    return datetime.now(UTC).replace(microsecond=0)
