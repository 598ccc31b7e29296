"""What a name stands for, as source text: settings that a call is given by name, here or in a file that is loaded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, lines_of, text_of
from checks.digests import of_text
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look

_NAME = re.compile(r"(?:self\.|this\.)?[A-Za-z_$][\w$]*")
_UNPACKED = re.compile(r"(?:\*\*|\.\.\.)\s*((?:self\.|this\.)?[A-Za-z_$][\w$]*)")
_OPENS, _CLOSES = "([{", ")]}"
_MOST = 6000
"""Characters of one value that are read."""


def assigned(look: Look, path: str, name: str) -> str:
    """The source of every value that a name is given in a file or, where none is, in the files it loads; "" if none."""
    word = name.rsplit(".", 1)[-1]
    for other in (path, *look.reach.imports_of(path)):
        if look.answer_of(_gives, other, word):
            with look.reads.aside():
                return "\n".join(_given_in(look, other, word))
    return ""


@of_one_file
def _gives(look: Look, path: str, word: str) -> str:
    """A digest of what a file gives a name, which may be what must not be kept; "" if nothing."""
    given = _given_in(look, path, word)
    return of_text("\n".join(given)) if given else ""


def _given_in(look: Look, path: str, word: str) -> list[str]:
    text = lines_of(look, path)
    if word not in text:
        return []
    start = re.compile(
        rf"(?m)^[ \t]*(?:export\s+|(?:module\.)?exports\.)?"
        rf"(?:(?:const|let|var)\s+|(?:private |readonly |static )*|self\.|this\.)"
        rf"{re.escape(word)}\b\s*(?::[^=\n]+)?=(?![=>])\s*"
    )
    return [_whole(text, match.end()) for match in start.finditer(text)]


def _whole(text: str, start: int) -> str:
    """The text from a place to the end of the line on which its last open bracket closes."""
    depth = 0
    for at in range(start, min(len(text), start + _MOST)):
        letter = text[at]
        depth += (letter in _OPENS) - (letter in _CLOSES)
        if depth < 0 or (letter == "\n" and not depth and not text[at + 1 : at + 80].lstrip(" \t").startswith(".")):
            return text[start:at]
    return text[start : start + _MOST]


def written_out(look: Look, call: Seen) -> str:
    """The source of a call, followed by what the names stand for that it is given as whole arguments or unpacked."""
    text = text_of(look, call)
    given = [*call.arguments, *call.keys.values()]
    names = [one.strip() for one in given if _NAME.fullmatch(one.strip())]
    # An object key written short, `{ model, signal }`, has its own name for a value.
    names += _UNPACKED.findall(text)
    return "\n".join([text, *(assigned(look, call.path, name) for name in dict.fromkeys(names))])
