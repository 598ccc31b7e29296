"""The state files as one ledger: what is on disk, the unsaved edits on top, saving, drafts and other people's saves.

Whoever reads the ledger sees one set of tables (see `workbook.on_disk`).
"""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbook.answers import STATE_FILE, WAIVER_FILE
from workbook.errors import Refused
from workbook.ledger.desk import Change, Desk
from workbook.ledger.discretion import refuse_secret, refuse_secrets
from workbook.ledger.drafts import Drafts
from workbook.merge.standoffs import Standoff, settled_by, standoffs
from workbook.merge.units import CLASH
from workbook.on_disk import WAIVERS, together, trouble_of
from workbook.store import (
    Clash,
    Clashed,
    Document,
    Edit,
    Saved,
    StoreError,
    UnconfirmedSaveError,
    apply,
    read,
    same,
    save,
    sweep,
)

NEW_WAIVERS = b"""\
# Accepted risk of this repository: who accepts what, and until when. Kept by the readiness workbook.
# In a file of its own, so that CODEOWNERS can say who may change it.

schema = 1
"""

Stamp = tuple[tuple[int, int, int] | None, ...]


def _deciding(change: Change, found: Sequence[Standoff]) -> Change:
    left = settled_by(found, change.table, change.fields)
    return change if left is None else replace(change, fields={**change.fields, CLASH: left})


class Ledger:
    """The two state files of one folder, with undo. `private` is where locks and drafts are kept."""

    def __init__(self, root: Path, private: Path, order: Sequence[tuple[str, ...]]) -> None:
        self._paths = {STATE_FILE: root / STATE_FILE, WAIVER_FILE: root / WAIVER_FILE}
        self._private, self._order = private, order
        self._documents = {name: read(path) for name, path in self._paths.items()}
        self._new: bytes | None = None
        self._desk = Desk(self._on_disk())
        self._drafts = Drafts(private)
        self._unconfirmed: set[str] = set()
        """The files that hold our edits, but whose last save the disk did not confirm."""

    @property
    def document(self) -> Document:
        """The state file as it was last read."""
        return self._documents[STATE_FILE]

    @property
    def has_state(self) -> bool:
        """Whether there is a workbook, on disk or about to be saved."""
        return bool(self.document.digest) or self._new is not None

    @property
    def read_only(self) -> str:
        """Why nothing can be saved, with the line and the way out; "" when saving is possible."""
        return self._trouble(STATE_FILE)

    @property
    def waivers_read_only(self) -> str:
        """Why accepted risk cannot be read or changed; "" when it can."""
        return self._trouble(WAIVER_FILE)

    @property
    def tables(self) -> Mapping[str, Any]:
        """Both files and the unsaved edits together."""
        return self._desk.tables

    @property
    def pending(self) -> tuple[Edit, ...]:
        """The unsaved edits."""
        return self._desk.pending

    @property
    def unsaved(self) -> bool:
        """Whether something would be lost without a save."""
        return self._new is not None or bool(self.pending or self._unconfirmed)

    @property
    def done(self) -> tuple[Edit, ...]:
        """Everything that was put here and not taken back, saved or not, oldest first."""
        return self._desk.done

    @property
    def stamp(self) -> Stamp:
        """Changes whenever one of the files is replaced; cheap enough to ask every second."""
        return tuple(_stamp(path) for path in self._paths.values())

    def start(self, raw: bytes) -> None:
        """Lay out a new state file; it is written by `save`. Refused where a name in it looks like a secret."""
        refuse_secret("new workbook", raw.decode())
        self._new = raw
        self._desk = Desk(self._on_disk())
        self.keep_draft()

    @property
    def disk(self) -> Mapping[str, Any]:
        """Both files as they are on disk, as far as is known."""
        return self._desk.disk

    @contextlib.contextmanager
    def as_seen(self, seen: Mapping[str, Any]) -> Iterator[None]:
        """Take edits as made on an older `disk`: what somebody else saved since then is a clash, never overwritten."""
        self._desk.as_seen = seen
        try:
            yield
        finally:
            self._desk.as_seen = None

    def put(self, *changes: Change) -> None:
        """Take edits as one step of undo, on disk as a draft when this returns.

        What a merge left open about the same table is decided by them, see `workbook.merge.standoffs`.

        Raises:
            Refused: a text holds what looks like a secret; nothing was taken.
        """
        found = tuple(standoffs(self.tables))
        changes = tuple(_deciding(change, found) for change in changes)
        for change in changes:
            refuse_secrets(change, {name: self._desk.get(change.table, name) for name in change.fields})
        self._desk.put(*changes)
        self.keep_draft()

    def undo(self) -> tuple[Edit, ...]:
        """Take back the last step; what it changed, or nothing."""
        step = self._desk.undo()
        self.keep_draft()
        return step

    def redo(self) -> tuple[Edit, ...]:
        """Do the undone step again."""
        step = self._desk.redo()
        self.keep_draft()
        return step

    def keep_draft(self) -> None:
        """Bring the draft in line with what is unsaved."""
        try:
            if self.unsaved:
                self._drafts.keep(self._desk.claims, self._new)
            else:
                self._drafts.drop()
        except StoreError as error:
            raise Refused(str(error)) from error

    def save(self) -> Saved | Clashed:
        """Write the unsaved edits; a clash in one file leaves that file as it is and is returned with both sides.

        Raises:
            Refused: a file cannot be written; nothing is lost, the draft stays.
        """
        state = self._save(STATE_FILE, self._new)
        if isinstance(state, Clashed):
            return state
        self._new = None
        self._desk.rebase(self._on_disk())
        if WAIVER_FILE in self._unconfirmed or any(_file_of(edit) == WAIVER_FILE for edit in self.pending):
            waivers = self._save(WAIVER_FILE, NEW_WAIVERS)
            if isinstance(waivers, Clashed):
                return waivers
        self._desk.saved(self._on_disk())
        # Everything is on disk, and a draft of it that stays is recognized as such when it is recovered.
        with contextlib.suppress(StoreError):
            self._drafts.drop()
        return state

    def unwritten(self) -> dict[str, bytes]:
        """The files that a save would change, by name, as it would leave them where nobody else saves meanwhile.

        Raises:
            Refused: an edit cannot be written.
        """
        starts = {STATE_FILE: self._new or b"", WAIVER_FILE: NEW_WAIVERS}
        planned = {}
        for name, document in self._documents.items():
            edits = [edit for edit in self.pending if _file_of(edit) == name]
            if edits or (name == STATE_FILE and self._new is not None):
                try:
                    planned[name] = apply(document.raw or starts[name], edits, self._order)
                except StoreError as error:
                    raise Refused(str(error)) from error
        return planned

    def discard(self) -> None:
        """Throw the unsaved edits away; the files stay as they are."""
        self._new = None
        self._desk = Desk(self._on_disk())
        self._drafts.drop()

    def recover(self) -> int:
        """Put the unsaved edits of sessions that died back on the desk; how many fields they touch."""
        for draft in self._drafts.orphans():
            mine = {(edit.table, edit.field): edit.new for edit in self.pending}
            if any(not same(mine.get((edit.table, edit.field), edit.new), edit.new) for edit in draft.edits):
                continue  # two sessions died with different texts for one field: the other waits for the next start
            if draft.new is not None and not self.has_state:
                self._new = draft.new
                self._desk = Desk(self._on_disk())
            if self.has_state and not self.read_only:
                self._desk.restore(draft.edits)
                self.keep_draft()
                draft.drop()
        return len(self.pending) + (self._new is not None)

    def settle(self, clash: Clash, *, keep_mine: bool) -> None:
        """Decide a clash; the next `save` carries the decision."""
        self._desk.settle(clash, keep_mine=keep_mine)
        self.keep_draft()

    def refresh(self) -> bool:
        """Whether somebody else saved since we looked; their edits are then part of the tables."""
        fresh = {name: read(path) for name, path in self._paths.items()}
        if all(_seen(fresh[name]) == _seen(known) for name, known in self._documents.items()):
            return False
        self._documents = fresh
        if self.document.trouble is None:
            self._new = None
            self._desk.rebase(self._on_disk())
        return True

    def sweep(self) -> None:
        """Remove what killed saves left beside the files and among the drafts; for the start of a session."""
        for path in self._paths.values():
            sweep(path, lock_dir=self._private)
        self._drafts.sweep()

    def _save(self, name: str, create: bytes | None) -> Saved | Clashed:
        if trouble := self._trouble(name):
            raise Refused(trouble)
        seen = self._documents[name].digest
        while isinstance(result := self._attempt(name, create, seen), Clashed):
            before = self._desk.claims
            self._desk.rebase(self._on_disk())
            # What others said beside ours is taken over, and then is no clash: try again.
            if self._desk.claims == before or all(map(self._desk.is_open, result.clashes)):
                return replace(result, clashes=tuple(map(self._desk.whole, result.clashes)))
        return result

    def _attempt(self, name: str, create: bytes | None, seen: str) -> Saved | Clashed:
        edits = tuple(edit for edit in self._desk.claims if _file_of(edit) == name)
        try:
            result = save(
                self._paths[name],
                edits,
                lock_dir=self._private,
                order=self._order,
                create=create,
                only_new=name == STATE_FILE and create is not None,
                seen=seen,
            )
        except UnconfirmedSaveError as error:
            self._unconfirmed.add(name)
            self._documents[name] = error.document
            self._new = None if name == STATE_FILE else self._new
            self._desk.rebase(self._on_disk())
            raise Refused(str(error)) from error
        except StoreError as error:
            raise Refused(str(error)) from error
        self._unconfirmed.discard(name)
        self._documents[name] = result.document
        return result

    def _on_disk(self) -> dict[str, Any]:
        state = self.document.tables if self._new is None else tomllib.loads(self._new.decode())
        return together(state, self._documents[WAIVER_FILE].tables)

    def _trouble(self, name: str) -> str:
        return trouble_of(name, self._documents[name])


def _seen(document: Document) -> tuple[object, ...]:
    return document.digest, document.trouble


def _file_of(edit: Edit) -> str:
    return WAIVER_FILE if edit.table[:1] == (WAIVERS,) else STATE_FILE


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size, about.st_ino
