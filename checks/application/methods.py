"""Calls on objects: which function of the repository a method is, by what made the object or by its annotation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.readers.facets import assignments_within

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import Call, Class, Function, PythonModule

_HOPS = 4
_INNER = re.compile(r"^[\"']?(?:(?:typing\.)?(?:Annotated|Optional|Final|ClassVar)\[\s*)?[\"']?([A-Za-z_][\w.]*)")
_MADE = re.compile(r"([A-Za-z_][\w.]*)\(")


def called(look: Look, module: PythonModule, caller: Function, call: Call) -> tuple[PythonModule, Function] | None:
    """The repository's function behind a call of `caller`: a plain one, or a method of an object it can be told of.

    Followed are names and imports, `shelf = Shelf(session)` then `shelf.get(key)`, what a constructor keeps on `self`,
    and parameters with the class as their annotation.
    """
    head, _, rest = call.callee.partition(".")
    if head in {"self", "cls"} and caller.owner:
        kept, _, method = rest.rpartition(".")
        found = function_named(look, module, f"{caller.owner}.{rest}")
        if found or not kept or "." in kept:
            return found
        return _of_kept(look, module, caller.owner, f"self.{kept}", method)
    typed = next((item.annotation for item in caller.parameters if item.name == head), "") if rest else ""
    if typed and "." not in rest:
        return _of_typed(look, module, typed, rest)
    return function_named(look, module, call.resolved) or function_named(look, module, call.callee)


def function_named(
    look: Look, module: PythonModule, name: str, hops: int = _HOPS
) -> tuple[PythonModule, Function] | None:
    """The function or method that a dotted name is in a module, its imports, instances and base classes followed."""
    own = module.function(name)
    if own:
        return module, own
    if not hops:
        return None
    head, _, method = name.rpartition(".")
    for base in next((one.bases for one in module.classes if one.name == head), ()):
        found = function_named(look, module, f"{base.partition('[')[0]}.{method}", hops - 1)
        if found:
            return found
    for item in module.imports:
        if not item.paths or not any(name == text or name.startswith(f"{text}.") for text in (item.dotted, item.local)):
            continue
        target = look.python.module(item.paths[-1])
        rest = name[len(item.dotted if name.startswith(item.dotted) else item.local) :]
        for inner in (f"{item.name}{rest}", rest.lstrip(".")) if target else ():
            made = target.bound.get(inner.partition(".")[0]) if target else None
            found = function_named(look, target, inner, hops - 1) if target and inner else None
            if not found and target and made and made != inner.partition(".")[0]:
                found = function_named(look, target, made + inner[len(inner.partition(".")[0]) :], hops - 1)
            if found:
                return found
    return None


def class_named(look: Look, module: PythonModule, name: str, hops: int = _HOPS) -> tuple[PythonModule, Class] | None:
    """The repository's class that a name is in a module, imports followed; type arguments are left out."""
    plain = name.partition("[")[0].strip()
    own = next((one for one in module.classes if one.name == plain), None)
    if own or not hops:
        return (module, own) if own else None
    for item in module.imports:
        if item.local == plain and item.paths and (target := look.python.module(item.paths[-1])):
            return class_named(look, target, item.name, hops - 1)
    return None


def _of_kept(
    look: Look, module: PythonModule, owner: str, kept: str, method: str
) -> tuple[PythonModule, Function] | None:
    """A method of what the constructor keeps on `self`: an object it makes, or a parameter with an annotation."""
    start = f"{owner}.__init__"
    built = module.function(start)
    for item in assignments_within(module, start):
        if item.target != kept:
            continue
        if made := _MADE.match(item.value.text):
            return function_named(look, module, f"{made[1]}.{method}")
        for parameter in built.parameters if built else ():
            if parameter.name == item.value.text and parameter.annotation:
                return _of_typed(look, module, parameter.annotation, method)
    one = next((one for one in module.classes if one.name == owner), None)
    typed = one.annotations.get(kept.removeprefix("self."), "") if one else ""
    return _of_typed(look, module, typed, method) if typed else None


def _of_typed(
    look: Look, module: PythonModule, annotation: str, method: str, hops: int = 2
) -> tuple[PythonModule, Function] | None:
    """A method of the class an annotation names, also through an alias such as `ShelfDep = Annotated[Shelf, ...]`."""
    match = _INNER.match(annotation)
    if not match:
        return None
    found = function_named(look, module, f"{match[1]}.{method}")
    if found or not hops:
        return found
    alias = _alias(module, match[1])
    if alias:
        return _of_typed(look, module, alias, method, hops - 1)
    for item in module.imports:
        if item.local == match[1] and item.paths and (home := look.python.module(item.paths[-1])):
            alias = _alias(home, item.name)
            return _of_typed(look, home, alias, method, hops - 1) if alias else None
    return None


def _alias(module: PythonModule, name: str) -> str:
    for item in module.made_globally:
        if item.target == name and item.value.text.startswith(("Annotated", "typing.Annotated")):
            return item.value.text
    return ""
