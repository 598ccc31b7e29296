"""Two branches of a state file made one valid file: unit by unit, nothing lost, contradictions kept with both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbook.merge.remarks import carried
from workbook.merge.threeway import Disagreement, decide, headers_of, tables_of
from workbook.store import StoreError, Value, apply, same
from workbook.store.model import Table
from workbook.store.reading import BOM, decode, document_of, parse
from workbook.store.scanner import scan


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged bytes, and what they keep from both sides for a person to decide."""

    raw: bytes
    disagreements: tuple[Disagreement, ...]


def merge(base: bytes, ours: bytes, theirs: bytes, order: Sequence[Table] = ()) -> Merged:
    """Merge what both sides made of `base` into the text of `ours`.

    Comments and unknown keys of ours stay, those that theirs added come along. A base that cannot be read counts as
    empty: then everything on which the sides differ is a disagreement, and nothing is lost.

    Args:
        base: the common ancestor; empty where both sides started the file.
        ours: the file the result replaces.
        theirs: the other branch's file.
        order: tables in catalogue order, see `workbook.store.apply`.

    Raises:
        StoreError: ours or theirs cannot be read, or says something in a shape that cannot be merged.
    """
    sides = [_read(base, "the common ancestor", lenient=True), _read(ours, "here"), _read(theirs, "there")]
    headers = {header for text, _ in sides for header in headers_of(scan(text))}
    models = [tables_of(tables, headers) for _, tables in sides]
    old, mine, yours = (text for text, _ in sides)
    edits, disagreements = decide(*models)
    raw = apply(ours, edits, order)
    text = carried(old, mine, yours, decode(raw))
    merged = (BOM if ours.startswith(BOM) else b"") + text.encode()
    if not same(parse(merged), parse(raw)):  # a comment never changes what a file says
        raise StoreError("the comments of both sides do not fit together", "merge", "Merge the file by hand.")
    return Merged(merged, tuple(disagreements))


def _read(raw: bytes, name: str, *, lenient: bool = False) -> tuple[str, Mapping[str, Value]]:
    document = document_of(Path(name), raw)
    trouble = document.trouble
    if trouble is None:
        return decode(raw), document.tables
    if lenient:
        return "", {}
    raise StoreError(trouble.what, f"{name}, line {trouble.line}" if trouble.line else name, trouble.remedy)
