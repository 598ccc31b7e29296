"""Parses web code, in other words where a grammar stumbles over what compilers accept: each as long as before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.readers.grammar import parse
from checks.readers.web_nodes import descendants

if TYPE_CHECKING:
    from tree_sitter import Language, Node

# Each mend keeps every offset, and what runs: types are left out, and "|" parses wherever "&" does.
_LOOSE_AMPERSAND = re.compile(rb"(?<!&)&(?![&=])")
_TYPE_OF_IMPORT = re.compile(rb"\btypeof[ \t]+import\([ \t]*(['\"])[^'\"\n]{1,300}\1[ \t]*\)")
_TYPED_TEMPLATE = re.compile(rb"(?<=[\w$])<(?=[\w{\[('\"])[^`()=]{1,300}?>(?=`)")


def syntax(language: Language, source: bytes) -> Node:
    """The root of the syntax tree; its offsets are those of `source`.

    Raises:
        TooSlowError: the grammar did not come to an end in time.
    """
    root = parse(language, source).root_node
    if not root.has_error:
        return root
    spelled = _TYPE_OF_IMPORT.sub(lambda found: b"any".ljust(len(found[0])), source)
    # sql<Row[]>`select …` is a call that is typed; blanks keep the lines.
    spelled = _TYPED_TEMPLATE.sub(lambda found: re.sub(rb"[^\n]", b" ", found[0]), spelled)
    lines = spelled.split(b"\n")
    # A bare "&" in the text of JSX.
    for number in {node.start_point[0] for node in descendants(root) if node.is_error or node.is_missing}:
        lines[number] = _LOOSE_AMPERSAND.sub(b"|", lines[number])
    spelled = b"\n".join(lines)
    if spelled == source:
        return root
    again = parse(language, spelled).root_node
    return root if again.has_error else again
