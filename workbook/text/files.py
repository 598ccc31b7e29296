"""Text for the cells, addresses and comments of file formats."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from checks.secrets.shapes import harmless, redact
from workbook.text.terminal import terminal, terminal_lines

# What spreadsheets take for the start of a formula, in the wide forms too.
_FORMULA: Final = tuple("=+-@\t\r\n\0|%＝＋－＠")  # noqa: RUF001  # the wide forms are meant
_TOGETHER: Final = r"\{(?=\{)|\}(?=\})"
# What would end a script element or start one, and what `json.dumps` leaves: it is the last control character.
_JSON_UNSAFE: Final = "[<>&\x7f]"


def csv_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula. The writer must still quote (`csv.QUOTE_ALL`)."""
    clean = terminal_lines(text)
    starts_formula = text.startswith(_FORMULA) or clean.lstrip().startswith(_FORMULA)
    return f"'{clean}" if starts_formula else clean


def sarif_uri(path: str) -> str:
    """Return a path relative to the root as a relative URI reference; undecodable bytes keep their values."""
    path = redact(path)
    try:
        raw = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte
        raw = path.encode("utf-8", "surrogatepass")
    uri = quote(raw, safe="/")
    # A leading slash would leave the root, two would name a host.
    rest = uri.lstrip("/")
    return "%2F" * (len(uri) - len(rest)) + rest


def toml_comment(text: str) -> str:
    """Return the text of a one-line TOML comment, without the hash."""
    return terminal(" ".join(text.split()))


def sarif_message(text: str) -> str:
    """Return the text of a SARIF message: one line without embedded links and placeholders (SARIF 2.1.0, 3.11)."""
    return terminal(" ".join(text.split())).replace("](", "] (").replace("{", "{{").replace("}", "}}")


def json_document(value: object, indent: int | None = 1) -> str:
    """Return JSON in ASCII: safe on a terminal, and inside a script element of a page. Secrets in it are replaced."""
    # Before the escapes, behind which a value would not be recognized.
    return _document(value if harmless(_strings(value)) else _redacted(value), indent)


def json_shown(value: object) -> str:
    """The same for a screen, where what stands beside a telling name is replaced too."""
    return _document(value, 1) if harmless(_strings(value)) else redact(_document(_redacted(value), 1))


def _document(clean: object, indent: int | None) -> str:
    text = json.dumps(clean, indent=indent)
    return re.sub(_JSON_UNSAFE, lambda found: f"\\u{ord(found[0]):04x}", text)


def _strings(value: object) -> Iterator[str]:
    """Every text in a value, with its name as JSON spells the two: a name may tell that its text is a secret."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            if isinstance(part, str):
                yield f'"{name}": "{part}"'
            else:
                yield str(name)
                yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


def _redacted(value: object) -> object:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {_redacted(name): _redacted(part) for name, part in value.items()}
    return [_redacted(part) for part in value] if isinstance(value, list | tuple) else value


def python_literal(text: str) -> str:
    """Return a string of Python source in ASCII and double quotes, on one line."""
    # Not JSON, whose two halves of a character beyond U+FFFF stay two in Python.
    return '"' + text.encode("unicode_escape").decode("ascii").replace('"', '\\"') + '"'


def yaml_string(text: str) -> str:
    """Return a YAML scalar in double quotes, on one line, in which no host or monitor finds an expression.

    What reads the file afterwards may evaluate two braces (`${{ … }}`, `{{ $labels }}`), so they stand apart.
    """
    shown = re.sub(_TOGETHER, r"\g<0> ", terminal_lines(text))
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        shown = shown.replace(plain, escaped)
    return f'"{shown}"'


def javascript_literal(text: str) -> str:
    """Return a string of JavaScript or TypeScript source in ASCII and double quotes, on one line."""
    return json_document(text, None)
