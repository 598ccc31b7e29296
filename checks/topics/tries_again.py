"""What single files hold of calls that are tried again: options of clients, and loops.

Apart from the probe that asks, since it is asked of each file that changes, and the probe seldom runs then.
"""

from __future__ import annotations

import re

from checks.application.calls_seen import function_span, lines_of
from checks.look import Look
from checks.reads import of_one_file

OPTION = re.compile(
    r"\b(?:max_?[rR]etries|max_?[nN]etwork_?[rR]etries|num_retries|retry_on_timeout|maxRetries|maxAttempts|max_attempts)[\"']?\s*[=:]\s*(?!0\b|None\b|undefined\b)\S|\bretry\s*:\s*(?:\{|[1-9])|\bretry_?(?:[cC]onfig|[oO]ptions|[sS]trategy)[\"']?\s*[=:]\s*(?!None\b|undefined\b|null\b)\S|\.with_?[rR]etry\("
    r"|\bautoRetry\s*:\s*true|\.plugin\([^)]*\bretry\b"
)
"""How a call is told to try again."""
_OPTION_WORDS = ("etries", "etry", "ttempts")
"""Every such option spells one of these, and no comment taken out makes one."""
_LOOP = re.compile(
    r"^[ \t]*(?:for\s+_?\w*(?:attempt|retr|tries)\w*\s+in\s|while\b[^\n]*(?:attempt|retr|tries)\w*"
    r"|for\s*\(\s*let\s+\w*(?:attempt|retr|tries)\w*|for\s*\(\s*let\s+\w+[^;\n]{0,40};[^;\n]{0,40}?(?:attempt|retr|tries)|(?:async\s+)?for\s+\w+\s+in\s+range\([^\n]*(?:retr|attempt|tries))",
    re.MULTILINE | re.IGNORECASE,
)
_ENDLESS = re.compile(r"^[ \t]*while\s*\(?\s*(?:True|true|1)\b", re.MULTILINE)
_COUNTS = re.compile(r"\b\w*(?:attempt|retr|tries)\w*\s*(?:[-+]=|\+\+|--)", re.IGNORECASE)
_SLEEPS = re.compile(r"\bsleep\(|setTimeout\(|\bdelay\(|\bwait\(")
_FAILS = re.compile(r"\bexcept\b|\bcatch\b|\.ok\b|status")
_GROWS = re.compile(
    r"\*\*|\bpow\(|backoff|\*=|\*\s*\(?\s*(?:attempt|retr|tries|i\b)|(?:attempt|retr\w*|tries)\s*\*|<<", re.IGNORECASE
)


@of_one_file
def has_option(look: Look, path: str, _: str) -> bool:
    """Whether an option to try again may stand in a call of the file."""
    text = look.tree.text(path) or ""
    return any(word in text for word in _OPTION_WORDS) and bool(OPTION.search(lines_of(look, path)))


@of_one_file
def loops(look: Look, path: str, _: str) -> list[tuple[int, bool, int, int]]:
    """Loops that try again: their line, whether the pause grows, and the lines of the function they are in."""
    found = []
    source = (look.tree.text(path) or "").lower()
    if not any(word in source for word in ("while", "attempt", "retr", "tries")):
        return []
    text = lines_of(look, path)
    for match in (*_LOOP.finditer(text), *_ENDLESS.finditer(text)):
        line = text.count("\n", 0, match.start()) + 1
        first, last = function_span(look, path, line)
        body = lines_of(look, path, line, min(last, line + 60))
        counted = match.re is _LOOP or _COUNTS.search(body)
        if counted and _SLEEPS.search(body) and (match.re is _ENDLESS or _FAILS.search(body)):
            found.append((line, bool(_GROWS.search(body)), first, last))
    module = look.module(path) if found else None
    return found if module and module.calls else []
