"""Synchronous database sessions: where code holds one, and which calls ask the database through it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.methods import called, class_named
from checks.readers.facets import assignments_within, calls_within

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import Call, Function, PythonModule

_SESSIONS = frozenset({"sqlalchemy.orm.Session", "sqlmodel.Session", "sqlalchemy.orm.session.Session"})
_ASKS = frozenset({
    "execute", "query", "commit", "scalar", "scalars", "get", "get_one", "flush", "refresh", "exec", "merge",
})  # fmt: skip
_VERBS = re.compile(
    r"(?:get|find|list|fetch|load|read|all|one|first|count|exists|create|add|insert|save|update|upsert|delete|remove"
    r"|query|search|page)(?:_\w+)?"
)
"""What a repository's methods are called that ask the database."""
_HOPS = 2


def asking(look: Look, module: PythonModule, function: Function) -> Iterator[Call]:
    """The calls of a function that ask the database through a synchronous session of SQLAlchemy.

    The session is a parameter, is kept on `self`, or was given to an object whose methods cannot be followed but are
    called as a repository's are.
    """
    names = _held_by(look, module, function)
    if not names:
        return
    objects = _made_with(module, function, names)
    for call in calls_within(module, function.qualified):
        held = next((name for name in names if call.callee.startswith(f"{name}.")), "")
        rest = call.callee[len(held) + 1 :]
        if held and rest.partition(".")[0] in _ASKS:
            yield call
        elif call.callee.partition(".")[0] in objects and _VERBS.fullmatch(call.callee.rpartition(".")[2]):
            yield from () if called(look, module, function, call) else (call,)


def _held_by(look: Look, module: PythonModule, function: Function) -> set[str]:
    """The names, such as "session" and "self.db", under which a function has a synchronous session."""
    types = _types(look, module)
    names = {item.name for item in function.parameters if _is_session(item.annotation, types)} if types else set[str]()
    return names | (_kept(look, module, function.owner, _HOPS) if function.owner else set())


def _kept(look: Look, module: PythonModule, owner: str, hops: int) -> set[str]:
    """What the objects of a class keep on `self`: annotated fields, what the constructor is given, and the bases'."""
    one = next((one for one in module.classes if one.name == owner), None)
    if one is None:
        return set()
    types, start = _types(look, module), f"{owner}.__init__"
    kept = {f"self.{name}" for name, text in one.annotations.items() if types and _is_session(text, types)}
    built = module.function(start) if types else None
    given = {item.name for item in built.parameters if _is_session(item.annotation, types)} if built else set[str]()
    kept |= {item.target for item in assignments_within(module, start) if item.value.text in given} if given else set()
    for base in one.bases if hops else ():
        home = class_named(look, module, base)
        kept |= _kept(look, home[0], home[1].name, hops - 1) if home else set()
    return kept


def _types(look: Look, module: PythonModule) -> set[str]:
    """The names a module has for the synchronous session, as in `SessionDep = Annotated[Session, Depends(get_db)]`."""
    names = _own_types(module)
    for item in module.imports:
        target = look.python.module(item.paths[-1]) if item.paths else None
        names |= {item.local} if target and item.name in _own_types(target) else set()
    return names


def _own_types(module: PythonModule) -> set[str]:
    names = {item.local for item in module.imports if item.dotted in _SESSIONS}
    if not names:
        return names
    return names | {
        item.target
        for item in module.made_globally
        if any(re.match(rf"Annotated\[\s*{name}\b", item.value.text) for name in names)
    }


def _is_session(annotation: str, types: set[str]) -> bool:
    return bool(annotation) and any(re.search(rf"(?<![\w.]){re.escape(name)}\b", annotation) for name in types)


def _made_with(module: PythonModule, function: Function, names: set[str]) -> set[str]:
    """The names of what a function makes with the session, as in `repositories = AllRepositories(session)`."""
    given = {
        (call.line, call.callee)
        for call in calls_within(module, function.qualified)
        if not call.awaited and any(value.text in names for value in (*call.arguments, *call.keywords.values()))
    }
    return {
        item.target
        for item in (assignments_within(module, function.qualified) if given else ())
        if any(item.value.text.partition("(")[0] == callee and item.line == line for line, callee in given)
    }
