"""Debug settings that another place decides: classes that a factory loads, and bases that production overrules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.methods import class_named
from checks.application.wiring import python_modules
from checks.observation import Location
from checks.readers.facets import calls_like

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import Call, PythonModule

_PRODUCTION = re.compile(r"(?i)(?:^|[._/])(?:prod|production|live|deploy\w*|heroku)(?:[._/]|$)")
_STARTS = re.compile(r"(?:^|/)(?:wsgi|asgi|passenger_wsgi)\.py$")
_HOPS = 3


def chosen_in_debug(look: Look) -> list[Location]:
    """Where code loads settings with debug on by their name, as in `from_object("config.DevelopmentConfig")`."""
    found = []
    for module in python_modules(look, "calls"):
        for call in calls_like(module, "callee", r"(?:.*config\.)?(?:update|from_mapping|from_object)"):
            last = call.callee.rpartition("config.")[2]
            if last in {"update", "from_mapping"} and "config." in call.callee:
                on = call.keywords.get("DEBUG")
                found += [Location(module.path, call.line, call.end_line)] if on and on.value is True else []
            elif last == "from_object" and _loads_debug(look, module, call):
                found.append(Location(module.path, call.line, call.end_line))
    return found


def _loads_debug(look: Look, module: PythonModule, call: Call) -> bool:
    text = call.arguments[0].text.strip() if call.arguments else ""
    named = re.fullmatch(r"[\"']?([A-Za-z_][\w.]*?)(?:\(\))?[\"']?", text)
    if not named:
        return False
    name = named[1].rpartition(".")[2]
    homes = [module] if text[0] not in "\"'" else list(python_modules(look))
    for home in homes:
        one = class_named(look, home, name)
        if one and _is_on(look, one[0], name, _HOPS):
            return True
    return False


def _is_on(look: Look, module: PythonModule, name: str, hops: int) -> bool:
    """Whether a class of settings, or the nearest base that says so, has debug on."""
    one = next((item for item in module.classes if item.name == name), None)
    if one is None:
        return False
    if "DEBUG" in one.fields:
        return one.fields["DEBUG"].value is True
    for base in one.bases if hops else ():
        home = class_named(look, module, base)
        if home and _is_on(look, home[0], home[1].name, hops - 1):
            return True
    return False


def is_overruled(look: Look, module: PythonModule, starts: str) -> bool:
    """Whether settings that what runs in production names take over those of a module and turn its debug off."""
    own = module.name
    begins = [path for path in look.python.paths if _STARTS.search(path)]
    named = "\n".join([starts, *(look.tree.text(path) or "" for path in begins)])
    if re.search(rf"\b{re.escape(own)}\b(?!\.\w)", named):
        return False
    for other in python_modules(look, "imports", dead=True):
        takes = any(item.name == "*" and module.path in item.paths for item in other.imports)
        if takes and (_PRODUCTION.search(other.name) or re.search(rf"\b{re.escape(other.name)}\b", named)):
            off = [item.value for item in other.made_globally if item.target == "DEBUG"]
            if off and off[-1].value is not True:
                return True
    return False
