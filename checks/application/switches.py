"""Conditions around a call: a tool that is set up behind a switch which is off, and which no file turns on, is not.

A condition is an `if` around the call, one above it that ends the function at once, or one around every place from
which the function is called. A switch is off by its default: `False` or another word than is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from checks.application.environment import settings
from checks.application.wiring import python_modules, reached, span, uncommented, web_modules
from checks.digests import of_text
from checks.files.kinds import is_test, is_vendored
from checks.files.listed import WEB_OF_PRODUCT
from checks.look import PYTHON, WEB
from checks.observation import Location
from checks.once import once
from checks.readers.python_facts import PythonModule
from checks.reads import of_one_file, rests_on

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.web_facts import WebModule

_NEVER = re.compile(r"\(*\s*(?:False|false|None|null|0)\s*\)*")
_FLAG = re.compile(r"(?i)^(?!.*disable)(?:\w*_)?(?:enabled?|use|expose|activate)_?\w*$|^(?!.*disable)\w+_?enabled$")
"""Names of switches: ENABLE_METRICS, metrics_enabled, useTracing. An address or a key is none."""
_OFF = re.compile(r"""^\(?(?:False|false|0|None|null)\)?$|[\"'](?:false|0|no|off|)[\"']""", re.IGNORECASE)
_ENVIRONMENT = re.compile(
    r"(?:environ\.get|getenv|environ|env\.get|env)\(?\[?\s*[\"'](?P<key>\w+)[\"']\s*(?:,\s*(?P<default>[^)]*))?[)\]]"
    r"|(?:process|import\.meta|Bun)\.env\.(?P<web>\w+)\s*(?:(?:\?\?|\|\|)\s*(?P<fallback>[\"']?\w*[\"']?))?"
)
_DEFAULTED = re.compile(
    r"^(?:\w+\.)*(?:Field|field)\(\s*(?:default\s*=\s*)?(?P<field>[^,)]+)|^[\w.]+\(\s*[\"'](?P<key>\w+)[\"']\s*,[^)]*?"
    r"(?:default\s*=\s*)?(?P<read>True|False|None|[\"']\w*[\"'])"
)
"""A default inside a call: `Field(False)`, `env.bool("X", default=False)`, `config("X", default="text")`."""
_SETTING = re.compile(
    r"(?:\b(?:settings|config|conf|cfg|options|opts|env|flags|Config|Settings)(?:\(\))?|get_(?:settings|config)\(\))"
    r"(?:\.|\[[\"']|\.get\([\"'])(?P<named>[A-Za-z_]\w*)|(?<![\w.])(?P<constant>[A-Z][A-Z0-9]*_[A-Z0-9_]+)\b"
)
"""What is read from an object of settings, or a constant: a local name of the same spelling is none."""
_PLACE = re.compile(r"(?i)^(?:\w+_)?(?:env|environment|stage|mode|node_env|debug|testing|test|ci|profile)$")
"""Settings that say where the service runs: what a deployment changes, whatever stands for development."""
_COMPARED = re.compile(
    r"(?<![\w.()\[\]\"'])(?P<left>[\w.()\[\]\"']{1,160}?)(?:\.(?:lower|upper|strip)\(\))*\s*={2,3}\s*[\"'](?P<word>[\w-]+)[\"']"
)
_MOST_CALLERS = 20
_SETS = ("*compose*.y*ml", "Dockerfile*", "*.yml", "*.yaml", "*.tf", "*.tfvars", "*.toml", ".env", ".env.*", "Procfile",
         "*.json", "*.sh")  # fmt: skip
_MOST_LINES = 400
"""Lines above a call in which the conditions around it are looked for."""


def conditions(look: Look, place: Location) -> tuple[str, ...]:
    """The conditions of the `if` statements around a line, nearest first; those outside its function are left out."""
    if place.line < 1:
        return ()
    lines = span(look, place.path, max(place.line - _MOST_LINES + 1, 1), place.line).split("\n")
    found = _python_conditions if place.path.endswith(PYTHON) else _web_conditions
    return tuple(found(lines))


def _python_conditions(lines: list[str]) -> Iterator[str]:
    depth = len(lines[-1]) - len(lines[-1].lstrip())
    block = ""  # the last line of the block that hangs on the line above
    for line in reversed(lines[:-1]):
        indent = len(line) - len(line.lstrip())
        if not line.strip() or line.lstrip().startswith(")"):
            continue
        if indent > depth:
            block = block or line
            continue
        leaves, block = bool(re.match(r"\s*(?:return|yield)\b", block)), ""
        if indent == depth:
            left = re.match(r"\s*if\s+not\s+([\w.\[\]\"'()]+)\s*:\s*$", line)
            if left and leaves:
                yield left[1]
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
        if off := off_by(look, condition):
            return off
    return _off_at_callers(look, place)


def off_by(look: Look, condition: str) -> str:
    """The switch that makes a condition false as the repository stands; "" where it holds or cannot be told."""
    if _NEVER.fullmatch(condition):
        return condition
    if not re.search(r"\bor\b|\|\|", condition):
        for compared in _COMPARED.finditer(condition):
            if (name := _setting_in(compared["left"])) and _is_other_word(look, name, compared["word"]):
                return name
        for found in _SETTING.finditer(condition):
            name = found["named"] or found["constant"]
            if _is_false(look, name, condition[: found.start()], condition[found.end() :]):
                return name
    for name in dict.fromkeys(match[0] for match in re.finditer(r"[A-Za-z_]\w*", condition)):
        if _FLAG.match(name) and _is_off(look, name, condition) and not _is_set(look, name):
            return name
    return ""


def is_unset(look: Look, condition: str) -> bool:
    """Whether a condition asks for a setting that has no value unless a deployment gives it one, and none does."""
    for found in _SETTING.finditer(condition):
        name = found["named"] or found["constant"]
        values = [text for text in values_of(look, name) if text]
        asked = _is_plain(condition[: found.start()], condition[found.end() :])
        empty = values and all(default_of(text) in {"None", '""', "''"} for text in values)
        if asked and empty and not settings(look, rf"(?i:\w*{re.escape(name)})"):
            return True
    return False


def default_of(text: str) -> str:
    """What a setting's source text stands for where nobody sets it: a literal's text, or the text itself."""
    if match := _ENVIRONMENT.search(text):
        return (match["default"] or match["fallback"] or "None").strip()
    inside = _DEFAULTED.match(text)
    return (inside["field"] or inside["read"]).strip() if inside else text.strip()


def _setting_in(text: str) -> str:
    found = _SETTING.search(text)
    return (found["named"] or found["constant"]) if found else ""


def _is_false(look: Look, name: str, before: str, behind: str) -> bool:
    """Whether a setting is plainly `False` by default, is asked to be true, and is turned on nowhere."""
    if not _is_plain(before, behind):
        return False
    values = [default_of(text) for text in values_of(look, name) if text]
    return bool(values) and all(value in {"False", "false"} for value in values) and not _is_set(look, name)


def _is_plain(before: str, behind: str) -> bool:
    """Whether what stands between two parts of a condition has to be true by itself: neither negated nor compared."""
    turned = re.search(r"(?:\bnot\s+|!|[=<>]\s*|\bin\s+)[\w.()\[\"']*$", before)
    return not turned and not re.match(r"[\"'\])]*\s*(?:[=!<>]=|[<>(]|is\b|in\b)", behind)


def _is_other_word(look: Look, name: str, word: str) -> bool:
    """Whether a setting is another word by default than the one asked for, and set to it nowhere."""
    values = [default_of(text).strip("\"'") for text in values_of(look, name) if text]
    if _PLACE.match(name) or not values or not all(re.fullmatch(r"[\w-]+", value) for value in values):
        return False
    said = settings(look, rf"(?i:\w*{re.escape(name)})")
    return word.lower() not in {value.lower() for value in (*values, *(one.value for one in said))}


def _off_at_callers(look: Look, place: Location) -> str:
    """The switch around every call of the function in which a place stands; "" where one runs without."""
    module = look.python.module(place.path)
    around = [one for one in module.functions if one.line <= place.line <= one.end_line] if module else []
    if not module or not around:
        return ""
    function = max(around, key=lambda one: one.line)
    near = (module, *(look.python.module(path) for path in look.reach.imported_by(module.path)))
    sites = [
        Location(one.path, call.line)
        for one in near
        for call in (one.calls if one else ())
        if one and call.callee.rsplit(".", 1)[-1] == function.name
    ]
    if not sites or len(sites) > _MOST_CALLERS or function.decorators:
        return ""
    found = [next((off for one in conditions(look, site) if (off := off_by(look, one))), "") for site in sites]
    return found[0] if all(found) else ""


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


def values_of(look: Look, name: str) -> tuple[str, ...]:
    """What a name is given in settings classes, at module level, or as a key of a settings object."""
    # What was read for one who asks was read for all.
    with look.reads.step("what names are given"):
        return _given(look).to(name)


class _Given:
    """What names are given anywhere: the same few are asked about at every guard of every endpoint."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._known: dict[str, tuple[str, ...]] = {}

    def to(self, name: str) -> tuple[str, ...]:
        if name not in self._known:
            self._known[name] = tuple(self._of(name))
        return self._known[name]

    def _of(self, name: str) -> Iterator[str]:
        look = self._look
        assigning = look.answers_of(_assigned, name, lambda: self._assigning(name))
        keyed = look.gather(_keyed, name, WEB_OF_PRODUCT)
        python = [path for path in assigning if path.endswith(PYTHON)]
        web = sorted({*assigning, *keyed}.difference(python))
        for path in (*python, *web):
            if not reached(look, path):
                continue
            with look.reads.aside():
                found = _values_assigned(look, path, name) if path in assigning else []
                found += _values_of_key(look, path, name) if path in keyed else []
            yield from found

    def _assigning(self, name: str) -> dict[str, list[tuple[str]]]:
        return {path: _assigned(self._look, path, name) for path in self._by_name.get(name, ())}

    @cached_property
    def _by_name(self) -> dict[str, dict[str, None]]:
        """The files that give a name something, which are asked for by who uses them."""
        found: dict[str, dict[str, None]] = {}
        with self._look.reads.aside():
            every: list[PythonModule | WebModule] = [*python_modules(self._look, dead=True)]
            every += web_modules(self._look, dead=True)
        for module in every:
            if isinstance(module, PythonModule):
                names = {item.target for item in module.assignments}.union(*(one.fields for one in module.classes))
            else:
                names = set(module.assigned)
            for name in names:
                found.setdefault(name, {})[module.path] = None
        return found


@rests_on(python=("assignments", "classes"), web=("assigned",))
@of_one_file
def _assigned(look: Look, path: str, name: str) -> list[tuple[str]]:
    """Digests of what a file gives a name, which may be what must not be kept."""
    return [(of_text(value),) for value in _values_assigned(look, path, name)]


def _values_assigned(look: Look, path: str, name: str) -> list[str]:
    """What a name is given at any level of a file, and in its classes."""
    if path.endswith(WEB):
        web = look.web.module(path)
        return [value] if web and (value := web.assigned.get(name, "")) else []
    module = look.python.module(path)
    if module is None:
        return []
    inside = [one.fields[name].text for one in module.classes if name in one.fields]
    return [*(item.value.text for item in module.assignments if item.target == name), *inside]


@of_one_file
def _keyed(look: Look, path: str, name: str) -> str:
    """A digest of what a file gives a key of that name, which may be what must not be kept; "" if nothing."""
    return of_text("\n".join(found)) if (found := _values_of_key(look, path, name)) else ""


def _values_of_key(look: Look, path: str, name: str) -> list[str]:
    text = uncommented(look, path)
    return re.findall(rf"\b{name}\s*:\s*([^,}}\n]+)", text) if name in text else []


@once
def _given(look: Look) -> _Given:
    return _Given(look)


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
