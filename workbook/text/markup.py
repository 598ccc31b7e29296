"""Text for Markdown and HTML."""

from __future__ import annotations

import re
from typing import Final

from workbook.text.terminal import terminal, terminal_lines

# Our exports find their managed blocks by these comments; text from outside must not look like one.
_OWN_MARKER: Final = re.compile(r"<!--(?=\s*/?\s*readiness)", re.IGNORECASE)
_BACKTICKS: Final = re.compile(r"`+")
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
_ESCAPED: Final = re.compile(r"[\\`*_\[\]{}~$!^&<>|]")
_LEADING: Final = re.compile(r"([-+=:#]|\d+(?=[.)]))")
# Words a host turns into something: mentions, references, links, mail addresses, emoji, commit ids, formulas (which
# JupyterLab also finds in text that was escaped).
_LIVE_WORD: Final = re.compile(
    r"@|#|\$|\\[()\[\]]|\\(?:begin|end)\{|://|www\.|\b(?:mailto|xmpp|javascript|data):|GH-\d|:[\w+-]+:|(?<![0-9a-z])[0-9a-f]{7,64}(?![0-9a-z])",
    re.IGNORECASE,
)


def markdown(text: str) -> str:
    """Return a one-line code span. Not for table cells, where a `|` would cut it: use `markdown_prose` there."""
    return _code_span(_OWN_MARKER.sub("<! --", terminal(text)))


def markdown_prose(text: str) -> str:
    """Return one line of plain words, also for table cells: nothing formats, links, mentions, or starts a block.

    Words that a host would act on, such as `@name`, `#12` or an address, become code spans.
    """
    line = " ".join(_word(word) for word in terminal(" ".join(text.split())).split(" ") if word)
    if leading := _LEADING.match(line):
        end = leading.end()
        return f"{line[:end]}\\{line[end:]}" if leading[1].isdigit() else f"\\{line}"
    return line


def html(text: str) -> str:
    """Return text for HTML content or a quoted attribute. Never for the address of a link."""
    from html import escape  # with a table of every entity, which few runs need

    return escape(terminal_lines(text), quote=True)


def _code_span(line: str) -> str:
    longest = max((len(run) for run in _BACKTICKS.findall(line)), default=0)
    fence = "`" * (longest + 1)
    padded = not line or line[0] in "` " or line[-1] in "` "
    return f"{fence} {line} {fence}" if padded and line.strip(" ") else f"{fence}{line or ' '}{fence}"


def _word(word: str) -> str:
    if not _LIVE_WORD.search(word):
        return _ESCAPED.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), word)
    # A code span cannot hold a pipe inside a table cell, so the pipe stands between two spans.
    return _ENTITIES["|"].join(_code_span(_OWN_MARKER.sub("<! --", part)) if part else "" for part in word.split("|"))
