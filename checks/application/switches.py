"""Conditions around a call: a tool that is set up behind a switch which is off, and which no file turns on, is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.wiring import python_modules, web_modules, without_comments
from checks.files.kinds import is_test, is_vendored
from checks.look import PYTHON, WEB

if TYPE_CHECKING:
    from checks.look import Look
    from checks.observation import Location

_NEVER = re.compile(r"\(*\s*(?:False|false|None|null|0)\s*\)*")
_FLAG = re.compile(r"(?i)^(?!.*disable)(?:\w*_)?(?:enabled?|use|expose|activate)_?\w*$|^(?!.*disable)\w+_?enabled$")
"""Names of switches: ENABLE_METRICS, metrics_enabled, useTracing. An address or a key is none."""
_OFF = re.compile(r"""^\(?(?:False|false|0|None|null)\)?$|[\"'](?:false|0|no|off|)[\"']""", re.IGNORECASE)
_ENVIRONMENT = re.compile(
    r"(?:environ\.get|getenv|environ|env\.get|env)\(?\[?\s*[\"'](?P<key>\w+)[\"']\s*(?:,\s*(?P<default>[^)]*))?[)\]]"
    r"|(?:process|import\.meta|Bun)\.env\.(?P<web>\w+)\s*(?:(?:\?\?|\|\|)\s*(?P<fallback>[\"']?\w*[\"']?))?"
)
_SETS = ("*compose*.y*ml", "Dockerfile*", "*.yml", "*.yaml", "*.tf", "*.tfvars", "*.toml", ".env", ".env.*", "Procfile",
         "*.json", "*.sh")  # fmt: skip
_MOST_LINES = 400
"""Lines above a call in which the conditions around it are looked for."""


def conditions(look: Look, place: Location) -> tuple[str, ...]:
    """The conditions of the `if` statements around a line, nearest first; those outside its function are left out."""
    lines = without_comments(look.tree.text(place.path) or "").split("\n")[: place.line]
    if not lines:
        return ()
    found = _python_conditions if place.path.endswith(PYTHON) else _web_conditions
    return tuple(found(lines[-_MOST_LINES:]))


def _python_conditions(lines: list[str]) -> Iterator[str]:
    depth = len(lines[-1]) - len(lines[-1].lstrip())
    for line in reversed(lines[:-1]):
        indent = len(line) - len(line.lstrip())
        if not line.strip() or indent >= depth or line.lstrip().startswith(")"):
            continue
        if match := re.match(r"\s*(?:el)?if\s+(.*?):?\s*$", line):
            yield match[1]
        elif re.match(r"\s*(?:async\s+)?def\s", line):
            return
        depth = indent


def _web_conditions(lines: list[str]) -> Iterator[str]:
    depth = 0
    same = re.match(r"\s*if\s*\((.*)\)\s*[\w$]", lines[-1])
    if same:
        yield same[1]
    for line in reversed(lines[:-1]):
        for letter in reversed(line):
            depth += (letter == "}") - (letter == "{")
            if depth < 0:
                depth = 0
                if match := re.match(r"[\s}]*(?:else\s+)?if\s*\((.*)\)\s*\{\s*$", line):
                    yield match[1]
                elif re.search(r"\bfunction\b|=>\s*\{", line):
                    return


def switched_off(look: Look, place: Location) -> str:
    """The switch that keeps a call from running: off by default, and on in no file of the repository; "" if none."""
    for condition in conditions(look, place):
        if _NEVER.fullmatch(condition):
            return condition
        for name in dict.fromkeys(match[0] for match in re.finditer(r"[A-Za-z_]\w*", condition)):
            if _FLAG.match(name) and _is_off(look, name, condition) and not _is_set(look, name):
                return name
    return ""


def _is_off(look: Look, name: str, condition: str) -> bool:
    """Whether a switch is off where nobody says anything: by its default, or since it has none."""
    if re.search(rf"\bnot\s+[\w.]*\b{name}\b|!\s*[\w.]*\b{name}\b", condition):
        return False
    if (read := _by_environment(condition, name)) is not None:
        return read
    values = [text for text in values_of(look, name) if text]
    told = [_by_environment(text, "") if _ENVIRONMENT.search(text) else bool(_OFF.search(text)) for text in values]
    return bool(told) and all(told)


def _by_environment(text: str, name: str) -> bool | None:
    """Whether an expression that reads the environment is false where the variable is missing; None if it does not."""
    match = _ENVIRONMENT.search(text)
    if match is None or name not in {"", match["key"], match["web"]}:
        return None
    default = (match["default"] or match["fallback"] or "").strip()
    compared = re.search(r"(===?|!==?)\s*([\"']?\w+[\"']?)", text[match.end() :])
    if compared:
        same = default.strip("\"'").lower() == compared[2].strip("\"'").lower()
        return same if compared[1].startswith("!") else not same
    return not default or bool(_OFF.search(default))


def values_of(look: Look, name: str) -> Iterator[str]:
    """What a name is given in settings classes, at module level, or as a key of a settings object."""
    for module in python_modules(look):
        yield from (item.value.text for item in module.assignments if item.target == name)
        yield from (one.fields[name].text for one in module.classes if name in one.fields)
    for web in web_modules(look):
        yield web.assigned.get(name, "")
        text = without_comments(look.tree.text(web.path) or "")
        yield from (str(match[1]) for match in re.finditer(rf"\b{name}\s*:\s*([^,}}\n]+)", text))


def _is_set(look: Look, name: str) -> bool:
    """Whether a file that is no code turns the switch on: compose, manifests, images, environment files."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    on = re.compile(
        rf"(?im)\b\w*{snake}\b[\"']?\s*(?:[:=]|\s)\s*[\"']?(?:true|1|yes|on)\b|{snake}\W+value\W+(?:true|1)"
    )
    return any(
        on.search(look.tree.text(path) or "")
        for path in look.tree.match(*_SETS)
        if not (path.endswith(WEB) or is_test(path) or is_vendored(path))
    )
