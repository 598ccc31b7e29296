"""Cyclomatic complexity of JavaScript and TypeScript, counted on tree-sitter's syntax tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.readers.grammar import language
from checks.readers.web_spellings import syntax
from checks.semgrep.scripts import HAS_SCRIPTS, only_scripts

if TYPE_CHECKING:
    from tree_sitter import Node

_TYPESCRIPT = (".ts", ".mts", ".cts", *HAS_SCRIPTS)
SUFFIXES = (".js", ".jsx", ".mjs", ".cjs", ".tsx", *_TYPESCRIPT)

_FUNCTIONS = frozenset(
    [
        "function_declaration",
        "function_expression",
        "arrow_function",
        "method_definition",
        "generator_function",
        "generator_function_declaration",
    ]
)
_DECISIONS = frozenset(
    [
        "if_statement",
        "ternary_expression",
        "for_statement",
        "for_in_statement",
        "while_statement",
        "do_statement",
        "switch_case",
        "catch_clause",
    ]
)
_SHORT_CIRCUITS = frozenset(["&&", "||", "??"])
_SCOPES = frozenset(["class_declaration", "class", "abstract_class_declaration"])
_NAME_GIVERS = {
    "variable_declarator": "name",
    "pair": "key",
    "assignment_expression": "left",
    "public_field_definition": "name",
    "field_definition": "property",
}


@dataclass(frozen=True, slots=True)
class WebMeasure:
    """Name, line and complexity of every function, the file's lines with code, and whether all could be parsed."""

    functions: list[tuple[str, int, int]]
    sloc: int
    whole: bool


def measure_file(path: str, text: str) -> WebMeasure:
    """Measure a file, or the script parts of a component file.

    Complexity is one for the function, and one more for each if, conditional expression, loop, case, catch, `&&`, `||`
    and `??`.

    Raises:
        TooSlowError: the grammar did not come to an end in time.
    """
    source = only_scripts(path, text) if path.endswith(HAS_SCRIPTS) else text
    tsx = path.endswith((".tsx", ".jsx", ".js", ".mjs", ".cjs"))
    encoded = source.encode("utf-8", "replace")
    return measure_tree(encoded, syntax(language("tsx" if tsx else "typescript"), encoded))


def measure_tree(source: bytes, root: Node) -> WebMeasure:
    """Measure a file by its syntax tree; `source` is what was parsed."""
    comments: list[tuple[int, int]] = []
    counts: list[tuple[str, int, int]] = []
    # An explicit stack: code may be nested deeper than Python's own calls. The owner is an index into counts.
    stack: list[tuple[Node, int | None, str]] = [(root, None, "")]
    while stack:
        node, owner, scope = stack.pop()
        kind = node.type
        if kind == "comment":
            comments.append((node.start_byte, node.end_byte))
        elif kind in _FUNCTIONS:
            name = f"{scope}{_name(node)}"
            counts.append((name, node.start_point[0] + 1, 1))
            owner, scope = len(counts) - 1, f"{name}."
        elif kind in _SCOPES:
            named = node.child_by_field_name("name")
            scope = f"{scope}{_text(named)}." if named else scope
        elif owner is not None and (kind in _DECISIONS or (kind == "binary_expression" and _cuts_short(node))):
            name, line, complexity = counts[owner]
            counts[owner] = (name, line, complexity + 1)
        stack += [(child, owner, scope) for child in reversed(node.named_children)]
    return WebMeasure(counts, _code_lines(source, comments), not root.has_error)


def _code_lines(source: bytes, comments: list[tuple[int, int]]) -> int:
    """The lines that hold more than blanks and comments."""
    kept, end = [], 0
    for first, last in comments:
        kept += [source[end:first], b"\n" * source.count(b"\n", first, last)]
        end = last
    return sum(1 for line in b"".join([*kept, source[end:]]).split(b"\n") if line.strip())


def _cuts_short(node: Node) -> bool:
    operator = node.child_by_field_name("operator")
    return operator is not None and operator.type in _SHORT_CIRCUITS


def _name(node: Node) -> str:
    own = node.child_by_field_name("name")
    if own is not None:
        return _text(own)
    parent = node.parent
    given = parent.child_by_field_name(_NAME_GIVERS[parent.type]) if parent and parent.type in _NAME_GIVERS else None
    return _text(given) if given is not None else "(anonymous)"


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")[:80]
