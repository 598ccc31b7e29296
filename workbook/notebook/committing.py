"""Save and commit from a form: who took part, the message, what would change. The operation is everybody's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial

import ipywidgets

from checks.git import GitProblem
from workbook.commit import CommitFailed, Committed, commit, diff, preview
from workbook.errors import Refused
from workbook.ledger.half_typed import Field
from workbook.notebook.guard import Guard
from workbook.notebook.handling import button, handled
from workbook.notebook.loops import hand_over, running_loop
from workbook.notebook.views import paragraphs
from workbook.people import People, person
from workbook.session import Session
from workbook.text import html, terminal

MESSAGE, PEOPLE = Field("commit message"), Field("co-authors")
"""What is half typed here, under the names that the terminal has for it."""


class CommitPanel:
    """Shows what a commit would hold before it is made. Empty until it is opened.

    Args:
        session: the workbook.
        guard: says what happened.
        save: saves the workbook; False where somebody else's save has to be decided first.
        on_change: follows a commit.
    """

    def __init__(self, session: Session, guard: Guard, save: Callable[[], bool], on_change: Callable[[], None]) -> None:
        self._session, self._guard, self._save, self._on_change = session, guard, save, on_change
        self._loop = running_loop()
        self._thread: threading.Thread | None = None
        self._written = ""
        """The message as the workbook writes it; while it stands so, it follows what changes."""
        self.people = ipywidgets.Text(description="With", placeholder="who sat with you: Name <mail>, several with ;")
        self.message = ipywidgets.Textarea(description="Message", rows=8)
        self._fields = {"people": self.people, "message": self.message}
        self._texts = {"people": "", "message": ""}
        """What stands in the fields, as far as the browser has told."""
        for kind, field in self._fields.items():
            field.add_class(f"readiness-field-{kind}")
            field.continuous_update = False
            field.observe(handled(guard, partial(self._changed, kind)), names="value")
        guard.on_typed(self._take_typed)
        self._shown = ipywidgets.HTML()
        self.go = button(guard, "Save and commit", self._commit)
        self.look = button(guard, "Look again", self.show)
        self.leave = button(guard, "Not now", self._leave)
        self.widget = ipywidgets.VBox([])
        self.widget.add_class("readiness-commit")

    @property
    def running(self) -> bool:
        """Whether git is at work."""
        return self._thread is not None and self._thread.is_alive()

    def open(self) -> None:
        """Show what would be committed; nothing is written or run by that."""
        if self.running:
            raise Refused("git is still at work", "wait for it; a hook or a signature may take long")
        if self._session.read_only:
            raise Refused(self._session.read_only)
        if not self._session.has_state:
            raise Refused("there is nothing to commit yet", "start a workbook with: readiness init")
        if self._session.place.git_dir is None:
            raise Refused(self._session.place.trouble or "this is not a git repository")
        kept = self._session.typed.get
        self._set("people", kept(PEOPLE) or terminal("; ".join(self._session.people.navigators)))
        self.show(kept(MESSAGE))
        self._guard.say("This is what a commit would hold. Nothing is written yet.")

    def show(self, message: str = "") -> None:
        """Render everything again; a message of the person's own stays."""
        self._session.people = People(self._session.people.driver, self._navigators())
        text = preview(self._session)
        words, mark, trailers = text.partition("\n\nCo-authored-by: ")
        if message or self._texts["message"].strip() in ("", self._written):
            self._set("message", message or words.strip())
        self._written = words.strip()
        try:
            changes = diff(self._session)
        except GitProblem as problem:
            raise Refused(f"git cannot tell what changed ({problem})") from problem
        below = [f"Added below it: Co-authored-by: {line}" for line in _lines(f"{trailers}" if mark else "")]
        changed = f"<pre>{html(changes)}</pre>" if changes else paragraphs(["Nothing of ours differs from git."])
        self._shown.value = f"{paragraphs(below)}<h4>What would be committed</h4>{changed}"
        buttons = ipywidgets.HBox([self.go, self.look, self.leave], layout={"flex_flow": "row wrap"})
        heading = ipywidgets.HTML("<h4>Save and commit</h4>")
        self.widget.children = [heading, self.people, self.message, buttons, self._shown]

    def wait(self, seconds: float | None = None) -> None:
        """Wait for the commit under way, as scripts and tests do."""
        if self._thread:
            self._thread.join(seconds)

    def _commit(self) -> None:
        message = self._texts["message"].strip()
        self._session.people = People(self._session.people.driver, self._navigators())
        if not self._save():
            return
        self._guard.say("Committing; git and its hooks run …")
        self.go.disabled = self.look.disabled = self.leave.disabled = True
        own = message if message and message != self._written else None
        # In a thread, because hooks and signing may take long, and the kernel must hear of other things meanwhile.
        self._thread = threading.Thread(target=self._run, args=(own,), name="readiness-commit", daemon=True)
        self._thread.start()

    def _run(self, message: str | None) -> None:
        step: Callable[[], None]
        try:
            made = commit(self._session, message=message)
            step = partial(self._made, made)
        except Exception as error:  # noqa: BLE001  an error of a thread would vanish in the kernel's log
            step = partial(self._refused, error)
        hand_over(self._loop, step)

    def _made(self, made: Committed) -> None:
        self._free()
        for field in (MESSAGE, PEOPLE):
            self._session.typed.keep(field, "")
        self._close()
        self._guard.say(f"Committed {made.id[:7]}: {', '.join(made.files)}")
        self._on_change()

    def _refused(self, error: Exception) -> None:
        self._free()
        said = str(error) if isinstance(error, Refused) else f"this failed ({type(error).__name__}: {error})"
        if isinstance(error, CommitFailed) and error.output:
            self._shown.value = f"<h4>What git said</h4><pre>{html(error.output)}</pre>"
        self._guard.complain(said)

    def _free(self) -> None:
        self.go.disabled = self.look.disabled = self.leave.disabled = False
        self._session.relocate()

    def _leave(self) -> None:
        for field in (MESSAGE, PEOPLE):
            self._session.typed.keep(field, "")
        self._close()
        self._guard.say("Nothing was committed.")

    def _close(self) -> None:
        self.widget.children = []
        self._written = ""
        self._set("message", "")

    def _navigators(self) -> tuple[str, ...]:
        return tuple(person(one) for one in self._texts["people"].split(";") if one.strip())

    def _set(self, kind: str, text: str) -> None:
        self._texts[kind] = self._fields[kind].value = text

    def _changed(self, kind: str) -> None:
        self._texts[kind] = self._fields[kind].value
        self._keep_typed()

    def _take_typed(self, texts: Mapping[str, str], _asked: str, pressing: bool) -> None:
        """What the fields hold, whatever question is open; only a press sets them here too, while nobody types."""
        if not self.widget.children:
            return
        for kind in texts.keys() & self._fields.keys():
            self._texts[kind] = texts[kind]
            if pressing:
                self._fields[kind].value = texts[kind]
        self._keep_typed()

    def _keep_typed(self) -> None:
        """After every key, so that a killed kernel takes nothing along."""
        if not self.widget.children:
            return
        message, people = self._texts["message"], self._texts["people"]
        here = terminal("; ".join(self._session.people.navigators))
        self._session.typed.keep(MESSAGE, "" if message.strip() == self._written else message)
        self._session.typed.keep(PEOPLE, "" if people == here else people)


def _lines(trailers: str) -> list[str]:
    return [line.removeprefix("Co-authored-by: ") for line in trailers.splitlines() if line]
