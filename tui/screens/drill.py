"""A rehearsal against the clock: by hand, with a start and a stop, or as a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from textual.content import Content

from tui.screens.clock import Clock
from tui.screens.command import told
from tui.screens.form import FormScreen
from tui.screens.running import Running
from tui.widgets.part import Part
from tui.wording import said
from workbook.errors import Refused
from workbook.running import DRILL_DAYS, Recorded, record_drill, timed_by_hand
from workbook.typed import command

MOST_DAYS = 3660
"""Days beyond which nobody means it."""


class Drill(FormScreen):
    """What is rehearsed, with which command, and how long it counts."""

    KIND: ClassVar[str] = "drill"
    BUTTON: ClassVar[str] = "To the clock"

    def heading(self) -> Content:
        """For which control."""
        return Content.assemble("Timed drill for ", said(self.session.question(self.subject).control.title))

    def lead(self) -> Content:
        """The two ways."""
        return Content("Without a command you start and stop the clock yourself, while you do it in another window.")

    def parts(self) -> Sequence[Part]:
        """What, with which command, for how long."""
        return (
            Part("what", "What is rehearsed", "as in: restore a backup", required=True),
            Part("command", "Command", "may stay empty", check=lambda text: command(text) if text else None),
            Part("days", "Counts for", "days", value=str(DRILL_DAYS), check=_days),
        )

    def take(self, values: Mapping[str, str]) -> str:
        """On to the clock; nothing starts before the person says so."""
        what, root, commit = values["what"], self.session.root, self.session.place.commit
        expires = self.session.today() + timedelta(days=_days(values["days"]))

        def keep(done: Recorded) -> str:
            self.session.attach(self.subject, done.evidence)
            return told(done)

        def timed(start: datetime, end: datetime) -> str:
            piece = timed_by_hand(what, start, end, commit, expires=expires)
            self.session.attach(self.subject, piece)
            return f"Recorded: {what}, {piece.values['seconds']:.0f} s, counts until {expires}."

        if values["command"]:
            argv = command(values["command"])
            self.further = Running(
                argv,
                self.heading(),
                lambda cancel, watch: record_drill(
                    what, argv, root, commit, expires=expires, cancel=cancel, watch=watch
                ),
                keep,
            )
        else:
            self.further = Clock(Content.assemble(self.heading(), ": ", said(what)), timed)
        return ""


def _days(text: str) -> int:
    """A number of days.

    Raises:
        Refused: it is none.
    """
    if not text.isdecimal() or not 0 < int(text) <= MOST_DAYS:
        raise Refused(f"{text!r} is not a number of days", f"a whole number from 1 to {MOST_DAYS}")
    return int(text)
