"""The edits on the desk: what changed since the last save, with undo, redo, and rebasing on other people's saves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from workbook.store import MISSING, Clash, Edit, same

Place = tuple[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Change:
    """New values for fields of one table; `MISSING` removes a field. `title` is the comment over a new table."""

    table: tuple[str, ...]
    fields: Mapping[str, Any]
    title: str = ""


class Desk:
    """The state's tables as they are on disk plus the unsaved edits.

    `tables` is what faces see. A field's base is what stood on disk when it was first touched, so that somebody
    else's save of the same field shows as a clash and never vanishes.
    """

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self.tables: dict[str, Any] = deepcopy(dict(tables))
        self._disk: Mapping[str, Any] = deepcopy(dict(tables))
        self._bases: dict[Place, Any] = {}
        self._titles: dict[tuple[str, ...], str] = {}
        self._done: list[tuple[Edit, ...]] = []
        self._undone: list[tuple[Edit, ...]] = []

    def put(self, *changes: Change) -> None:
        """Take changes together as one step of undo."""
        step = tuple(
            Edit(change.table, name, self.get(change.table, name), value, change.title)
            for change in changes
            for name, value in change.fields.items()
            if not same(self.get(change.table, name), value)
        )
        if step:
            self._titles.update((change.table, change.title) for change in changes)
            self._run(step)
            self._done.append(step)
            self._undone.clear()

    def get(self, table: tuple[str, ...], field: str) -> Any:
        """The value of a field, or MISSING."""
        return _lookup(self.tables, table, field)

    @property
    def pending(self) -> tuple[Edit, ...]:
        """The edits that are not on disk yet, one a field."""
        return tuple(
            Edit(table, name, base, self.get(table, name), self._titles.get(table, ""))
            for (table, name), base in self._bases.items()
            if not same(self.get(table, name), base)
        )

    def undo(self) -> tuple[Edit, ...]:
        """Take back the last step, saved or not; empty when there is none."""
        if not self._done:
            return ()
        step = self._done.pop()
        self._run(_reversed(step))
        self._undone.append(step)
        return step

    def redo(self) -> tuple[Edit, ...]:
        """Do again what was undone last; empty when there is nothing."""
        if not self._undone:
            return ()
        step = self._undone.pop()
        self._run(step)
        self._done.append(step)
        return step

    def rebase(self, tables: Mapping[str, Any]) -> None:
        """Take what is on disk now as the ground, and keep the unsaved edits on top."""
        pending = self.pending
        self.tables, self._disk = deepcopy(dict(tables)), deepcopy(dict(tables))
        self._bases.clear()
        for edit in pending:
            if same(self.get(edit.table, edit.field), edit.new):  # saved by us, or the same value by them
                continue
            self._bases[(edit.table, edit.field)] = edit.base
            _place(self.tables, edit.table, edit.field, edit.new)

    def saved(self, tables: Mapping[str, Any]) -> None:
        """Everything is on disk: nothing is pending, undo still works."""
        self._bases.clear()
        self.tables, self._disk = deepcopy(dict(tables)), deepcopy(dict(tables))

    def settle(self, clash: Clash, *, keep_mine: bool) -> None:
        """Decide a clash: my values on top of theirs, or theirs."""
        for name, (_, _, theirs) in clash.fields.items():
            if keep_mine:
                self._bases[(clash.table, name)] = theirs
            else:
                self._bases.pop((clash.table, name), None)
                _place(self.tables, clash.table, name, theirs)

    def restore(self, edits: Iterable[Edit]) -> None:
        """Put recovered edits back, with the bases they were made on; those that were saved after all are dropped."""
        for edit in edits:
            if same(_lookup(self._disk, edit.table, edit.field), edit.new):
                continue
            self._bases.setdefault((edit.table, edit.field), edit.base)
            self._titles[edit.table] = edit.title
            _place(self.tables, edit.table, edit.field, edit.new)

    def _run(self, step: Sequence[Edit]) -> None:
        for edit in step:
            # The base is what the person saw, not what is on disk now: taking back an edit that somebody else has
            # changed since is a clash like any other.
            base = self._bases.setdefault((edit.table, edit.field), edit.base)
            _place(self.tables, edit.table, edit.field, edit.new)
            if same(base, edit.new):  # taken back: what is on disk shows again, whoever wrote it
                del self._bases[edit.table, edit.field]
                _place(self.tables, edit.table, edit.field, _lookup(self._disk, edit.table, edit.field))


def _reversed(step: Sequence[Edit]) -> tuple[Edit, ...]:
    return tuple(Edit(edit.table, edit.field, edit.new, edit.base, edit.title) for edit in reversed(step))


def _lookup(tables: Mapping[str, Any], table: tuple[str, ...], field: str) -> Any:
    at: Any = tables
    for part in table:
        at = at.get(part) if isinstance(at, Mapping) else None
        if at is None:
            return MISSING
    return at.get(field, MISSING) if isinstance(at, Mapping) else MISSING


def _place(tables: dict[str, Any], table: tuple[str, ...], field: str, value: Any) -> None:
    at = tables
    for part in table:
        at = at.setdefault(part, {})
    if value is MISSING:
        at.pop(field, None)
    else:
        at[field] = deepcopy(value)
