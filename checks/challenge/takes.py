"""Taking out what a probe named as its ground: a statement, a step, an instruction, a section, or a whole file."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from checks.observation import Location

if TYPE_CHECKING:
    from tree_sitter import Node

Span = tuple[int, int]
"""First and last line, from 0."""

_PYTHON: Final = (".py", ".pyw")
_WEB: Final = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
_BY_INDENT: Final = (".yml", ".yaml", ".toml", ".json", ".tf", ".cfg", ".ini")
_PROSE: Final = (".md", ".mdx", ".rst", ".txt", ".adoc")
_STATEMENT: Final = re.compile(r"(_statement|_declaration|_definition)$")
_HEADING: Final = re.compile(r"(#{1,6})\s")
_INSTRUCTION: Final = re.compile(r"(?:^|/)(?:[^/]*\.)?(?:Dockerfile|Containerfile)[^/]*$", re.IGNORECASE)


def without(path: str, text: str, places: Iterable[Location]) -> str:
    """The text without what stands at the places of this file."""
    lines = text.split("\n")
    gone: dict[int, str | None] = {}
    find = _finder(path, text, lines)
    for place in places:
        start = place.line - 1
        if not 0 <= start < len(lines):
            continue
        first, last = find(start, max(start, min(place.end_line, len(lines)) - 1))
        gone |= dict.fromkeys(range(first, last + 1))
        if path.endswith(_PYTHON):
            indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
            gone[first] = f"{indent}pass"
    kept = [gone.get(number, line) for number, line in enumerate(lines)]
    left = "\n".join(line for line in kept if line is not None)
    # The last of several entries ends without a comma.
    return re.sub(r",(\s*[}\]])", r"\1", left) if path.endswith(".json") else left


def _finder(path: str, text: str, lines: list[str]) -> Callable[[int, int], Span]:
    """What finds the lines that belong to a place, by the language of the file."""
    if path.endswith(_PYTHON):
        return _of_statements(_python_statements(text))
    if path.endswith(_WEB):
        return _of_statements(_web_statements(text))
    if path.endswith(_PROSE):
        return lambda first, last: _section(lines, first, last)
    if _INSTRUCTION.search(path):
        return lambda first, last: _instruction(lines, first, last)
    if path.endswith(_BY_INDENT):
        return lambda first, last: _indented(lines, first, last)
    return lambda first, last: (first, last)


def _of_statements(spans: list[Span]) -> Callable[[int, int], Span]:
    """The smallest statement around a place; the lines themselves where there is none."""

    def find(first: int, last: int) -> Span:
        around = [span for span in spans if span[0] <= first and last <= span[1]]
        return min(around, key=lambda span: (span[1] - span[0], -span[0]), default=(first, last))

    return find


def _python_statements(text: str) -> list[Span]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
            found.append((first - 1, (node.end_lineno or node.lineno) - 1))
    return found


def _web_statements(text: str) -> list[Span]:
    from checks.readers.grammar import TooSlowError, language, parse

    try:
        tree = parse(language("tsx"), text.encode("utf-8", "surrogatepass"))
    except TooSlowError:
        return []
    found: list[Span] = []
    waiting: list[Node] = [tree.root_node]
    while waiting:
        node = waiting.pop()
        if _STATEMENT.search(node.type):
            found.append((node.start_point.row, node.end_point.row))
        waiting.extend(node.named_children)
    return found


def _indented(lines: list[str], first: int, last: int) -> Span:
    """An entry with what is indented below it, as in YAML; in JSON and Terraform with the bracket that ends it."""
    own = _indent(lines[first])
    end = last
    for number in range(first + 1, len(lines)):
        line = lines[number]
        if not line.strip():
            continue
        if _indent(line) <= own:
            if line.strip()[:1] in {"}", "]"} and lines[first].rstrip()[-1:] in {"{", "["}:
                end = number
            break
        end = max(end, number)
    return first, end


def _instruction(lines: list[str], first: int, last: int) -> Span:
    """An instruction of a Dockerfile with its continued lines."""
    while last + 1 < len(lines) and lines[last].rstrip().endswith("\\"):
        last += 1
    return first, last


def _section(lines: list[str], first: int, last: int) -> Span:
    """A heading with its section, else the lines."""
    heading = _HEADING.match(lines[first])
    if not heading:
        return first, last
    for number in range(first + 1, len(lines)):
        other = _HEADING.match(lines[number])
        if other and len(other[1]) <= len(heading[1]):
            return first, number - 1
    return first, len(lines) - 1


def _indent(line: str) -> int:
    """How far a line is indented; the dash of a list counts as indentation of what follows it on the next lines."""
    return len(line) - len(line.lstrip())
