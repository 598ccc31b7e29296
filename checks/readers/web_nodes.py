"""Small questions about one node of a JavaScript or TypeScript syntax tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from sys import intern
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

MOST_TEXT = 200
"""Longer source texts are cut."""
MOST_FUNCTION = 800
"""The same of functions that are handed to a call."""

_LONGEST_CHAIN = 80
"""Every link of a chain of calls asks for the chain before it: without a bound, a long one takes quadratic time."""

_LOG = re.compile(r"^(console|log|logger|winston|pino|Sentry|toast)\b|\b(log|logger)\.\w+$|captureException$")
_PLAIN = frozenset({"null", "undefined", "false", "true", "string", "array", "object"})


def dotted(node: Node | None) -> str:
    """The dotted text of an identifier, member or call chain; "" for anything else."""
    parts: list[str] = []
    for _ in range(_LONGEST_CHAIN):
        if node is None:
            break
        kind = node.type
        if kind in {"member_expression", "subscript_expression"}:
            member = node.child_by_field_name("property") or node.child_by_field_name("index")
            parts.append(text_of(member).strip("'\"`") if member is not None else "")
            node = node.child_by_field_name("object")
        elif kind in {"call_expression", "new_expression"}:
            node = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        elif kind in {"await_expression", "parenthesized_expression", "non_null_expression", "as_expression"}:
            node = node.named_children[0] if node.named_children else None
        elif kind in {"identifier", "this", "super", "import", "property_identifier"}:
            parts.append(text_of(node))
            break
        else:
            break
    return intern(".".join(part for part in reversed(parts) if part))


def text_of(node: Node | None, most: int = MOST_TEXT) -> str:
    """The source text of a node on one line, cut at `most` characters."""
    if node is None or node.text is None:
        return ""
    # A few spare bytes before decoding: long arguments need not be decoded whole.
    return intern(" ".join(node.text[: most * 4].decode("utf-8", "replace").split())[:most])


def strings_in(node: Node) -> str:
    """The content of a string literal or template, with "${}" for each hole."""
    parts = [
        "${}" if child.type == "template_substitution" else (child.text or b"").decode("utf-8", "replace")
        for child in node.named_children
        if child.type in {"string_fragment", "escape_sequence", "template_substitution"}
    ]
    return intern("".join(parts))


def catch_body(body: Node) -> str:
    """What a catch does: "empty", "logs", "raises", "returns" or "handles"."""
    if body.type != "statement_block":
        name = dotted(body)
        if name and _LOG.search(name):
            return "logs"
        return (
            "returns" if body.type in {"null", "undefined", "false", "true", "string", "array", "object"} else "handles"
        )
    statements = [child for child in body.named_children if child.type != "comment"]
    if not statements:
        return "empty"
    if any(child.type == "throw_statement" for child in descendants(body)):
        return "raises"
    quiet = [child for child in statements if not _is_log(child)]
    if not quiet:
        return "logs"
    plain = all(
        child.type == "return_statement"
        and (not child.named_children or child.named_children[0].type in {"null", "false", "undefined", "array"})
        for child in quiet
    )
    if plain:
        return "returns" if len(quiet) == len(statements) else "logs"
    return "handles"


def _is_log(statement: Node) -> bool:
    inner = statement.named_children[0] if statement.named_children else None
    return (
        statement.type == "expression_statement"
        and inner is not None
        and inner.type == "call_expression"
        and _LOG.search(dotted(inner)) is not None
    )


def descendants(node: Node) -> Iterator[Node]:
    """The node and everything below it, in no particular order, without recursion."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack += current.children


def runnable(node: Node) -> list[Node]:
    """The named parts of a node that can run: what follows a return or throw in a block shows nothing."""
    children = node.named_children
    if node.type != "statement_block":
        return children
    for position, child in enumerate(children):
        if child.type in {"return_statement", "throw_statement"}:
            # Function declarations are hoisted and count wherever they stand.
            if any(after.type == "function_declaration" for after in children[position + 1 :]):
                break
            return children[: position + 1]
    return children
