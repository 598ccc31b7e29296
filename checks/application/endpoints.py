"""The endpoints an application serves, of every framework alike, and the source that runs for each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.auto_imports import loaded_by_name
from checks.application.endpoint import Endpoint
from checks.application.flask_views import flask_resources, of_method_view
from checks.application.lambdas import lambdas
from checks.application.rest_views import guards_of, of_view_class, rest_views
from checks.application.routing import python_routing, web_routing
from checks.application.wiring import (
    CODE,
    answer,
    callees,
    function_at,
    not_applicable,
    source_of,
    span,
)
from checks.digests import of_text
from checks.observation import Location, Observation, Outcome
from checks.once import once
from checks.readers.facets import line_of
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import Function, PythonModule, Route
    from checks.readers.web_facts import WebModule

_NOT_READ = (
    "graphene", "strawberry", "ariadne", "@apollo/server", "apollo-server*", "graphql-yoga", "@trpc/server", "grpc",
    "@grpc/grpc-js", "tornado", "bottle", "falcon", "channels",
)  # fmt: skip
_SERVERS = (
    "rest_framework",
    "fastapi", "flask", "starlette", "quart", "sanic", "litestar", "aiohttp.web", "django.urls", "express", "hono",
    "fastify",
    "koa", "@nestjs/core", "elysia", "@hapi/hapi", "restify", "polka", "h3",
)  # fmt: skip
_PAGES = ("streamlit", "gradio", "chainlit", "nicegui")
_MOST_BASES = 4
_SPACE = re.compile(r"\s")


@once
def endpoints(look: Look) -> tuple[Endpoint, ...]:
    """Every endpoint whose router is mounted and whose file an entry point reaches, or that cannot be told."""
    found = (*_python(look), *rest_views(look), *flask_resources(look), *_web(look))
    found += tuple(lambdas(look, frozenset(item.module for item in found)))
    return tuple(sorted(found, key=lambda item: item.place))


def has_only_pages(look: Look) -> bool:
    """Whether the application is served as Streamlit or Gradio pages and has no endpoint of its own."""
    return not endpoints(look) and bool(look.importers(*_PAGES))


def unseen_endpoints(look: Look) -> tuple[Location, ...]:
    """Where the application serves in a way whose endpoints are not read: GraphQL, gRPC, view sets."""
    read = {item.framework for item in endpoints(look)}
    return look.importers(*(name for name in _NOT_READ if name != "@trpc/server" or "trpc" not in read))


def without_endpoints(look: Look, signal: str, *, searched: tuple[str, ...] = CODE) -> Observation:
    """Does not apply where nothing is served; unknown where a server is made whose routes were not read."""
    hidden = (*unseen_endpoints(look), *look.importers(*_SERVERS))
    if hidden and not has_only_pages(look):
        said = "a server is made here, but its endpoints could not be read"
        return answer(signal, Outcome.UNKNOWN, said, hidden, searched=searched)
    said = "only Streamlit or Gradio pages" if has_only_pages(look) else "no endpoint of its own"
    return not_applicable(look, signal, said, searched=searched)


def source(look: Look, endpoint: Endpoint, hops: int = 1) -> str:
    """The handler's source and that of the repository's functions it calls, comments taken out."""
    parts = [span(look, endpoint.module, endpoint.first, endpoint.last)]
    found = function_at(look, endpoint.module, endpoint.handler) if endpoint.is_python else None
    if found:
        parts += [source_of(look, module.path, one.qualified) for module, one in _below(look, *found, hops)]
    elif not endpoint.is_python:
        parts += _web_helpers(look, endpoint.module, endpoint.first, endpoint.last, endpoint.handler, hops)
    return "\n".join(parts)


def helpers(look: Look, endpoint: Endpoint) -> tuple[str, ...]:
    """The sources of the repository's functions that a web handler calls by itself, each apart."""
    return tuple(_web_helpers(look, endpoint.module, endpoint.first, endpoint.last, "", 1))


def _below(look: Look, module: PythonModule, function: Function, hops: int) -> Iterator[tuple[PythonModule, Function]]:
    if hops:
        for target, inner in callees(look, module, function):
            if inner.qualified != function.qualified:
                yield target, inner
                yield from _below(look, target, inner, hops - 1)


def _web_helpers(look: Look, path: str, first: int, last: int, handler: str, hops: int) -> Iterator[str]:
    """The functions that lines of a file call, and those that these call: of the file, or of files it imports."""
    module = look.web.module(path)
    if module is None:
        return
    called = _heads(module, first, last) | {handler.split(".", maxsplit=1)[0]}
    yield from _helpers_of(look, module, called, (first, last), handler.rpartition(".")[2], hops)


def _helpers_of(
    look: Look, module: WebModule, called: set[str], around: tuple[int, int], handler: str, hops: int
) -> Iterator[str]:
    """The functions of these names that stand elsewhere than in lines that were taken already, and what they call."""
    imported = {name: item.path for item in module.imports if item.path for name in item.names}
    imported.update(loaded_by_name(look, module.path))
    # No function is named by an expression.
    for name in sorted(name for name in called if name and not _SPACE.search(name)):
        home = imported.get(name, module.path)
        wanted = {name, handler} if name in imported and handler and not _SPACE.search(handler) else {name}
        look.answer_of(_functions_named, home, " ".join(sorted(wanted)))
        known, key = _known_functions(look), (home, *sorted(wanted))
        if key not in known:
            with look.reads.aside():
                known[key] = _named(look, home, wanted)
        own = home == module.path
        found = [one for one in known[key] if not (own and around[0] <= one[0] <= around[1])]
        for first, last, text, heads in found:
            yield text
            if hops > 1 and (target := look.web.module(home)):
                yield from _helpers_of(look, target, heads, (first, last), "", hops - 1)


@once
def _known_functions(_: Look) -> dict[tuple[str, ...], list[tuple[int, int, str, set[str]]]]:
    """What `_named` found by its file and names, filled by `_helpers_of`, which asks for it at each use."""
    return {}


def _heads(module: WebModule, first: int, last: int) -> set[str]:
    """The first names of what lines of a file call."""
    return {call.callee.split(".")[0] for call in module.calls if first <= call.line <= last}


def _named(look: Look, path: str, names: set[str]) -> list[tuple[int, int, str, set[str]]]:
    """The functions of a file with one of these names: their lines, what stands there, and what is called there."""
    web = look.web.module(path)
    lines = [(one.line, one.end_line) for one in web.functions if one.name in names] if web else []
    return [
        (first, last, span(look, path, first, last), _heads(web, first, last))
        for first, last in lines
        if web is not None
    ]


@of_one_file
def _functions_named(look: Look, path: str, names: str) -> str:
    """A digest of what stands in functions of these names, wherever they stand, and of what they call."""
    found = _named(look, path, set(names.split(" ")))
    return of_text("\n".join(f"{text}\n{sorted(heads)}" for _, _, text, heads in found)) if found else ""


def _python(look: Look) -> Iterator[Endpoint]:
    for route in look.python.routes(python_routing(look)):
        if route.mounted is False or _is_local_only(look, route.module):
            continue
        of_class = {"django": of_view_class, "flask": of_method_view}.get(route.framework)
        classes = of_class(look, route) if of_class else ()
        yield from classes or (_of_route(look, route),)


def _of_route(look: Look, route: Route) -> Endpoint:
    found = function_at(look, route.module, route.handler)
    module, first = route.module, route.line
    handler = route.handler
    guards = (*route.dependencies, *(item for item in route.decorators if item not in route.dependencies))
    if found:
        module, first = found[0].path, line_of(*found)
        handler = found[1].qualified
        guards = (*guards, *_class_guards(look, *found))
        if route.framework == "django":  # its routes stand apart from the handlers and what decorates them
            guards = (*guards, *guards_of(look, found[1]))
    return Endpoint(
        route.framework,
        route.methods,
        route.path,
        Location(route.module, route.line),
        module,
        handler,
        first,
        first,
        guards,
        route.parameters,
        found is not None,
        found[1] if found else None,
    )


def _is_local_only(look: Look, path: str) -> bool:
    """Whether the file's router is mounted below a condition that holds on developers' machines only."""
    stem = path.rsplit("/", 1)[-1].removesuffix(".py")
    return any(look.answer_of(_mounts_locally, other, stem) for other in look.reach.imported_by(path))


@of_one_file
def _mounts_locally(look: Look, path: str, stem: str) -> bool:
    mount = rf"if [^\n]*(?:local|debug|dev)[^\n]*:\n\s+\w+\.include_router\(\s*{re.escape(stem)}\b"
    return bool(re.search(mount, look.tree.text(path) or "", re.IGNORECASE))


def _class_guards(look: Look, module: PythonModule, function: Function) -> Iterator[str]:
    """Guards of a class-based handler: dependencies among its class's fields, and in the router class's constructor."""
    if function.owner:
        yield from _field_guards(look, module, function.owner, 0)
    for decorator in function.decorators:
        host = decorator.callee.partition(".")[0]
        made = next((item.value.text for item in module.made_globally if item.target == host), "")
        found = function_at(look, module.path, made.split("(", 1)[0] + ".__init__") if "(" in made else None
        for call in found[0].calls if found else ():
            if found and call.function == found[1].qualified and "dependencies" in call.keywords:
                yield call.keywords["dependencies"].text


def _field_guards(look: Look, module: PythonModule, name: str, depth: int) -> Iterator[str]:
    for one in module.classes:
        if one.name != name or depth > _MOST_BASES:
            continue
        yield from (value.text for value in one.fields.values() if "Depends(" in value.text)
        yield from (text for text in one.annotations.values() if "Depends(" in text)
        for base in one.bases:
            bare = base.split("[", 1)[0]
            yield from _field_guards(look, module, bare, depth + 1)
            for item in module.imports:
                target = look.python.module(item.paths[-1]) if item.local == bare and item.paths else None
                if target and target.path != module.path:
                    yield from _field_guards(look, _home(look, target, item.name), item.name, depth + 1)


def _home(look: Look, module: PythonModule, name: str) -> PythonModule:
    """The module that defines a class: `module`, or the one it imports the class from."""
    if any(one.name == name for one in module.classes):
        return module
    paths = [item.paths[-1] for item in module.imports if item.paths and name in {item.local, item.name}]
    paths += [item.paths[-1] for item in module.imports if item.paths and item.name == "*"]
    for path in paths:
        inner = look.python.module(path)
        if inner and any(one.name == name for one in inner.classes):
            return inner
    return module


def _web(look: Look) -> Iterator[Endpoint]:
    for route in look.web.routes(web_routing(look)):
        if route.mounted is not False and route.methods != (
            "OPTIONS",
        ):  # a preflight request changes and tells nothing
            yield Endpoint(
                route.framework,
                route.methods,
                route.path,
                Location(route.module, route.line),
                route.module,
                route.handler,
                route.line,
                max(route.end_line, route.line),
                route.middleware,
            )
