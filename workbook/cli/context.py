"""What every command is given: the folder, the streams, and the other faces."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.text import ci_log, terminal, terminal_lines

if TYPE_CHECKING:
    from workbook.session import Session
    from workbook.view import View


@dataclass(frozen=True, slots=True)
class Faces:
    """Ways into the other faces. The entry point supplies them, because no face imports another."""

    tui: Callable[[Path], int]
    open_lab: Callable[[Path, str | None], int]
    write_notebooks: Callable[[Session, str | None], Sequence[Path]]
    run_notebooks: Callable[[Path, str | None], Sequence[tuple[Path, str]]]
    """The notebooks that ran, each with the line that says why it failed, "" where it did not."""
    verify_notebooks: Callable[[Path, str | None], tuple[Sequence[tuple[Path, str]], Sequence[tuple[str, bool, str]]]]
    """The same, and every recorded value: what it is, whether it came out the same, and what is to be said of it."""
    drifted_notebooks: Callable[[Session], Sequence[tuple[str, str]]]
    """The stored notebooks that are not as they should be, each with what is wrong."""


@dataclass(frozen=True, slots=True)
class Context:
    """One call of the command line.

    What is printed can neither steer a terminal nor give orders to a CI host. A line break in it stays one, so text
    that must be one line passes `terminal` before.
    """

    root: Path
    faces: Faces | None = None

    def out(self, text: str = "") -> None:
        """Data, on standard output."""
        sys.stdout.write(f"{_shown(text)}\n")

    def say(self, text: str) -> None:
        """Talk, on standard error."""
        sys.stderr.write(f"{_shown(text)}\n")
        sys.stderr.flush()

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def encoded(self, text: str) -> str:
        """The text as `out` and `say` print it, for those few who must print it themselves."""
        return _shown(text)

    def ask(self, question: str) -> str | None:
        """One line from standard input, without blanks around it; None when the input has ended."""
        sys.stderr.write(_shown(question))
        sys.stderr.flush()
        line = sys.stdin.readline()
        return line.strip() if line else None

    def confirm(self, question: str) -> bool:
        """Whether the person says yes; silence is a no."""
        return (self.ask(f"{question} [y/N] ") or "").lower() in ("y", "yes")

    def session(self) -> Session:
        """The folder's session, with or without a workbook."""
        from workbook.session import Session

        session = Session(self.root)
        self._warn(session)
        return session

    def workbook(self) -> Session:
        """The session of a workbook that can be read.

        Raises:
            Refused: the state file is damaged, or there is none.
        """
        session = self.session()
        self._require_readable(session)
        return session

    def view(self) -> View:
        """The same to be read only, for commands that change nothing and start the quicker.

        Raises:
            Refused: the state file is damaged, or there is none.
        """
        from workbook.view import View

        view = View(self.root)
        self._warn(view)
        self._require_readable(view)
        return view

    def _warn(self, view: View) -> None:
        if view.place.damaged:
            self.say(f"warning: git was not read: {terminal(view.place.trouble)}")

    def _require_readable(self, view: View) -> None:
        from workbook.errors import Refused

        if view.read_only:
            raise Refused(view.read_only)
        if not view.has_state:
            raise Refused(f"there is no workbook in {self.root}", "start one with: readiness init")


def _shown(text: str) -> str:
    return ci_log(terminal_lines(text))


def root_of(folder: Path) -> Path:
    """The folder whose workbook a call below it means: the nearest with a state file, else the repository's top."""
    from workbook.answers import STATE_FILE

    here = folder.resolve()
    for candidate in (here, *here.parents):
        if (candidate / STATE_FILE).exists() or (candidate / ".git").exists():
            return candidate
    return here
