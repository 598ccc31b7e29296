"""Records of readers as plain lists for the cache, and back: by their own fields, so a new field needs no word here."""

from __future__ import annotations

import ast
import dataclasses
import types
from collections.abc import Callable, Mapping
from sys import intern
from typing import Any, Final, Generic, TypeVar, get_args, get_origin, get_type_hints

Record = TypeVar("Record")
_Turn = Callable[[Any], Any]
_MOST_BITS = 64
_PLAIN = (str, bool, int, float, type(None))

NOTHING: Final[Mapping[str, Any]] = {}
"""What records hold that name nothing, one for all of them: most calls have no keywords, and there are many calls."""


def nothing() -> Mapping[str, Any]:
    """`NOTHING`, as the default of a field."""
    return NOTHING


class Rows(Generic[Record]):
    """Turns records of one dataclass into rows and rows into equal records.

    Fields may hold plain values, literals of Python (annotated `object`), records, and tuples and mappings of those.
    A record with a function `shared` is made by it.
    """

    def __init__(self, kind: type[Record]) -> None:
        turns: tuple[Callable[[Record], list[Any]], Callable[[list[Any]], Record]] = _record(kind)
        self.pack, self.unpack = turns


def _record(kind: type[Any]) -> tuple[_Turn, _Turn]:
    hints = get_type_hints(kind, include_extras=False)
    names = [one.name for one in dataclasses.fields(kind)]
    turns = [_turns(hints[name]) for name in names]
    packs = [(place, pack) for place, (pack, _) in enumerate(turns) if pack is not None]
    make = getattr(kind, "shared", kind)
    unpacks = [(place, unpack) for place, (_, unpack) in enumerate(turns) if unpack is not None]

    def pack(one: Any) -> list[Any]:
        row = [getattr(one, name) for name in names]
        for place, turn in packs:
            row[place] = turn(row[place])
        return row

    def unpack(row: list[Any]) -> Any:
        for place, turn in unpacks:
            row[place] = turn(row[place])
        return make(*row)

    return pack, unpack


def _turns(hint: Any) -> tuple[_Turn | None, _Turn | None]:
    """How to pack and unpack a field of this type; None where it goes as it is."""
    if hint is object:
        return _literal, _unliteral
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _record(hint)
    origin, inside = get_origin(hint), get_args(hint)
    if origin is tuple and len(inside) == 2 and inside[1] is ...:  # noqa: PLR2004  # tuple[X, ...]
        return _each(*_turns(inside[0]))
    if origin is tuple:
        return None, tuple
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return _values(*_turns(inside[1]))
    if hint is str:
        return None, intern  # code says the same things again and again
    if origin is types.UnionType or hint in _PLAIN:
        return None, None
    raise TypeError(f"no row for {hint}")


def _each(pack: _Turn | None, unpack: _Turn | None) -> tuple[_Turn | None, _Turn]:
    return (
        None if pack is None else lambda items: [pack(one) for one in items],
        tuple if unpack is None else lambda items: tuple([unpack(one) for one in items]),
    )


def _values(pack: _Turn | None, unpack: _Turn | None) -> tuple[_Turn | None, _Turn]:
    return (
        None if pack is None else lambda items: {name: pack(one) for name, one in items.items()},
        lambda items: {intern(name): unpack(one) if unpack else one for name, one in items.items()} or NOTHING,
    )


def _literal(value: object) -> object:
    """A literal value as JSON holds it: most as they are, others as their source.

    Raises:
        ValueError, SyntaxError: it has no source that gives it back.
    """
    if value is ...:
        return []
    # A number of thousands of digits, written in another base, cannot be written down in this one.
    if isinstance(value, _PLAIN) and not (isinstance(value, int) and value.bit_length() > _MOST_BITS):
        return value
    source = _source(value)
    if _source(ast.literal_eval(source)) != source:
        raise ValueError("its source gives something else back")
    return [source]


def _source(value: object) -> str:
    """The source of a literal. A set has no order: Python writes equal ones in several."""
    match value:
        case set() if value:
            return f"{{{', '.join(sorted(map(_source, value)))}}}"
        case list():
            return f"[{', '.join(map(_source, value))}]"
        case tuple():
            return f"({''.join(f'{_source(one)}, ' for one in value)})"
        case dict():
            return f"{{{', '.join(f'{_source(name)}: {_source(one)}' for name, one in value.items())}}}"
        case _:
            return repr(value)


def _unliteral(kept: Any) -> object:
    if not isinstance(kept, list):
        return intern(kept) if isinstance(kept, str) else kept
    return ast.literal_eval(kept[0]) if kept else ...
