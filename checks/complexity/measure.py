"""Cyclomatic complexity of all code, and maintainability of Python: radon's library, one syntax tree a file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

from checks.cache.facts import FileFacts
from checks.complexity.function import FunctionComplexity
from checks.complexity.older_python import parsed
from checks.complexity.raw_counts import RawCounts, count
from checks.complexity.web import SUFFIXES as WEB_SUFFIXES
from checks.complexity.web import measure_file as measure_web_file
from checks.files.kinds import is_written_by_a_program
from checks.observation import Unread
from checks.readers.grammar import TooSlowError

if TYPE_CHECKING:
    from checks.tree import Tree

PYTHON_SUFFIXES = (".py", ".pyw")
_KIND = "complexity"
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


def measure(tree: Tree, paths: Iterable[str], facts: FileFacts | None = None) -> Complexity:  # noqa: PLR0912  # one branch for each way a file can end
    """Measure the Python, JavaScript and TypeScript files among `paths`, and those parts of component files.

    The caller leaves out tests and what is generated or vendored by its name; what is by its content is left out here.
    `facts` may know what was measured before.
    """
    facts = facts or FileFacts(tree, None)
    functions: list[FunctionComplexity] = []
    modules: dict[str, ModuleMeasure] = {}
    sloc: dict[str, int] = {}
    unread: list[Unread] = []
    left_out: set[str] = set()
    for path in paths:
        if not path.endswith(PYTHON_SUFFIXES + WEB_SUFFIXES):
            continue
        known = facts.kept(_KIND, path)
        if known is not None:
            rows, sloc[path], module = known
            functions += [FunctionComplexity(path, *row) for row in rows]
            modules |= {} if module is None else {path: _recalled(*module)}
            continue
        text = tree.text(path)
        if text is None:
            unread.append(Unread(path, "not text that can be measured"))
        elif is_written_by_a_program(path, text):
            left_out.add(path)
        elif text.count("\n") > MAX_LINES:
            unread.append(Unread(path, f"longer than {MAX_LINES} lines, not measured"))
        elif path.endswith(WEB_SUFFIXES):
            try:
                measured = measure_web_file(path, text)
            except TooSlowError as error:
                unread.append(Unread(path, str(error)))
                continue
            functions += measured.functions
            sloc[path] = measured.sloc
            if not measured.whole:
                unread.append(Unread(path, "parts of it could not be parsed, so its complexity may be higher"))
            else:
                facts.keep(_KIND, path, _row(measured.functions, measured.sloc, None))
        else:
            try:
                found, modules[path] = _measure_file(path, text)
            except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
                unread.append(Unread(path, _reason(error)))
            else:
                functions += found
                sloc[path] = modules[path].raw.sloc
                facts.keep(_KIND, path, _row(found, sloc[path], modules[path]))
    functions.sort(key=lambda one: (-one.complexity, one.path, one.line))
    return Complexity(tuple(functions), modules, sloc, tuple(unread), frozenset(left_out))


def _row(functions: Iterable[FunctionComplexity], sloc: int, module: ModuleMeasure | None) -> list[object]:
    """What was measured of one file as plain data."""
    rows = [(one.name, one.line, one.complexity) for one in functions]
    return [rows, sloc, None if module is None else astuple(module)]


def _recalled(index: float, rank: str, halstead: list[float], raw: list[int]) -> ModuleMeasure:
    return ModuleMeasure(index, rank, Halstead(*halstead), RawCounts(*raw))


def _measure_file(path: str, text: str) -> tuple[list[FunctionComplexity], ModuleMeasure]:
    from radon.metrics import h_visit_ast, mi_compute, mi_rank
    from radon.visitors import ComplexityVisitor

    module, countable = parsed(text)
    visitor = ComplexityVisitor.from_ast(module)
    raw = count(countable)
    total = h_visit_ast(module).total
    index = mi_compute(total.volume, visitor.total_complexity, raw.lloc, raw.comment_percent)
    functions = [FunctionComplexity(path, name, line, value) for name, line, value in _functions(visitor)]
    halstead = Halstead(total.volume, total.difficulty, total.effort)
    return functions, ModuleMeasure(index, mi_rank(index), halstead, raw)


def _functions(visitor: Any) -> Iterator[tuple[str, int, int]]:
    """Every function once. Radon lists methods under their class and closures under their function."""
    for function in visitor.functions:
        yield from _with_closures(function, "")
    for found in visitor.classes:
        yield from _in_class(found, "")


def _in_class(found: Any, prefix: str) -> Iterator[tuple[str, int, int]]:
    name = f"{prefix}{found.name}."
    for method in found.methods:
        yield from _with_closures(method, name)
    for inner in found.inner_classes:
        yield from _in_class(inner, name)


def _with_closures(function: Any, prefix: str) -> Iterator[tuple[str, int, int]]:
    name = f"{prefix}{function.name}"
    yield name, function.lineno, function.complexity
    for closure in function.closures:
        yield from _with_closures(closure, f"{name}.")


def _reason(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        running = f"Python {sys.version_info.major}.{sys.version_info.minor}"
        return f"{running} cannot parse line {error.lineno or 0}, also not in an older spelling"
    if isinstance(error, ValueError):
        return "could not be parsed"
    return "nested too deeply to be measured"
