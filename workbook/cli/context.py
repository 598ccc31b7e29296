"""What every command is given: the folder, the streams, and the other faces."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from checks.frozen import Frozen, field
from workbook.cli.faces import Faces
from workbook.cli.said import Said
from workbook.text import ci_log, json_shown, terminal, terminal_lines

if TYPE_CHECKING:
    from checks.git import Git
    from checks.isolated_start import Started
    from workbook.ground import Ground
    from workbook.session import Session
    from workbook.view import View


class Context(Frozen):
    """One call of the command line.

    What is printed can neither steer a terminal nor give orders to a CI host. A line break in it stays one, so text
    that must be one line passes `terminal` before.
    """

    root: Path
    faces: Faces | None = None
    git: Git | None = None
    """The snapshot of the repository that this call reads, where one was taken already."""
    still: Callable[[], bool] | None = None
    """Tells, where it can, that nothing changed since that snapshot."""
    started: Started | None = None
    """A process for the look that this call asks for, where one was started ahead."""
    ground: Ground | None = None
    """What this call need not ask git for: it was read when the repository looked as it does now."""
    said: Said = field(default_factory=Said)

    def out(self, text: str = "") -> None:
        """Data, on standard output."""
        shown = f"{_shown(text)}\n"
        sys.stdout.write(shown)
        self.said.lines.append(("stdout", shown))

    def out_lines(self, lines: Iterable[str]) -> None:
        """Data in lines, on standard output."""
        for line in lines:
            self.out(line)

    def out_json(self, value: object) -> None:
        """Plain data as JSON, on standard output."""
        self.out_document(self.document(value))

    def document(self, value: object) -> str:
        """Plain data as the JSON that is printed."""
        return f"{ci_log(json_shown(value))}\n"

    def out_document(self, shown: str) -> None:
        """What `document` made, on standard output."""
        sys.stdout.write(shown)
        self.said.lines.append(("stdout", shown))

    def say(self, text: str) -> None:
        """Talk, on standard error."""
        shown = f"{_shown(text)}\n"
        sys.stderr.write(shown)
        sys.stderr.flush()
        self.said.lines.append(("stderr", shown))

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

        if self.git is not None:
            # A session may take its time, and asks git anew each time; nothing is held for it meanwhile.
            self.git.close()
        session = Session(self.root)
        self._warn(session)
        return session

    def warn_of_git(self) -> None:
        """Warn as `session` does, where the repository is only looked at; no workbook is loaded for it."""
        from checks.git import Git, GitProblem

        try:
            if self.git is not None:
                self.git.head()
                return
            with Git.open(self.root) as git:
                git.head()
        except GitProblem:
            # Only a session knows how to word what is wrong; then it may take its time.
            self.session()

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

        view = View(self.root, git=self.git, ground=self.ground)
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
