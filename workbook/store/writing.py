"""Values and keys as TOML text, in the shape of our state files."""

from __future__ import annotations

from datetime import date, datetime, time

from workbook.store.model import StoreError, Table, Value


def key_text(key: str) -> str:
    """Return a key, quoted where TOML wants it."""
    import tomlkit

    return tomlkit.key(key).as_string()


def header_text(table: Table) -> str:
    """Return the header of a table: `[items."fifty-point.4.31"]`."""
    return f"[{'.'.join(map(key_text, table))}]"


def value_text(value: Value, eol: str = "\n") -> str:
    """Return a value as TOML; a list of inline tables is written one element a line, so that diffs stay small.

    Raises:
        StoreError: for what TOML cannot hold.
    """
    if isinstance(value, list) and value and all(isinstance(element, dict) for element in value):
        return eol.join(("[", *(f"  {_inline(element)}," for element in value), "]"))
    return _inline(value)


def _inline(value: Value) -> str:
    import tomlkit

    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    if isinstance(value, dict):
        pairs = ", ".join(f"{key_text(key)} = {_inline(element)}" for key, element in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if not isinstance(value, str | bool | int | float | datetime | date | time):
        raise StoreError(f"a value of type {type(value).__name__} cannot be stored", "save", "Report this as a bug.")
    text: str = tomlkit.item(value).as_string()
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise StoreError("a text holds characters that are not Unicode", "save", "Type that text again.") from error
    return text
