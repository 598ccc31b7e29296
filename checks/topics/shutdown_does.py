"""What a handler of a signal does: it closes something, or it only says good-bye; named functions are followed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.wiring import function_at, span
from checks.look import PYTHON

if TYPE_CHECKING:
    from checks.look import Look

_ONLY_SAYS = re.compile(
    r"^(?:(?:await|void|return) )?(?:logger|logging|log|print|console|_?logger|LOG|structlog|[\w.]+\.log(?:ger)?)\b"
    r"|^(?:return )?(?:sys\.exit|process\.exit|os\._exit|exit|quit)\(|^raise SystemExit"
    r"|^setTimeout\(\(\) => process\.exit"
    r"|^(?:pass|\.\.\.|return|finally:|try:|try \{|[)\]}]+[,;)]*)$|^[\"']|^(?:global|nonlocal) "
    r"|^(?:\} )?(?:if|elif|else)\b.*[:{]$|^if ?\(.*\) return;?$|^else:$"
)
_CALLS_OWN = re.compile(
    r"^(?:(?:await|void|return) )?(?:asyncio\.\w+\(|loop\.\w+\()?(?P<name>(?:self\.|this\.)?[A-Za-z_$][\w$]*)\("
)
_REFERENCE = re.compile(r"(?:self\.|this\.)?[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*(?:\.bind\(.*\))?")
_INLINE = re.compile(
    r"(?s)(?:async\s+)?(?:\([^()]*\)|[\w$]+)\s*=>\s*(?P<body>.+)|lambda[^:]*:\s*(?P<python>.+)|function\s*\w*\([^()]*\)\s*(?P<old>\{.+)"
)
_CLEANS = re.compile(r"(?i)close|stop|shutdown|disconnect|cleanup|dispose|drain|terminate|quit|set\b")
_MOST_HOPS = 3


def does_more_than_log(look: Look, path: str, first: int, last: int, hops: int = _MOST_HOPS) -> bool:
    """Whether the lines of a handler, of which the first only opens it, close or finish anything."""
    lines = [line.strip() for line in span(look, path, first, last).split("\n")]
    inner = [line for line in lines[1:] if line and not re.match(r"(async )?def |@|[\])}]", line)]
    if not inner:
        return handler_does(look, path, _second(lines[0]), hops)
    return any(statement_does(look, path, line, hops) for line in inner)


def handler_does(look: Look, path: str, handler: str, hops: int = _MOST_HOPS, owner: str = "") -> bool:
    """Whether a handler that is given by name, as an arrow or as a lambda closes or finishes anything."""
    handler = handler.strip()
    if inline := _INLINE.fullmatch(handler):
        body = inline["body"] or inline["python"] or inline["old"]
        return any(statement_does(look, path, one.strip(), hops) for one in re.split(r"[;\n{}]", body) if one.strip())
    if _REFERENCE.fullmatch(handler):
        found = _function(look, path, handler, owner) if hops else None
        if found:
            return does_more_than_log(look, *found, hops - 1)
    # What a Python handler does that was not found is taken for what it is registered for.
    return path.endswith(PYTHON) or bool(_CLEANS.search(handler))


def statement_does(look: Look, path: str, line: str, hops: int = _MOST_HOPS) -> bool:
    """Whether one statement of a handler closes or finishes anything."""
    if _ONLY_SAYS.search(line):
        return False
    if _REFERENCE.fullmatch(line):
        return handler_does(look, path, line, hops)
    called = _CALLS_OWN.match(line)
    found = _function(look, path, called["name"], "") if called and hops else None
    return does_more_than_log(look, *found, hops - 1) if found else True


def _second(line: str) -> str:
    """The second argument of a call that stands on one line."""
    rest = line.split(",", 1)[-1].strip().rstrip(";").strip()
    return rest.removesuffix(")")


def _function(look: Look, path: str, name: str, owner: str) -> tuple[str, int, int] | None:
    """File, first and last line of the application's function that a name stands for in a file."""
    if path.endswith(PYTHON):
        own = name.removeprefix("self.")
        if found := function_at(look, path, f"{owner}.{own}" if own != name and owner else own):
            return found[0].path, found[1].line, found[1].end_line
        source = look.python.module(path)
        inner = [one for one in source.functions if one.name == own] if source else []
        return (path, inner[0].line, inner[0].end_line) if len(inner) == 1 else None
    module = look.web.module(path)
    name = name.removeprefix("this.").split(".bind(", 1)[0]
    for function in module.functions if module else ():
        if function.name.rsplit(".", 1)[-1] == name:
            return path, function.line, function.end_line
    for item in module.imports if module else ():
        other = look.web.module(item.path) if name in item.names and item.path else None
        wanted = item.names.get(name, "")
        for function in other.functions if other else ():
            if function.name == (name if wanted == "default" else wanted):
                return item.path, function.line, function.end_line
    return None
