"""Routes of Litestar: functions with its decorators, alone or in controllers, that the application lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.readers.facets import calls_like
from checks.readers.python_facts import Call, Class, Function, PythonModule, Route

if TYPE_CHECKING:
    from checks.readers.python import PythonCode

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "websocket"})
OF_LITESTAR = r"litestar\.(?:.*\.)?(?:Litestar|Router)"
_ABOVE = ("guards", "middleware", "on_app_init")
"""What an application, a router or a controller puts before its handlers."""


def litestar_routes(code: PythonCode, modules: tuple[PythonModule, ...]) -> Iterator[Route]:
    """The routes of modules that load Litestar; all are taken to be listed where the application lists any."""
    mine = [module for module in modules if any(item.top == "litestar" for item in module.imports)]
    made = [(module, call) for module in mine for call in calls_like(module, "resolved", OF_LITESTAR)]
    listed = " ".join(_texts(call, "route_handlers") for _, call in made)
    for module in mine:
        for function in module.decorated:
            for mark in function.decorators:
                verb = mark.resolved.rsplit(".", 1)[-1]
                if mark.resolved.startswith("litestar.") and verb in _VERBS | {"route"}:
                    yield _route(code, module, function, mark, made, listed)


def _texts(call: Call, name: str) -> str:
    given = call.keywords.get(name)
    first = call.arguments[0].text if call.arguments and name == "route_handlers" else ""
    return f"{given.text if given else ''} {first}"


def _route(
    code: PythonCode,
    module: PythonModule,
    function: Function,
    mark: Call,
    made: list[tuple[PythonModule, Call]],
    listed: str,
) -> Route:
    owner = next((one for one in module.classes if one.name == function.owner), None)
    before = [mark.keywords[name].text for name in _ABOVE if name in mark.keywords]
    before += _of_class(owner)
    if "exclude_from_auth" not in mark.keywords:
        before += [text for home, call in made for text in _of_application(code, home, call)]
    verb = mark.resolved.rsplit(".", 1)[-1]
    path = f"{_prefix(owner)}/{_path(mark)}".replace("//", "/").rstrip("/") or "/"
    named = function.owner or function.name
    return Route(
        "litestar",
        (verb.upper(),) if verb in _VERBS else (),
        path if path.startswith("/") else f"/{path}",
        module.path,
        function.line,
        function.qualified,
        function.is_async,
        tuple(before),
        (),
        function.parameters,
        mark.keywords,
        True if re.search(rf"\b{re.escape(named)}\b", listed) or not listed.strip() else None,
    )


def _of_class(owner: Class | None) -> Iterator[str]:
    if owner:
        yield from (owner.fields[name].text for name in _ABOVE if name in owner.fields)


def _of_application(code: PythonCode, module: PythonModule, call: Call) -> Iterator[str]:
    """What is put before all handlers, with what the names in it were made from."""
    for name in _ABOVE:
        given = call.keywords.get(name)
        for word in re.findall(r"[A-Za-z_]\w*", given.text if given else ""):
            text = f"{word} {_origin(code, module, word)}".strip()
            if name != "middleware" or not re.search(r"(?i)session(?!auth)", text):  # which keeps, and refuses nobody
                yield text


def _origin(code: PythonCode, module: PythonModule, name: str) -> str:
    homes = [module, *(code.module(item.paths[-1]) for item in module.imports if item.local == name and item.paths)]
    return next(
        (item.value.text for home in homes if home for item in home.made_globally if item.target == name),
        "",
    )


def _prefix(owner: Class | None) -> str:
    value = owner.fields["path"].value if owner and "path" in owner.fields else ""
    return value if isinstance(value, str) else ""


def _path(mark: Call) -> str:
    given = mark.arguments[0] if mark.arguments else mark.keywords.get("path")
    return given.value if given and isinstance(given.value, str) else ""
