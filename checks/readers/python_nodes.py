"""Which fields of Python's syntax nodes are worth following: asking each node for every field takes most of a walk."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Final

_OPERATORS: Final = (ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context)
_NO_NODES: Final = frozenset(
    {"ctx", "op", "ops", "id", "attr", "lineno", "kind", "type_comment", "level", "module", "names"}
    | {"conversion", "is_async", "simple", "tag", "rest", "kwd_attrs"}
)
"""Fields that hold no node in which anything is counted."""


def _classes(root: type[ast.AST]) -> Iterable[type[ast.AST]]:
    for one in root.__subclasses__():
        yield one
        yield from _classes(one)


LEAVES: Final = frozenset(
    {ast.Name, ast.Constant, ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom}
    | {ast.alias, type(None), str, int, bool}
    | {one for base in _OPERATORS for one in _classes(base)}
)
"""Kinds that hold no decision, call or operation; and what stands in fields beside nodes."""

FIELDS: Final = {
    one: tuple(name for name in one._fields if name not in _NO_NODES) for one in _classes(ast.AST) if one not in LEAVES
}
"""The fields of each other kind of node that may hold such nodes, in the order of the source."""
