"""Line counts of Python source, equal to radon's but in one pass; radon's take quadratic time on long literals."""

from __future__ import annotations

import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO

_LAYOUT = frozenset([tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER])
_LINE_ENDS = frozenset([tokenize.NEWLINE, tokenize.NL])


@dataclass(frozen=True, slots=True)
class RawCounts:
    """Lines: all, logical, with code, in multi-line strings that stand alone. `comments` counts comment tokens."""

    loc: int
    lloc: int
    sloc: int
    comments: int
    multi: int
    blank: int
    single_comments: int

    @property
    def comment_percent(self) -> float:
        """Comments and lone multi-line strings in percent of the lines with code, for the maintainability index."""
        return (self.comments + self.multi) / self.sloc * 100 if self.sloc else 0.0


def count(source: str) -> RawCounts:
    """Count the lines of valid Python source; parse it first, invalid source raises whatever `tokenize` raises."""
    if _FURTHER_LINE_ENDS.search(source) and len(source) <= _LARGEST_FOR_RADON:
        with suppress(SyntaxError, tokenize.TokenError, IndexError, ValueError):
            return _by_radon(source)
    if source and not source.endswith("\n"):
        source += "\n"
    # From 3.12 on the tokenizer is quick, and a string may hold its own quotes between braces.
    quick = None if sys.version_info >= (3, 12) else _scanned(source)
    return quick or _tokenized(source)


_FURTHER_LINE_ENDS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
"""Radon takes these for ends of lines as well, Python does not; there its own count decides."""
_LARGEST_FOR_RADON = 200_000


def _by_radon(source: str) -> RawCounts:
    from radon.raw import analyze

    found = analyze(source)
    return RawCounts(found.loc, found.lloc, found.sloc, found.comments, found.multi, found.blank, found.single_comments)


_QUOTED = (
    r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""', r"'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''",
    r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"', r"'[^'\\\n]*(?:\\.[^'\\\n]*)*'",
)  # fmt: skip
_PIECE = re.compile(
    rf"(?s)[ \t\f]+|(?P<string>[rRbBuUfF]{{0,2}}(?:{'|'.join(_QUOTED)}))|(?P<end>\r?\n)|(?P<comment>#[^\n]*)"
    r"|(?P<opens>[(\[{])|(?P<closes>[)\]}])|(?P<text>:=|[^\s#'\"()\[\]{}:;\\][^\r\n#'\"()\[\]{}:;\\]*)|(?P<colon>:)"
    r"|(?P<joined>\\\r?\n)|(?P<other>.)"
)
"""The pieces of a source that decide how its lines count; text between them is one piece, whatever it holds."""


def _scanned(source: str) -> RawCounts | None:  # noqa: PLR0912  # a branch for each kind of piece; calls would double its time
    """The counts of source without semicolons; None where it takes the tokenizer to count as radon does."""
    lines = source.split("\n")
    lloc = sloc = comments = multi = blank = single = 0
    depth, first, row = 0, 1, 1
    strings = remarks = others = 0
    colon = after = False
    for piece in _PIECE.finditer(source):
        kind = piece.lastgroup
        if kind is None:
            continue
        if kind == "end":
            row += 1
            if depth:
                continue
            if strings or others or remarks:
                rows = row - first
                empty = 0 if rows == 1 else sum(1 for line in lines[first - 1 : row - 1] if not line.strip())
                alone = not others and strings + remarks == 1
                comments += remarks
                if alone and (remarks or rows == 1):
                    single += 1
                else:
                    blank += empty
                    if alone:
                        multi += rows - empty
                    else:
                        sloc += rows - empty
                if strings or others:
                    lloc += 2 if colon and after else 1
                strings = remarks = others = 0
                colon = after = False
            else:
                blank += row - first
            first = row
        elif kind == "comment":
            remarks += 1
        elif kind == "colon":
            colon, after, others = True, False, others + 1
        elif kind == "joined":
            row += 1
        elif kind == "other":
            return None
        else:
            after = True
            if kind == "string":
                strings += 1
                row += piece[0].count("\n")
            else:
                others += 1
                depth += (kind == "opens") - (kind == "closes")
    return RawCounts(sloc + blank + multi + single, lloc, sloc, comments, multi, blank, single)


def _tokenized(source: str) -> RawCounts:
    lines = source.split("\n")
    lloc = sloc = comments = multi = blank = single = 0
    for tokens, first, last in _statements(source):
        empty = sum(1 for line in lines[first - 1 : last] if not line.strip())
        filled = last - first + 1 - empty
        comments += sum(1 for token in tokens if token.type == tokenize.COMMENT)
        kinds = [token.type for token in tokens if token.type not in _LINE_ENDS]
        if kinds == [tokenize.COMMENT] or (kinds == [tokenize.STRING] and last == first):
            single += 1
        elif kinds == [tokenize.STRING]:
            multi += filled
            blank += empty
        else:
            sloc += filled
            blank += empty
        lloc += _logical_lines(tokens)
    return RawCounts(sloc + blank + multi + single, lloc, sloc, comments, multi, blank, single)


def _statements(source: str) -> Iterator[tuple[list[tokenize.TokenInfo], int, int]]:
    """The tokens of each physical line, joined where brackets, strings or backslashes join them, with its rows."""
    tokens: list[tokenize.TokenInfo] = []
    depth, first = 0, 1
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type in _LAYOUT:
            continue
        tokens.append(token)
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
        elif token.type in _LINE_ENDS and depth == 0:
            yield tokens, first, token.start[0]
            tokens, first = [], token.start[0] + 1


def _logical_lines(tokens: Iterable[tokenize.TokenInfo]) -> int:
    """Radon's logical lines: one for each part between semicolons, two where a colon is not its end.

    In every part but the last, radon takes the last token but one for the end; that is kept, so that indices agree.
    """
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token.type == tokenize.OP and token.string == ";":
            parts.append([])
        elif token.type not in _LINE_ENDS and token.type != tokenize.COMMENT:
            parts[-1].append(token.string if token.type == tokenize.OP else "")
    total = 0
    for number, part in enumerate(parts):
        colon = max((place for place, text in enumerate(part) if text == ":"), default=None)
        end = len(part) - (1 if number == len(parts) - 1 else 2)
        total += bool(part) if colon is None else 2 - (colon == end)
    return total
