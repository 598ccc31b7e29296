"""Lines of single files in which something is said as text: prints, and plain calls of a logger.

Apart from the probe that asks, since it is asked of each file that changes, and the probe seldom runs then.
"""

from __future__ import annotations

import re

from checks.application.wiring import modules_calling
from checks.look import Look
from checks.readers.facets import calls_like
from checks.readers.python_facts import Call
from checks.readers.web_facts import WebCall
from checks.reads import of_one_file

_PLAIN = re.compile(r"print|console\.(?:log|info|warn|error|debug)")
TEXT_LOG = re.compile(
    r"(?i:(?:\w+\.)*(?:log|logger|logging|\w+_logger)\.(?:debug|info|warning|error|exception|critical|warn))"
)
_SAYS_PLAINLY = rf"{_PLAIN.pattern}|{TEXT_LOG.pattern}"


@of_one_file
def says_plainly(look: Look, path: str, _: str) -> list[tuple[int, bool]]:
    """The lines of a file in which something is said as text, and whether by a plain print."""
    module = look.module(path)
    return _lines_of(calls_like(module, "callee", _SAYS_PLAINLY)) if module else []


def all_that_say(look: Look) -> dict[str, list[tuple[int, bool]]]:
    """The same of all files at once."""
    return {module.path: _lines_of(made) for module, made in modules_calling(look, "callee", _SAYS_PLAINLY, dead=True)}


def _lines_of(made: tuple[Call | WebCall, ...]) -> list[tuple[int, bool]]:
    return [(call.line, bool(_PLAIN.fullmatch(call.callee))) for call in made]
