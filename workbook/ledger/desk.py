"""The edits on the desk: what changed since the last save, with undo, redo, and rebasing on other people's saves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from workbook.merge.units import companions, unit_among, unit_of
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
        self.as_seen: Mapping[str, Any] | None = None
        """The tables as the person saw them when they began to type, where others have saved since; else None."""

    @property
    def disk(self) -> Mapping[str, Any]:
        """The tables as they are on disk, as far as is known. Never changed in place."""
        return self._disk

    def put(self, *changes: Change) -> None:
        """Take changes together as one step of undo."""
        step = tuple(
            Edit(change.table, name, self._before(change.table, name), value, change.title)
            for change in changes
            for name, value in change.fields.items()
            if not same(self.get(change.table, name), value)
        )
        if step:
            self._titles.update((change.table, change.title) for change in changes)
            self._run(step)
            self._claim(changes, {(edit.table, unit_of(edit.table, edit.field)) for edit in step})
            self._yield()
            self._tidy()
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

    @property
    def claims(self) -> tuple[Edit, ...]:
        """The pending edits, and with each what was said together with it and stays as it was.

        Whoever says "ready" also says that there is no reason why it would not apply. If somebody else writes one in
        the meantime, that is a clash, and never an answer that is half mine and half theirs.
        """
        return tuple(
            Edit(table, name, base, self.get(table, name), self._titles.get(table, ""))
            for (table, name), base in self._bases.items()
        )

    @property
    def done(self) -> tuple[Edit, ...]:
        """The steps that `undo` can take back, as one list."""
        return tuple(edit for step in self._done for edit in step)

    def undo(self) -> tuple[Edit, ...]:
        """Take back the last step, saved or not; empty when there is none."""
        if not self._done:
            return ()
        step = self._done.pop()
        self._run(_reversed(step))
        self._tidy()
        self._undone.append(step)
        return step

    def redo(self) -> tuple[Edit, ...]:
        """Do again what was undone last; empty when there is nothing."""
        if not self._undone:
            return ()
        step = self._undone.pop()
        self._run(step)
        self._tidy()
        self._done.append(step)
        return step

    def rebase(self, tables: Mapping[str, Any]) -> None:
        """Take what is on disk now as the ground, and keep the unsaved edits on top."""
        claims = self.claims
        self.tables, self._disk = deepcopy(dict(tables)), deepcopy(dict(tables))
        self._bases.clear()
        for edit in claims:
            # Saved by us, or the same value by them: no edit any more, but still said together with what is pending.
            told = same(self.get(edit.table, edit.field), edit.new)
            self._bases[(edit.table, edit.field)] = edit.new if told else edit.base
            _place(self.tables, edit.table, edit.field, edit.new)
        self._yield()
        self._tidy()

    def saved(self, tables: Mapping[str, Any]) -> None:
        """Everything is on disk: nothing is pending, undo still works."""
        self._bases.clear()
        self.tables, self._disk = deepcopy(dict(tables)), deepcopy(dict(tables))

    def settle(self, clash: Clash, *, keep_mine: bool) -> None:
        """Decide a clash: my values on top of theirs, or theirs, with everything that was said together with them."""
        decided = {unit_of(clash.table, name) for name in clash.fields}
        ours = [place for place in self._bases if place[0] == clash.table]
        for place in [place for place in ours if unit_among(*place, decided) in decided]:
            if keep_mine:
                # What they were shown, not what is on disk by now: on top of that goes only what they have seen.
                _, _, theirs = clash.fields.get(place[1], (None, None, _lookup(self._disk, *place)))
                self._bases[place] = theirs
            else:
                del self._bases[place]
                _place(self.tables, *place, _lookup(self._disk, *place))
        self._tidy()

    def whole(self, clash: Clash) -> Clash:
        """The clash with what goes along with its parts, so that people see all they decide about."""
        fields = dict(clash.fields)
        for unit in {unit_of(clash.table, name) for name in clash.fields}:
            for place in [(clash.table, name) for name in companions(clash.table, unit) if name not in fields]:
                mine, theirs = self.get(*place), _lookup(self._disk, *place)
                if place in self._bases and not same(mine, theirs):
                    fields[place[1]] = (self._bases[place], mine, theirs)
        return Clash(clash.table, fields)

    def is_open(self, clash: Clash) -> bool:
        """Whether every field of the clash is still one, see `rebase`."""
        places = [(clash.table, name) for name in clash.fields]
        return all(place in self._bases and self._clashes(place) for place in places)

    def restore(self, edits: Iterable[Edit]) -> None:
        """Put recovered edits back, with the bases they were made on; those that were saved after all are dropped."""
        for edit in edits:
            told = same(_lookup(self._disk, edit.table, edit.field), edit.new)
            self._bases.setdefault((edit.table, edit.field), edit.new if told else edit.base)
            self._titles[edit.table] = edit.title
            _place(self.tables, edit.table, edit.field, edit.new)
        self._yield()
        self._tidy()

    def _before(self, table: tuple[str, ...], field: str) -> Any:
        """What the person saw in a field before they changed it."""
        if self.as_seen is None or (table, field) in self._bases:
            return self.get(table, field)
        return _lookup(self.as_seen, table, field)

    def _claim(self, changes: Iterable[Change], touched: Collection[Place]) -> None:
        """Remember also what a change leaves as it was in the parts it touches."""
        for change in changes:
            for name in change.fields:
                if (change.table, unit_of(change.table, name)) in touched:
                    self._bases.setdefault((change.table, name), self.get(change.table, name))
        for table, unit in touched:
            for name in companions(table, unit):
                seen = self._before(table, name)
                self._bases.setdefault((table, name), seen)
                _place(self.tables, table, name, seen)

    def _yield(self) -> None:
        """Take over what others changed beside a part that they left alone, as a note beside an answer."""
        for table, unit in {(table, unit_of(table, name)) for table, name in self._bases}:
            if any(self._clashes((table, name)) for name in self._fields(table, unit)):
                continue
            for place in [(table, name) for name in companions(table, unit)]:
                if place in self._bases and same(self.get(*place), self._bases[place]):
                    self._bases[place] = _lookup(self._disk, *place)
                    _place(self.tables, *place, self._bases[place])

    def _fields(self, table: tuple[str, ...], unit: str) -> list[str]:
        return [name for at, name in self._bases if at == table and unit_of(table, name) == unit]

    def _clashes(self, place: Place) -> bool:
        disk = _lookup(self._disk, *place)
        return not same(disk, self._bases[place]) and not same(disk, self.get(*place))

    def _run(self, step: Sequence[Edit]) -> None:
        for edit in step:
            # The base is what the person saw, not what is on disk now: taking back an edit that somebody else has
            # changed since is a clash like any other.
            self._bases.setdefault((edit.table, edit.field), edit.base)
            _place(self.tables, edit.table, edit.field, edit.new)

    def _tidy(self) -> None:
        """Where nothing is pending in a part any more, what is on disk shows again, whoever wrote it."""
        touched = {(edit.table, unit_of(edit.table, edit.field)) for edit in self.pending}
        for place in list(self._bases):
            units = {unit for table, unit in touched if table == place[0]}
            if unit_among(*place, units) in units:
                continue
            del self._bases[place]
            _place(self.tables, *place, _lookup(self._disk, *place))


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
