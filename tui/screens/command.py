"""Running a command as evidence: what ran, how it ended, and what it said last."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.content import Content

from tui.screens.form import FormScreen
from tui.screens.running import Running
from tui.widgets.part import Part
from tui.wording import said
from workbook.running import Recorded, Watch, record_command
from workbook.session import Session
from workbook.typed import command


class Command(FormScreen):
    """The command line; it is shown once more and asked for before it runs."""

    KIND: ClassVar[str] = "command"
    BUTTON: ClassVar[str] = "Show it, then run it"

    def heading(self) -> Content:
        """For which control."""
        return Content.assemble("Command for ", said(self.session.question(self.subject).control.title))

    def lead(self) -> Content:
        """What running means."""
        return Content("Runs in the repository's folder with your rights. No shell: no pipes, no variables.")

    def parts(self) -> Sequence[Part]:
        """The line; the one of last time stands there."""
        return (
            Part(
                "command", "Command", "as in: pytest -q", value=last_command(self.session, self.subject), check=command
            ),
        )

    def take(self, values: Mapping[str, str]) -> str:
        """Show what will run; nothing runs before the person agrees there."""
        argv = command(values["command"])
        root, commit = self.session.root, self.session.place.commit

        def keep(done: Recorded) -> str:
            self.session.attach(self.subject, done.evidence)
            return told(done)

        def job(cancel: threading.Event, watch: Watch) -> Recorded:
            return record_command(argv, root, commit, cancel=cancel, watch=watch)

        self.further = Running(argv, self.heading(), job, keep)
        return ""


def last_command(session: Session, control: str) -> str:
    """The command that was recorded last for a control, as one would type it; "" where none was. Untrusted text."""
    ran = [piece.values["argv"] for piece in session.question(control).answer.evidence if piece.values.get("argv")]
    return shlex.join(map(str, ran[-1])) if ran and isinstance(ran[-1], list) else ""


def told(done: Recorded) -> str:
    """How a recorded command ended."""
    ended = f"Recorded: it ended with {done.exit} after {done.evidence.values['seconds']} s."
    return f"{ended} It failed, so it speaks against the answer." if done.exit else ended
