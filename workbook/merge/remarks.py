"""Comments survive a merge: those of ours that an edited value would swallow, and those that theirs added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from workbook.store.model import Table
from workbook.store.scanner import Block, comments_in, scan


@dataclass(frozen=True, slots=True)
class _Remark:
    """A comment of a table and the key it stands at; "" above the header, None behind the last field."""

    text: str
    at: str | None


def carried(base: str, ours: str, theirs: str, merged: str) -> str:
    """Return the merged text with the comments in it that it lacks: all of ours, and those that theirs added.

    Comments come back as lines above the field, or the table, they were written at. A table that is gone takes its
    comments along.
    """
    told = {name: _remarks(text) for name, text in (("base", base), ("ours", ours), ("theirs", theirs))}
    blocks = scan(merged)
    eol = "\r\n" if "\r\n" in merged else "\n"
    inserts: list[tuple[int, str]] = []
    for block in blocks:
        old, mine, yours = (Counter(remark.text for remark in told[side].get(block.table, [])) for side in told)
        wanted = mine | (yours - old)
        lacking = wanted - Counter(remark.text for remark in _remarks_of(merged, block))
        for remark in (*told["ours"].get(block.table, []), *told["theirs"].get(block.table, [])):
            if lacking[remark.text] > 0:
                lacking[remark.text] -= 1
                inserts.append((_place(merged, block, remark.at), remark.text))
    return _with(merged, inserts, eol)


def _remarks(text: str) -> dict[Table, list[_Remark]]:
    found: dict[Table, list[_Remark]] = {}
    for block in scan(text):
        found.setdefault(block.table, []).extend(_remarks_of(text, block))
    return found


def _remarks_of(text: str, block: Block) -> Iterator[_Remark]:
    if block.table:
        for comment in comments_in(text, block.start, block.body):
            yield _Remark(comment, "")
    position = block.body if block.table else block.start
    for field in block.fields:
        for comment in comments_in(text, position, field.end):
            yield _Remark(comment, field.key[0])
        position = field.end
    for comment in comments_in(text, position, block.end):
        yield _Remark(comment, None)


def _place(text: str, block: Block, at: str | None) -> int:
    """Return where a comment goes: above the field it stood at, else behind the last field."""
    if at == "" and block.table:
        return text.rfind("\n", 0, block.body - 1) + 1
    above = next((field.start for field in block.fields if field.key[0] == at), None)
    if above is not None:
        return above
    return block.fields[-1].end if block.fields else block.body


def _with(text: str, inserts: list[tuple[int, str]], eol: str) -> str:
    parts: list[str] = []
    done = 0
    for position, comment in sorted(inserts, key=lambda each: each[0]):
        parts.append(text[done:position])
        done = position
        bare = position > 0 and text[position - 1] != "\n"
        parts.append(f"{eol}{comment}" if bare else f"{comment}{eol}")
    return "".join((*parts, text[done:]))
