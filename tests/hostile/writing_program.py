"""One of several authors who edit one workbook at the same time, each through a face; tells what it was told.

Arguments: ROOT FACE NAME EDITS, and "naive" as a fifth for a store without lock, comparison and clash. One JSON line
on standard output for each thing that happened: `tried` (a note was written into a face), `saved` (a save was
acknowledged: control, base and new of each note in it; `rebased`), `clash` (control, mine and theirs as they were
shown), `refused`.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from workbook.answers import Status
from workbook.cli.main import main as readiness
from workbook.errors import Refused
from workbook.ledger import files as ledger
from workbook.session import Session
from workbook.store import MISSING, Clashed, Document, Edit, Saved, apply, lookup, read, same, saving
from workbook.store.reading import document_of

SHARED_PILLAR = "4"
OWN_PROCESS_EVERY = 25


def tell(**what: Any) -> None:
    sys.__stdout__.write(json.dumps(what) + "\n")
    sys.__stdout__.flush()


def plain(value: object) -> str:
    return "" if value is MISSING else str(value)


def watch_saves() -> None:
    """Tell what every save of a session was asked and what it answered, whichever face asked.

    An edit that finds its value in the file already, as when two people undo to the same text, writes nothing and is
    told as `agreed`.
    """
    real, compare = Session.save, saving._clashes
    agreed: list[str] = []

    def look(document: Document, edits: list[Edit]) -> Any:
        there = ((edit, lookup(document.tables, edit.table, edit.field)) for edit in edits if edit.field == "note")
        agreed[:] = [edit.table[1] for edit, theirs in there if same(theirs, edit.new) and not same(theirs, edit.base)]
        return compare(document, edits)

    saving._clashes = look

    def save(self: Session) -> Saved | Clashed:
        agreed.clear()
        notes = [(edit.table[1], plain(edit.base), plain(edit.new)) for edit in self.pending if edit.field == "note"]
        try:
            result = real(self)
        except Refused as refused:
            tell(refused=str(refused))
            raise
        if isinstance(result, Clashed):
            for clash in result.clashes:
                _, mine, theirs = clash.fields.get("note", (MISSING,) * 3)
                tell(clash=clash.table[1], mine=plain(mine), theirs=plain(theirs))
        else:
            written = [note for note in notes if note[0] not in agreed]
            tell(saved=written, rebased=result.rebased, agreed=[note for note in notes if note[0] in agreed])
        return result

    Session.save = save  # type: ignore[method-assign]  # this program exists to watch it


def naive_save(path: Path, edits: list[Edit], **options: Any) -> Saved:
    """What a careful program without lock and comparison does: the control that shows the test can fail."""
    document: Document = read(path)
    raw = apply(document.raw, edits, options["order"])
    temporary = path.parent / ".git" / f"{os.getpid()}.tmp"
    temporary.write_bytes(raw)
    temporary.replace(path)
    return Saved(document_of(path, raw), rebased=False)


class Author:
    """Edits notes of the controls that all share, and of some that are its own."""

    def __init__(self, root: Path, name: str) -> None:
        self.root, self.name = root, name
        self.dice = random.Random(name)  # noqa: S311  # spreads the edits; the same for every run
        catalogue = Session(root).catalogue
        checklist = catalogue.checklists["fifty-point"]
        self.shared = sorted({name for item in checklist.in_pillar(SHARED_PILLAR) for name in item.controls})
        others = sorted(set(catalogue.controls_of(("fifty-point",))) - set(self.shared))
        number = int("".join(filter(str.isdigit, name)))
        self.own = others[number::8]

    def token(self, number: int) -> str:
        token = f"{self.name}-{number}"
        tell(tried=token)
        return token

    def control(self) -> str:
        return self.dice.choice(self.shared if self.dice.random() < 0.6 else self.own)


class Command(Author):
    """The command line, in this process and now and then in one of its own."""

    def edit(self, number: int) -> None:
        if number % OWN_PROCESS_EVERY == OWN_PROCESS_EVERY - 1:
            self.edit_from_a_process(number)
            return
        token = self.token(number)
        arguments = ["-C", str(self.root), "answer", self.control(), "ready", "--note", token]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
            code = readiness(arguments)
        # Whoever was not served was told: a clash shows what they typed.
        assert code == 0 or (code == 1 and token in said.getvalue()) or "another program" in said.getvalue(), (
            said.getvalue()
        )

    def edit_from_a_process(self, number: int) -> None:
        """Only a control of our own, whose note before is known here."""
        control = self.own[0]
        before = Session(self.root).state.answer(control).note
        token = self.token(number)
        command = [sys.executable, "-P", "-m", "workbook", "-C", self.root, "answer", control, "ready", "--note", token]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            tell(saved=[(control, before, token)], rebased=False, agreed=[])
        else:
            tell(refused=done.stderr)


class Terminal(Author):
    """The session as the TUI drives it: it stays open, polls, undoes, saves, settles."""

    def __init__(self, root: Path, name: str) -> None:
        super().__init__(root, name)
        self.session = Session(root)

    def edit(self, number: int) -> None:
        if self.dice.random() < 0.3:
            self.session.refresh()
        if self.dice.random() < 0.1:
            self.session.undo()  # of a save, perhaps one that somebody has written over since
        control = self.control()
        if self.dice.random() < 0.3:
            self.session.note(control, self.token(number))
        else:
            self.session.answer(control, Status.READY, note=self.token(number))
        if self.dice.random() < 0.1:
            self.session.undo()
            self.session.redo()
        while isinstance(result := self.save(), Clashed):
            for clash in result.clashes:
                self.session.settle(clash, keep_mine=self.dice.random() < 0.5)

    def save(self) -> Saved | Clashed:
        while True:
            with contextlib.suppress(Refused):
                return self.session.save()


class Notebook(Author):
    """The form of a pillar, without a browser: its fields are typed into and its buttons clicked."""

    def __init__(self, root: Path, name: str) -> None:
        super().__init__(root, name)
        from workbook.notebook.book import PillarBook

        self.session = Session(root)
        self.form: Any = PillarBook(self.session, SHARED_PILLAR).form()

    def edit(self, number: int) -> None:
        if self.dice.random() < 0.3:
            self.form.refresh()
        self.form.open(self.dice.choice(list(self.form.entries)))
        self.form.panel.note.value = self.token(number)
        if self.dice.random() < 0.7:
            self.form.panel.choices["y"].click()
        self.form.save.click()
        while self.form.clashes.open or self.session.unsaved:
            for clash in tuple(self.form.clashes.open):
                self.form.clashes.decide(clash, keep_mine=self.dice.random() < 0.5)
            self.form.save.click()


def main() -> None:
    root, face, name, edits, *naive = sys.argv[1:]
    if naive:
        ledger.save = naive_save  # type: ignore[assignment]  # the control
    watch_saves()
    author = {"command": Command, "terminal": Terminal, "notebook": Notebook}[face](Path(root), name)
    tell(ready=name)
    sys.stdin.readline()
    for number in range(int(edits)):
        author.edit(number)


if __name__ == "__main__":
    main()
