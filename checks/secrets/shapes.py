"""Secret-shaped strings: what kind and where, never the value. Used to find them, and to keep them out of outputs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from math import log2
from typing import Self

from checks.frozen import Frozen
from checks.secrets.formats import BASE64, FORMATS, LONG_WORDS, LOOSE

MIN_ENTROPY = 3.2
"""Bits a character; below it a string reads like words, above it like a generated key."""

MAX_LINE = 4000
"""Longer lines are minified or recorded data; they are not searched for assigned secrets."""

SHORTEST = 12
"""Characters; no shape of a secret is shorter."""

SCREENFUL = 2000
"""Characters; longer texts are files."""

_POSSIBLE = re.compile(r"[0-9]|[=:]|hf_|PRIVATE KEY")
"""Without any of these a short text, as most paths are, holds no secret: this is asked for every text on screen."""

REDACTED = "[redacted]"

_APART = "\n{}\n"
"""Between texts that are searched together: no shape reaches across a line end and a brace."""


class Secret(Frozen):
    """One secret-shaped string. `start` and `end` are offsets in the text that was searched; lines count from 1."""

    kind: str
    line: int
    start: int
    end: int


ASSIGNED = re.compile(
    r"""(?ix)
    (?P<name>(?:secret|passwd|password|token|api_?-?key|access_?-?key|private_?-?key|credential)[a-z0-9_]{0,60})
    ["']?\s{0,20}(?::=|=>|=|:)\s{0,20}(?:[a-z]{1,20}\s{0,20}\|\|\s{0,20})?
    (?P<quote>["'`])(?P<value>[^"'`\s]{12,200})(?P=quote)
    """
)
"""A name that says secret, and a quoted literal. It starts at the telling word, so that long texts stay quick."""

_TELLING = re.compile(r"(?=secret|passwd|password|token|api_?-?key|access_?-?key|private_?-?key|credential)")
"""Where `ASSIGNED` may begin in small letters: found in a fraction of the time that it takes in any case."""

PLACEHOLDER = re.compile(
    r"(?i)example|sample|dummy|placeholder|changeme|change[-_]?this|change[-_]?me|your[-_]|my[-_]|fake|mock|todo|redacted"
    r"|insert|replace|xxxx|\*\*\*|<[^>]*>|\$\{|\{\{|%\(|lorem|foobar|^test|[-_]test$|localhost|not[-_]?a[-_]?secret|012345|abcdef"
)
"""Words of documentation, never of a real credential."""

NO_VALUE = re.compile(
    r"(?i)(?:url|uri|path|file|name|label|field|header|placeholder|_re|regex|hash|sha\d*|digest|fingerprint|checksum"
    r"|type|prefix|suffix|length|limit|count|expiry|expires|expires_in|ttl|[_-]id)$"
)
"""How the name ends of something about a secret that is none itself."""

MIXED = 0.24
"""Changes of case or between letter and digit, a character: about 0.45 in drawn keys, 0.1 to 0.2 in names of code."""

SHORT_WORD = 6

_CHANGES = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Za-z])|(?<=[A-Z])(?=[0-9])")
_WORDS = re.compile(r"[a-z]{4,}|[A-Z]{4,}|[A-Z][a-z]{3,}")


def find(text: str) -> Iterator[Secret]:
    """Secret-shaped strings of a text, in its order: formats of providers, and generated literals under telling names.

    A provider's format wins over an assignment on the same place.
    """
    return iter(_Search(text).formats().assigned().found())


def known(text: str) -> list[Secret]:
    """Strings with the format of a provider's key alone: for texts where other look-alikes abound."""
    return list(_Search(text).formats().found())


def suspect(text: str) -> list[Secret]:
    """Everything that must reach neither disk nor screen: what `find` finds, and looser shapes in running text.

    The looser shapes are values without quotes, in query strings, request headers, connection strings and base64. They
    hide a harmless word now and then, so no finding may rest on them.
    """
    return _Search(text).formats().assigned().loose().encoded().found()


def harmless(texts: Iterable[str]) -> bool:
    """Whether `redact` would leave every one of many texts as it is: told of all at once, in a quarter of the time.

    False may be wrong: then each is to be searched by itself.
    """
    return not suspect(_APART.join({text for text in texts if _may_hold_one(text)}))


def redact(text: str) -> str:
    """The text with every suspect value replaced; the number of lines stays."""
    if len(text) > SCREENFUL:
        return _redacted_file(text)
    return _redacted_line(text) if _may_hold_one(text) else text


def _may_hold_one(text: str) -> bool:
    return len(text) >= SHORTEST and bool(_POSSIBLE.search(text))


def _redacted(text: str) -> str:
    parts, at = [], 0
    for secret in suspect(text):
        lines = text.count("\n", secret.start, secret.end) + 1
        parts += [text[at : secret.start], "\n".join([REDACTED] * lines)]
        at = secret.end
    return "".join([*parts, text[at:]])


# Screens repaint the same lines, and findings are cut from the same file one after the other.
_redacted_line = lru_cache(maxsize=4096)(_redacted)
_redacted_file = lru_cache(maxsize=4)(_redacted)


class _Search:
    """One text and what was found in it so far. Its size is bounded by the caller, its content is hostile."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._covered = bytearray(len(text))
        self._spans: list[tuple[int, int, str]] = []

    def formats(self) -> Self:
        """What has the format of a provider."""
        words = "\n".join(LONG_WORDS.findall(self._text))
        for one in FORMATS:
            within = words if one.is_word else self._text
            for match in one.pattern.finditer(self._text) if any(hint in within for hint in one.hints) else ():
                start, end = match.span(1 if one.pattern.groups else 0)
                value = self._text[start:end]
                if not is_placeholder(value) and not _repeats(value):
                    self._take(start, end, one.kind)
        return self

    def assigned(self) -> Self:
        """Generated literals under a telling name."""
        for match in _assignments(self._text):
            if self._is_free(*match.span("value")) and _looks_generated(match, self._text):
                self._take(*match.span("value"), f"value of {_whole_name(match, self._text)}")
        return self

    def loose(self) -> Self:
        """Values without quotes, in addresses, headers and connection strings."""
        lower = self._text.lower()
        for one in LOOSE:
            for match in one.pattern.finditer(self._text) if any(hint in lower for hint in one.hints) else ():
                if self._is_free(*match.span("value")) and _drawn_by_lot(one.kind, match):
                    self._take(*match.span("value"), one.kind)
        return self

    def encoded(self) -> Self:
        """Base64 of something with a credential in it."""
        for match in BASE64.finditer(self._text):
            if self._is_free(*match.span()) and (kind := _encoded(match[0])):
                self._take(*match.span(), f"{kind} in base64")
        return self

    def found(self) -> list[Secret]:
        """Everything, in the order of the text."""
        line, at, secrets = 1, 0, []
        for start, end, kind in sorted(self._spans):
            line += self._text.count("\n", at, start)
            at = start
            secrets.append(Secret(kind, line, start, end))
        return secrets

    def _is_free(self, start: int, end: int) -> bool:
        return self._covered.find(1, start, end) < 0

    def _take(self, start: int, end: int, kind: str) -> None:
        if self._is_free(start, end):
            self._covered[start:end] = b"\1" * (end - start)
            self._spans.append((start, end, kind))


def _assignments(text: str) -> Iterator[re.Match[str]]:
    """What `ASSIGNED` finds in a text."""
    lower = text.lower()
    if not _names_secrets(lower):
        return
    if not text.isascii():  # small letters may stand elsewhere than the ones they are of
        yield from ASSIGNED.finditer(text)
        return
    end = 0
    for place in _TELLING.finditer(lower):
        if place.start() >= end and (match := ASSIGNED.match(text, place.start())):
            end = match.end()
            yield match


def _names_secrets(lower: str) -> bool:
    """Whether a text in lower case holds a name that `ASSIGNED` begins with: most files hold none."""
    if any(word in lower for word in ("secret", "passw", "token", "credential")):
        return True
    return "key" in lower and any(word in lower for word in ("api", "access", "private"))


def entropy(text: str) -> float:
    """Shannon entropy in bits a character."""
    counts = Counter(text)
    return -sum(count / len(text) * log2(count / len(text)) for count in counts.values())


def _whole_name(match: re.Match[str], text: str) -> str:
    before = text[max(0, match.start("name") - 30) : match.start("name")]
    lead = re.search(r"[A-Za-z0-9_]*\Z", before)
    return (lead[0] if lead else "") + match["name"][:30]


def _looks_generated(match: re.Match[str], text: str) -> bool:
    value, name = match["value"], match["name"].lower()
    if _line_length(match, text) > MAX_LINE:
        return False
    if not value.isascii() or is_placeholder(value) or NO_VALUE.search(name):
        return False
    if re.fullmatch(r"[A-Za-z]+(?:[-_.:/ ][A-Za-z]+)*", value) or value.startswith(("http", "/", "./", "@/")):
        return False
    has_digit = any(character.isdigit() for character in value)
    return has_digit and entropy(value) >= MIN_ENTROPY and not _repeats(value)


def _line_length(match: re.Match[str], text: str) -> int:
    """Characters of the line a match stands in, looked for no further than matters."""
    first, last = max(0, match.start() - MAX_LINE), min(len(text), match.end() + MAX_LINE)
    start, end = text.rfind("\n", first, match.start()), text.find("\n", match.end(), last)
    return (end if end >= 0 else last) - (start + 1 if start >= 0 else first)


def _drawn_by_lot(kind: str, match: re.Match[str]) -> bool:
    """Whether a value without quotes reads like a key and not like a name, a number, a path or a call."""
    value = match["value"]
    name = re.match(r"[\w-]*", match[0])
    if not value.isascii() or is_placeholder(value) or _repeats(value) or (name and NO_VALUE.search(name[0])):
        return False
    if kind == "password in a connection string":
        return True
    if value.startswith(("http", "/", "./", "@/", "$")) or not any(one.isdigit() for one in value):
        return False
    if re.fullmatch(r"[\d.,:_/-]+|[\d.]+[a-zA-Z]{1,3}|\d{4}-\d\d-\d\dT.*", value):
        return False
    if entropy(value) < MIN_ENTROPY:
        return False
    worded = sum(len(run) for run in _WORDS.findall(value)) > len(value) / 2
    return is_mixed(value) or not (worded or re.fullmatch(r"[A-Za-z0-9]+(?:[_.-][A-Za-z0-9]+)+", value))


def is_mixed(value: str) -> bool:
    """Whether cases and digits change as often as in characters drawn by lot; in names they change between words."""
    return len(_CHANGES.findall(value)) > MIXED * len(value)


def is_placeholder(value: str) -> bool:
    """Whether the value is a word of documentation. A short such word may stand in a drawn key by chance."""
    word = PLACEHOLDER.search(value)
    return word is not None and (
        len(word[0]) > SHORT_WORD or not re.fullmatch(r"[\w-]+", word[0]) or not is_mixed(value)
    )


def _encoded(word: str) -> str:
    """The kind of credential a base64 word encodes, "" when it encodes none."""
    if word.isalpha() or not re.search(r"[0-9]", word):
        return ""
    from base64 import b64decode  # few texts hold such a word, and every text on screen is searched

    bare = word.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        raw = b64decode(bare + "=" * (-len(bare) % 4))
    except ValueError:
        return ""
    # Random bytes and hashes are no text; an encoded configuration file is.
    if not raw.isascii() or b"\0" in raw:
        return ""
    return next((secret.kind for secret in find(raw.decode("ascii"))), "")


def _repeats(value: str) -> bool:
    """Filler such as sk-aaaa… or 1111…: few different characters."""
    return len(set(value)) < min(8, len(value) // 2 + 1)
