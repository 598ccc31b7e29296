"""Python newer than the running interpreter, spelled so that this one parses it and radon counts the same."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.readers.grammar import TooSlowError, parse
from checks.readers.python_older import older_spelling

if TYPE_CHECKING:
    from tree_sitter import Node

_Edit = tuple[int, int, bytes]
"""Where a replacement begins and ends in the source, in bytes, and its text."""

_AFTER_EXPRESSION = frozenset(["=", "type_conversion", "format_specifier", "}"])


def parsed(source: str) -> tuple[ast.Module, str]:
    """The syntax tree of a module, and its text as this Python's tokenizer takes it; both keep every line's number.

    Newer statement forms are read in their older spelling. Formatted strings that only newer versions parse become
    tuples of their expressions: radon counts decisions and operators, and finds the same ones there.

    Raises:
        SyntaxError: it is no Python, or of a form that is not known here.
        RecursionError, MemoryError, ValueError: it is nested too deeply, or holds NUL.
    """
    with warnings.catch_warnings():
        # An invalid escape in the reviewed code is not our user's concern.
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            return ast.parse(source), source
        except SyntaxError as error:
            return _parsed_newer(source, error)


def _parsed_newer(source: str, error: SyntaxError) -> tuple[ast.Module, str]:
    older = older_spelling(source)
    try:
        return ast.parse(older), older
    except SyntaxError:
        spelled = without_formatted_strings(older)
        if spelled is None:
            raise error from None
        parsable, countable = spelled
    try:
        return ast.parse(parsable), countable
    except SyntaxError:
        raise error from None


def without_formatted_strings(source: str) -> tuple[str, str] | None:
    """The source with each formatted string as a tuple of its expressions, and once more with it as a plain string.

    None where the grammar meets errors as well.
    """
    import tree_sitter_python
    from tree_sitter import Language

    encoded = source.encode("utf-8", "replace")
    try:
        root = parse(Language(tree_sitter_python.language()), encoded).root_node
    except TooSlowError:
        return None
    if root.has_error:
        return None
    as_tuples: list[_Edit] = []
    as_strings: list[_Edit] = []
    stack: list[tuple[Node, bool]] = [(root, False)]
    while stack:
        node, inside = stack.pop()
        formatted = [one for one in _parts(node) if any(child.type == "interpolation" for child in one.children)]
        if formatted:
            as_tuples += _tuple(encoded, node)
            if not inside:
                as_strings += [_plain(encoded, one) for one in formatted]
        # Strings of a joined one were taken with it; what stands inside their braces is still to be seen.
        within = [piece for one in formatted for piece in one.children] if formatted else node.children
        stack += [(child, inside or bool(formatted)) for child in within]
    return _edited(encoded, as_tuples), _edited(encoded, as_strings)


def _parts(node: Node) -> list[Node]:
    """The strings of a joined string, or a string alone."""
    if node.type == "string":
        return [node]
    return [child for child in node.children if child.type == "string"] if node.type == "concatenated_string" else []


def _tuple(source: bytes, node: Node) -> Iterator[_Edit]:
    """Edits that keep the expressions of a formatted string and turn what is between them into a tuple's layout."""
    end, opening = node.start_byte, b'("",'
    for part in _parts(node):
        for first, last in _expressions(part):
            yield end, first, opening + _lines(source[end:first]) + b"("
            end, opening = last, b"),"
    yield end, node.end_byte, opening + _lines(source[end : node.end_byte]) + b")"


def _expressions(node: Node) -> Iterator[tuple[int, int]]:
    """Where the expressions of a formatted string and of its format specifications begin and end."""
    for child in node.children:
        if child.type in {"interpolation", "format_expression"}:
            after = next(one for one in child.children if one.type in _AFTER_EXPRESSION)
            yield child.children[0].end_byte, after.start_byte
            for specified in child.children:
                if specified.type == "format_specifier":
                    yield from _expressions(specified)


def _lines(text: bytes) -> bytes:
    # A line of text is a line with code for radon; an empty one is none.
    lines = text.split(b"\n")[1:]
    return b"".join(b'\n"",' if line.strip() else b"\n" for line in lines)


def _plain(source: bytes, node: Node) -> _Edit:
    text = re.sub(rb"['\"\\]", b"x", source[node.start_byte : node.end_byte])
    return node.start_byte, node.end_byte, b"'''" + text + b"'''"


def _edited(source: bytes, edits: list[_Edit]) -> str:
    kept, end = [], 0
    for first, last, text in sorted(edits):
        kept += [source[end:first], text]
        end = last
    return b"".join([*kept, source[end:]]).decode("utf-8", "replace")
