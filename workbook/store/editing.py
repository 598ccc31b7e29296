"""Edits as byte splices: only the lines of the edited fields change, and the result is proved before it is returned."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from workbook.store.model import MISSING, Edit, StoreError, Table, Value, lookup, same
from workbook.store.reading import BOM, SIZE_CAP, DamagedError, decode, parse
from workbook.store.scanner import Block, scan
from workbook.store.writing import header_text, key_text, value_text

_BUG = "Nothing was written. Edit the file by hand and report this as a bug."


@dataclass(frozen=True, slots=True)
class _Splice:
    """Replace `start` to `end` by `text`; a new table also wants a blank line on each side."""

    start: int
    end: int
    text: str
    is_table: bool = False


def apply(raw: bytes, edits: Sequence[Edit], order: Sequence[Table] = ()) -> bytes:
    """Return the bytes with the edits in them; bases are not looked at, and later edits of a field win.

    Everything outside the edited fields stays byte for byte. A new table goes where `order` wants it; a table that
    `order` does not name ranks behind its nearest named parent (or at the end), sorted by name, so that two branches
    that add different tables seldom touch the same place. A table of a collection (`[waivers.x]`) that loses its last
    field goes with its header and comments: an entry that says nothing would be a damaged one.

    Raises:
        StoreError: when the bytes are damaged, a value is not TOML, or the table is written in a way that cannot be
            edited (inline, dotted, or as an array of tables).
    """
    try:
        before = parse(raw)
        text = decode(raw)
    except DamagedError as error:
        where = f"line {error.trouble.line}" if error.trouble.line else "the file"
        raise StoreError(error.trouble.what, where, error.trouble.remedy) from error
    edits = list({(edit.table, edit.field): edit for edit in edits}.values())
    pending = _by_table(before, edits)
    if not pending:
        return raw
    blocks = scan(text)
    known = {block.table: block for block in blocks if not block.is_array}
    intended = _intended(before, edits, set(known))
    splices: list[_Splice] = []
    for table, fields in pending.items():
        if table in known and _is_gone(intended, table):
            splices.append(_Splice(known[table].start, known[table].end, ""))
        elif table in known:
            splices += _edit(text, known[table], fields)
    created = {table: fields for table, fields in pending.items() if table not in known}
    splices += _create(text, blocks, created, order, {edit.table: edit.title for edit in reversed(edits) if edit.title})
    result = (BOM if raw.startswith(BOM) else b"") + _spliced(text, splices).encode("utf-8")
    _prove(intended, edits, result)
    return result


def _by_table(before: dict[str, Value], edits: Sequence[Edit]) -> dict[Table, dict[str, Edit]]:
    """Group the edits that change something."""
    pending: dict[Table, dict[str, Edit]] = {}
    for edit in edits:
        if not same(lookup(before, edit.table, edit.field), edit.new):
            pending.setdefault(edit.table, {})[edit.field] = edit
    return pending


def _spliced(text: str, splices: list[_Splice]) -> str:
    parts: list[str] = []
    position = 0
    # The sort is stable: at one place, fields come before the tables that follow them.
    for splice in sorted(splices, key=lambda each: (each.start, each.end)):
        parts.append(text[position : splice.start])
        position = splice.end
        parts.append(_spaced(text, splice, "".join(parts)) if splice.is_table else splice.text)
    return "".join((*parts, text[position:]))


def _spaced(text: str, splice: _Splice, before: str) -> str:
    """Return a new table with the blank lines it needs between `before` and what follows it."""
    eol = _eol(text, splice.start)
    lead = eol if before.endswith("\n") else eol * 2
    if not before or before.endswith(("\n\n", "\n\r\n")):
        lead = ""
    if splice.start < len(text):
        return lead + splice.text + eol * 2
    ends_bare = bool(text) and not text.endswith("\n")
    return lead + splice.text + ("" if ends_bare else eol)


def _eol(text: str, start: int = 0) -> str:
    """Return the line ending used from `start` on, else the file's first."""
    newline = text.find("\n", start)
    if newline < 0:
        newline = text.find("\n")
    return "\r\n" if newline > 0 and text[newline - 1] == "\r" else "\n"


def _edit(text: str, block: Block, fields: dict[str, Edit]) -> list[_Splice]:
    """Return the splices that change fields of a table that has its own header."""
    eol = _eol(text, block.start)
    splices: list[_Splice] = []
    added: list[str] = []
    for name, edit in fields.items():
        written = [each for each in block.fields if each.key[0] == name]
        if edit.new is MISSING and written:
            splices += (_Splice(each.start, each.end, "") for each in written)
            continue
        if edit.new is MISSING:  # its value stands elsewhere: a table of its own, or an array of them
            raise _misshapen([(*block.table, name)])
        value = value_text(edit.new, eol)
        if not written:
            added.append(f"{key_text(name)} = {value}")
        elif len(written) == 1 and len(written[0].key) == 1:
            splices.append(_Splice(written[0].value_start, written[0].value_end, value))
        else:  # written by hand as name.part = …: one plain field takes the place of the parts
            first, *others = written
            line = f"{key_text(name)} = {value}" + (eol if text[first.start : first.end].endswith("\n") else "")
            splices += (_Splice(first.start, first.end, line), *(_Splice(each.start, each.end, "") for each in others))
    if added:
        splices.append(_insertion(text, block, added, eol))
    return splices


def _insertion(text: str, block: Block, lines: list[str], eol: str) -> _Splice:
    """Put new fields behind the last field, before the comments that trail the table."""
    position = block.fields[-1].end if block.fields else block.body
    inserted = eol.join(lines)
    if position and text[position - 1] != "\n":  # the file ends here without a newline, and shall still do so
        return _Splice(position, position, eol + inserted)
    at_next_table = position < len(text) and position == block.end
    return _Splice(position, position, inserted + eol + (eol if at_next_table else ""))


def _create(
    text: str,
    blocks: list[Block],
    created: dict[Table, dict[str, Edit]],
    order: Sequence[Table],
    titles: dict[Table, str],
) -> list[_Splice]:
    """Return the splices that add tables, each behind its nearest predecessor in `order`."""
    from workbook.text import toml_comment

    index = {table: number for number, table in enumerate(order)}

    def rank(table: Table) -> tuple[int, Table]:
        if table in index:
            return index[table], ()
        parents = (table[:length] for length in range(len(table) - 1, 0, -1))
        return next((index[parent] for parent in parents if parent in index), len(index)), table

    ranked = sorted(((rank(block.table), block) for block in blocks[1:]), key=lambda pair: pair[0])
    splices: list[_Splice] = []
    for table in sorted(created, key=rank):
        fields = {name: edit.new for name, edit in created[table].items() if edit.new is not MISSING}
        before = [block for placed, block in ranked if placed <= rank(table)]
        after = [block for placed, block in ranked if placed > rank(table)]
        position = before[-1].end if before else after[0].start if after else len(text)
        eol = _eol(text, position)
        lines = [f"# {toml_comment(titles[table])}"] if table in titles else []
        lines += [header_text(table), *(f"{key_text(name)} = {value_text(new, eol)}" for name, new in fields.items())]
        splices.append(_Splice(position, position, eol.join(lines)))
    return _grouped(text, splices)


def _grouped(text: str, splices: list[_Splice]) -> list[_Splice]:
    """Join the new tables that go to one place, in their order."""
    places: dict[int, list[str]] = {}
    for splice in splices:
        places.setdefault(splice.start, []).append(splice.text)
    return [
        _Splice(position, position, (_eol(text, position) * 2).join(tables), is_table=True)
        for position, tables in places.items()
    ]


def _prove(intended: dict[str, Any], edits: Sequence[Edit], result: bytes) -> None:
    """Compare what the new bytes say with the old model plus the edits; the store never writes what it cannot prove."""
    if len(result) > SIZE_CAP:
        raise StoreError(
            f"the file would be larger than {SIZE_CAP // 2**20} MiB", "the file", "Shorten the longest notes."
        )
    try:
        after = parse(result)
    except DamagedError as error:
        raise _misshapen([edit.table for edit in edits]) from error
    if not same(after, intended):
        raise StoreError("the edited file does not say what was meant", "save", _BUG)


def _misshapen(tables: Iterable[Table]) -> StoreError:
    where = ", ".join(sorted({f"[{'.'.join(table)}]" for table in tables}))
    return StoreError("the table is not written as a plain [table] with fields", where, "Rewrite it so in an editor.")


def _intended(before: dict[str, Value], edits: Sequence[Edit], headers: set[Table]) -> dict[str, Any]:
    """Return the model with the edits in it, one edit a field, and without the entries that they emptied."""
    intended: dict[str, Any] = copy.deepcopy(before)
    for edit in edits:
        if edit.new is MISSING and lookup(before, edit.table, edit.field) is MISSING:
            continue  # nothing to remove, so no table is made for it either
        here: Any = intended
        for key in edit.table:
            here = here.setdefault(key, {}) if isinstance(here, dict) else None
        if not isinstance(here, dict):
            where = f"[{'.'.join(edit.table)}] {edit.field}"
            raise StoreError("the place of the field is taken by a value", where, "Correct the file in an editor.")
        here.pop(edit.field, None)
        if edit.new is not MISSING:
            here[edit.field] = edit.new
    for table in {edit.table for edit in edits if edit.new is MISSING and edit.table in headers}:
        if len(table) > 1 and lookup(intended, table[:-1], table[-1]) == {}:
            _prune(intended, table, headers)
    return intended


def _prune(model: dict[str, Any], table: Table, headers: set[Table]) -> None:
    """Take an empty table out, and the parents that were there for it alone."""
    above: Any = model
    for key in table[:-1]:
        above = above[key]
    del above[table[-1]]
    if len(table) > 1 and not above and table[:-1] not in headers:
        _prune(model, table[:-1], headers)


def _is_gone(model: dict[str, Any], table: Table) -> bool:
    return bool(table) and lookup(model, table[:-1], table[-1]) is MISSING
