"""Text for a terminal: nothing in it can move the cursor, change the direction or hide, and no secret is shown."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from checks.secrets.shapes import redact

# Controls, formats (direction, zero width, tags), surrogates, private use, line and paragraph separators.
_UNSAFE: Final = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# Letters and marks that show nothing, so that a text can hide in them: fillers, joiners, variants beyond emoji.
_INVISIBLE: Final = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2800\u3164\uffa0"
_VARIANTS: Final = "\U000e0100", "\U000e01ef"
_TOWER: Final = 8
"""Marks on one letter; further ones would cover the lines above and below. No script stacks as many."""
_MARKS: Final = {"Mn", "Me"}
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def terminal(text: str) -> str:
    r"""Return one line in which every active or invisible character is a visible escape such as `\x1b` or `\u202e`.

    Values that look like secrets are replaced, here and so in every sink that is built on this one.
    """
    text = redact(text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(character) if hidden else character for character, hidden in _seen(text))


def terminal_lines(text: str) -> str:
    """Return the same for several lines: newlines (of any platform) and tabs stay."""
    # Redacted as a whole: a key block shows over several lines only.
    lines = redact(text.replace("\r\n", "\n")).split("\n")
    return "\n".join("\t".join(map(terminal, line.split("\t"))) for line in lines)


def shell_display(argv: Sequence[str]) -> str:
    """Return a command line as one would type it in bash; active characters appear as escapes in `$'…'`."""
    return " ".join(_argument(redact(argument)) for argument in argv)


def _seen(text: str) -> Iterator[tuple[str, bool]]:
    """The characters, each with whether it must be shown as an escape."""
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        invisible = character in _INVISIBLE or _VARIANTS[0] <= character <= _VARIANTS[1]
        yield character, category in _UNSAFE or marks > _TOWER or invisible


def _escape(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if code <= 0xFF:  # noqa: PLR2004  # what two hex digits hold
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  # what four hex digits hold


def _argument(argument: str) -> str:
    import shlex  # hardly any call shows a command line

    if terminal(argument) == argument:
        return shlex.quote(argument)
    return "$'" + "".join(_ansi_c(character, hidden) for character, hidden in _seen(argument)) + "'"


def _ansi_c(character: str, hidden: bool) -> str:
    if not hidden:
        return f"\\{character}" if character in "\\'" else character
    try:
        raw = os.fsencode(character)
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte
        raw = character.encode("utf-8", "surrogatepass")
    # Octal, because bash lets \x swallow hex digits of the text behind it in some versions.
    return "".join(f"\\{byte:03o}" for byte in raw)
