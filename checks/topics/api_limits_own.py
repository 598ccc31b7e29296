"""Limiters written by hand: a count of calls that is kept, compared with a limit, and answered with a refusal."""

from __future__ import annotations

import re

from checks.application.endpoint import Endpoint
from checks.application.endpoints import source
from checks.application.wiring import function_at, span
from checks.look import Look

_COUNTED = (
    r"(?:\b\w{0,40}(?:[cC]ount|[hH]its|[cC]alls|[rR]equests|[uU]sed|[uU]sage|[aA]ttempts|[sS]een|[qQ]uota|[tT]otal)\w{0,40}"
    r"|\b(?:current|n|num)|(?:calls|hits|requests|timestamps|stamps|recent|attempts|times|window|entries|log|bucket|record)\w{0,40}\.length"
    r"|len\([^()]{0,80}(?:calls|hits|requests|timestamps|stamps|recent|attempts|times|window|entries|log|bucket)\w{0,40}\))"
)
_COMPARED = re.compile(
    _COUNTED + r"\)?(?:\s*\?\?\s*0\)?)?\s*(?:>=?|<=?)\s*(?:\w{1,40}\.){0,3}(?:[A-Z][A-Z0-9_]{2,}\b"
    r"|\w{0,40}(?:[lL]imit|[mM]ax|[qQ]uota|[aA]llowed)\w{0,40}"
    r"|\d+\b)|\bremaining\w{0,40}\)?\s*(?:<=?|===?)\s*\d"
)
_KEPT = re.compile(
    r"(?i)\.incr\w{0,40}\(|\bINCR\b|\+=\s*1\b|\+\+|\bzadd\b|\bzcard\b|count:\s*[\"'](?:exact|planned)|\.count\(|count\(|count_documents"
    r"|\.append\(|\.push\(|\.set\(|setex|\brpc\("
)
_WINDOW = re.compile(
    r"(?i)expire|ttl|timeout\s*=|\bex\s*[:=]|pexpire|Date\.now|new Date|time\.|now\(|created_?at|timestamp|window"
    r"|interval|today|timedelta|setex|startOf|monthly|daily|hourly|per_?minute"
)
_REFUSED = re.compile(
    r"\b429\b|TOO_MANY|\b402\b"
    r"|(?i:too many requests|(?:limit|quota)[\w ]{0,24}(?:reached|exceeded|used up)|RateLimit(?:Exceeded|ed))"
)
_RELAYED = re.compile(r"(?:===?|\bcase)\s*429|(?:===?|\bcase)\s*402")
"""A question for what another service answered."""
_QUOTA = re.compile(
    r"(?i)daily|monthly|per_?day|per_?month|quota|credits?|plan\b|free_?tier|86_?400|startOf(?:Day|Month)|today"
)
_NEAR = 600


def counts_calls(look: Look, endpoint: Endpoint) -> bool:
    """Whether a handler, a guard before it or a function it calls counts calls and refuses those above a limit."""
    return _limits(_text(look, endpoint))


def is_quota(look: Look, endpoint: Endpoint) -> bool:
    """Whether what is counted by hand is a share of the day or of a plan rather than the pace of calls."""
    return bool(_QUOTA.search(_text(look, endpoint)))


def _text(look: Look, endpoint: Endpoint) -> str:
    return "\n".join([source(look, endpoint, hops=2), *(_guard(look, endpoint, one) for one in endpoint.guards)])


def _limits(text: str) -> bool:
    text = _RELAYED.sub("", text)
    if not _KEPT.search(text) or not _WINDOW.search(text) or not _REFUSED.search(text):
        return False
    for found in _COMPARED.finditer(text):
        before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        if _REFUSED.search(text, found.end(), found.end() + _NEAR) or re.search(r"\breturn\b|=|:\s*$", before):
            return True
    return False


def _guard(look: Look, endpoint: Endpoint, guard: str) -> str:
    """The source of a function that is named as a guard."""
    name = re.search(r"Depends\(\s*([\w.]+)", guard) or re.fullmatch(r"([\w.]+)", guard)
    if not name:
        return ""
    if endpoint.is_python:
        for path in (endpoint.place.path, endpoint.module):
            if found := function_at(look, path, name[1]):
                return span(look, found[0].path, found[1].line, found[1].end_line)
        return ""
    module = look.web.module(endpoint.module)
    homes = [
        module,
        *(look.web.module(item.path) for item in (module.imports if module else ()) if name[1] in item.names),
    ]
    for home in homes:
        for function in home.functions if home else ():
            if home and function.name == name[1]:
                return span(look, home.path, function.line, function.end_line)
    return ""
