"""Routes of Express, Hono, Fastify and like servers, and of files whose place makes them routes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from checks.readers.facets import calls_like, function_named
from checks.readers.web_facts import WebCall, WebImport, WebModule, WebRoute
from checks.readers.web_other_routes import may_declare_otherwise, other_routes

if TYPE_CHECKING:
    from checks.readers.web import WebCode

_METHODS = frozenset("get post put patch delete options head all".split())  # noqa: SIM905 - a word list
_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")
_SERVERS = {
    "express": "express", "hono": "hono", "fastify": "fastify", "koa": "koa", "@koa/router": "koa",
    "koa-router": "koa", "@hono/zod-openapi": "hono", "elysia": "elysia", "restify": "restify", "polka": "polka",
    "itty-router": "itty", "h3": "h3", "@hapi/hapi": "hapi", "oak": "oak",
}  # fmt: skip
_NEXT_APP = re.compile(r"(?:^|/)app/(.*?/?)route\.[jt]sx?$")
_NEXT_PAGES = re.compile(r"(?:^|/)pages/(api/.+)\.[jt]sx?$")
_NUXT = re.compile(r"(?:^|/)server/(api|routes)/(.+)\.[jt]s$")
_HANDLER = re.compile(r"(?:define)?\w*[eE]ventHandler|define\w*Handler")
_SVELTE = re.compile(r"(?:^|/)src/routes/(.*?/?)\+server\.[jt]s$")
_SUPABASE = re.compile(r"(?:^|/)supabase/functions/([^/_][^/]*)/index\.[jt]sx?$")
_VERCEL = re.compile(r"^(?:[^/]+/)?(api/.+)\.[jt]s$")
_ROUTER = re.compile(r"(?i)rout(?:e|er)s?$|^require\(")
_NEAR = 4
"""Lines between the decorators of one class."""
_TABLE = re.compile(
    r"(?m)^[ \t]*(?:export[ ]+)?(?:const|let|var)[ ]+(\w{1,80})[^=\n]{0,80}=[ ]*\[([^;]{1,4000}?)\n?[ \t]*\];?[ \t]*$"
)
_MADE = re.compile(rf"({'|'.join(map(re.escape, _SERVERS))})\.")
_HOST = re.compile(r"(app|router|fastify|server|\w+Router|\w+App)")
_DECORATORS = re.compile(r"^(Get|Post|Put|Patch|Delete|All)$")
_ADDS_ROUTE = rf"(?s)(?:.*\.)?(?:{'|'.join(sorted(_METHODS))})|Get|Post|Put|Patch|Delete|All"
_ADDS_MIDDLEWARE = r"(?s).+\.(?:use|register|addHook)"
_PATH = re.compile(r"\b(?:path|prefix|base|url|route)[\"']?\s*:\s*[\"'`](/[^\"'`\n]{0,200})[\"'`]")
_REGISTERS = r"(?s).*\.register"
_PLACES = (_NEXT_APP, _SVELTE, _NEXT_PAGES, _NUXT, _SUPABASE, _VERCEL)
_DEEPEST = 6
"""Routers in routers; nobody nests as many."""


@dataclass(frozen=True, slots=True)
class _Mount:
    """Where a router is mounted: on which host of which module, below which path, and what the call puts before it."""

    module: WebModule
    host: str
    prefix: str
    guards: tuple[str, ...]
    line: int


_Level = tuple[_Mount, ...]
"""All places where one router is mounted."""


def may_declare(module: WebModule) -> bool:
    """Whether a module may declare a route or register what does: what `find_routes` looks at in it is there."""
    return bool(
        any(place.search(module.path) for place in _PLACES)
        or calls_like(module, "callee", _ADDS_ROUTE)
        or calls_like(module, "callee", _REGISTERS)
        or may_declare_otherwise(module)
    )


def find_routes(code: WebCode, paths: tuple[str, ...]) -> tuple[WebRoute, ...]:
    """All routes that `paths` declare, in path and line order."""
    modules = tuple(code.modules(paths))
    plugins = _plugins(modules)
    found = [
        route
        for module in modules
        for route in (*_by_place(module), *_by_call(code, module, plugins), *_other(code, module, plugins))
    ]
    return tuple(sorted(found, key=lambda route: (route.module, route.line, route.path)))


def _by_place(module: WebModule) -> Iterator[WebRoute]:
    for pattern, framework in ((_NEXT_APP, "next"), (_SVELTE, "sveltekit")):
        match = pattern.search(module.path)
        if match:
            path = re.sub(r"\([^)]*\)/", "", "/" + match[1]).rstrip("/") or "/"
            for verb in (verb for verb in _VERBS if verb in module.exports):
                yield _whole(module, framework, (verb,), path, verb)
            if match and not set(_VERBS) & set(module.exports) and module.exports:
                yield _whole(module, framework, (), path, "")
            return
    match = _NEXT_PAGES.search(module.path)
    if match and "default" in module.exports:
        yield _whole(module, "next", (), "/" + match[1].removesuffix("/index"), "default")
        return
    match = _NUXT.search(module.path)
    if match and any(_HANDLER.fullmatch(call.callee) for call in module.calls):
        bare, _, verb = match[2].rpartition(".")
        methods = (verb.upper(),) if bare and verb in _METHODS else ()
        yield _whole(module, "nuxt", methods, f"/{match[1]}/{bare if methods else match[2]}", "default")
        return
    match = _SUPABASE.search(module.path)
    if match and any(call.callee in {"serve", "Deno.serve"} for call in module.calls):
        yield _whole(module, "supabase", (), f"/functions/v1/{match[1]}", "serve")
        return
    match = _VERCEL.search(module.path)
    if match and "default" in module.exports and not any(item.package in _SERVERS for item in module.imports):
        yield _whole(module, "vercel", (), "/" + match[1], "default")


def _whole(module: WebModule, framework: str, methods: tuple[str, ...], path: str, handler: str) -> WebRoute:
    function = function_named(module, handler)
    line, end = (function.line, function.end_line) if function else (1, module.lines)
    if function is None and framework == "supabase":
        call = next(item for item in module.calls if item.callee in {"serve", "Deno.serve"})
        line, end = call.line, call.end_line
    return WebRoute(framework, methods, path, module.path, line, end, handler, (), True)


def _plugins(modules: tuple[WebModule, ...]) -> frozenset[str]:
    """The files that an application of Fastify registers: they are given it, and need not import Fastify themselves."""
    hosts = {module.path for module in modules if any(item.package == "fastify" for item in module.imports)}
    found: set[str] = set()
    for _ in range(_DEEPEST if hosts else 0):
        new = {
            item.path
            for module in modules
            if module.path in hosts
            for call in module.calls
            if call.callee.endswith(".register") and call.arguments
            for item in module.imports
            if item.path and (_names(call.arguments[0], item) or f'import("{item.specifier}")' == call.arguments[0])
        }
        if new <= found:
            break
        found |= new
        hosts |= new
    return frozenset(found)


def _by_call(code: WebCode, module: WebModule, plugins: frozenset[str]) -> Iterator[WebRoute]:
    uses = _uses(module)
    mounts: dict[str, tuple[_Level, ...]] = {}
    for call in calls_like(module, "callee", _ADDS_ROUTE):
        host, _, verb = call.callee.rpartition(".")
        path = call.arguments[0][1:-1] if call.arguments and call.arguments[0][:1] in "'\"`" else ""
        is_route = verb in _METHODS and path.startswith(("/", "*", ":")) and len(call.arguments) > 1
        framework = _server_of(code, module, call, plugins) if is_route else ""
        if framework:
            if host not in mounts:
                mounts[host] = _levels(code, module, host)
            before = tuple(item for item in call.arguments[1:-1] if not item.startswith("{"))
            base, chained = _chained(module, call)
            prefix, guards = _above(mounts[host], base + path)
            before += (*_before(uses.get(host, ()), path, call.line), *chained, *guards)
            options = call.arguments[1] if len(call.arguments) > 2 and call.arguments[1].startswith("{") else ""  # noqa: PLR2004 - path, options, handler
            yield WebRoute(
                framework,
                (verb.upper(),) if verb != "all" else (),
                (prefix + base + path).rstrip("/") or "/",
                module.path,
                call.line,
                call.end_line,
                call.arguments[-1],
                (*before, options) if options else before,
                _mounted(code, module, host),
            )
        elif _DECORATORS.fullmatch(call.callee) and "@nestjs/common" in call.resolved:
            yield _nest(module, call, "/" + path)


def _chained(module: WebModule, call: WebCall) -> tuple[str, tuple[str, ...]]:
    """What `new Hono().basePath("/v1").use(guard).get(…)` puts before the route: a prefix, and middleware."""
    links = [one for one in module.calls if one.line == call.line and call.callee.startswith(f"{one.callee}.")]
    bases = [one.arguments[0][1:-1] for one in links if one.callee.endswith(".basePath") and one.arguments]
    used = [text for one in links if one.callee.endswith(".use") for text in one.arguments if text[:1] not in "'\"`"]
    return "".join(bases), tuple(used)


def _other(code: WebCode, module: WebModule, plugins: frozenset[str]) -> Iterator[WebRoute]:
    """Routes written another way, below the prefix and behind the middleware of what they are added to."""
    uses = _uses(module)
    mounts: dict[str, tuple[_Level, ...]] = {}
    for route, host in other_routes(module, lambda call: _server_of(code, module, call, plugins)):
        if not host:
            yield route
            continue
        if host not in mounts:
            mounts[host] = _levels(code, module, host)
        prefix, guards = _above(mounts[host], route.path)
        before = (*route.middleware, *_before(uses.get(host, ()), route.path, route.line), *guards)
        path = (prefix + route.path).rstrip("/") or "/"
        yield replace(route, path=path, middleware=before, mounted=_mounted(code, module, host))


def _uses(module: WebModule) -> dict[str, tuple[WebCall, ...]]:
    """Calls that add middleware, by the variable it is added to with `use`, `register` or `addHook`."""
    found: dict[str, tuple[WebCall, ...]] = {}
    for call in calls_like(module, "callee", _ADDS_MIDDLEWARE):
        host = call.callee.rpartition(".")[0]
        if call.arguments:
            found[host] = (*found.get(host, ()), call)
    return found


def _before(uses: tuple[WebCall, ...], path: str, line: int) -> Iterator[str]:
    """The middleware that runs before a route: added above it, for all paths or for one that the route is below."""
    for call in uses:
        first, ordered = call.arguments[0], not call.callee.endswith(("register", "addHook"))
        prefix = re.sub(r"/?\*+$", "", first[1:-1]).rstrip("/") if first[:1] in "'\"`" else ""
        below = not prefix or path == prefix or path.startswith(prefix + "/") or not call.callee.endswith("use")
        if below and (not ordered or call.line < line):
            yield from (item for item in call.arguments if item[:1] not in "'\"`" and not _ROUTER.search(item))


def _levels(code: WebCode, module: WebModule, host: str) -> tuple[_Level, ...]:
    """Where a router is mounted, and where that is, outwards; it ends where there is none or more than one place."""
    levels: list[_Level] = []
    while len(levels) < _DEEPEST:
        level = tuple(_mounts(code, module, host))
        if not level:
            break
        levels.append(level)
        if len({mount.prefix for mount in level}) > 1 or len({mount.module.path for mount in level}) > 1:
            break
        module, host = level[0].module, level[0].host
    return tuple(levels)


def _above(levels: tuple[_Level, ...], path: str) -> tuple[str, tuple[str, ...]]:
    """The path below which a route of a router lies (as far as it is the same everywhere), and what runs before it."""
    whole = path
    guards: list[str] = []
    for level in levels:
        for mount in level:
            guards += mount.guards
            guards += _before(_uses(mount.module).get(mount.host, ()), mount.prefix + whole, mount.line)
        prefixes = {mount.prefix for mount in level}
        whole = (prefixes.pop() if len(prefixes) == 1 else "") + whole
    return whole.removesuffix(path), tuple(guards)


def _mounts(code: WebCode, module: WebModule, host: str) -> Iterator[_Mount]:
    """Calls that mount a router, here or in modules that import this one."""
    if host not in module.assigned:
        return
    for path in code.paths:
        other = code.module(path)
        if other is None:
            continue
        brought = [item for item in other.imports if item.path == module.path]
        for call in other.calls if brought or path == module.path else ():
            if call.callee.rpartition(".")[2] not in {"use", "route"}:
                continue
            for at, text in enumerate(call.arguments):
                if (path == module.path and text == host) or any(_names(text, item) for item in brought):
                    yield _mount(other, call, at)
        for item in brought:
            yield from _mounted_by_table(code, other, item)


def _mount(module: WebModule, call: WebCall, at: int, prefix: str = "") -> _Mount:
    first = call.arguments[0]
    guards = tuple(text for text in call.arguments[:at] if text[:1] not in "'\"`")
    written = first[1:-1].rstrip("/*") if first[:1] in "'\"`" else prefix
    return _Mount(module, call.callee.rpartition(".")[0], written, guards, call.line)


def _mounted_by_table(code: WebCode, module: WebModule, item: WebImport) -> Iterator[_Mount]:
    """`use` calls in a loop over a list that holds an import: `routes.forEach((r) => app.use(r.path, r.route))`."""
    text = code.text(module.path)
    for table in _TABLE.finditer(text):
        entry = next((found for name in item.names if (found := _entry(table[2], name)) is not None), None)
        if entry is None:
            continue
        loop = re.search(rf"\b{table[1]}\.(?:forEach|map)\(|\bfor\s*\([^)\n]{{0,80}}\bof\s+{table[1]}\b", text)
        line = text.count("\n", 0, loop.start()) + 1 if loop else 0
        inside = [
            call
            for call in module.calls
            if loop and line <= call.line <= line + _NEAR and call.callee.rpartition(".")[2] in {"use", "route"}
        ]
        for call in inside[:1]:
            if call.arguments and call.arguments[-1][:1] not in "'\"`":
                said = _PATH.search(entry) if len(call.arguments) > 1 else None
                # The path is a field of the entry, not what guards it.
                mount = _mount(module, call, len(call.arguments) - 1, said[1].rstrip("/*") if said else "")
                yield replace(mount, guards=mount.guards[1:]) if said else mount


def _entry(table: str, name: str) -> str | None:
    """The entry of a written list that holds a name; "" where it is the name alone; None where there is none."""
    found = re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", table)
    if found is None:
        return None
    opened = table.rfind("{", 0, found.start())
    closed = table.find("}", found.end())
    return table[opened : closed + 1] if opened != -1 and "}" not in table[opened : found.start()] else ""


def _names(argument: str, item: WebImport) -> bool:
    """Whether an argument is what an import brought: by its name, or a `require` in place."""
    if argument.startswith("require("):
        return item.specifier in argument
    return argument.split(".", maxsplit=1)[0].split("(", maxsplit=1)[0] in item.names


def _nest(module: WebModule, call: WebCall, path: str) -> WebRoute:
    """A method of a NestJS controller: its lines are the method's, its middleware the decorators that name some."""
    below = [item for item in module.functions if item.line >= call.end_line]
    function = min(below, key=lambda item: item.line, default=None)
    above = max((item.end_line for item in module.functions if item.end_line < call.line), default=0)
    last = function.end_line if function else call.end_line
    first = min((item.line for item in module.functions), default=0)
    upper = function.line if function else last
    guards = tuple(
        f"{item.callee}({', '.join(item.arguments)})"
        for item in module.calls
        if item.callee in {"UseGuards", "UsePipes", "Throttle"}
        and (above < item.line <= upper or (item.line < first and _on_class(module, item)))
    )
    name = function.name if function else ""
    whole = (_controllers_path(module, call) + path).rstrip("/") or "/"
    return WebRoute("nest", (call.callee.upper(),), whole, module.path, call.line, last, name, guards)


def _controllers_path(module: WebModule, call: WebCall) -> str:
    """What the controller's own decorator puts before the paths of its methods."""
    above = [item for item in module.calls if item.callee == "Controller" and item.line < call.line]
    nearest = max(above, key=lambda item: item.line, default=None)
    if nearest is None or not nearest.arguments:
        return ""
    written = nearest.keys.get("path", "") or nearest.arguments[0]
    bare = written[1:-1].strip("/") if written[:1] in {"'", '"', "`"} else ""
    return f"/{bare}" if bare else ""


def _on_class(module: WebModule, call: WebCall) -> bool:
    return any(abs(item.line - call.line) <= _NEAR for item in module.calls if item.callee == "Controller")


def _server_of(code: WebCode, module: WebModule, call: WebCall, plugins: frozenset[str]) -> str:
    """The framework the host of a call was made with, or ""."""
    resolved = code.trace(call)
    if made := _MADE.match(resolved):
        return _SERVERS[made[1]]
    imported = [_SERVERS[item.package] for item in module.imports if item.package in _SERVERS]
    if not imported and module.path in plugins:
        given = {function.parameters[0].split(":")[0].strip() for function in module.functions if function.parameters}
        return "fastify" if call.callee.rpartition(".")[0] in given else ""
    if not imported:
        return ""
    # `export default async function (app) { app.get("/x", …) }` of a Fastify plug-in or a route file.
    host = call.callee.rpartition(".")[0]
    if _HOST.fullmatch(host):
        return imported[0]
    typed = any(
        re.match(rf"{re.escape(host)}\s*:\s*(Express|Router|Application|Hono|Fastify\w*)\b", parameter)
        for function in module.functions
        for parameter in function.parameters
    )
    return imported[0] if typed else ""


def _mounted(code: WebCode, module: WebModule, host: str) -> bool | None:
    """Whether a router is used by an application: of this module, or of one that imports this one."""
    made = module.assigned.get(host, "")
    if not made:
        return None
    if not re.search(r"Router|router", made):
        return True
    if any(call.callee.endswith((".use", ".route", ".register")) and host in call.arguments for call in module.calls):
        return True
    for path in code.paths:
        other = code.module(path) if path != module.path else None
        for item in other.imports if other else ():
            if other and item.path == module.path and (_used(other, tuple(item.names)) or _used_in_place(other, item)):
                return True
            if other and item.path == module.path and any(_mounted_by_table(code, other, item)):
                return True
    return False


def _used(module: WebModule, names: tuple[str, ...]) -> bool:
    return any(
        argument.split(".")[0].split("(")[0] in names
        for call in module.calls
        if call.callee.rpartition(".")[2] in {"use", "route", "register", "mount"}
        for argument in call.arguments
    ) or any(item.kind == "export" for item in module.imports)


def _used_in_place(module: WebModule, item: WebImport) -> bool:
    """`app.use("/x", require("./x"))`."""
    return any(
        argument.startswith("require(") and item.specifier in argument
        for call in module.calls
        if call.callee.rpartition(".")[2] in {"use", "route", "register", "mount"}
        for argument in call.arguments
    )
