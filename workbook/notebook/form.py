"""A pillar's form: the list of its questions, the open one, undo and save. Its only state is what is being typed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets

from workbook.answers import STATE_FILE
from workbook.catalogue import Pillar
from workbook.errors import Refused
from workbook.guide import Question
from workbook.notebook import words
from workbook.notebook.clash import ClashPanel
from workbook.notebook.committing import CommitPanel
from workbook.notebook.guard import Guard
from workbook.notebook.handling import button, handled
from workbook.notebook.loops import running_loop
from workbook.notebook.question import QuestionPanel
from workbook.notebook.views import Page
from workbook.session import Session
from workbook.store import Clashed
from workbook.text import html, terminal

POLL_SECONDS = 1.0
"""How often the state file is looked at for other people's saves. Watchers miss network and bind mounts."""


class PillarForm:
    """Questions of one pillar as widgets. Every click becomes a session operation; errors are shown in place."""

    def __init__(self, session: Session, pillar: Pillar, page: Callable[[], Page]) -> None:
        self.session = session
        self._pillar = pillar
        self._page = page
        self.guard = Guard()
        self._headline = ipywidgets.HTML()
        self._list = ipywidgets.VBox([])
        self._list.add_class("readiness-list")
        self.entries: dict[str, ipywidgets.Button] = {}
        """The list's buttons by control, in the order they are shown."""
        self.panel = QuestionPanel(session, self.guard, self.show)
        self.clashes = ClashPanel(session, self.guard, self._reload)
        self.previous = self._button("k  previous", partial(self._step, -1), key="k")
        self.following = self._button("j  next", partial(self._step, 1), key="j")
        self.undo = self._button("u  undo", self._undo, key="u")
        self.save = self._button("s  save", self._save, key="s")
        self.committing = CommitPanel(session, self.guard, self._saved, self.show)
        self.commit = self._button("c  commit …", self._open_commit, key="c")
        self.current = ""
        """The control whose question is open."""
        self._task: asyncio.Task[None] | None = None
        self._stamp = session.stamp
        self._digest = session.document.digest
        self.widget = self._built()
        self._welcome()

    def show(self) -> None:
        """Render everything again from the session; what is being typed stays."""
        questions = self._steady(self.session.questions(self._pillar.id))
        self._headline.value = f"<p>{html(self.session.headline)}</p>"
        self._show_list(questions)
        if self.entries and self.current not in self.entries:
            self.current = next(iter(self.entries))
        if self.current:
            self.panel.open(self.current)
        touched = {edit.table for edit in self.session.pending}
        mark = f" ({len(touched)})" if touched else ""
        self.save.description = f"s  save{mark}"

    def open(self, control: str) -> None:
        """Open the question of another control of this pillar."""
        self.current = control
        self.show()

    def refresh(self) -> bool:
        """Take in what somebody else saved since; whether there was anything new to this form."""
        stamp = self.session.stamp
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        # Another form of this kernel may have taken it in already; then it is new to this one all the same.
        if not self.session.refresh() and self.session.document.digest == self._digest:
            return False
        self._digest = self.session.document.digest
        if self.session.read_only:
            self.guard.complain(self.session.read_only)
        else:
            self.guard.say(f"Somebody else saved {STATE_FILE}; this shows their answers too.")
        self.show()
        return True

    def close(self) -> None:
        """Stop looking for other people's saves and take the widgets away."""
        if self._task:
            self._task.cancel()
        self.widget.close()

    def _built(self) -> ipywidgets.VBox:
        buttons = [self.previous, self.following, self.undo, self.save, self.commit]
        moves = ipywidgets.HBox(buttons, layout={"flex_flow": "row wrap"})
        body = ipywidgets.HBox([self._list, self.panel.widget], layout={"flex_flow": "row wrap"})
        body.add_class("readiness-body")
        return self.guard.form([self._headline, moves], [self.clashes.widget, self.committing.widget, body])

    def _welcome(self) -> None:
        waiting = self.session.recover()
        self.session.typed.recover()
        here = [one.control.id for one in self.session.questions(self._pillar.id)]
        half = {field: text for field, text in self.session.typed.texts.items() if field.about in here}
        self.current = next((field.about for field in half), "")
        self.show()
        if self.session.read_only:
            self.guard.complain(self.session.read_only)
        elif not self.session.has_state:
            self.guard.complain("there is no workbook here yet; start one with: readiness init")
        elif waiting or half:
            pending = words.changed(self.session.catalogue, self.session.pending)
            unsaved = f"Not saved yet: {'; '.join(pending) or 'a new workbook'}." if waiting else ""
            told = "; ".join(f"{field.kind} of {field.about}" for field in half)
            self.guard.say(f"{unsaved}{f' Half typed, and in its field again: {told}.' if half else ''}".strip())
        if loop := running_loop():
            self._task = loop.create_task(self._poll())

    async def _poll(self) -> None:
        look = handled(self.guard, self._look)
        while True:
            await asyncio.sleep(POLL_SECONDS)
            look(None)

    def _look(self) -> None:
        self.refresh()

    def _steady(self, questions: tuple[Question, ...]) -> tuple[Question, ...]:
        """The questions in the order that is shown while probes are running, so that the list does not jump."""
        report = self.session.report
        if report is None or report.complete or {one.control.id for one in questions} != self.entries.keys():
            return questions
        shown = list(self.entries)
        return tuple(sorted(questions, key=lambda one: shown.index(one.control.id)))

    def _show_list(self, questions: tuple[Question, ...]) -> None:
        controls = [one.control.id for one in questions]
        if controls != list(self.entries):
            self.entries = {control: self._entry(control) for control in controls}
            self._list.children = list(self.entries.values())
        for number, one in enumerate(questions, start=1):
            entry = self.entries[one.control.id]
            entry.description = terminal(f"{number}. {one.control.title} · {words.standing(one)}")
            (entry.add_class if one.control.id == self.current else entry.remove_class)("readiness-current")

    def _entry(self, control: str) -> ipywidgets.Button:
        made = self._button("", partial(self.open, control))
        made.add_class("readiness-entry")
        return made

    def _step(self, by: int) -> None:
        controls = list(self.entries)
        if not controls:
            raise Refused("no question of this pillar applies", "look at the summary below")
        self.open(controls[(controls.index(self.current) + by) % len(controls)])

    def _undo(self) -> None:
        undone = self.session.undo()
        lines = words.changed(self.session.catalogue, undone)
        self.guard.say(f"Undone: {'; '.join(lines)}" if lines else "There is nothing to undo.")
        self._reload()

    def _save(self) -> None:
        self.panel.keep_note()
        if not self.session.unsaved:
            self.guard.say("Everything is saved already.")
        elif self._saved():
            self.guard.say(f"Saved to {STATE_FILE}; c commits it.")

    def _saved(self) -> bool:
        """Save; whether that is done, or somebody else's save has to be decided first."""
        self.panel.keep_note()
        result = self.session.save()
        self._digest = self.session.document.digest
        if isinstance(result, Clashed):
            self.clashes.show(result.clashes)
            self.guard.complain("somebody else changed the same answers; decide below, then save again")
        self.show()
        return not isinstance(result, Clashed)

    def _open_commit(self) -> None:
        self.panel.keep_note()
        self.committing.open()
        self.show()

    def _reload(self) -> None:
        self.show()
        if self.current:
            self.panel.reload()

    def _button(self, label: str, handler: Callable[[], None], key: str = "") -> ipywidgets.Button:
        made = button(self.guard, label, handler)
        if key:
            made.add_class(f"readiness-key-{key}")
        return made

    def __repr__(self) -> str:
        return repr(self._page())

    def _repr_mimebundle_(self, **chosen: Any) -> Any:
        bundle = self.widget._repr_mimebundle_(**chosen)
        return bundle | {"text/plain": repr(self), "text/html": self._page()._repr_html_()}
