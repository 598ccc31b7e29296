"""Secret-shaped strings: what kind and where, never the value. Used to find them, and to keep them out of outputs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import log2

MIN_ENTROPY = 3.2
"""Bits a character; below it a string reads like words, above it like a generated key."""

MAX_LINE = 4000
"""Longer lines are minified or recorded data; they are not searched for assigned secrets."""

REDACTED = "[redacted]"


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret-shaped string. `start` and `end` are offsets in the text that was searched; lines count from 1."""

    kind: str
    line: int
    start: int
    end: int


PROVIDERS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("private key", r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY(?: BLOCK)?-----"),
        ("AWS access key id", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
        ("GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b"),
        ("GitLab token", r"\bglpat-[A-Za-z0-9_-]{20,}\b"),
        ("Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{20,}"),
        ("Slack webhook", r"https://hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{20,}"),
        ("Google API key", r"\bAIza[0-9A-Za-z_-]{35}\b"),
        ("Anthropic key", r"\bsk-ant-[A-Za-z0-9_-]{24,}"),
        ("OpenAI key", r"\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{32,}\b"),
        ("Stripe key", r"\b[sr]k_live_[0-9A-Za-z]{20,}\b"),
        ("SendGrid key", r"\bSG\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{30,}"),
        ("Hugging Face token", r"\bhf_[A-Za-z]{30,}\b"),
        ("PyPI-style upload token", r"\bpypi-AgE[A-Za-z0-9_-]{50,}"),
        ("npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
        ("Telegram bot token", r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}\b"),
        ("password in a URL", r"\b[a-z][a-z0-9+]{2,20}://[^\s:/@'\"<>{}$]+:([^\s:/@'\"<>{}$]{6,})@[A-Za-z0-9.-]+"),
    )
)
"""Formats that only a credential has."""

ASSIGNED = re.compile(
    r"""(?ix)
    (?P<name>[a-z0-9_.\-]*(?:secret|passwd|password|token|api_?-?key|access_?-?key|private_?-?key|credential)[a-z0-9_]*)
    ["']?\s*(?::=|=>|=|:)\s*(?:[a-z]+\s*\|\|\s*)?
    (?P<quote>["'`])(?P<value>[^"'`\s]{12,200})(?P=quote)
    """
)
"""A name that says secret, and a quoted literal."""

PLACEHOLDER = re.compile(
    r"(?i)example|sample|dummy|placeholder|changeme|change[-_]?this|change[-_]?me|your[-_]|my[-_]|fake|mock|todo|redacted"
    r"|insert|replace|xxxx|\*\*\*|<[^>]*>|\$\{|\{\{|%\(|lorem|foobar|^test|[-_]test$|localhost|not[-_]?a[-_]?secret|012345|abcdef"
)
"""Words of documentation, never of a real credential."""


def entropy(text: str) -> float:
    """Shannon entropy in bits a character."""
    counts = Counter(text)
    return -sum(count / len(text) * log2(count / len(text)) for count in counts.values())


def find(text: str) -> Iterator[Secret]:
    """Secret-shaped strings of a text, in its order. A provider's format wins over an assignment on the same place."""
    taken: list[tuple[int, int]] = []
    found: list[Secret] = []
    for kind, pattern in PROVIDERS:
        for match in pattern.finditer(text):
            group = 1 if pattern.groups else 0
            if not PLACEHOLDER.search(match.group(group)) and not _repeats(match.group(group)):
                found.append(_secret(kind, text, *match.span(group)))
                taken.append(match.span())
    for match in ASSIGNED.finditer(text):
        start, end = match.span("value")
        if not any(start < last and first < end for first, last in taken) and _looks_generated(match, text):
            found.append(_secret(f"value of {match['name'][-40:]}", text, start, end))
    return iter(sorted(found, key=lambda secret: secret.start))


def redact(text: str) -> str:
    """The text with every secret-shaped string replaced."""
    for secret in reversed(list(find(text))):
        text = text[: secret.start] + REDACTED + text[secret.end :]
    return text


def _secret(kind: str, text: str, start: int, end: int) -> Secret:
    return Secret(kind, text.count("\n", 0, start) + 1, start, end)


def _looks_generated(match: re.Match[str], text: str) -> bool:
    value, name = match["value"], match["name"].lower()
    line_start = text.rfind("\n", 0, match.start()) + 1
    line_end = text.find("\n", match.end())
    if (line_end if line_end >= 0 else len(text)) - line_start > MAX_LINE:
        return False
    if PLACEHOLDER.search(value) or re.search(
        r"(?:url|path|file|name|label|field|header|placeholder|_re|regex)$", name
    ):
        return False
    if re.fullmatch(r"[A-Za-z]+(?:[-_.:/ ][A-Za-z]+)*", value) or value.startswith(("http", "/", "./", "@/")):
        return False
    has_digit = any(character.isdigit() for character in value)
    return has_digit and entropy(value) >= MIN_ENTROPY and not _repeats(value)


def _repeats(value: str) -> bool:
    """Filler such as sk-aaaa… or 1111…: few different characters."""
    return len(set(value)) < min(8, len(value) // 2 + 1)
