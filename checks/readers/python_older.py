"""Python newer than the running interpreter, in an older spelling that keeps the line of everything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.readers.grammar import TooSlowError, parse

if TYPE_CHECKING:
    from tree_sitter import Node

_Edit = tuple[int, int, bytes]
"""Where a replacement begins and ends in the source, in bytes, and its text."""

_BARE_EXCEPT = re.compile(r"^([ \t]*except\*?[ \t]+)([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)[ \t]*:", re.MULTILINE)
"""PEP 758 (3.14): except A, B:"""
_QUOTES = (b'"""', b"'''", b'"', b"'")
"""By depth: before 3.12 a string inside the braces of another one needs other quotes than all around it."""


def older_spelling(source: str) -> str:
    """The same code, line for line, with newer forms in the spelling that Python 3.11 parses.

    Inside the braces of formatted strings, escapes and comments are blank. A form that is not known here, and a file
    that tree-sitter's grammar does not take either, stay as they are.
    """
    import tree_sitter_python
    from tree_sitter import Language

    source = _BARE_EXCEPT.sub(r"\1(\2):", source)
    encoded = source.encode("utf-8", "replace")
    try:
        root = parse(Language(tree_sitter_python.language()), encoded).root_node
    except TooSlowError:
        return source
    if root.has_error:
        return source
    kept, end = [], 0
    for first, last, text in sorted(_edits(encoded, root)):
        kept += [encoded[end:first], text]
        end = last
    return b"".join([*kept, encoded[end:]]).decode("utf-8", "replace")


def _edits(source: bytes, root: Node) -> Iterator[_Edit]:
    # Beside each node: how many formatted strings are around it, and whether it stands inside their braces.
    stack = [(root, 0, False)]
    while stack:
        node, depth, in_braces = stack.pop()
        if node.type == "type_parameter" and node.parent and node.parent.type.endswith("_definition"):
            # PEP 695 (3.12): def f[T](...), class C[T]:
            yield node.start_byte, node.end_byte, b"\\\n" * _lines(source, node)
            continue
        if node.type == "type_alias_statement":
            yield from _as_assignment(source, node)
            continue
        if in_braces and node.type in {"escape_sequence", "comment"}:
            yield node.start_byte, node.end_byte, b"" if node.type == "comment" else b" "
        if node.type == "string":
            yield from _requoted(node, depth)
            depth += any(child.type == "interpolation" for child in node.children)
        stack += [(child, depth, in_braces or node.type == "interpolation") for child in node.children]


def _requoted(node: Node, depth: int) -> Iterator[_Edit]:
    """PEP 701 (3.12): the quotes of a string by its depth; a plain one outside of braces keeps its own."""
    is_formatted = any(child.type == "interpolation" for child in node.children)
    if depth >= len(_QUOTES) or not (depth or is_formatted):
        return
    for end in (node.children[0], node.children[-1]):
        prefix = re.match(rb"[a-zA-Z]*", end.text or b"")
        yield end.start_byte + (prefix.end() if prefix else 0), end.end_byte, _QUOTES[depth]


def _as_assignment(source: bytes, node: Node) -> Iterator[_Edit]:
    """PEP 695 (3.12): type X[T] = Y becomes X = Y."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    name = re.match(rb"\w+", left.text or b"")
    kept = name.group() if name else b"_"
    gap = source.count(b"\n", node.start_byte, right.start_byte)
    yield node.start_byte, right.start_byte, kept + b" = " + b"\\\n" * gap


def _lines(source: bytes, node: Node) -> int:
    return source.count(b"\n", node.start_byte, node.end_byte)
