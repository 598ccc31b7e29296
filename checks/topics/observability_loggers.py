"""Loggers that write JSON or keys and values: where they are set up, by library, settings, file or hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.named_values import assigned
from checks.application.switches import off_by, switched_off
from checks.application.wiring import (
    Hit,
    arguments_of,
    calls,
    is_used,
    line_matches,
    modules_calling,
    reached,
    span,
)
from checks.files.listed import PYTHON_OF_PRODUCT, named_so
from checks.look import PYTHON
from checks.observation import Location
from checks.once import once
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import Call, PythonModule
    from checks.readers.web_facts import WebCall

_LOGGERS = (
    r"structlog\.(?:configure|configure_once|stdlib\.recreate_defaults)|logfire\.configure|pino(?:\.default|\.pino)?|pino-http.*"
    r"|bunyan\.(?:default\.|\*\.)?createLogger|nestjs-pino\..*forRoot\w*|ecs_logging\.\w+|json_log_formatter\.\w+|pythonjsonlogger\..*Formatter"
    r"|google\.cloud\.logging\.(?:\w+\.)*setup_logging|watchtower\..*|aws_lambda_powertools\.(?:logging\.)?Logger|@aws-lambda-powertools/logger\..*"
    r"|next-axiom\..*|@axiomhq/logging\.\w*Logger|@logtape/logtape\.(?:getJsonLinesFormatter|jsonLinesFormatter)"
)
_BY_OPTION = (
    # the call that makes the logger, and what it has to be told
    (
        r"winston(?:\.default|\.\*)?\.(?:createLogger|configure|loggers\.add)|nest-winston\.WinstonModule\.\w+",
        r"\bjson\(|\blogstash\(|ecsFormat|format\.json|LoggingWinston",
    ),
    (r"tslog\.(?:\w+\.)*Logger|log4js\.(?:\w+\.)*configure", r"\btype[\"']?\s*:\s*[\"']json"),
    (r"@nestjs/common\.ConsoleLogger", r"\bjson[\"']?\s*:\s*(?!false)"),
    (
        r"(?:.*\.)?(?:fastify|Fastify|FastifyAdapter)(?:\.default|\.fastify)?",
        r"\blogger(?:Instance)?\b(?!\s*:\s*false)",
    ),
    (r"loguru\.(?:_logger\.)?logger\.(?:add|configure)", r"serialize[\"']?\s*[=:]\s*(?!False)"),
)
_FORMATTER = re.compile(
    r"(?i)pythonjsonlogger|Json\w*Formatter|json_formatter|structlog\.stdlib\.ProcessorFormatter|JSONRenderer|ecs_logging"
)
_NAMED_FORMATTER = (
    r"(?:[\"'](?P<name>\w+)[\"']\s*:\s*\{\s*|(?<![\w\"'])(?:name=)?)"
    r"[\"'](?:\(\)|class|format(?:ter)?)[\"']\s*:\s*[\"']?(?P<made>[\w.]+)"
)
_JSON_FORMATTER = re.compile(
    r"(?:.*\.)?(?:\w*[jJ](?:son|SON)\w*Formatter|jsonlogger\w*|ProcessorFormatter)|ecs_logging\..*"
)
_SETTINGS = re.compile(r"(?i)config|log(?!in)")
_NEAR_SETTINGS = re.compile(r"(?i)(?:config|log(?!in)|settings)[^/]*(?:/[^/]*)?\Z")
_LOADS = re.compile(r"(?:.*\.)?(?:dictConfig|fileConfig)")
_MAKES_JSON = r"(?:JSONRenderer|\b\w*[jJ][sS][oO][nN]\w*Formatter)\(|serialize\s*=\s*True"
"""What makes lines of JSON in Python, where it is used and not only imported."""
_FILES = ("*log*.yaml", "*log*.yml", "*log*.json", "*log*.ini", "*log*.conf", "*log*.toml")
_MADE_INTO_JSON = re.compile(r"(?:JSON\.stringify|json\.dumps|orjson\.dumps)\(\s*(?P<object>\{)?")
_OWN_LOGGER = re.compile(r"(?i)(?:^|[/._-])(?:\w*_)?(?:log|logs|logger|logging)(?:[/._-]|$)")
_PLAIN = re.compile(r"print|console\.(?:log|info|warn|error|debug)|process\.stdout\.write|sys\.stdout\.write")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")


def structured_loggers(look: Look) -> tuple[list[Location], dict[Location, str]]:
    """Where code that runs sets up a logger whose lines are JSON or keys and values, and where only a switch would.

    The latter with the switch, which is off and which no file turns on.
    """
    found = _set_up(look)
    off = {place: name for place in found if (name := _text_by_default(look, place))}
    return [place for place in found if place not in off], off


def _text_by_default(look: Look, place: Location) -> str:
    """The switch without which a place, or all that its file says of JSON, does not come to be; "" if none."""
    if off := switched_off(look, place):
        return off
    if not place.path.endswith(PYTHON):
        return ""
    lines = line_matches(look, place.path, _MAKES_JSON)
    return next(iter(found), "") if lines and all(found := [_line_off(look, one) for one in lines]) else ""


def _line_off(look: Look, place: Location) -> str:
    chosen = re.search(r"\)?\s+if\s+(.+?)\s+else\b", span(look, place.path, place.line, place.line))
    return (off_by(look, chosen[1]) if chosen else "") or switched_off(look, place)


def _set_up(look: Look) -> list[Location]:
    found = [hit.place for hit in calls(look, _LOGGERS)]
    for pattern, wanted in _BY_OPTION:
        hits = calls(look, pattern)
        found += [hit.place for hit in hits if re.search(wanted, _written(look, hit))]
    writes = _own_formatters(look)
    names = "|".join(sorted(map(re.escape, writes | {"setFormatter"})))
    telling = rf"(?:.*\.)?(?:{names})|{_LOADS.pattern}"
    made = {module.path: every for module, every in modules_calling(look, "callee", telling)}
    # Few files say anything of it, and no other is read.
    named = filter(named_so(PYTHON_OF_PRODUCT), look.tree.named_like(_NEAR_SETTINGS))
    for path in sorted({*made, *(path for path in named if reached(look, path))}):
        near = "/".join(path.split("/")[-2:])
        module = look.python.module(path) if path in made or "settings" in near or _SETTINGS.search(near) else None
        if module:
            found += _in_python(look, module, made.get(path, ()), writes)
    found += [place for place, in_logger in _written_as_json(look) if in_logger]
    return [*found, *_started_with(look)]


def _started_with(look: Look) -> Iterator[Location]:
    """Files of logging configuration that the command of the service names, and that name a formatter for JSON."""
    lines = [text for _, text in look.containers.commands]
    lines += [f"{image.final.entrypoint} {image.final.command}" for image in look.containers.dockerfiles]
    lines += [command for script in look.manifests.scripts for command in script.commands]
    named = re.findall(r"--log-config(?:-json)?[\"',\s=]+([\w./-]+)", "\n".join(lines))
    for name in sorted({one.rsplit("/", 1)[-1] for one in named}):
        for path in look.tree.match(name):
            yield from line_matches(look, path, _FORMATTER.pattern)[:1]


def json_lines(look: Look) -> list[Location]:
    """Print and console calls whose one argument is an object made into JSON."""
    return [place for place, _ in _written_as_json(look)]


def _written_as_json(look: Look) -> Iterator[tuple[Location, bool]]:
    """Lines written as JSON by hand, each with whether a logger that other files load writes it."""
    for module, every in modules_calling(look, "callee", _PLAIN.pattern):
        own = bool(_OWN_LOGGER.search(module.path)) and bool(look.reach.imported_by(module.path))
        for call in every:
            made = _MADE_INTO_JSON.match(next(iter(arguments_of(call)), ""))
            if made and (own or made["object"]):
                yield Location(module.path, call.line, call.end_line), own


def _written(look: Look, hit: Hit) -> str:
    """The source of a call, and what the names in it stand for in its file."""
    text = span(look, hit.place.path, hit.place.line, hit.place.end_line or hit.place.line)
    keys = getattr(hit.call, "keys", {})
    names = dict.fromkeys(_WORD.findall(" ".join((*arguments_of(hit.call), *keys.values()))))
    return "\n".join([text, *(assigned(look, hit.place.path, name) for name in names if name not in keys)])


def _own_formatters(look: Look) -> frozenset[str]:
    """Names of the application's formatter classes that write JSON."""
    every = look.gather(_formatters_in, "", PYTHON_OF_PRODUCT)
    return frozenset(name for path, names in every.items() if reached(look, path) for (name,) in names)


@of_one_file
def _formatters_in(look: Look, path: str, _: str) -> list[tuple[str]]:
    """The names of a file's formatter classes that write JSON."""
    module = look.python.module(path)
    return [
        (one.name,)
        for one in (module.classes if module else ())
        if module and any(base.endswith("Formatter") for base in one.bases)
        if any(
            one.line <= call.line <= one.end_line and call.resolved.endswith(("json.dumps", "orjson.dumps"))
            for call in module.calls
        )
    ]


def _in_python(
    look: Look, module: PythonModule, made: tuple[Call | WebCall, ...], writes: frozenset[str]
) -> Iterator[Location]:
    loads = False
    for call in made:
        last = call.callee.rsplit(".", 1)[-1]
        place = Location(module.path, call.line, call.end_line)
        if last in writes and is_used(look, module, call.function):
            yield place
        if last == "setFormatter" or _LOADS.fullmatch(call.callee):
            loads = loads or last != "setFormatter"
            text = _written(look, Hit(place, call.function, call))
            if not is_used(look, module, call.function):
                continue
            if last == "setFormatter" and _FORMATTER.search(text):
                yield place
            elif last != "setFormatter" and re.search(r"open\(|read|load|[\"'][\w./-]+\.\w+[\"']", text):
                yield from _in_files(look)
    near = "/".join(module.path.split("/")[-2:])
    if loads or "settings" in near or (_SETTINGS.search(near) and _configures(look)):
        yield from _in_settings(look, module.path, writes)


@once
def _configures(look: Look) -> bool:
    """Whether anything hands a logging dictionary to the standard library or to the server."""
    return any(reached(look, path) for path in look.gather(_hands_over, among=PYTHON_OF_PRODUCT))


@of_one_file
def _hands_over(look: Look, path: str, _: str) -> bool:
    module = look.python.module(path)
    calls = module.calls if module else ()
    return any(_LOADS.fullmatch(call.callee) or "log_config" in call.keywords for call in calls)


def _in_settings(look: Look, path: str, writes: frozenset[str]) -> Iterator[Location]:
    """Formatters of a logging dictionary that a handler names."""
    named = line_matches(look, path, _NAMED_FORMATTER)
    # Few files name one, and no other is read whole.
    text = (look.tree.text(path) or "") if named else ""
    for place in named:
        lines = "\n".join(text.split("\n")[place.line - 1 : place.line + 2])
        match = re.search(_NAMED_FORMATTER, lines)
        if match and (_JSON_FORMATTER.fullmatch(match["made"]) or match["made"].rsplit(".", 1)[-1] in writes):
            told = re.findall(r"[\"']formatter[\"']\s*:\s*([^\n}]+)", text)
            if not match["name"] or not told or any(_names(value, match["name"]) for value in told):
                yield place


def _names(value: str, name: str) -> bool:
    """Whether the formatter of a handler is this one, or is chosen by something that is no literal."""
    return bool(re.search(rf"[\"']{name}[\"']", value)) or not re.match(r"[\"']", value)


def _in_files(look: Look) -> Iterator[Location]:
    """Files of logging configuration that name a formatter for JSON."""
    for path in look.tree.match(*_FILES):
        yield from line_matches(look, path, _FORMATTER.pattern)[:1]
