"""Django REST framework: the endpoints of view sets behind routers and of view classes, with who may call them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.endpoint import Endpoint
from checks.application.wiring import python_modules, reached, span, without_comments
from checks.look import PYTHON
from checks.observation import Location
from checks.readers.python_lineage import lineage

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import Class, Function, PythonModule, Route

FRAMEWORK = "django-rest"
_PACKAGES = ("rest_framework", "rest_framework_nested", "rest_framework_extensions")
_METHODS = {
    "list": "GET", "retrieve": "GET", "create": "POST", "update": "PUT", "partial_update": "PATCH", "destroy": "DELETE",
    "get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE",
}  # fmt: skip
_GIVEN = {
    "ModelViewSet": ("list", "retrieve", "create", "update", "partial_update", "destroy"),
    "ReadOnlyModelViewSet": ("list", "retrieve"),
    **{f"{name}ModelMixin": (name.lower(),) for name in ("List", "Create", "Retrieve", "Update", "Destroy")},
}
"""What the framework's own classes bring along."""
_GENERIC = {"List": "get", "Create": "post", "Retrieve": "get", "Update": "put", "Destroy": "delete"}
_RULE = re.compile(r"\b(?:AllowAny|Is[A-Z]\w*|\w*Permissions?\w*(?<!permissions))\b")
_OPEN = frozenset({"AllowAny", "BasePermission"})
_READ_ONLY = re.compile(r"OrReadOnly$|OrAnonReadOnly$")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def rest_views(look: Look) -> Iterator[Endpoint]:
    """One endpoint for each action of a view set whose router is mounted."""
    if not look.importers(*_PACKAGES, reached=False):
        return
    default = _default_rules(look)
    for module in python_modules(look, "calls"):
        for call in module.calls:
            host, _, verb = call.callee.rpartition(".")
            view = call.keywords.get("viewset") or (call.arguments[1] if len(call.arguments) > 1 else None)
            if verb != "register" or view is None or not _is_mounted_router(look, module, host):
                continue
            prefix = str(call.arguments[0].value if call.arguments else "").strip("^$/")
            place = Location(module.path, call.line)
            yield from _of_class(look, module, view.text, f"/{prefix}", place, default)


def of_view_class(look: Look, route: Route) -> tuple[Endpoint, ...]:
    """The endpoints of a class behind `path("x", View.as_view())`; none where the class is not of this framework."""
    module = look.python.module(route.module)
    name = route.handler.partition(".as_view")[0]
    if module is None or name == route.handler:
        return ()
    place = Location(route.module, route.line)
    if look.importers(*_PACKAGES, reached=False):
        found = tuple(_of_class(look, module, name, route.path, place, _default_rules(look)))
        if any(item.resolved for item in found):
            return found
    return tuple(_of_plain_class(look, module, name, route.path, place))


def _of_plain_class(look: Look, module: PythonModule, name: str, path: str, place: Location) -> Iterator[Endpoint]:
    """The endpoints of a class of Django itself: its methods, or what a generic class answers by its own."""
    line = tuple(lineage(look.python, module, name))
    if not any(re.search(r"(?:View|Mixin)$", base.split("[", 1)[0]) for _, one in line for base in one.bases):
        return
    home, one = line[0]
    shared = tuple(_shared_guards(line))
    own = {item.name: item for where, above in reversed(line) for item in where.functions if item.owner == above.name}
    dispatched = own.get("dispatch")
    where_of = {item: where for where, above in line for item in where.functions if item.owner == above.name}
    for verb in ("get", "post", "put", "patch", "delete"):
        if function := own.get(verb):
            guards = (*shared, *(item.callee for item in function.decorators))
            home_of, ends = where_of[function].path, (function.line, function.end_line)
            if dispatched:
                guards = (*guards, f"{where_of[dispatched].path}::{dispatched.qualified}")
            yield Endpoint("django", (verb.upper(),), path, place, home_of, function.qualified, *ends, guards)
    if not {"get", "post", "put", "patch", "delete"} & own.keys():
        bases = " ".join(base for _, above in line for base in above.bases)
        methods = ("GET", "POST") if re.search(r"Form|Create|Update|Delete|Login", bases) else ("GET",)
        yield Endpoint("django", methods, path, place, *_of_head(home, one), guards=shared)


def _of_head(home: PythonModule, one: Class) -> tuple[str, str, int, int]:
    where, first, last = _head(home, one)
    return where, one.name, first, last


def guards_of(look: Look, function: Function) -> tuple[str, ...]:
    """What stands before a plain handler: its decorators, and for `@api_view` the rules of the settings."""
    names = [item.callee.rsplit(".", 1)[-1] for item in function.decorators]
    rules = next((item for item in function.decorators if item.callee.endswith("permission_classes")), None)
    guards = tuple(item.callee for item in function.decorators if item is not rules)
    if rules is not None:
        return (*guards, *_guard(" ".join(value.text for value in rules.arguments), "POST"))
    return (*guards, *(_guard(_default_rules(look), "POST") if "api_view" in names else ()))


def _of_class(
    look: Look, module: PythonModule, name: str, path: str, place: Location, default: str
) -> Iterator[Endpoint]:
    line = tuple(lineage(look.python, module, name))
    bases = {base.split("[", 1)[0].rsplit(".", 1)[-1] for _, one in line for base in one.bases}
    if not line:
        yield Endpoint(FRAMEWORK, (), path, place, module.path, name, place.line, place.line, resolved=False)
        return
    if not any(re.search(r"ViewSet$|APIView$|ModelMixin$", base) for base in bases):
        return
    home, one = line[0]
    shared = tuple(_shared_guards(line))
    for action in _actions(line, bases):
        found = next(
            ((where, item) for where, owner in line if (item := where.function(f"{owner.name}.{action}"))), None
        )
        methods = _methods(action, found[1] if found else None)
        guards = (*shared, *_guard(_rules(look, line, action, found[1] if found else None, default), *methods))
        detail = "/{pk}" if action in {"retrieve", "update", "partial_update", "destroy"} else ""
        where, first, last = (found[0].path, found[1].line, found[1].end_line) if found else _head(home, one)
        handler = found[1].qualified if found else one.name
        yield Endpoint(FRAMEWORK, methods, path + detail, place, where, handler, first, last, guards)


def _actions(line: tuple[tuple[PythonModule, Class], ...], bases: set[str]) -> tuple[str, ...]:
    """The actions a class answers to: its own, those of the repository's classes above it, and the framework's."""
    own = [
        item.name
        for home, one in line
        for item in home.functions
        if item.owner == one.name
        and (item.name in _METHODS or any(made.callee.rsplit(".", 1)[-1] == "action" for made in item.decorators))
    ]
    given = [action for base in sorted(bases) for action in _GIVEN.get(base, ())]
    given += [
        verb for base in sorted(bases) if base.endswith("APIView") for word, verb in _GENERIC.items() if word in base
    ]
    return tuple(dict.fromkeys((*given, *own)))


def _methods(action: str, function: Function | None) -> tuple[str, ...]:
    for made in function.decorators if function else ():
        if made.callee.rsplit(".", 1)[-1] == "action":
            listed = made.keywords.get("methods")
            given = listed.value if listed and isinstance(listed.value, list | tuple) else ["get"]
            return tuple(sorted(str(item).upper() for item in given))
    return (_METHODS.get(action, "GET"),)


def _head(home: PythonModule, one: Class) -> tuple[str, int, int]:
    """The lines of a class above its first method: what the framework's own actions go by."""
    below = [item.line for item in home.functions if item.owner == one.name]
    return home.path, one.line, min([one.end_line, *(line - 1 for line in below)])


# -- who may call -------------------------------------------------------------------------------------------------


def _shared_guards(line: tuple[tuple[PythonModule, Class], ...]) -> Iterator[str]:
    """Decorators, mixins for signed-in callers, and throttles of a view class."""
    for _, one in line:
        yield from (text for text in one.decorators if "login" in text or "permission" in text)
        yield from (base for base in one.bases if re.search(r"LoginRequired|UserPassesTest", base))
    for _, one in line:
        if "throttle_classes" in one.fields:  # the nearest counts
            text = one.fields["throttle_classes"].text
            yield from [f"throttle_classes = {text}"] if re.search(r"\w", text) else []
            return


def _rules(
    look: Look, line: tuple[tuple[PythonModule, Class], ...], action: str, function: Function | None, default: str
) -> str:
    """The permission classes that hold for an action, as text: the nearest that says something."""
    for made in function.decorators if function else ():
        if "permission_classes" in made.keywords:
            return made.keywords["permission_classes"].text
    for home, one in line:
        decides = home.function(f"{one.name}.get_permissions")
        if decides:
            return _rule_of_action(span(look, home.path, decides.line, decides.end_line), action)
        if "permission_classes" in one.fields:
            return one.fields["permission_classes"].text
    return default


def _rule_of_action(text: str, action: str) -> str:
    """What `get_permissions` answers for an action: the first rule below its name, else the last one there is."""
    rules = list(_RULE.finditer(text, text.find(":") + 1))
    named = re.search(rf"[\"']{re.escape(action)}[\"']", text)
    below = [rule for rule in rules if named and rule.start() > named.end()]
    chosen = below[:1] or rules[-1:]
    return chosen[0][0] if chosen else text


def _guard(rules: str, *methods: str) -> tuple[str, ...]:
    """The rules as a guard, where one of them turns somebody away who calls with these methods."""
    names = [name for name in _RULE.findall(rules) if name not in _OPEN]
    reads = bool(methods) and set(methods) <= _SAFE
    closed = [name for name in names if not (reads and _READ_ONLY.search(name))]
    return (f"permission_classes = {', '.join(closed)}",) if closed else ()


def _default_rules(look: Look) -> str:
    """The permission classes of the settings, as text; "" where they say nothing."""
    for path in look.source_paths(*PYTHON):
        if "settings" in path and reached(look, path):
            text = without_comments(look.tree.text(path) or "")
            match = re.search(r"DEFAULT_PERMISSION_CLASSES[\"']\s*:\s*[\[(]([^\])]*)", text)
            if match:
                return match[1]
    return ""


def _is_mounted_router(look: Look, module: PythonModule, host: str) -> bool:
    """Whether a name is a router whose URLs some module of the application takes up."""
    made = next((item.value.text for item in module.assignments if item.target == host), "")
    if not re.match(r"(?:\w+\.)*\w*Router\(", made):
        return False
    for other in python_modules(look):
        names = {item.local for item in other.imports if module.path in item.paths and item.name == host}
        names |= {f"{item.local}.{host}" for item in other.imports if item.paths and item.paths[-1] == module.path}
        names |= {host} if other.path == module.path else set()
        text = without_comments(look.tree.text(other.path) or "") if names else ""
        if any(re.search(rf"\b{re.escape(name)}\.(?:urls|registry)\b", text) for name in names):
            return True
    return False
