"""Cyclomatic complexity of all code, and maintainability of Python as radon defines them, one syntax tree a file."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

from checks.cache.facts import FileFacts
from checks.complexity import python_counts
from checks.complexity.function import FunctionComplexity
from checks.complexity.older_python import parsed
from checks.complexity.python_counts import Counted, PythonCounts
from checks.complexity.raw_counts import RawCounts, count
from checks.complexity.web import SUFFIXES as WEB_SUFFIXES
from checks.complexity.web import WebMeasure, measure_tree
from checks.complexity.web import measure_file as measure_web_file
from checks.files.kinds import is_written_by_a_program
from checks.observation import Unread
from checks.readers.grammar import TooSlowError
from checks.reads import MEASURE

if TYPE_CHECKING:
    from tree_sitter import Node

    from checks.tree import Tree

PYTHON_SUFFIXES = (".py", ".pyw")
_KIND = MEASURE[0]
MAX_LINES = 20_000
"""Longer files are data in Python syntax; they are listed as unread instead of measured."""


@dataclass(frozen=True, slots=True)
class Halstead:
    """Halstead's figures of a module, as radon counts them: size in bits, difficulty, effort to write it."""

    volume: float
    difficulty: float
    effort: float


@dataclass(frozen=True, slots=True)
class ModuleMeasure:
    """A module's maintainability index (0 to 100, higher is better), its rank (A, B or C), and what it comes from."""

    maintainability_index: float
    rank: str
    halstead: Halstead
    raw: RawCounts


@dataclass(frozen=True, slots=True)
class Complexity:
    """What was measured, functions worst first.

    `modules` holds Python files only, `sloc` the lines with code of every measured file. Files in `unread` are never
    in `modules`, and in `functions` only as far as they could be parsed. `left_out` holds what a program wrote.
    """

    functions: tuple[FunctionComplexity, ...]
    modules: Mapping[str, ModuleMeasure]
    sloc: Mapping[str, int]
    unread: tuple[Unread, ...]
    left_out: frozenset[str] = frozenset()


def measure(tree: Tree, paths: Iterable[str], facts: FileFacts | None = None) -> Complexity:
    """Measure the Python, JavaScript and TypeScript files among `paths`; see `Measures.of`."""
    return Measures(tree, facts or FileFacts(tree, None)).of(paths)


@dataclass(frozen=True, slots=True)
class _Measured:
    """One file: what was counted in it, or why not."""

    functions: tuple[FunctionComplexity, ...] = ()
    sloc: int | None = None
    module: ModuleMeasure | None = None
    unread: str = ""
    left_out: bool = False


class Measures:
    """What was measured of the files of a tree. A reader that parses a file for its own ends has it measured as well.

    `facts` may know what was measured before.
    """

    def __init__(self, tree: Tree, facts: FileFacts) -> None:
        self._tree, self._facts = tree, facts
        self._known: dict[str, _Measured] = {}

    def of(self, paths: Iterable[str]) -> Complexity:
        """Measure the Python, JavaScript and TypeScript files among `paths`, and those parts of component files.

        The caller leaves out tests and what is generated or vendored by its name; what is by its content is left out
        here.
        """
        chosen = [path for path in paths if path.endswith(PYTHON_SUFFIXES + WEB_SUFFIXES)]
        found = {path: self._measured(path) for path in chosen}
        functions = [function for one in found.values() for function in one.functions]
        functions.sort(key=lambda one: (-one.complexity, one.path, one.line))
        return Complexity(
            tuple(functions),
            {path: one.module for path, one in found.items() if one.module is not None},
            {path: one.sloc for path, one in found.items() if one.sloc is not None},
            tuple(Unread(path, one.unread) for path, one in found.items() if one.unread),
            frozenset(path for path, one in found.items() if one.left_out),
        )

    def parsed_python(self, path: str, text: str, module: ast.Module) -> None:
        """Measure a file that was parsed just now, while its tree is there."""
        if path not in self._known and not self._recalled(path):
            self._known[path] = _objection(path, text) or _python(path, module, text)
            self._keep(path)

    def parsed_web(self, path: str, text: str, root: Node) -> None:
        """Measure a file that was parsed just now by the grammar that measuring takes, while its tree is there."""
        if path not in self._known and not self._recalled(path):
            self._known[path] = _objection(path, text) or _web(
                measure_tree(path, text.encode("utf-8", "replace"), root)
            )
            self._keep(path)

    def _measured(self, path: str) -> _Measured:
        self._tree.reads.ask(MEASURE, path)
        if path not in self._known and not self._recalled(path):
            with self._tree.reads.aside(_KIND):
                self._known[path] = _of_text(path, self._tree.text(path))
            self._keep(path)
        return self._known[path]

    def _recalled(self, path: str) -> bool:
        kept = self._facts.kept(_KIND, path)
        if kept is not None:
            self._known[path] = _recalled(path, *kept)
        return kept is not None

    def _keep(self, path: str) -> None:
        one = self._known[path]
        if one.sloc is not None and not one.unread:
            self._facts.keep(_KIND, path, _row(one))


def _of_text(path: str, text: str | None) -> _Measured:
    if text is None:
        return _Measured(unread="not text that can be measured")
    if objection := _objection(path, text):
        return objection
    if path.endswith(WEB_SUFFIXES):
        try:
            return _web(measure_web_file(path, text))
        except TooSlowError as error:
            return _Measured(unread=str(error))
    try:
        return _python(path, *parsed(text))
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        return _Measured(unread=_reason(error))


def _objection(path: str, text: str) -> _Measured | None:
    """Why a file is not measured, by what it holds."""
    if is_written_by_a_program(path, text):
        return _Measured(left_out=True)
    if text.count("\n") > MAX_LINES:
        return _Measured(unread=f"longer than {MAX_LINES} lines, not measured")
    return None


def _web(measured: WebMeasure) -> _Measured:
    partly = "" if measured.whole else "parts of it could not be parsed, so its complexity may be higher"
    return _Measured(measured.functions, measured.sloc, unread=partly)


def _row(one: _Measured) -> list[object]:
    """What was measured of one file as plain data."""
    rows = [(function.name, function.line, function.complexity) for function in one.functions]
    return [rows, one.sloc, None if one.module is None else astuple(one.module)]


def _recalled(path: str, rows: list[tuple[str, int, int]], sloc: int, module: list[Any] | None) -> _Measured:
    functions = tuple(FunctionComplexity(path, *row) for row in rows)
    if module is None:
        return _Measured(functions, sloc)
    index, rank, halstead, raw = module
    return _Measured(functions, sloc, ModuleMeasure(index, rank, Halstead(*halstead), RawCounts(*raw)))


def _python(path: str, module: ast.Module, countable: str) -> _Measured:
    from radon.metrics import halstead_visitor_report, mi_compute, mi_rank

    try:
        counted = python_counts.count(module)
        raw = count(countable)
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        return _Measured(unread=_reason(error))
    total = halstead_visitor_report(counted)
    index = mi_compute(total.volume, counted.complexity, raw.lloc, raw.comment_percent)
    functions = tuple(FunctionComplexity(path, name, line, value) for name, line, value in _functions(counted))
    halstead = Halstead(total.volume, total.difficulty, total.effort)
    return _Measured(functions, raw.sloc, ModuleMeasure(index, mi_rank(index), halstead, raw))


def _functions(inside: PythonCounts | Counted, prefix: str = "") -> Iterator[tuple[str, int, int]]:
    """Every function once, by its dotted name: closures after the function they are in, methods after all functions."""
    for function in inside.functions:
        yield f"{prefix}{function.name}", function.line, function.complexity
        yield from _functions(function, f"{prefix}{function.name}.")
    for one in inside.classes:
        yield from _functions(one, f"{prefix}{one.name}.")


def _reason(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        running = f"Python {sys.version_info.major}.{sys.version_info.minor}"
        return f"{running} cannot parse line {error.lineno or 0}, also not in an older spelling"
    if isinstance(error, ValueError):
        return "could not be parsed"
    return "nested too deeply to be measured"
