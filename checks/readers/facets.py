"""What of a file's facts is asked for: one field of its module, and where the things in it stand.

A probe that looks through the calls of a file for one that is not there has not asked in which lines the others stand.
So its answer holds where lines move, and where something changes that is no call: see `checks.cache.answers`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from checks.reads import READABLE

if TYPE_CHECKING:
    from checks.readers.python_facts import Assignment, Call, Function, PythonModule
    from checks.readers.web_facts import WebFunction, WebModule
    from checks.reads import Reads

Record = TypeVar("Record")
Answer = TypeVar("Answer")
_PLACES: Final = frozenset({"line", "end_line"})
LIKE: Final = "~"
"""Between a text of calls and the pattern it matches, or between what is asked for and a name."""
_WITHIN: Final = {
    "calls in": ("calls", "function"),
    "assignments in": ("assignments", "function"),
    "functions called": ("functions", "qualified"),
    "functions named": ("functions", "name"),
}
"""Fields of which those records are asked for that have a text in one of their own, and which that is."""


_LINE_OF: Final = "line of"
_BESIDE: Final = "calls beside"
"""Parts that lines decide: the line of one function, and the calls of a name that stand in lines of assignments."""


class Placed:
    """A record of something that stands in a line of a file, or a module that holds such records."""

    __slots__ = ("_of",)


class _Asker:
    """Says of one module what is asked of it."""

    __slots__ = ("_kind", "_last", "_path", "_reads")

    def __init__(self, reads: Reads, kind: str, path: str) -> None:
        self._reads, self._kind, self._path = reads, kind, path
        self._last: object = None

    def places(self) -> None:
        """Lines matter: where one of them moves, nothing that was made of them holds."""
        if self._reads.now is not self._last:
            self._last = self._reads.now
            self._reads.ask((self._kind, ""), self._path)

    def field(self, name: str) -> None:
        """A field, or a part that is asked for as one."""
        self._reads.ask((self._kind, name), self._path)

    def aside(self) -> AbstractContextManager[object]:
        """What is read inside counts for nobody."""
        return self._reads.aside()


class _Told:
    """An attribute of a record that says so when it is read."""

    __slots__ = ("_slot", "_tell")

    def __init__(self, slot: Any, tell: Callable[[_Asker], None]) -> None:
        self._slot, self._tell = slot, tell

    def __get__(self, item: Any, kind: Any = None) -> Any:
        if item is None:
            return self
        try:
            asker = item._of
        except AttributeError:
            pass  # not, or not yet, of a file that was looked at
        else:
            self._tell(asker)
        return self._slot.__get__(item)

    def __set__(self, item: Any, value: Any) -> None:
        self._slot.__set__(item, value)

    @property
    def bare(self) -> Callable[[Any], Any]:
        """Reads the attribute for nobody."""
        return self._slot.__get__  # type: ignore[no-any-return]  # of a slot, which has no type


def placed(kind: type[Record]) -> type[Record]:
    """Make a record tell when its lines are asked for."""
    for name in _PLACES.intersection(one.name for one in fields(kind)):  # type: ignore[arg-type]  # a dataclass
        setattr(kind, name, _Told(getattr(kind, name), _Asker.places))
    return kind


class _Facet:
    """A part of a module that is asked for as if it were a field: what else changes does not matter to who asks."""

    __slots__ = ("_name", "_of")

    def __init__(self, of: Callable[[Any], Any]) -> None:
        self._name, self._of = of.__name__, of

    def __get__(self, module: Any, kind: Any = None) -> Any:
        if module is None:
            return self
        try:
            asker = module._of
        except AttributeError:
            return self._of(module)
        asker.field(self._name)
        with asker.aside():
            return self._of(module)


def facet(of: Callable[[Any], Answer]) -> Answer:
    """Make a method of a module a part of its own of it: a property whose reading of fields counts for nobody.

    It must return values, or records of the module; it may compare their lines, but not return one.
    """
    return _Facet(of)  # type: ignore[return-value]  # what reading it gives, as of a property


def calls_like(module: PythonModule | WebModule, by: str, pattern: str) -> tuple[Any, ...]:
    """The calls of a module of which a text matches in full, asked for as if they were a field of it.

    Args:
        module: The module.
        by: "resolved" or "callee", the text of a call that is looked at.
        pattern: A regular expression.
    """
    return _part(module, like(by, pattern))


def calls_within(module: PythonModule, function: str) -> tuple[Call, ...]:
    """The calls in one function of a module, asked for as if they were a field of it."""
    return _part(module, like("calls in", function))


def assignments_within(module: PythonModule, function: str) -> tuple[Assignment, ...]:
    """The assignments in one function of a module, asked for as if they were a field of it."""
    return _part(module, like("assignments in", function))


def function_called(module: PythonModule, qualified: str) -> Function | None:
    """The function of that qualified name, or None; which others there are is not asked for."""
    return next(iter(_part(module, like("functions called", qualified))), None)


def function_named(module: WebModule, name: str) -> WebFunction | None:
    """The first function of that name, or None; which others there are is not asked for."""
    return next(iter(_part(module, like("functions named", name))), None)


def line_of(module: PythonModule, function: Function) -> int:
    """The line in which a function of a module begins; where it ends, and where others stand, is not asked for."""
    lines: tuple[int, ...] = _part(module, like(_LINE_OF, function.qualified))
    return lines[0] if len(lines) == 1 else function.line


def calls_beside(module: PythonModule, callee: str) -> tuple[tuple[Assignment, Call], ...]:
    """The calls of a name that stand in the line of an assignment, with that; in which line is not asked for."""
    return _part(module, like(_BESIDE, callee))


def _part(module: PythonModule | WebModule, name: str) -> tuple[Any, ...]:
    asker: _Asker | None = getattr(module, "_of", None)
    if asker is None:
        return _like(module, name)
    asker.field(name)
    with asker.aside():
        return _like(module, name)


def field_of(facet: str) -> str:
    """The field of which a part with a pattern or a function in its name is taken: where it is the same, so is that.

    "", which is all of a module with its lines, where these decide.
    """
    by = facet.partition(LIKE)[0]
    return "" if by in {_LINE_OF, _BESIDE} else _WITHIN.get(by, ("calls", ""))[0]


def _like(module: Any, name: str) -> tuple[Any, ...]:
    by, _, pattern = name.partition(LIKE)
    if by == _LINE_OF:
        return tuple(one.line for one in module.functions if one.qualified == pattern)
    if by == _BESIDE:
        calls = [call for call in module.calls if call.callee == pattern]
        return tuple((one, call) for one in module.assignments for call in calls if call.line == one.line)
    if by in _WITHIN:
        field, own = _WITHIN[by]
        return tuple(one for one in getattr(module, field) if getattr(one, own) == pattern)
    matches = re.compile(pattern).fullmatch
    return tuple(call for call in module.calls if matches(getattr(call, by)))


def like(by: str, pattern: str) -> str:
    """The name under which `calls_like` asks for such calls."""
    return f"{by}{LIKE}{pattern}"


def told_apart(kind: type[Record]) -> type[Record]:
    """Make a module tell which of its fields are asked for; its path and name are no secret of its content."""
    for one in fields(kind):  # type: ignore[arg-type]  # a dataclass
        if one.name not in {"path", "name"}:
            setattr(kind, one.name, _Told(getattr(kind, one.name), _tells(one.name)))
    return kind


def _tells(name: str) -> Callable[[_Asker], None]:
    def tell(asker: _Asker) -> None:
        asker.field(name)

    return tell


def attend(module: Placed | None, reads: Reads, kind: str, path: str) -> None:
    """From now on, what is asked of a module and of the records in it counts as read."""
    if module is None:
        return
    asker = _Asker(reads, kind, path)
    for record in _records(module):
        object.__setattr__(record, "_of", asker)
    object.__setattr__(module, "_of", asker)


def _records(module: Placed) -> Iterator[Placed]:
    for one in type(module).__dict__.values():
        if isinstance(one, _Told):
            values = one.bare(module)
            if isinstance(values, tuple):
                for value in values:
                    if isinstance(value, Placed):
                        yield value
                        yield from (inner for inner in _inner(value) if isinstance(inner, Placed))


def _inner(value: Placed) -> tuple[Any, ...]:
    """The decorators of a function are calls."""
    decorators = getattr(value, "decorators", ())
    return decorators if isinstance(decorators, tuple) else ()


def same(before: object, now: object, facet: str) -> bool:
    """Whether two modules of one file say the same: as a whole, in one field without the lines, or that they are."""
    if facet == READABLE:
        return True
    if not facet:
        return bool(_plain(before, set()) == _plain(now, set()))
    part = _like if LIKE in facet else getattr
    return bool(_plain(part(before, facet), _PLACES) == _plain(part(now, facet), _PLACES))


def _plain(value: Any, without: Collection[str]) -> Any:
    """A value as lists, in which the order counts and 1 is not True, without fields of those names."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return [_plain(one, without) for one in value]
    if isinstance(value, Mapping):
        return [[name, _plain(one, without)] for name, one in value.items()]
    if is_dataclass(value):
        return [_plain(getattr(value, one.name), without) for one in fields(value) if one.name not in without]
    return repr(value)
