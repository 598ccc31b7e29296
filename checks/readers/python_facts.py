"""The facts a Python module shows, as plain records. Probes judge; readers only say what stands there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final

from checks.cache.rows import Rows, nothing
from checks.readers.facets import Placed, facet, function_called, placed, told_apart

NOT_CONSTANT = ...
"""Stands for the value of an expression that is not a literal."""

_SHARED: Final = 8192
"""Of values, and of parameters: most are one of a few, such as `self`, `None` and `0`."""
_PLAIN: Final = frozenset({str, int, bool, type(None), type(NOT_CONSTANT)})


@dataclass(frozen=True, slots=True)
class Value:
    """An argument, default or keyword: its source text (cut at 200 characters) and its literal value, if it is one."""

    text: str
    value: object = NOT_CONSTANT

    @property
    def is_constant(self) -> bool:
        """Whether the value is a literal: a number, string, boolean, None, or a list, tuple or dict of such."""
        return self.value is not NOT_CONSTANT

    @staticmethod
    def shared(text: str, value: object) -> Value:
        """A value, one for all that are the same: they have no place of their own."""
        return _value(text, value) if type(value) in _PLAIN else Value(text, value)


@lru_cache(_SHARED, typed=True)
def _value(text: str, value: object) -> Value:
    return Value(text, value)


@placed
@dataclass(frozen=True, slots=True)
class Import(Placed):
    """One imported name. `from a.b import c as d`: dotted "a.b.c", module "a.b", name "c", local "d".

    `paths` are the repository files it loads (empty for third-party modules). `function` is the enclosing function's
    qualified name, "" at module level; `checked_only` is true below `if TYPE_CHECKING`.
    """

    dotted: str
    module: str
    name: str
    local: str
    line: int
    paths: tuple[str, ...] = ()
    function: str = ""
    checked_only: bool = False

    @property
    def top(self) -> str:
        """The top-level package, as in "google" of "google.genai"."""
        return self.dotted.split(".", 1)[0]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function; annotation and default are source text, "" where there is none."""

    name: str
    annotation: str = ""
    default: str = ""

    @staticmethod
    @lru_cache(_SHARED)
    def shared(name: str, annotation: str, default: str) -> Parameter:
        """A parameter, one for all that are the same."""
        return Parameter(name, annotation, default)


@placed
@dataclass(frozen=True, slots=True)
class Call(Placed):
    """One call. `callee` is the dotted text as written; `resolved` has imports and simple assignments followed.

    `client = openai.OpenAI()` then `client.chat.completions.create(...)` resolves to
    "openai.OpenAI.chat.completions.create". `function` is the enclosing function ("" at module level). `unpacked` says
    that `*args` or `**kwargs` hide arguments.
    """

    callee: str
    resolved: str
    line: int
    end_line: int
    arguments: tuple[Value, ...] = ()
    keywords: Mapping[str, Value] = field(default_factory=nothing)
    function: str = ""
    awaited: bool = False
    in_loop: bool = False
    unpacked: bool = False


@placed
@dataclass(frozen=True, slots=True)
class Function(Placed):
    """One function or method. `qualified` is as in "Service.run"; `owner` the class's name or ""."""

    name: str
    qualified: str
    owner: str
    line: int
    end_line: int
    is_async: bool
    decorators: tuple[Call, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    returns: str = ""
    assertions: int = 0
    raises: int = 0
    docstring: bool = False


@placed
@dataclass(frozen=True, slots=True)
class Class(Placed):
    """One class: bases, decorators as text, and annotated or assigned fields by name."""

    name: str
    line: int
    end_line: int
    bases: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    fields: Mapping[str, Value] = field(default_factory=nothing)
    annotations: Mapping[str, str] = field(default_factory=nothing)


@placed
@dataclass(frozen=True, slots=True)
class Handler(Placed):
    """One `except`. `names` is empty for a bare one.

    `body` is what it does: "empty" (pass, ..., continue), "logs" (only log or print calls), "raises", "returns" (a
    plain return or a constant, nothing else), or "handles".
    """

    names: tuple[str, ...]
    line: int
    end_line: int
    body: str
    function: str = ""

    @property
    def broad(self) -> bool:
        """Whether it catches everything: bare, `Exception` or `BaseException`."""
        return not self.names or bool({"Exception", "BaseException"}.intersection(self.names))


@placed
@dataclass(frozen=True, slots=True)
class Text(Placed):
    """One string literal that is not a docstring. f-strings keep their literal parts, with "{}" for each hole."""

    value: str
    line: int
    interpolated: bool = False
    function: str = ""


@placed
@dataclass(frozen=True, slots=True)
class Assignment(Placed):
    """One assignment to a name or dotted name, outside class bodies."""

    target: str
    value: Value
    line: int
    function: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """One HTTP or WebSocket route.

    `path` includes the prefixes of its router and of where that router is mounted. `dependencies` are the guards that
    run before it: `Depends(...)` texts of handler, router and mount, and decorators besides the route's own.
    `mounted` is False when its router or blueprint is never included in an application, None when that cannot be told.
    """

    framework: str
    methods: tuple[str, ...]
    path: str
    module: str
    line: int
    handler: str
    is_async: bool = False
    dependencies: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    keywords: Mapping[str, Value] = field(default_factory=nothing)
    mounted: bool | None = None


@told_apart
@dataclass(frozen=True, slots=True)
class PythonModule(Placed):
    """Everything one file shows. `complete` is False where only imports and definition names could be read."""

    path: str
    name: str
    imports: tuple[Import, ...] = ()
    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()
    calls: tuple[Call, ...] = ()
    handlers: tuple[Handler, ...] = ()
    texts: tuple[Text, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    main_guard: bool = False
    complete: bool = True
    assertions: int = 0
    bound: Mapping[str, str] = field(default_factory=nothing)
    """What module-level names stand for, as in "client" for "openai.OpenAI"."""

    @facet
    def made_globally(self) -> tuple[Assignment, ...]:
        """The assignments at module level."""
        return tuple(item for item in self.assignments if not item.function)

    @facet
    def kept(self) -> tuple[Assignment, ...]:
        """The assignments to attributes of something, as in `self.client = …` and `app.state.pool = …`."""
        return tuple(item for item in self.assignments if "." in item.target)

    @facet
    def kept_calls(self) -> tuple[tuple[str, str, str], ...]:
        """What is called in the line of such an assignment: the attribute, the function around, what it resolves to."""
        lines: dict[int, list[str]] = {}
        for item in self.assignments:
            if "." in item.target:
                lines.setdefault(item.line, []).append(item.target)
        calls = self.calls if lines else ()
        return tuple((to, call.function, call.resolved) for call in calls for to in lines.get(call.line, ()))

    @facet
    def made_by_calls(self) -> tuple[Assignment, ...]:
        """The assignments of what a call gives, as in `router = APIRouter(…)`."""
        return tuple(item for item in self.assignments if "(" in item.value.text)

    @facet
    def instances(self) -> tuple[Assignment, ...]:
        """The assignments of what a name makes that is no function of the file itself, as far as that can be told."""
        plain = {item.target for item in self.assignments if _NAME.fullmatch(item.value.text)}
        known = {item.local for item in self.imports} | {item.name for item in self.classes} | plain
        return tuple(
            item
            for item in self.made_by_calls
            if "*" in known or not known.isdisjoint({(made := _made(item)), made.partition(".")[0]})
        )

    @facet
    def asynchronous(self) -> tuple[Function, ...]:
        """The functions that are asynchronous."""
        return tuple(item for item in self.functions if item.is_async)

    @facet
    def decorated(self) -> tuple[Function, ...]:
        """The functions that have decorators."""
        return tuple(item for item in self.functions if item.decorators)

    def function(self, qualified: str) -> Function | None:
        """The function of that qualified name, or None."""
        return function_called(self, qualified)


_NAME = re.compile(r"[A-Za-z_][\w.]*")


def _made(item: Assignment) -> str:
    """The name that an assignment calls."""
    return item.value.text.partition("(")[0].strip()


@cache
def rows() -> Rows[PythonModule]:
    """What turns modules into rows of the cache and back."""
    return Rows(PythonModule)
