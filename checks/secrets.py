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


PROVIDERS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (kind, hints, re.compile(pattern, re.ASCII))
    for kind, hints, pattern in (
        ("private key", ("PRIVATE KEY",), r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY(?: BLOCK)?-----"),
        ("AWS access key id", ("AKIA", "ASIA"), r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
        (
            "GitHub token",
            ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
            r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b",
        ),
        ("GitLab token", ("glpat-",), r"\bglpat-[A-Za-z0-9_-]{20,}\b"),
        ("Slack token", ("xox",), r"\bxox[abeoprs]-[A-Za-z0-9-]{20,}"),
        (
            "Slack webhook",
            ("hooks.slack.com",),
            r"https://hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{20,}",
        ),
        ("Google API key", ("AIza",), r"\bAIza[0-9A-Za-z_-]{35}\b"),
        ("Anthropic key", ("sk-ant-",), r"\bsk-ant-[A-Za-z0-9_-]{24,}"),
        ("OpenAI key", ("sk-",), r"\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{32,}\b"),
        ("Stripe key", ("k_live_",), r"\b[sr]k_live_[0-9A-Za-z]{20,}\b"),
        ("SendGrid key", ("SG.",), r"\bSG\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{30,}"),
        ("Hugging Face token", ("hf_",), r"\bhf_[A-Za-z]{30,}\b"),
        ("PyPI-style upload token", ("pypi-AgE",), r"\bpypi-AgE[A-Za-z0-9_-]{50,}"),
        ("npm token", ("npm_",), r"\bnpm_[A-Za-z0-9]{36}\b"),
        ("Telegram bot token", (":AA",), r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}\b"),
        (
            "password in a URL",
            ("://",),
            r"\b[a-z][a-z0-9+]{2,20}://[^\s:/@'\"<>{}$]+:([^\s:/@'\"<>{}$]{6,})@[A-Za-z0-9.-]+",
        ),
    )
)
"""Formats that only a credential has. A text without any of the hints need not be searched."""

ASSIGNED = re.compile(
    r"""(?ix)
    (?P<name>(?:secret|passwd|password|token|api_?-?key|access_?-?key|private_?-?key|credential)[a-z0-9_]*)
    ["']?\s*(?::=|=>|=|:)\s*(?:[a-z]+\s*\|\|\s*)?
    (?P<quote>["'`])(?P<value>[^"'`\s]{12,200})(?P=quote)
    """
)
"""A name that says secret, and a quoted literal. It starts at the telling word, so that long texts stay quick."""

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
    for kind, hints, pattern in PROVIDERS:
        for match in pattern.finditer(text) if any(hint in text for hint in hints) else ():
            start, end = match.span(1 if pattern.groups else 0)
            value = text[start:end]
            if not PLACEHOLDER.search(value) and not _repeats(value) and not _overlaps(start, end, taken):
                found.append(_secret(kind, text, start, end))
                taken.append((start, end))
    for match in ASSIGNED.finditer(text):
        start, end = match.span("value")
        if not _overlaps(start, end, taken) and _looks_generated(match, text):
            found.append(_secret(f"value of {_whole_name(match, text)}", text, start, end))
    return iter(sorted(found, key=lambda secret: secret.start))


def redact(text: str) -> str:
    """The text with every secret-shaped string replaced."""
    for secret in reversed(list(find(text))):
        text = text[: secret.start] + REDACTED + text[secret.end :]
    return text


def _overlaps(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return any(start < last and first < end for first, last in taken)


def _whole_name(match: re.Match[str], text: str) -> str:
    before = text[max(0, match.start("name") - 30) : match.start("name")]
    lead = re.search(r"[A-Za-z0-9_]*\Z", before)
    return (lead[0] if lead else "") + match["name"][:30]


def _secret(kind: str, text: str, start: int, end: int) -> Secret:
    return Secret(kind, text.count("\n", 0, start) + 1, start, end)


def _looks_generated(match: re.Match[str], text: str) -> bool:
    value, name = match["value"], match["name"].lower()
    line_start = text.rfind("\n", 0, match.start()) + 1
    line_end = text.find("\n", match.end())
    if (line_end if line_end >= 0 else len(text)) - line_start > MAX_LINE:
        return False
    if (
        not value.isascii()
        or PLACEHOLDER.search(value)
        or re.search(r"(?:url|path|file|name|label|field|header|placeholder|_re|regex)$", name)
    ):
        return False
    if re.fullmatch(r"[A-Za-z]+(?:[-_.:/ ][A-Za-z]+)*", value) or value.startswith(("http", "/", "./", "@/")):
        return False
    has_digit = any(character.isdigit() for character in value)
    return has_digit and entropy(value) >= MIN_ENTROPY and not _repeats(value)


def _repeats(value: str) -> bool:
    """Filler such as sk-aaaa… or 1111…: few different characters."""
    return len(set(value)) < min(8, len(value) // 2 + 1)
