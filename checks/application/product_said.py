"""What one file of the product calls and says, asked for by a pattern: what the scope facts rest on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.digests import of_text
from checks.look import PYTHON
from checks.readers.python_facts import Call, Text
from checks.readers.web_facts import WebCall, WebText
from checks.reads import of_one_file, rests_on

if TYPE_CHECKING:
    from checks.look import Look

Said = Text | WebText | Call | WebCall


def calls_in(look: Look, path: str) -> Iterator[tuple[str, Said]]:
    """The calls of a file, each with what it resolves to."""
    if path.endswith(PYTHON):
        module = look.python.module(path)
        for call in module.calls if module else ():
            yield look.python.trace(path, call), call
    else:
        web = look.web.module(path)
        for item in web.calls if web else ():
            yield look.web.trace(item), item


def texts_in(look: Look, path: str) -> Iterator[tuple[str, Said]]:
    """The strings of a file, each with its value."""
    module = look.module(path)
    for text in module.texts if module else ():
        yield text.value, text


@rests_on(python=("calls", "imports"), web=("calls", "assigned"))
@of_one_file
def called_like(look: Look, path: str, asked: str) -> str:
    """What a file calls that matches. What that reads of other files, who asks rests on: see `_Product._by_text`."""
    return digest_of([text for text, _ in calls_in(look, path) if _pattern(asked).search(text)])


@rests_on(python=("texts",), web=("texts",))
@of_one_file
def texts_like(look: Look, path: str, asked: str) -> str:
    """The strings of a file that match."""
    return digest_of([text for text, _ in texts_in(look, path) if _pattern(asked).search(text)])


@of_one_file
def lines_with(look: Look, path: str, asked: str) -> list[int]:
    """The lines of a file that match; comment lines do not count."""
    wanted = _pattern(asked)
    text = look.tree.text(path) or ""
    if not wanted.search(text):
        return []
    return [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if wanted.search(line) and not line.lstrip().startswith(("#", "//", "*", "/*", "--"))
    ]


def asked_for(pattern: re.Pattern[str]) -> str:
    """A pattern as an argument of a question, behind its flags."""
    return f"{pattern.flags}\n{pattern.pattern}"


def _pattern(asked: str) -> re.Pattern[str]:
    flags, _, form = asked.partition("\n")
    return re.compile(form, int(flags))


def digest_of(texts: list[str]) -> str:
    """What stands for texts where they are kept; "" for none."""
    return of_text("\0".join(texts)) if texts else ""
