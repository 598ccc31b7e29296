"""Records that cannot be changed, for a fraction of what a dataclass costs to define.

`@dataclass` writes the methods of each class as text and has them compiled: half a millisecond a class, at every start,
also where no object of it is ever made. What `readiness status` loads has a hundred of them. These records share one
set of methods instead. To everyone else they are dataclasses: `replace`, `asdict`, `fields` and pydantic take them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar, cast, dataclass_transform

if TYPE_CHECKING:
    from dataclasses import Field, asdict, replace
else:
    # The same as in `dataclasses`, without loading that module.

    def replace(record, /, **changes):
        """A copy of a record with other values in some fields."""
        return type(record)(**{name: getattr(record, name) for name in record._hints} | changes)

    def asdict(record):
        """A record's fields by name, the records inside them too."""
        return {name: _plain(getattr(record, name)) for name in record._hints}

    def _plain(value):
        if isinstance(value, Frozen):
            return asdict(value)
        if isinstance(value, dict):
            return {_plain(name): _plain(one) for name, one in value.items()}
        return type(value)(map(_plain, value)) if type(value) in {list, tuple} else value


__all__ = ["Frozen", "asdict", "field", "replace"]

T = TypeVar("T")


class _Made(NamedTuple):
    """A default that is made anew for each record."""

    factory: Callable[[], object]


def field(*, default_factory: Callable[[], T]) -> T:
    """A field whose default is made anew for each record."""
    return cast("T", _Made(default_factory))


class _Fields:
    """A record's fields as `dataclasses` describes them, made when somebody asks: that is how it knows its own."""

    def __get__(self, record: Frozen | None, kind: type[Frozen]) -> dict[str, Field[Any]]:
        return _described(kind)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class _Kind(type):
    """Makes a class of records of its annotations."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any], *, kw_only: bool = False) -> _Kind:
        hints = {one: hint for one, hint in body.get("__annotations__", {}).items() if not hint.startswith("ClassVar")}
        defaults = {one: body.pop(one) for one in hints if one in body}
        body["__slots__"] = (*hints, *body.get("__slots__", ()))
        above: Any = bases[0] if bases else _Nothing
        body["__match_args__"] = above.__match_args__ if kw_only else (*above.__match_args__, *hints)
        body["_hints"], body["_defaults"] = above._hints | hints, above._defaults | defaults
        body["_makers"] = {name: one.factory for name, one in body["_defaults"].items() if isinstance(one, _Made)}
        body["_values"] = attrgetter(*body["_hints"] or ("__class__",))
        made: Any = super().__new__(cls, name, bases, body)
        made._setters = {**above._setters, **{one: vars(made)[one].__set__ for one in hints}}
        made._fills = tuple(made._setters.values()) if len(made.__match_args__) == len(made._setters) else ()
        return cast("_Kind", made)


class _Nothing:
    """What stands above the first class of records."""

    _hints: ClassVar[dict[str, str]] = {}
    _defaults: ClassVar[dict[str, object]] = {}
    _setters: ClassVar[dict[str, Callable[..., None]]] = {}
    __match_args__ = ()


class Frozen(metaclass=_Kind):
    """A record: `class Point(Frozen)` with annotated fields, as in a dataclass that is frozen and has slots.

    Annotations must be postponed. Only the first base may have fields. `kw_only` takes the fields of the class by name
    alone. Where a record keeps what it works out (`cached_property`), its class says `__slots__ = ("__dict__",)`.
    """

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    else:
        __dataclass_fields__ = _Fields()
    _hints: ClassVar[dict[str, str]]
    """The type of each field, as text, in order."""
    _defaults: ClassVar[dict[str, object]]
    _makers: ClassVar[dict[str, Callable[[], object]]]
    """Of the defaults that are made anew."""
    _setters: ClassVar[dict[str, Callable[..., None]]]
    """What fills each slot, past `__setattr__`."""
    _fills: ClassVar[tuple[Callable[..., None], ...]]
    """The same in the order of the fields, where all may be given by place."""
    _values: ClassVar[attrgetter[Any]]
    """Takes all that a record holds, to compare it."""

    def __init__(self, *values: Any, **named: Any) -> None:
        # Readers make hundreds of thousands of records, each with all of its fields by place.
        if not named and len(values) == len(self._fills):
            for fill, value in zip(self._fills, values, strict=True):
                fill(self, value)
            if values:
                return
        setters = self._setters
        if values:
            places = self.__match_args__
            if len(values) > len(places) or not named.keys().isdisjoint(places[: len(values)]):
                raise self._misfit()
            named |= zip(places, values, strict=False)
        if len(named) < len(setters):
            named = {**self._defaults, **{name: make() for name, make in self._makers.items()}, **named}
        if named.keys() != setters.keys():
            raise self._misfit()
        for name, fill in setters.items():
            fill(self, named[name])

    def _misfit(self) -> TypeError:
        return TypeError(f"{type(self).__name__} takes each of these once: {', '.join(self._hints)}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed: {name}")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return bool(self._values(self) == other._values(other))

    def __hash__(self) -> int:
        return hash(self._values(self))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._hints)
        return f"{type(self).__qualname__}({shown})"

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (type(self), {name: getattr(self, name) for name in self._hints})


def _restored(kind: type[T], values: dict[str, Any]) -> T:
    """A record again of what a copy or a pickle keeps of it."""
    return kind(**values)


@cache
def _described(kind: type[Frozen]) -> dict[str, Field[Any]]:
    from dataclasses import MISSING, field, make_dataclass

    fields: list[tuple[str, str, Any]] = []
    for name, hint in kind._hints.items():
        default, by_name = kind._defaults.get(name, MISSING), name not in kind.__match_args__
        made = {"default_factory": default.factory} if isinstance(default, _Made) else {"default": default}
        fields.append((name, hint, field(**made, kw_only=by_name)))
    like: Any = make_dataclass(kind.__name__, fields)
    described: dict[str, Field[Any]] = like.__dataclass_fields__
    return described
