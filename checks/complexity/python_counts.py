"""Decisions and Halstead's figures of a Python module, equal to radon's but in one walk for both.

Radon's visitors walk the tree twice and ask every node for every field, which took more time than all other reading of
the file. What counts is radon's definition, with its quirks; tests hold both to each other over a large body of code.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from checks.readers.python_nodes import FIELDS, LEAVES

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Counted:
    """A function or class: its name and line, radon's complexity of it, and what is defined inside."""

    name: str
    line: int
    complexity: int
    functions: tuple[Counted, ...] = ()
    classes: tuple[Counted, ...] = ()


@dataclass(slots=True)
class PythonCounts:
    """What was counted in a module; the four Halstead counts have the names that radon's own report asks for."""

    functions: tuple[Counted, ...] = ()
    classes: tuple[Counted, ...] = ()
    complexity: int = 0
    """Of the whole module."""
    operators: int = 0
    operands: int = 0
    distinct_operators: int = 0
    distinct_operands: int = 0


def count(module: ast.Module) -> PythonCounts:
    """Count one module.

    Raises:
        RecursionError: its functions or classes are nested too deeply.
    """
    walk = _Walk()
    decisions, functions, classes = walk.scope(module.body, None)
    total = 1 + decisions + sum(one.complexity - 1 for one in (*functions, *classes))
    distinct = len(walk.seen_operands) + walk.other_operands
    return PythonCounts(functions, classes, total, walk.operators, walk.operands, len(walk.seen_operators), distinct)


@dataclass(slots=True)
class _Walk:
    operators: int = 0
    operands: int = 0
    seen_operators: set[str] = field(default_factory=set)
    seen_operands: set[tuple[str | None, object]] = field(default_factory=set)
    other_operands: int = 0
    """Operands that are expressions themselves: each is distinct."""

    def scope(
        self, body: Iterable[ast.AST], context: str | None
    ) -> tuple[int, tuple[Counted, ...], tuple[Counted, ...]]:
        """The decisions directly in a body, and the functions and classes defined there, in the order of the source."""
        decisions = 0
        functions: list[_Function] = []
        classes: list[ast.ClassDef] = []
        stack: list[Any] = list(body)
        while stack:
            node = stack.pop()
            kind = node.__class__
            if kind in LEAVES:
                continue
            decide, operate = _DECISIONS.get(kind), _OPERATIONS.get(kind)
            if decide is not None:
                decisions += decide(node)
            if operate is not None:
                operators, operands = operate(node)
                self._operation(operators, operands, context)
            elif kind is ast.FunctionDef or kind is ast.AsyncFunctionDef:
                functions.append(node)
                continue
            elif kind is ast.ClassDef:
                classes.append(node)
                continue
            elif kind is ast.Assert:
                # Radon counts the statement as a decision and looks no further for others.
                self.scope([node.test, node.msg], context)
                continue
            for name in FIELDS[kind]:
                value = getattr(node, name)
                if value.__class__ is list:
                    stack += value
                else:
                    stack.append(value)
        functions.sort(key=_place)
        classes.sort(key=_place)
        return decisions, tuple(map(self._function, functions)), tuple(self._class(one, context) for one in classes)

    def _function(self, node: _Function) -> Counted:
        decisions, functions, _ = self.scope(node.body, node.name)
        return Counted(node.name, node.lineno, 1 + decisions, functions)

    def _class(self, node: ast.ClassDef, context: str | None) -> Counted:
        outside = [getattr(node, name) for name in FIELDS[ast.ClassDef] if name not in {"body", "name"}]
        self.scope([one for part in outside for one in part], context)
        decisions, functions, classes = self.scope(node.body, context)
        total = 1 + decisions + sum(one.complexity for one in functions)
        return Counted(node.name, node.lineno, total, functions, classes)

    def _operation(self, operators: list[ast.AST], operands: Iterable[ast.expr], context: str | None) -> None:
        self.operators += len(operators)
        for operator in operators:
            self.seen_operators.add(operator.__class__.__name__)
        for operand in operands:
            self.operands += 1
            kind = operand.__class__
            if kind is ast.Name:
                self.seen_operands.add((context, operand.id))  # type: ignore[attr-defined]  # told by its kind
            elif kind is ast.Constant:
                self.seen_operands.add((context, operand.value))  # type: ignore[attr-defined]  # told by its kind
            elif kind is ast.Attribute:
                self.seen_operands.add((context, operand.attr))  # type: ignore[attr-defined]  # told by its kind
            else:
                self.other_operands += 1


def _place(node: _Function | ast.ClassDef) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _cases(node: ast.Match) -> int:
    """Cases, but for the ones that take whatever is left."""
    rest = any(getattr(case.pattern, "pattern", False) is None for case in node.cases)
    return max(0, len(node.cases) - rest)


_DECISIONS: Final[dict[type[ast.AST], Any]] = {
    ast.Try: lambda node: len(node.handlers) + bool(node.orelse),
    ast.BoolOp: lambda node: len(node.values) - 1,
    ast.If: lambda _: 1,
    ast.IfExp: lambda _: 1,
    ast.Assert: lambda _: 1,
    ast.Match: _cases,
    ast.For: lambda node: 1 + bool(node.orelse),
    ast.AsyncFor: lambda node: 1 + bool(node.orelse),
    ast.While: lambda node: 1 + bool(node.orelse),
    ast.comprehension: lambda node: 1 + len(node.ifs),
}
_OPERATIONS: Final[dict[type[ast.AST], Any]] = {
    ast.BinOp: lambda node: ([node.op], (node.left, node.right)),
    ast.UnaryOp: lambda node: ([node.op], (node.operand,)),
    ast.BoolOp: lambda node: ([node.op], node.values),
    ast.AugAssign: lambda node: ([node.op], (node.target, node.value)),
    ast.Compare: lambda node: (node.ops, (node.left, *node.comparators)),
}
