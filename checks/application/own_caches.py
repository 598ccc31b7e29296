"""Caches that need no library: dictionaries with an expiry, and what Next.js keeps by directive or lifetime."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, lines_of
from checks.application.web_usage import is_web_function_used
from checks.application.wiring import is_one_off, is_used, reached, web_modules
from checks.files.listed import PYTHON_OF_PRODUCT, WEB_OF_PRODUCT
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look

OTHER_USE = re.compile(
    r"(?i)rate_?limit|throttl|\brl:|attempt|\botp|nonce|black_?list|deny_?list|revok|idempot|presence|heart_?beat|lockout|quota"
    r"|csrf|session|cool_?down|bucket"
)
"""What is kept for a while, and is not an answer that would cost something to find again."""
_NO_ANSWER = re.compile(
    r"(?i)token|fail|breaker|circuit|retr(?:y|ies)|last_|seen|pending|tasks?\b|jobs?\b|connect|lock|limit"
)
"""What a dictionary with times in it is also used for."""
_CLOCK = re.compile(
    r"\btime\.(?:time|monotonic|perf_counter)\(|datetime\.(?:now|utcnow)\(|timezone\.now\(|Date\.now\(|performance\.now\("
    r"|\b_?now\b|new Date\("
)
_CLOCK_WORDS = ("now", "Date", "time.time", "monotonic", "perf_counter")
"""Every such reading spells one of these, and no comment taken out makes one."""
_COMPARES = re.compile(r"[^=<>-][<>]=?(?![<>])")
_LIFETIME = re.compile(
    r"(?i)ttl|expir|max_?age|stale|lifetime|fetched_?at|cached_?at|timestamp|duration|seconds|valid_?until|\bts\b"
)
_KEEPS = re.compile(
    r"(?<![\w$])(\w{1,80})(?:\[[^\[\]\n]{1,200}(?:\[[^\[\]\n]{1,80}\])?\]\s{0,4}=(?!=)|\.set\()"
    r"|(?m:^[ \t]{0,80}(?:self\.|this\.)?(\w{0,80}?[cC]ache\w{0,80})[ \t]{0,4}=(?!=))"
)
_COSTLY = re.compile(
    r"\bawait\b|requests\.|httpx|\bfetch\(|\.(?:execute|query|scalars?|find\w*|all|first|objects|generate\w*|create|invoke|json|read_\w+)\("
    r"|urlopen|\bload\w*\(|\bcompute\w*\(|\bcalculate\w*\(|read_\w+\(|\bopen\("
)
_REVALIDATES = re.compile(r"(?m)^export\s+const\s+revalidate\s*(?::\s*\w+\s*)?=(?!\s*(?:0|false)\b)\s*[\w*\s]+;?")
_KEPT_FETCH = re.compile(r"revalidate\s*:\s*(?!0\b)\w|[\"']force-cache[\"']")


def own_caches(look: Look) -> Iterator[tuple[str, int]]:
    """File and first line of the functions that keep what they found until it expires."""
    for path, spans in look.gather(_expiring, "", PYTHON_OF_PRODUCT).items():
        module = look.python.module(path) if reached(look, path) and not is_one_off(path) else None
        for function in module.functions if module else ():
            if module and (function.line, function.end_line) in spans and is_used(look, module, function.qualified):
                yield module.path, function.line
    for path, spans in look.gather(_expiring, "", WEB_OF_PRODUCT).items():
        web = look.web.module(path) if reached(look, path) else None
        for one in web.functions if web else ():
            if web and one.name and (one.line, one.end_line) in spans and is_web_function_used(look, web, one):
                yield web.path, one.line


@of_one_file
def _expiring(look: Look, path: str, _: str) -> list[tuple[int, int]]:
    """The lines of the functions of a file that keep what they found until it expires."""
    text = look.tree.text(path) or ""
    if not any(word in text for word in _CLOCK_WORDS) or not _CLOCK.search(lines_of(look, path)):
        return []
    module = look.python.module(path) or look.web.module(path)
    spans = dict.fromkeys((one.line, one.end_line) for one in module.functions) if module else ()
    return [span for span in spans if _expires(lines_of(look, path, *span))]


def _expires(text: str) -> bool:
    """Whether the lines compare a lifetime with the clock and keep under a name that they read what cost something."""
    if not (_CLOCK.search(text) and _LIFETIME.search(text) and _COSTLY.search(text) and _COMPARES.search(text)):
        return False
    if _is_of_others(text.split("\n", 1)[0]):
        return False
    for match in _KEEPS.finditer(text):
        name = re.escape(match[1] or match[2])
        by_key = rf"\b{name}(?:\.(?:get|has)\(|\[[^\]\n]+\](?!\s*=[^=]))|\bin\s+(?:self\.)?{name}\b"
        reads = re.search(by_key if match[1] else rf"\bif\b[^\n]*\b{name}\b", text)
        if reads and not _is_of_others(name):
            return True
    return False


def _is_of_others(text: str) -> bool:
    return bool(OTHER_USE.search(text) or _NO_ANSWER.search(text))


def kept_by_next(look: Look, seen: list[Seen]) -> Iterator[tuple[str, int]]:
    """File and line of what Next.js keeps: "use cache", a lifetime of a page, and requests with one."""
    if not look.importers("next", "next/*", reached=False) and not look.depends_on("next"):
        return
    for web in web_modules(look):
        if "use cache" in web.directives:
            yield from ((web.path, one.line) for one in web.functions if one.exported)
        yield from ((web.path, line) for text, line in web.inner_directives if text.startswith("use cache"))
        yield from ((web.path, line) for line in look.answer_of(_revalidated, web.path, ""))
    for call in seen:
        if call.callee == "fetch" and _KEPT_FETCH.search(f"{call.keys.get('next', '')} {call.keys.get('cache', '')}"):
            yield call.path, call.line


@of_one_file
def _revalidated(look: Look, path: str, _: str) -> list[int]:
    """The lines on which a page says how long it is kept."""
    text = lines_of(look, path)
    return [text.count("\n", 0, match.start()) + 1 for match in _REVALIDATES.finditer(text)]


_NITRO = re.compile(r"(?:define)?[cC]ached(?:EventHandler|Function)")
_RULE = re.compile(r"[\"']/[^\"'\n]*[\"']\s*:\s*\{[^}\n]*\b(?:swr|isr|cache)\s*:\s*(?!false)")


def kept_by_nitro(look: Look) -> Iterator[tuple[str, int]]:
    """File and line of the handlers and functions that Nitro keeps, and of routes that its rules keep."""
    if not look.depends_on("nuxt") and not look.depends_on("nitropack") and not look.depends_on("nitro"):
        return
    for web in web_modules(look, "calls"):
        yield from ((web.path, call.line) for call in web.calls if _NITRO.fullmatch(call.callee))
    for path in look.tree.match("nuxt.config.*", "nitro.config.*"):
        text = lines_of(look, path)
        yield from ((path, text.count("\n", 0, match.start()) + 1) for match in _RULE.finditer(text))
