"""Routes of FastAPI, Starlette, Flask, Quart and Django code, with what guards them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from checks.readers.facets import calls_beside, calls_like, line_of
from checks.readers.python_facts import Assignment, Call, Function, PythonModule, Route, Value
from checks.readers.python_lineage import lineage
from checks.readers.python_litestar import OF_LITESTAR, litestar_routes

if TYPE_CHECKING:
    from checks.readers.python import PythonCode

_METHODS = frozenset(["get", "post", "put", "patch", "delete", "head", "options", "trace"])
_APPLICATIONS = {
    "FastAPI": "fastapi", "Starlette": "starlette", "Flask": "flask", "Quart": "quart", "APIFlask": "flask",
    "Sanic": "sanic", "Litestar": "litestar", "Robyn": "robyn", "FastMCP": "mcp",
    "NinjaAPI": "ninja", "NinjaExtraAPI": "ninja",
}  # fmt: skip
_ROUTERS = {"APIRouter": "fastapi", "Router": "starlette", "Blueprint": "flask", "APIBlueprint": "flask"}
_KINDS = _APPLICATIONS.keys() | _ROUTERS.keys()
_MAKES = rf"(?:.*\.)?(?:{'|'.join(sorted(_KINDS))})"
_MOUNTS = frozenset({"include_router", "register_blueprint", "mount", "blueprint", "add_router"})
_INJECTED = re.compile(r"\b(Depends|Security|Provide)\b")
_ADDING = frozenset({"add_api_route", "add_route", "add_url_rule", "add_api_websocket_route"})
_ROUTING = _ADDING | {"Route", "WebSocketRoute"}
_ADDS = rf"(?:.*\.)?(?:{'|'.join(sorted(_ROUTING))})"
_INCLUDES = rf".+\.(?:{'|'.join(sorted(_MOUNTS))})"
_OF_DJANGO = r"django\.urls\.(?:re_)?path|django\.conf\.urls\.url"
_MOST_DEPTH = 12
_OPEN = "auth=None"


@dataclass(slots=True)
class _Router:
    """An application, router or blueprint: one name in one module."""

    framework: str
    is_application: bool
    prefix: str = ""
    guards: tuple[str, ...] = ()
    mounts: list[_Mount] = field(default_factory=list)


class _Routers(dict[tuple[str, str], _Router]):
    """All routers by module and name. `dynamic`: some are included by names that cannot be followed, as in a loop."""

    dynamic = False


@dataclass(frozen=True, slots=True)
class _Mount:
    """Where a router is included: its host, and the prefix and guards added there."""

    host: tuple[str, str]
    prefix: str
    guards: tuple[str, ...]


def may_declare(module: PythonModule) -> bool:
    """Whether a module may declare or mount a route: what `find_routes` looks at in it is there."""
    return bool(
        module.decorated
        or module.instances
        or calls_like(module, "callee", f"(?:{_ADDS})|(?:{_INCLUDES})")
        or calls_like(module, "resolved", f"(?:{_MAKES})|(?:{_OF_DJANGO})|(?:{OF_LITESTAR})")
    )


def find_routes(code: PythonCode, paths: tuple[str, ...]) -> tuple[Route, ...]:
    """All routes that `paths` declare, in path and line order."""
    modules = tuple(code.modules(paths))
    routers = _Routers(pair for module in modules for pair in _routers(code, module))
    for module in modules:
        for keys, mount in _mounts(code, module):
            known = [key for key in keys if key in routers]
            for key in known:
                routers[key].mounts.append(mount)
            routers.dynamic = routers.dynamic or not known
    found = [route for module in modules for route in _module_routes(code, module, routers)]
    found += litestar_routes(code, modules)
    return tuple(sorted(found, key=lambda route: (route.module, route.line, route.path)))


def _routers(code: PythonCode, module: PythonModule) -> Iterator[tuple[tuple[str, str], _Router]]:
    known = {call.callee for call in calls_like(module, "resolved", _MAKES)}
    assignments = module.instances
    if not known <= {_called_in(item) for item in assignments}:
        assignments = module.made_by_calls
    for assignment in assignments:
        made = _called_in(assignment)
        own, inherited = ("", ()) if made in known else _own_router(code, module, made)
        # Which other calls there are is asked of the names alone that make a router.
        beside = calls_beside(module, made) if own or made in known else ()
        there = [call for one, call in beside if one is assignment]
        if not there:
            continue
        call, guards = there[-1], _guards(there[-1])
        kind = call.resolved.rsplit(".", 1)[-1]
        if kind not in _KINDS:
            kind, inherited = _own_router(code, module, made)
            guards = (*inherited, *guards)
        framework = _APPLICATIONS.get(kind) or _ROUTERS.get(kind)
        if framework:
            prefix = _constant(call, "prefix") or _constant(call, "url_prefix")
            yield (module.path, assignment.target), _Router(framework, kind in _APPLICATIONS, prefix, guards)


def _own_router(code: PythonCode, module: PythonModule, name: str) -> tuple[str, tuple[str, ...]]:
    """The framework's class that a router class of the repository extends, and the guards its constructor adds."""
    guards: tuple[str, ...] = ()
    for home, item in lineage(code, module, name):
        for call in calls_like(home, "callee", r"super\.__init__"):
            if call.function == f"{item.name}.__init__":
                guards = (*guards, *_guards(call))
        for base in item.bases:
            kind = base.rsplit(".", 1)[-1]
            if kind in _APPLICATIONS or kind in _ROUTERS:
                return kind, guards
    return "", ()


def _mounts(code: PythonCode, module: PythonModule) -> Iterator[tuple[tuple[tuple[str, str], ...], _Mount]]:
    """Each inclusion of a router: the routers it may mean, and where and how it is included."""
    for call in calls_like(module, "callee", _INCLUDES):
        host, _, verb = call.callee.rpartition(".")
        prefix = _constant(call, "prefix") or _constant(call, "url_prefix")
        arguments = call.arguments
        if verb == "mount":
            prefix = arguments[0].value if arguments and isinstance(arguments[0].value, str) else prefix
            arguments = arguments[1:]
        named = [value for name, value in call.keywords.items() if name in {"router", "blueprint", "app"}]
        keys = tuple(key for value in (*arguments, *named) for key in _targets(code, module, value.text))
        if verb != "mount" or any(key[0] != module.path for key in keys):
            # A mounted application that is made on the spot, such as StaticFiles(...), is no router.
            yield keys, _Mount(_home(code, module, host), prefix, _guards(call))


def _targets(code: PythonCode, module: PythonModule, name: str) -> Iterator[tuple[str, str]]:
    """The routers a name may stand for: of this module, or of the one it was imported from."""
    yield module.path, name
    head, _, rest = name.partition(".")
    for item in module.imports:
        if item.local == head and item.paths:
            yield item.paths[-1], rest or item.name
            target = code.module(item.paths[-1])
            for inner in target.imports if target else ():
                if inner.local == (rest or item.name) and inner.paths:  # re-exported by a package
                    yield inner.paths[-1], inner.name


def _home(code: PythonCode, module: PythonModule, name: str) -> tuple[str, str]:
    keys = list(_targets(code, module, name))
    return keys[-1] if len(keys) > 1 else keys[0]


def _module_routes(code: PythonCode, module: PythonModule, routers: _Routers) -> Iterator[Route]:
    for function in module.decorated:
        for decorator in function.decorators:
            yield from _decorated(code, module, function, decorator, routers)
    yield from _called(code, module, routers)
    yield from _django(module)


def _decorated(
    code: PythonCode,
    module: PythonModule,
    function: Function,
    decorator: Call,
    routers: _Routers,
) -> Iterator[Route]:
    host, _, verb = decorator.callee.rpartition(".")
    if not host or verb not in _METHODS | {"route", "websocket", "api_route", "websocket_route"}:
        return
    key = next((key for key in _targets(code, module, host) if key in routers), None)
    path = _first_text(decorator)
    if key is None and (path is None or not path.startswith("/")):
        return  # `@cache.get`, `@patch("x")`: a path tells a route from a like-named decorator
    router = routers[key] if key else None
    framework = router.framework if router else "fastapi" if _imports(module, "fastapi") else "flask"
    # What stands above the route's decorator wraps a function that is registered already: it guards nothing.
    below = tuple(item.callee for item in function.decorators[function.decorators.index(decorator) + 1 :])
    guards = (*_guards(decorator), *_parameter_guards(code, module, function), *below)
    route = Route(
        framework,
        _methods(decorator, verb),
        path or "",
        module.path,
        line_of(module, function),
        function.qualified,
        function.is_async,
        guards,
        below,
        function.parameters,
        decorator.keywords,
    )
    yield from _mounted(route, key, routers) if key else (route,)


def _mounted(route: Route, key: tuple[str, str], routers: _Routers) -> Iterator[Route]:
    """The route as it is served: once, with the first mount's prefix and the guards common to all its mounts."""
    router = routers[key]
    opened = _OPEN in route.dependencies
    route = replace(route, dependencies=tuple(guard for guard in route.dependencies if guard != _OPEN))
    if router.is_application:
        above = () if opened else router.guards
        yield replace(route, dependencies=(*above, *route.dependencies), mounted=True)
        return
    chains = list(_chains(key, routers, 0))
    served = [chain for chain in chains if chain[2]]
    chosen = served or chains
    prefix = chosen[0][0] if chosen else router.prefix
    shared = [guard for guard in (chosen[0][1] if chosen else router.guards) if all(guard in c[1] for c in chosen)]
    shared = [] if opened else shared
    unsure = routers.dynamic or any(chain[2] is None for chain in chains)
    mounted = True if served else None if unsure else False
    yield replace(route, path=prefix + route.path, dependencies=(*shared, *route.dependencies), mounted=mounted)


def _chains(key: tuple[str, str], routers: _Routers, depth: int) -> Iterator[tuple[str, tuple[str, ...], bool | None]]:
    """Each way from a router up: prefix, guards, and whether it ends at an application (None: at an unknown host)."""
    router = routers.get(key)
    if router is None or depth > _MOST_DEPTH:
        yield "", (), None
        return
    if router.is_application or not router.mounts:
        yield router.prefix, router.guards, router.is_application
        return
    for mount in router.mounts:
        for prefix, guards, served in _chains(mount.host, routers, depth + 1):
            yield prefix + mount.prefix + router.prefix, (*guards, *mount.guards, *router.guards), served


def _called(code: PythonCode, module: PythonModule, routers: _Routers) -> Iterator[Route]:
    """Routes declared by calls: `Route("/x", f)`, `app.add_api_route("/x", f)`, `app.add_url_rule("/x", …)`."""
    starlette = _imports(module, "starlette") or _imports(module, "fastapi")
    for call in calls_like(module, "callee", _ADDS):
        host, _, verb = call.callee.rpartition(".")
        path = _first_text(call)
        if path is None or not path.startswith("/"):
            continue
        if verb in {"Route", "WebSocketRoute"} and starlette:
            framework, mounted = "starlette", None
        elif verb in _ADDING:
            known = routers.get((module.path, host))
            of_verb = "flask" if verb == "add_url_rule" else "starlette"
            framework, mounted = (known.framework if known else of_verb), True
        else:
            continue
        handler = _second_name(call)
        function = module.function(handler)
        yield Route(
            framework,
            _methods(call, verb),
            path,
            module.path,
            call.line,
            handler,
            bool(function and function.is_async),
            (*_guards(call), *(_parameter_guards(code, module, function) if function else ())),
            tuple(item.callee for item in function.decorators) if function else (),
            function.parameters if function else (),
            call.keywords,
            mounted,
        )


def _django(module: PythonModule) -> Iterator[Route]:
    """`path("x", view)` entries of Django URL modules; prefixes of `include` are left out."""
    if not _imports(module, "django"):
        return
    for call in calls_like(module, "resolved", _OF_DJANGO):
        view = call.arguments[1].text if len(call.arguments) > 1 else ""
        if view and not view.startswith(("include", "admin.site")) and not view.endswith(".urls"):
            yield Route("django", (), "/" + (_first_text(call) or ""), module.path, call.line, view, mounted=None)


def _called_in(assignment: Assignment) -> str:
    """The name that an assignment calls."""
    return assignment.value.text.split("(", 1)[0].strip()


def _methods(call: Call, verb: str) -> tuple[str, ...]:
    if verb in _METHODS:
        return (verb.upper(),)
    if "websocket" in verb.lower():
        return ("WEBSOCKET",)
    listed = call.keywords.get("methods")
    if listed and isinstance(listed.value, list | tuple | set):
        return tuple(sorted(str(item).upper() for item in listed.value))
    return ("GET",)


def _guards(call: Call) -> tuple[str, ...]:
    listed = call.keywords.get("dependencies")
    guards = (listed.text,) if listed and listed.text not in {"None", "[]"} else ()
    asked = call.keywords.get("auth")  # of Django Ninja, whose handlers may also take a guard away
    return (*guards, f"auth={asked.text}" if asked.text not in {"None", "NOT_SET"} else _OPEN) if asked else guards


def _parameter_guards(code: PythonCode, module: PythonModule, function: Function) -> tuple[str, ...]:
    """Parameters that are dependencies: `= Depends(f)`, `Annotated[T, Depends(f)]`, or a named alias of the latter."""
    guards: list[str] = []
    for parameter in function.parameters:
        alias = _alias(code, module, parameter.annotation)
        guards += [text for text in (parameter.default, parameter.annotation, alias) if _INJECTED.search(text)]
    # Class-based views keep their dependencies as fields of the class and of the classes it extends; nearest wins.
    fields: dict[str, str] = {}
    for _, item in lineage(code, module, function.owner) if function.owner else ():
        texts = {name: f"{name} = {value.text}" for name, value in item.fields.items()}
        fields = {**{name: f"{name}: {text}" for name, text in item.annotations.items()}, **texts, **fields}
    guards += [text for text in fields.values() if _INJECTED.search(text)]
    return tuple(guards)


def _alias(code: PythonCode, module: PythonModule, annotation: str) -> str:
    """What a plain name used as annotation was assigned: its source text, or "" where it is a class or unknown."""
    if not re.fullmatch(r"[A-Za-z_][\w.]*", annotation):
        return ""
    for path, name in reversed(list(_targets(code, module, annotation))):
        home = code.module(path)
        for assignment in home.made_globally if home else ():
            if assignment.target == name:
                return f"{name} = {assignment.value.text}"
    return ""


def _imports(module: PythonModule, package: str) -> bool:
    return any(item.top == package for item in module.imports)


def _first_text(call: Call) -> str | None:
    values: list[Value] = [*call.arguments[:1], *(call.keywords[k] for k in ("path", "rule") if k in call.keywords)]
    return next((item.value for item in values if isinstance(item.value, str)), None)


def _second_name(call: Call) -> str:
    for name in ("endpoint", "view_func"):
        if name in call.keywords:
            return call.keywords[name].text
    return call.arguments[1].text if len(call.arguments) > 1 else ""


def _constant(call: Call, keyword: str) -> str:
    value = call.keywords.get(keyword)
    if value is None or value.value is None:
        return ""
    return value.value if isinstance(value.value, str) else "{" + value.text + "}"
