"""Text for a terminal: nothing in it can move the cursor, change the direction or hide."""

from __future__ import annotations

import os
import shlex
import unicodedata
from collections.abc import Sequence
from typing import Final

# Controls, formats (direction, zero width, tags), surrogates, private use, line and paragraph separators.
_UNSAFE: Final = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def terminal(text: str) -> str:
    r"""Return one line in which every active or invisible character is a visible escape such as `\x1b` or `\u202e`."""
    return "".join(map(_visible, text)) if not (text.isascii() and text.isprintable()) else text


def terminal_lines(text: str) -> str:
    """Return the same for several lines: newlines (of any platform) and tabs stay."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("\t".join(map(terminal, line.split("\t"))) for line in lines)


def shell_display(argv: Sequence[str]) -> str:
    """Return a command line as one would type it in bash; active characters appear as escapes in `$'…'`."""
    return " ".join(_argument(argument) for argument in argv)


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _UNSAFE:
        return character
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if code <= 0xFF:  # noqa: PLR2004  # what two hex digits hold
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  # what four hex digits hold


def _argument(argument: str) -> str:
    if terminal(argument) == argument:
        return shlex.quote(argument)
    return "$'" + "".join(map(_ansi_c, argument)) + "'"


def _ansi_c(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    if _visible(character) == character:
        return character
    try:
        raw = os.fsencode(character)
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte
        raw = character.encode("utf-8", "surrogatepass")
    # Octal, because bash lets \x swallow hex digits of the text behind it in some versions.
    return "".join(f"\\{byte:03o}" for byte in raw)
