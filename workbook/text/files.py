"""Text for the cells, addresses and comments of file formats."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from workbook.text.terminal import terminal, terminal_lines

# What spreadsheets take for the start of a formula, in the wide forms too.
_FORMULA: Final = tuple("=+-@\t\r\n\0|%＝＋－＠")  # noqa: RUF001  # the wide forms are meant


def csv_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula. The writer must still quote (`csv.QUOTE_ALL`)."""
    clean = terminal_lines(text)
    starts_formula = text.startswith(_FORMULA) or clean.lstrip().startswith(_FORMULA)
    return f"'{clean}" if starts_formula else clean


def sarif_uri(path: str) -> str:
    """Return a path relative to the root as a relative URI reference; undecodable bytes keep their values."""
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
