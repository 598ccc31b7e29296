"""One walk over a parsed Python module that gathers its facts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from sys import intern
from typing import Any

from checks.cache.rows import NOTHING
from checks.readers.python_facts import (
    NOT_CONSTANT,
    Assignment,
    Call,
    Class,
    Function,
    Handler,
    Import,
    Parameter,
    Text,
    Value,
)
from checks.readers.python_nodes import FIELDS, LEAVES

_MOST_TEXT = 200
_LOG_WORDS = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print", "print_exc"}
    | {"echo", "secho", "capture_exception"}
)
_BARE = LEAVES - {ast.Constant}
"""Nodes that hold no call and no text: half of all nodes, left out to save the time."""
_COMPREHENSIONS = frozenset({ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp})
_FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class _Place:
    """Where the walk stands: enclosing class, function and loop."""

    owner: str = ""
    function: str = ""
    in_loop: bool = False
    checked_only: bool = False


@dataclass(slots=True)
class Gathered:
    """What one walk found."""

    imports: list[Import] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    handlers: list[Handler] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    main_guard: bool = False
    assertions: int = 0
    bound: dict[str, str] = field(default_factory=dict)


def gather(tree: ast.Module, source: str, package: tuple[str, ...]) -> Gathered:
    """Walk a module once.

    Args:
        tree: the parsed module.
        source: its text, for the source text of expressions.
        package: the dotted parts of the package it lies in, to resolve relative imports.

    Raises:
        RecursionError: the code nests deeper than the interpreter can follow.
    """
    walk = _Walk(source, package)
    walk.statements(tree.body, _Place())
    walk.found.bound = walk.bound
    return walk.found


def dotted(node: ast.expr) -> str:
    """The dotted text of a name, attribute or call chain, as in "client.chat.create"; "" for anything else."""
    # Asked for each call of the tree: a `match` on the same kinds takes three times as long.
    current: Any = node
    parts: list[str] = []
    while True:
        kind = current.__class__
        if kind is ast.Attribute:
            parts.append(current.attr)
            current = current.value
        elif kind is ast.Call:
            current = current.func
        elif kind is ast.Subscript or kind is ast.Await:
            current = current.value
        else:
            if kind is ast.Name:
                parts.append(current.id)
            elif kind is ast.Constant or kind is ast.JoinedStr:
                parts.append("''")
            parts.reverse()
            return intern(".".join(parts))


class _Walk:
    def __init__(self, source: str, package: tuple[str, ...]) -> None:
        self.found = Gathered()
        self._lines = source.splitlines(keepends=True)
        self._package = package
        self.bound: dict[str, str] = {}
        self._assertions = 0
        self._raises = 0

    # -- statements -------------------------------------------------------------------------------------------------

    def statements(self, body: list[ast.stmt], place: _Place) -> None:
        for statement in body:
            self._statement(statement, place)
            if statement.__class__ in _ENDS:
                break  # what follows never runs, so it shows nothing

    def _statement(self, node: ast.stmt, place: _Place) -> None:
        _STATEMENTS.get(node.__class__, _Walk._other)(self, node, place)

    def _alone(self, node: ast.Expr, place: _Place) -> None:
        # A string alone is a docstring, or stands for a comment.
        if not (isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)):
            self._expression(node.value, place)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, place: _Place) -> None:
        for expression in _own_expressions(node):
            # The iterable of a `for` is evaluated once; the test of a `while` each time round.
            self._expression(expression, _in_loop(place) if isinstance(node, ast.While) else place)
        self.statements(node.body, _in_loop(place))
        self.statements(node.orelse, place)

    def _other(self, node: ast.stmt, place: _Place) -> None:
        if isinstance(node, ast.Assert):
            self._assertions += 1
            self.found.assertions += 1
        elif isinstance(node, ast.Raise):
            self._raises += 1
        elif type(node).__name__ == "TryStar":  # Python 3.11 and later
            self._try(node, place)  # type: ignore[arg-type] # same fields as Try
            return
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                self._expression(item.context_expr, place)
                if isinstance(item.optional_vars, ast.Name):
                    self._bind(item.optional_vars.id, item.context_expr)
            self.statements(node.body, place)
            return
        elif isinstance(node, ast.Match):
            self._expression(node.subject, place)
            for case in node.cases:
                self.statements(case.body, place)
            return
        for expression in _own_expressions(node):
            self._expression(expression, place)

    def _condition(self, node: ast.If, place: _Place) -> None:
        self._expression(node.test, place)
        test = ast.unparse(node.test) if isinstance(node.test, ast.Name | ast.Attribute | ast.Compare) else ""
        if not place.function and "__name__" in test and "__main__" in test:
            self.found.main_guard = True
        inner = place
        if test.endswith("TYPE_CHECKING"):
            inner = _Place(place.owner, place.function, place.in_loop, checked_only=True)
        if not (isinstance(node.test, ast.Constant) and not node.test.value):
            self.statements(node.body, inner)
        self.statements(node.orelse, place)

    def _try(self, node: ast.Try, place: _Place) -> None:
        before = self._assertions, self.found.assertions
        self.statements(node.body, place)
        if _swallows_assertions(node.handlers):
            self._assertions, self.found.assertions = before
        for handler in node.handlers:
            kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            names = tuple(dotted(kind).rsplit(".", 1)[-1] for kind in kinds if kind)
            end = handler.end_lineno or handler.lineno
            self.found.handlers.append(Handler(names, handler.lineno, end, _handler_body(handler.body), place.function))
            self.statements(handler.body, place)
        self.statements(node.orelse, place)
        self.statements(node.finalbody, place)

    def _import(self, node: ast.Import | ast.ImportFrom, place: _Place) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                local = alias.asname or alias.name.split(".", 1)[0]
                self.bound[local] = alias.name if alias.asname else local
                self.found.imports.append(
                    Import(alias.name, alias.name, "", local, node.lineno, (), place.function, place.checked_only)
                )
            return
        module = node.module or ""
        if node.level:
            base = self._package[: len(self._package) - node.level + 1]
            module = ".".join([*base, *([module] if module else [])])
        for alias in node.names:
            local = alias.asname or alias.name
            whole = module if alias.name == "*" else f"{module}.{alias.name}" if module else alias.name
            if alias.name != "*":
                self.bound[local] = whole
            self.found.imports.append(
                Import(whole, module, alias.name, local, node.lineno, (), place.function, place.checked_only)
            )

    def _class(self, node: ast.ClassDef, place: _Place) -> None:
        fields: dict[str, Value] = {}
        annotations: dict[str, str] = {}
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                annotations[statement.target.id] = self._text(statement.annotation)
                if statement.value:
                    fields[statement.target.id] = self._value(statement.value)
            elif isinstance(statement, ast.Assign):
                for target in statement.targets:
                    if isinstance(target, ast.Name):
                        fields[target.id] = self._value(statement.value)
        bases = tuple(self._text(base) for base in [*node.bases, *(keyword.value for keyword in node.keywords)])
        decorators = tuple(self._text(item) for item in node.decorator_list)
        end = node.end_lineno or node.lineno
        self.found.classes.append(Class(node.name, node.lineno, end, bases, decorators, fields, annotations))
        for decorator in node.decorator_list:
            self._expression(decorator, place)
        self.statements(node.body, _Place(node.name, place.function, in_loop=False))

    def _function(self, node: _FunctionNode, place: _Place) -> None:
        qualified = intern(".".join(part for part in (place.owner or place.function, node.name) if part))
        for expression in [
            *node.decorator_list,
            *node.args.defaults,
            *(item for item in node.args.kw_defaults if item),
        ]:
            self._expression(expression, place)
        kept, self._assertions, self._raises = (self._assertions, self._raises), 0, 0
        bound = dict(self.bound)
        parameters = tuple(self._parameters(node.args))
        for parameter in parameters:
            self.bound.pop(parameter.name, None)
        self.statements(node.body, _Place("", qualified, in_loop=False))
        self.bound = bound
        self.found.functions.append(
            Function(
                node.name,
                qualified,
                place.owner,
                node.lineno,
                node.end_lineno or node.lineno,
                isinstance(node, ast.AsyncFunctionDef),
                tuple(self._decorator(item, place) for item in node.decorator_list),
                parameters,
                self._text(node.returns) if node.returns else "",
                self._assertions,
                self._raises,
                ast.get_docstring(node, clean=False) is not None,
            )
        )
        self._assertions, self._raises = kept[0] + self._assertions, kept[1]

    def _parameters(self, arguments: ast.arguments) -> Iterator[Parameter]:
        plain = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults)) + list(arguments.defaults)
        pairs = [*zip(plain, defaults, strict=True), *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
        for argument, default in pairs:
            yield Parameter.shared(
                argument.arg,
                self._text(argument.annotation) if argument.annotation else "",
                self._text(default) if default else "",
            )

    def _decorator(self, node: ast.expr, place: _Place) -> Call:
        if isinstance(node, ast.Call):
            return self._call(node, place, awaited=False)
        name = dotted(node)
        return Call(name, self._resolve(name), node.lineno, node.end_lineno or node.lineno, function=place.function)

    def _assign(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, place: _Place) -> None:
        if node.value is None:
            return
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if isinstance(target, ast.Name | ast.Attribute):
                name = dotted(target)
                self._bind(name, node.value)
                if not place.owner:
                    self.found.assignments.append(
                        Assignment(name, self._value(node.value), node.lineno, place.function)
                    )
            elif isinstance(target, ast.Subscript):
                self.found.assignments.append(
                    Assignment(self._text(target), self._value(node.value), node.lineno, place.function)
                )
        self._expression(node.value, place)

    # -- expressions ------------------------------------------------------------------------------------------------

    def _expression(self, node: ast.expr, place: _Place) -> None:
        stack: list[tuple[Any, bool, bool]] = [(node, False, place.in_loop)]
        while stack:
            current, awaited, in_loop = stack.pop()
            kind = current.__class__
            if kind in _BARE:
                continue
            if kind is ast.Attribute:
                stack.append((current.value, False, in_loop))
                continue
            if kind is ast.Constant:
                if isinstance(current.value, str):
                    self.found.texts.append(Text(intern(current.value), current.lineno, function=place.function))
                continue
            if kind is ast.Call:
                here = place if in_loop == place.in_loop else _in_loop(place)
                self.found.calls.append(self._call(current, here, awaited=awaited))
            elif kind is ast.JoinedStr:
                text = "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in current.values)
                holes = any(isinstance(part, ast.FormattedValue) for part in current.values)
                self.found.texts.append(Text(text, current.lineno, holes, place.function))
                stack += [(part, False, in_loop) for part in current.values if isinstance(part, ast.FormattedValue)]
                continue
            looping = in_loop or kind in _COMPREHENSIONS
            awaits = kind is ast.Await
            for name in FIELDS[kind]:
                value = getattr(current, name)
                if value.__class__ is list:
                    stack += [(child, awaits, looping) for child in value]
                else:
                    stack.append((value, awaits, looping))

    def _call(self, node: ast.Call, place: _Place, *, awaited: bool) -> Call:
        name = dotted(node.func)
        return Call(
            name,
            self._resolve(name),
            node.lineno,
            node.end_lineno or node.lineno,
            tuple(self._value(item) for item in node.args if not isinstance(item, ast.Starred)),
            {item.arg: self._value(item.value) for item in node.keywords if item.arg} or NOTHING,
            place.function,
            awaited,
            place.in_loop,
            any(not item.arg for item in node.keywords) or any(isinstance(item, ast.Starred) for item in node.args),
        )

    def _bind(self, name: str, value: ast.expr) -> None:
        """Remember what a name stands for, so that a call on it can be told from a same-named one."""
        inner = value.value if isinstance(value, ast.Await) else value
        if isinstance(inner, ast.Call | ast.Attribute | ast.Name):
            origin = self._resolve(dotted(inner))
            if origin and origin != name and len(origin) <= _MOST_TEXT:
                self.bound[name] = origin
        else:
            self.bound.pop(name, None)

    def _resolve(self, name: str) -> str:
        head, rest = name, ""
        while head:
            if head in self.bound:
                return intern(f"{self.bound[head]}.{rest}") if rest else self.bound[head]
            head, _, last = head.rpartition(".")
            rest = f"{last}.{rest}" if rest else last
        return name

    def _value(self, node: ast.expr) -> Value:
        return Value.shared(self._text(node), _literal(node))

    def _text(self, node: ast.expr) -> str:
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        start, end = node.col_offset, node.end_col_offset or 0
        # Most lines are ASCII, where bytes count as characters do.
        if first == last and first < len(self._lines) and self._lines[first].isascii():
            return intern(self._lines[first][start:end][:_MOST_TEXT])
        lines = self._lines[first : min(last + 1, first + 12)]
        if not lines:
            return ""
        if first == last:
            return intern(lines[0].encode("utf-8", "replace")[start:end].decode("utf-8", "replace")[:_MOST_TEXT])
        lines[0] = lines[0].encode("utf-8", "replace")[start:].decode("utf-8", "replace")
        if last < first + len(lines):
            lines[-1] = lines[-1].encode("utf-8", "replace")[:end].decode("utf-8", "replace")
        return intern(" ".join("".join(lines).split())[:_MOST_TEXT])


_ENDS = frozenset({ast.Return, ast.Raise, ast.Continue, ast.Break})
_STATEMENTS: dict[type[ast.stmt], Any] = {
    ast.Import: _Walk._import,
    ast.ImportFrom: _Walk._import,
    ast.FunctionDef: _Walk._function,
    ast.AsyncFunctionDef: _Walk._function,
    ast.ClassDef: _Walk._class,
    ast.If: _Walk._condition,
    ast.For: _Walk._loop,
    ast.AsyncFor: _Walk._loop,
    ast.While: _Walk._loop,
    ast.Try: _Walk._try,
    ast.Assign: _Walk._assign,
    ast.AnnAssign: _Walk._assign,
    ast.AugAssign: _Walk._assign,
    ast.Expr: _Walk._alone,
}
"""How each kind of statement is read; all others are `_Walk._other`."""


def _in_loop(place: _Place) -> _Place:
    return _Place(place.owner, place.function, in_loop=True, checked_only=place.checked_only)


def _own_expressions(node: ast.stmt) -> Iterator[ast.expr]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child


def _literal(node: ast.expr) -> object:
    if isinstance(node, ast.Constant):
        return intern(node.value) if isinstance(node.value, str) else node.value
    if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict | ast.UnaryOp):
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError):
            return NOT_CONSTANT
    return NOT_CONSTANT


def _swallows_assertions(handlers: list[ast.ExceptHandler]) -> bool:
    """Whether the first handler that a failed assertion meets lets nobody know of it."""
    for handler in handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        names = {dotted(kind).rsplit(".", 1)[-1] for kind in kinds if kind}
        if not names or names & {"AssertionError", "Exception", "BaseException"}:
            return _handler_body(handler.body) in {"empty", "logs"}
    return False


def _handler_body(body: list[ast.stmt]) -> str:
    left = [item for item in body if not isinstance(item, ast.Pass | ast.Continue | ast.Break)]
    left = [item for item in left if not (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))]
    if not left:
        return "empty"
    if any(isinstance(node, ast.Raise) for item in left for node in ast.walk(item)):
        return "raises"
    if all(_is_log(item) for item in left):
        return "logs"
    quiet = [item for item in left if not _is_log(item)]
    if all(isinstance(item, ast.Return) and (item.value is None or _is_plain(item.value)) for item in quiet):
        return "returns" if len(quiet) == len(left) else "logs"
    return "handles"


def _is_log(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and dotted(node.value.func).rsplit(".", 1)[-1] in _LOG_WORDS
    )


def _is_plain(node: ast.expr) -> bool:
    return _literal(node) is not NOT_CONSTANT
