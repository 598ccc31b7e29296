"""Routes that are no plain `app.get("/x", …)`: option objects, chains, functions of platforms, actions, procedures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from checks.readers.facets import calls_like, function_named
from checks.readers.web_facts import WebCall, WebFunction, WebModule, WebRoute

_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "ALL")
_NETLIFY = re.compile(r"(?:^|/)netlify/(?:edge-)?functions/([^/]+?)(?:/index)?\.[cm]?[jt]s$")
_ASTRO = re.compile(r"(?:^|/)src/pages/(.+)\.[jt]s$")
_REMIX = re.compile(r"(?:^|/)app/routes/(.+)\.[jt]sx?$")
_EVENT = re.compile(r"APIGateway|LambdaFunctionURL|\bevent\b")
_BEFORE = frozenset({
    "preHandler", "onRequest", "preValidation", "beforeHandle", "pre", "auth", "middleware", "schema", "request",
    "options", "config", "validate", "body",
})  # fmt: skip
_HOSTED = frozenset({"express", "hono", "fastify", "koa", "elysia", "restify", "polka", "itty", "h3", "hapi", "oak"})
"""Frameworks whose routes hang on a variable, so that middleware and mounts apply."""
_LASTS = frozenset({"route", "openapi", "on", "query", "mutation", "handler", "onRequest", "onCall"}) | {
    verb.lower() for verb in _VERBS
}
_ADDS_ROUTE = rf"(?s)(?:.*\.)?(?:{'|'.join(sorted(_LASTS))})"
_SERVES = r"(?:Deno|Bun)\.serve"
_SIGNS_IN = re.compile(r"^(?:auth\.)?(?:signIn|signOut|signUp|login|logout)$")


def may_declare_otherwise(module: WebModule) -> bool:
    """Whether a module may declare one of these routes: what `other_routes` looks at in it is there."""
    exported = {"handler", "default"}.intersection(module.exports)
    return bool(
        any(place.search(module.path) for place in (_NETLIFY, _ASTRO, _REMIX))
        or any(function_named(module, "handler" if name == "handler" else "fetch") for name in exported)
        or calls_like(module, "callee", _ADDS_ROUTE)
        or calls_like(module, "callee", _SERVES)
        or "use server" in module.directives
        or module.inner_directives
    )


def other_routes(module: WebModule, framework_of: Callable[[WebCall], str]) -> Iterator[tuple[WebRoute, str]]:
    """The routes of one module, each with the variable of the application or router it is added to, or "".

    `framework_of` names the framework that the host of a call was made with.
    """
    yield from ((route, "") for route in (*_by_place(module), *_actions(module)))
    for call in calls_like(module, "callee", _ADDS_ROUTE):
        if route := _by_call(module, call, framework_of):
            yield route, call.callee.split(".", 1)[0] if route.framework in _HOSTED else ""


def _by_call(module: WebModule, call: WebCall, framework_of: Callable[[WebCall], str]) -> WebRoute | None:
    last = call.callee.rpartition(".")[2]
    if last not in _LASTS:
        return None
    framework = framework_of(call)
    if last == "route" and framework and {"url", "path"} & call.keys.keys() and "method" in call.keys:
        path = call.keys.get("url") or call.keys.get("path") or ""
        before = tuple(f"{key}: {text}" for key, text in call.keys.items() if key in _BEFORE)
        return _route(module, call, framework, _methods(call.keys["method"]), path.strip("'\"`"), before)
    if last == "openapi" and framework and len(call.arguments) > 1:
        return _described(module, call)
    if last == "on" and framework and len(call.arguments) > 2:  # noqa: PLR2004 - methods, path, handler
        before = tuple(text for text in call.arguments[2:-1] if text[:1] not in "'\"`")
        return _route(module, call, framework, _methods(call.arguments[0]), call.arguments[1].strip("'\"`[]"), before)
    if last.upper() in _VERBS and ".route." in f".{call.callee}" and (opened := _opened(module, call)):
        verb = () if last == "all" else (last.upper(),)
        return _route(module, call, framework or "express", verb, opened, call.arguments[:-1])
    return _of_platform(module, call, last)


def _of_platform(module: WebModule, call: WebCall, last: str) -> WebRoute | None:
    if last in {"onRequest", "onCall"} and call.resolved.startswith("firebase-functions"):
        return _route(module, call, "firebase", (), f"/function-{call.line}", ())
    if last == "handler" and call.resolved.startswith("@tanstack/"):
        return _route(module, call, "tanstack", ("POST",), f"/server-{call.line}", _chain(module, call))
    if last in {"query", "mutation"} and re.search(r"[pP]rocedure\b", call.callee):
        verb = ("GET",) if last == "query" else ("POST",)
        return _route(module, call, "trpc", verb, f"/trpc-{call.line}", _chain(module, call))
    return None


def _route(
    module: WebModule, call: WebCall, framework: str, methods: tuple[str, ...], path: str, before: tuple[str, ...]
) -> WebRoute:
    handler = call.arguments[-1] if call.arguments else ""
    return WebRoute(framework, methods, path or "/*", module.path, call.line, call.end_line, handler, before, None)


def _methods(text: str) -> tuple[str, ...]:
    return tuple(found for found in re.findall(r"[A-Z]+", text.upper()) if found in _VERBS and found != "ALL")


def _described(module: WebModule, call: WebCall) -> WebRoute:
    """`app.openapi(createRoute({method, path, request}), handler)`, the description in place or by name."""
    first = call.arguments[0]
    inside = [one for one in module.calls if one.callee == "createRoute" and call.line <= one.line <= call.end_line]
    keys = inside[0].keys if inside and first.startswith("createRoute") else {}
    text = module.assigned.get(first, first)
    method = keys.get("method") or next(iter(re.findall(r"method:\s*[\"'](\w+)", text)), "")
    path = keys.get("path") or next(iter(re.findall(r"path:\s*[\"']([^\"']*)", text)), "")
    before = tuple(f"{key}: {value}" for key, value in keys.items() if key in _BEFORE) or (f"schema: {text}",)
    return _route(module, call, "hono", _methods(method), path.strip("'\"`"), before)


def _opened(module: WebModule, call: WebCall) -> str:
    """The path of `router.route("/book").get(…)`."""
    host = call.callee[: f".{call.callee}".index(".route.") + len("route")]  # not the one in `router`
    above = [one for one in module.calls if one.callee == host and one.line <= call.line and one.arguments]
    path = max(above, key=lambda one: one.line).arguments[0] if above else ""
    return path[1:-1] if path[:1] in {"'", '"', "`"} else ""


def _chain(module: WebModule, call: WebCall) -> tuple[str, ...]:
    """What stands before the last call of a chain: the names in it, and what each of its calls is given."""
    head = call.callee.split(".", 1)[0]
    parts = [
        f"{one.callee.rpartition('.')[2]}Validator({', '.join(one.arguments)})"
        if one.callee.endswith((".input", ".validator", ".inputValidator", ".schema", ".inputSchema"))
        else f"{one.callee.rpartition('.')[2]}({', '.join(one.arguments)})"
        for one in module.calls
        if one is not call
        and one.callee.startswith(f"{head}.")
        and call.callee.startswith(one.callee)
        and call.line <= one.end_line <= call.end_line
    ]
    return (head, *parts)


# -- by place -------------------------------------------------------------------------------------------------------


def _by_place(module: WebModule) -> Iterator[WebRoute]:
    exported = set(module.exports)
    if match := _NETLIFY.search(module.path):
        for name in ("default", "handler"):
            if name in exported:
                yield _whole(module, "netlify", (), f"/{match[1]}", name)
                return
    elif (match := _ASTRO.search(module.path)) and exported.intersection(_VERBS):
        for verb in sorted(exported.intersection(_VERBS)):
            yield _whole(module, "astro", (verb,) if verb != "ALL" else (), f"/{match[1]}", verb)
    elif (match := _REMIX.search(module.path)) and exported.intersection(("action", "loader")):
        if "action" in exported:
            yield _whole(module, "remix", ("POST",), f"/{match[1]}", "action")
        if "loader" in exported and "default" not in exported:
            yield _whole(module, "remix", ("GET",), f"/{match[1]}", "loader")
    else:
        yield from _of_process(module, exported)


def _of_process(module: WebModule, exported: set[str]) -> Iterator[WebRoute]:
    """A module that answers every path itself: of Lambda, Workers, Deno or Bun."""
    if "handler" in exported and (handler := function_named(module, "handler")) and _takes_event(module, handler):
        yield _whole(module, "lambda", (), f"/{module.path.rsplit('/', 1)[-1].split('.')[0]}", "handler")
    elif "default" in exported and (fetch := function_named(module, "fetch")) and _takes_environment(fetch):
        yield _whole(module, "worker", (), "/*", "fetch")
    elif "/supabase/functions/" not in f"/{module.path}":
        for call in calls_like(module, "callee", _SERVES):
            yield _route(module, call, call.callee.split(".", maxsplit=1)[0].lower(), (), "/*", ())


def _takes_environment(fetch: WebFunction) -> bool:
    return "env" in " ".join(fetch.parameters).lower()


def _takes_event(module: WebModule, handler: WebFunction) -> bool:
    return bool(handler.parameters) and bool(_EVENT.search(handler.parameters[0])) and not module.path.endswith(".tsx")


def _whole(module: WebModule, framework: str, methods: tuple[str, ...], path: str, name: str) -> WebRoute:
    function = function_named(module, name)
    line, end = (function.line, function.end_line) if function else (1, module.lines)
    return WebRoute(framework, methods, path, module.path, line, end, name, (), True)


# -- server actions ---------------------------------------------------------------------------------------------------


def _actions(module: WebModule) -> Iterator[WebRoute]:
    """Functions that a browser may call: exported by a "use server" file, or marked so themselves."""
    if "use server" in module.directives:
        for function in module.functions:
            if function.exported and function.name:
                yield _action(module, function)
        for call in module.calls:  # `client.schema(…).action(…)` of next-safe-action
            if call.callee.rpartition(".")[2] in {"action", "stateAction", "handler"} and not call.function:
                yield _route(module, call, "action", ("POST",), f"/action-{call.line}", _chain(module, call))
    for name, line in module.inner_directives:
        around = [item for item in module.functions if item.line <= line <= item.end_line]
        if name == "use server" and around:
            yield _action(module, max(around, key=lambda item: (item.line, -item.end_line)))


def _action(module: WebModule, function: WebFunction) -> WebRoute:
    inside = [call.callee for call in module.calls if function.line <= call.line <= function.end_line]
    signs_in = any(_SIGNS_IN.match(callee) for callee in inside)
    path = "/sign-in" if signs_in else f"/{function.name or f'action-{function.line}'}"
    return WebRoute("action", ("POST",), path, module.path, function.line, function.end_line, function.name, (), True)
