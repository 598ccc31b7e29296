"""Reading a state file: never raises for what is in it, and says with a line why it must stay as it is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

from checks.digests import sha256_of
from checks.frozen import replace
from workbook.store.files import NotRegularError, TooLargeError, explain, read_regular
from workbook.store.model import Document, Trouble, Value

SCHEMA: Final = 1
"""The newest layout of the state files that this version writes."""

SIZE_CAP: Final = 8 * 1024 * 1024
"""Bytes. Ten thousand answers take about 2 MB."""

BOM: Final = b"\xef\xbb\xbf"

_DEPTH_CAP: Final = 32
# tomllib takes time quadratic in the parts of one dotted key; no key of ours has more than three.
_MOST_DOTS: Final = 40
# Patterns are compiled where they are needed: hardly any file has what they look for.
_LONG_KEY: Final = rf"(?<![\w\-\"'])(?:[\w\-\"']++[ \t]*+\.[ \t]*+){{{_MOST_DOTS}}}"
_MARKER: Final = r"(?m)^(<{7}|\|{7}|={7}|>{7})(?: .*)?\r?$"
_AT_LINE: Final = r"\(at line (\d+), column \d+\)"
_SCHEMA_LINE: Final = r"(?m)^\s*(?:schema|\"schema\"|'schema')\s*="

_FOREIGN: Final = (
    f"Take the last good version from git; else, if it is ours, add schema = {SCHEMA} as its first line, or move it "
    "aside (readiness init starts a workbook)."
)
_REPAIR: Final = "Correct that line in an editor, or take the last good version from git."


class DamagedError(Exception):
    """The bytes are not a state file we may edit. Carries the trouble."""

    def __init__(self, what: str, line: int | None, remedy: str = _REPAIR) -> None:
        super().__init__(what)
        self.trouble = Trouble(what, line, remedy)


def read(path: Path) -> Document:
    """Read a state file. An absent file is an empty document; a file we must not touch comes with its trouble."""
    try:
        raw = read_regular(path, SIZE_CAP)
    except FileNotFoundError:
        return Document(path, b"", "", {})
    except NotRegularError as error:
        return _unread(path, f"it is {error}, not a file of its own", "Put the file itself in its place.")
    except TooLargeError:
        return _unread(path, f"it is larger than {SIZE_CAP // 2**20} MiB", "Move what does not belong in it elsewhere.")
    except OSError as error:
        return _unread(path, *explain(error))
    document = document_of(path, raw)
    if document.trouble is None and "schema" not in document.tables:
        # Somebody else's file, or what a write that was cut short left of ours: no ground to write answers on.
        what = f"it does not say schema = {SCHEMA}" if raw.strip() else "it is empty"
        return replace(document, tables={}, trouble=Trouble(what, None, _FOREIGN))
    return document


def document_of(path: Path, raw: bytes) -> Document:
    """Return the document that these bytes make at this path; whether it is one of ours is for `read` to say."""
    digest = sha256_of(raw)
    try:
        return Document(path, raw, digest, parse(raw))
    except DamagedError as error:
        return Document(path, raw, digest, {}, error.trouble)


def parse(raw: bytes) -> dict[str, Value]:
    """Return the model of a state file's bytes.

    Raises:
        DamagedError: for anything that must not be edited: conflict markers, bad UTF-8, bad TOML, a newer schema.
    """
    text = decode(raw)
    _refuse_conflicts(text)
    _refuse_long_keys(text)
    try:
        tables: dict[str, Value] = tomllib.loads(text)
    except RecursionError as error:
        raise DamagedError("its values are nested too deeply", None) from error
    except ValueError as error:  # TOMLDecodeError, and int() refusing thousands of digits
        raise DamagedError(*_explain_toml(text, error)) from error
    if _depth_exceeds(tables, _DEPTH_CAP):
        raise DamagedError("its values are nested too deeply", None)
    _check_schema(text, tables)
    return tables


def decode(raw: bytes) -> str:
    """Return the text without its byte order mark. Line endings stay as they are.

    Raises:
        DamagedError: when the bytes are not UTF-8.
    """
    body = raw.removeprefix(BOM)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DamagedError("it is not UTF-8 text", body.count(b"\n", 0, error.start) + 1) from error


def _unread(path: Path, what: str, remedy: str) -> Document:
    return Document(path, b"", "", {}, Trouble(what, None, remedy))


def _line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _refuse_long_keys(text: str) -> None:
    # Such a key stands on one line, so that most lines are told by their dots.
    if any(line.count(".") >= _MOST_DOTS for line in text.split("\n")) and (found := re.search(_LONG_KEY, text)):
        raise DamagedError("a key has too many parts", _line_of(text, found.start()))


def _refuse_conflicts(text: str) -> None:
    """Refuse text between git's conflict markers, even where it happens to be valid TOML inside a long string."""
    if "<<<<<<<" not in text:
        return
    wanted = iter(("<", "=", ">"))
    expected, first = next(wanted), 0
    for marker in re.finditer(_MARKER, text):
        if marker[1][0] != expected:
            continue
        first = first or _line_of(text, marker.start())
        if expected == ">":
            raise DamagedError("it holds merge conflict markers", first, "Resolve the conflict in git, then come back.")
        expected = next(wanted)


def _explain_toml(text: str, error: ValueError) -> tuple[str, int | None]:
    message = str(error)
    found = re.search(_AT_LINE, message)
    reason = message.split(" (at ", maxsplit=1)[0]
    line = int(found[1]) if found else None
    if "(at end of document)" in message:
        # What is wrong is not the end but what was left open: one quote too few may lie hundreds of lines above.
        from workbook.store.scanner import unclosed

        start = unclosed(text)
        line = _line_of(text, len(text) if start is None else start)
    lines = text.split("\n")
    if line is not None and line <= len(lines) and re.match(_MARKER, lines[line - 1]):
        return "it holds a merge conflict marker", line
    return f"it is not valid TOML: {reason[:1].lower()}{reason[1:]}", line


def _depth_exceeds(root: Value | dict[str, Value], cap: int) -> bool:
    """Walk without recursion: a file may nest deeper than the interpreter can."""
    level: list[object] = [root]
    for _ in range(cap):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return False
    return True


def _check_schema(text: str, tables: dict[str, Value]) -> None:
    schema = tables.get("schema", SCHEMA)
    if isinstance(schema, int) and not isinstance(schema, bool) and 1 <= schema <= SCHEMA:
        return
    found = re.search(_SCHEMA_LINE, text)
    line = _line_of(text, found.end()) if found else None
    if isinstance(schema, int) and not isinstance(schema, bool) and schema > SCHEMA:
        raise DamagedError(
            f"it is written in schema {schema}, this version knows up to {SCHEMA}", line, "Update readiness-workbook."
        )
    raise DamagedError("its schema is not a positive whole number", line, f"Write schema = {SCHEMA}.")
