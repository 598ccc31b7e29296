"""Cyclomatic complexity of all code, and maintainability of Python as radon defines them, one syntax tree a file."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple

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


class Totals(NamedTuple):
    """Of one file what is asked of every file: the complexity of each function, lines with code, a module's rank."""

    complexities: Sequence[int]
    sloc: int
    rank: str
    """ "" for what is not Python."""


class Row(NamedTuple):
    """All that is kept of one file: its functions by column, the lines with code, and a module's figures."""

    names: Sequence[str]
    lines: Sequence[int]
    complexities: Sequence[int]
    sloc: int
    module: Sequence[Any] | None
    """A `ModuleMeasure` as plain data; None for what is not Python."""


class Complexity:
    """What was measured. Files in `unread` are in `files` only as far as they could be parsed."""

    def __init__(
        self,
        files: Mapping[str, Totals],
        whole: Callable[[str], Row],
        unread: tuple[Unread, ...],
        left_out: frozenset[str],
    ) -> None:
        self.files = files
        self._whole = whole
        self.unread = unread
        self.left_out = left_out
        """What a program wrote."""

    @cached_property
    def counts(self) -> tuple[tuple[int, int], ...]:
        """Each complexity with the number of functions that have it, ascending."""
        return tuple(sorted(Counter(chain.from_iterable(one.complexities for one in self.files.values())).items()))

    def functions(self, path: str) -> list[FunctionComplexity]:
        """The functions of one of the files, in its order."""
        row = self._whole(path)
        return [FunctionComplexity(path, *one) for one in zip(row.names, row.lines, row.complexities, strict=True)]

    def above(self, limit: int) -> list[FunctionComplexity]:
        """The functions whose complexity is above a limit, worst first; all of them above 0."""
        files = [path for path, totals in self.files.items() if max(totals.complexities, default=0) > limit]
        found = [one for path in files for one in self.functions(path) if one.complexity > limit]
        return sorted(found, key=lambda one: (-one.complexity, one.path, one.line))

    def worst(self) -> FunctionComplexity | None:
        """The first of the most complex functions; None where there is no function."""
        if not self.counts:
            return None
        most = self.counts[-1][0]
        first = min(path for path, totals in self.files.items() if most in totals.complexities)
        return min((one for one in self.functions(first) if one.complexity == most), key=lambda one: one.line)

    def module(self, path: str) -> ModuleMeasure | None:
        """The figures of one of the files; None for what is not Python."""
        figures = self._whole(path).module
        if figures is None:
            return None
        index, rank, halstead, raw = figures
        return ModuleMeasure(index, rank, Halstead(*halstead), RawCounts(*raw))


def measure(tree: Tree, paths: Iterable[str], facts: FileFacts | None = None) -> Complexity:
    """Measure the Python, JavaScript and TypeScript files among `paths`; see `Measures.of`."""
    return Measures(tree, facts or FileFacts(tree, None)).of(paths)


_NOTHING: Final = Row((), (), (), 0, None)
"""Of a file that could be measured before and can no longer be read."""


class _Measured(NamedTuple):
    """One file: what was counted in it, or why not."""

    row: Row | None = None
    unread: str = ""
    left_out: bool = False


class Measures:
    """What was measured of the files of a tree. A reader that parses a file for its own ends has it measured as well.

    `facts` may know what was measured before.
    """

    def __init__(self, tree: Tree, facts: FileFacts) -> None:
        self._tree, self._facts = tree, facts
        self._known: dict[str, _Measured] = {}
        self._fresh: dict[str, Row] = {}

    def of(self, paths: Iterable[str]) -> Complexity:
        """Measure the Python, JavaScript and TypeScript files among `paths`, and those parts of component files.

        The caller leaves out tests and what is generated or vendored by its name; what is by its content is left out
        here.
        """
        chosen = [path for path in paths if path.endswith(PYTHON_SUFFIXES + WEB_SUFFIXES)]
        self._tree.reads.ask_all(MEASURE, chosen)
        known = self._facts.kept_together(_KIND, chosen, _brief)
        found = {path: self._measured(path) for path in chosen if path not in known}
        self._facts.keep_together(_KIND, self._fresh)
        fresh = {path: _brief(one.row) for path, one in found.items() if one.row is not None}
        totals = {path: Totals(*(known.get(path) or fresh[path])) for path in chosen if path in known or path in fresh}
        return Complexity(
            totals,
            self._whole,
            tuple(Unread(path, one.unread) for path, one in found.items() if one.unread),
            frozenset(path for path, one in found.items() if one.left_out),
        )

    def _whole(self, path: str) -> Row:
        # Who asks has asked for all of them.
        with self._tree.reads.aside():
            return self._measured(path).row or _NOTHING

    def parsed_python(self, path: str, text: str, module: ast.Module) -> None:
        """Measure a file that was parsed just now, while its tree is there."""
        if not self._is_known(path):
            self._known[path] = _objection(path, text) or _python(module, text)
            self._keep(path)

    def parsed_web(self, path: str, text: str, root: Node) -> None:
        """Measure a file that was parsed just now by the grammar that measuring takes, while its tree is there."""
        if not self._is_known(path):
            self._known[path] = _objection(path, text) or _web(measure_tree(text.encode("utf-8", "replace"), root))
            self._keep(path)

    def work_out(self, path: str) -> None:
        """Measure one file, which is kept."""
        self._measured(path)

    def _measured(self, path: str) -> _Measured:
        if not self._is_known(path):
            with self._tree.reads.aside(_KIND):
                self._known[path] = _of_text(path, self._tree.text(path))
            self._keep(path)
        return self._known[path]

    def _is_known(self, path: str) -> bool:
        if path not in self._known and (kept := self._facts.kept(_KIND, path)) is not None:
            self._known[path] = _Measured(Row(*kept))
        return path in self._known

    def _keep(self, path: str) -> None:
        one = self._known[path]
        if one.row is not None and not one.unread and self._facts.keep(_KIND, path, one.row):
            self._fresh[path] = one.row


def _brief(row: Sequence[Any]) -> list[Any]:
    """What `Totals` holds, of a `Row` as it is or as it is kept."""
    _, _, complexities, sloc, module = row
    return [complexities, sloc, module[1] if module else ""]


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
        return _python(*parsed(text))
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
    return _Measured(_row(measured.functions, measured.sloc), partly)


def _python(module: ast.Module, countable: str) -> _Measured:
    from radon.metrics import halstead_visitor_report, mi_compute, mi_rank

    try:
        counted = python_counts.count(module)
        raw = count(countable)
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        return _Measured(unread=_reason(error))
    total = halstead_visitor_report(counted)
    index = mi_compute(total.volume, counted.complexity, raw.lloc, raw.comment_percent)
    figures = ModuleMeasure(index, mi_rank(index), Halstead(total.volume, total.difficulty, total.effort), raw)
    return _Measured(_row(_functions(counted), raw.sloc, astuple(figures)))


def _row(functions: Iterable[tuple[str, int, int]], sloc: int, module: Sequence[Any] | None = None) -> Row:
    names, lines, complexities = zip(*functions, strict=True) if (functions := list(functions)) else ((), (), ())
    return Row(names, lines, complexities, sloc, module)


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
