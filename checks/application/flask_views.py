"""Endpoints of Flask that are classes: `MethodView`, the resources of Flask-RESTful and RESTX, those of Smorest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.endpoint import Endpoint
from checks.application.wiring import python_modules
from checks.observation import Location
from checks.readers.python_lineage import lineage

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import PythonModule, Route

_PACKAGES = ("flask_restful", "flask_restx", "flask_restplus", "flask_smorest", "flask.views", "flask_classful")
_ROUTED = re.compile(r"[\w.]+\.route\(\s*[\"']([^\"']*)[\"']")
_VERBS = ("get", "post", "put", "patch", "delete")
_SHARED = ("decorators", "method_decorators")
"""Fields that hold what stands before every method of a class."""


def flask_resources(look: Look) -> Iterator[Endpoint]:
    """The endpoints of classes that a library for REST is given, by a call or by a decorator of the class."""
    if not look.importers(*_PACKAGES, reached=False):
        return
    for module in python_modules(look, "calls", "classes"):
        for call in module.calls:
            if call.callee.endswith(".add_resource") and len(call.arguments) > 1:
                place, path = Location(module.path, call.line), str(call.arguments[1].value or "")
                yield from _of_class(look, module, call.arguments[0].text, path, place)
        for one in module.classes:
            for match in filter(None, map(_ROUTED.match, one.decorators)):
                yield from _of_class(look, module, one.name, match[1], Location(module.path, one.line))


def of_method_view(look: Look, route: Route) -> tuple[Endpoint, ...]:
    """The endpoints of the class behind `add_url_rule("/x", view_func=View.as_view("x"))`, also through a variable."""
    module = look.python.module(route.module)
    if module is None:
        return ()
    made = [item.value.text for item in module.assignments if item.target == route.handler]
    name, found, _ = (made[-1] if made else route.handler).partition(".as_view")
    place = Location(route.module, route.line)
    return tuple(_of_class(look, module, name, route.path, place, route.dependencies)) if found else ()


def _of_class(
    look: Look, module: PythonModule, name: str, path: str, place: Location, before: tuple[str, ...] = ()
) -> Iterator[Endpoint]:
    line = tuple(lineage(look.python, module, name))
    shared = [
        guard
        for _, one in line
        for kept in _SHARED
        if kept in one.fields
        for guard in re.findall(r"[A-Za-z_][\w.]*", one.fields[kept].text)
    ]
    seen = set()
    for where, one in line:
        for item in where.functions:
            if item.owner == one.name and item.name in _VERBS and item.name not in seen:
                seen.add(item.name)
                guards = (*before, *shared, *(made.callee for made in item.decorators))
                method, lines = (item.name.upper(),), (item.line, item.end_line)
                yield Endpoint("flask", method, path, place, where.path, item.qualified, *lines, guards)
