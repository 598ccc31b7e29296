"""Coming back and leaving: what was unsaved or half typed is never lost, however the terminal ends."""

from __future__ import annotations

import asyncio
import select
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress

from rich.text import Text
from textual.content import Content

from tui.half_typed import label
from tui.screens.commit import CommitView
from tui.screens.form import FormScreen
from tui.screens.prompts import ChoicePrompt, TextPrompt
from tui.screens.search import Search
from tui.session_app import SessionApp
from tui.wording import edits
from workbook.crash import recorded
from workbook.ledger.half_typed import Field
from workbook.text import terminal

ENDINGS = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
"""Signals after which this process shall end: a closed terminal, a shutdown, an interrupt from outside."""

SHOWN_EDITS = 6
"""Lines of what is unsaved that fit the smallest window."""


_TERMINAL_GONE = getattr(select, "POLLHUP", 0)


def terminal_is_gone() -> bool:
    """Whether the terminal that we read keys from was closed. Where the system cannot tell, it was not."""
    if sys.__stdin__ is None or not hasattr(select, "poll"):
        return False
    with suppress(OSError, ValueError):  # no input, or none that can be asked
        asked = select.poll()
        asked.register(sys.__stdin__, 0)
        return any(said & _TERMINAL_GONE for _, said in asked.poll(0))
    return False


class Leaving(SessionApp):
    """Ends without loss."""

    def save(self) -> bool:
        """Save; whether everything is on disk now."""
        raise NotImplementedError

    def reopen(self, field: Field) -> None:
        """Open the field that a half-typed text belongs to."""
        raise NotImplementedError

    def listen(self) -> None:
        """End properly after a signal."""
        loop = asyncio.get_running_loop()
        for number in ENDINGS:
            with suppress(RuntimeError, ValueError):  # only the main thread may listen to signals
                loop.add_signal_handler(number, self._hung_up)

    def listen_no_more(self) -> None:
        """Leave signals to whoever comes next in this process."""
        loop = asyncio.get_running_loop()
        for number in ENDINGS:
            with suppress(RuntimeError, ValueError):
                loop.remove_signal_handler(number)

    def leave_a_closed_terminal(self) -> None:
        """End where the terminal went away and no signal told us: a shell started with nohup keeps it to itself."""
        if not self.is_headless and terminal_is_gone():
            self._hung_up()

    def _hung_up(self) -> None:
        """The terminal goes away: what is unsaved or half typed stays as a draft."""
        if isinstance(self.screen, TextPrompt | Search | CommitView | FormScreen):
            self.screen.keep_typed()  # the last key may not have been told yet
        self.typing.flush()
        self.exit(0)

    def _fatal_error(self) -> None:
        """Instead of Textual's traceback, which shows the values of variables: a line, and a log without secrets."""
        self.typing.flush()
        error = self._exception or RuntimeError("unknown")
        told = terminal(recorded(error, self.session.root))
        self._exit_renderables.append(Text(f"readiness: {told} Unsaved edits are kept as a draft."))
        self._close_messages_no_wait()

    def offer(self, half: Mapping[Field, str]) -> None:
        """Show what was half typed and left, or cut off when a terminal died, and open the field that is chosen."""
        fields = dict(zip("123456789", half, strict=False))
        choices = [(key, label(self.session, field, half[field])) for key, field in fields.items()]
        about = Content("Enter opens the field with this text in it. Esc leaves it there until the field is opened.")

        def chosen(key: str | None) -> None:
            if key == "x":
                self.session.typed.forget()
            elif key in fields:
                self.reopen(fields[key])

        throw = ("x", Content("throw all of it away"))
        title = Content("This was half typed last time")
        self.push_screen(ChoicePrompt(title, [*choices, throw], about), chosen)

    def action_leave(self) -> None:
        """Leave; asks when something is unsaved."""
        if not self.session.unsaved or self.session.read_only:
            self.exit(0)
            return
        if isinstance(self.screen, ChoicePrompt):
            return
        choices = (
            ("s", "save and leave"),
            ("d", "leave, keep it as a draft for next time"),
            ("x", "leave and throw it away"),
            ("b", "back to the workbook"),
        )
        what = edits(self.session, self.session.pending)
        rest = len(what) - SHOWN_EDITS
        about = Content("\n").join([*what[:SHOWN_EDITS], *([Content(f"and {rest} more")] if rest > 0 else [])])
        if not self.session.document.digest:
            about = Content("\n").join([Content("readiness.toml has not been written yet."), about])
        self.push_screen(ChoicePrompt(Content("Something is unsaved"), choices, about), self._leave)

    def _leave(self, chosen: str | None) -> None:
        if chosen == "s" and not self.save():
            return
        if chosen == "x":
            self.session.discard()
        if chosen in ("s", "d", "x"):
            self.exit(0)

    async def action_quit(self) -> None:
        """Textual's own way out takes ours."""
        self.action_leave()
