"""Where complex code is changed often: complexity times churn, for functions and for files."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import nsmallest
from typing import TYPE_CHECKING

from checks.frozen import Frozen
from checks.git.changes import Churn
from checks.git.problem import GitProblem

if TYPE_CHECKING:
    from checks.complexity.function import FunctionComplexity
    from checks.complexity.measure import Complexity
    from checks.git import Git
    from checks.look import Look

COMPLEXITY = "code.no-complex-hotspots"
"""The signal whose probe measures complexity; the table comes with it."""

SINCE_DAYS = 365
"""Churn is counted over this many days before the newest commit."""

_UNTOUCHED = Churn(0, 0)

MOST_ROWS = 50
"""Of functions, and of files; the highest scores are kept."""


class Hotspot(Frozen):
    """A function: its cyclomatic complexity, the maintainability index and lines with code of its file, and the churn.

    `commits` that touched the file, and their `authors`, are None where git cannot tell. `maintainability` is None for
    JavaScript and TypeScript, for which radon has none. `score` is complexity times commits; without git, complexity.
    """

    path: str
    function: str
    line: int
    complexity: int
    maintainability: float | None
    sloc: int
    commits: int | None
    authors: int | None
    score: int


class HotFile(Frozen):
    """A file: its functions and their complexity summed up, radon's figures, and the churn; `score` as with functions.

    The figures from `maintainability` to `comments` are None for JavaScript and TypeScript. Halstead's volume is in
    bits; difficulty and effort have no unit. `lloc` counts logical lines, `sloc` lines with code.
    """

    path: str
    functions: int
    complexity: int
    maintainability: float | None
    volume: float | None
    difficulty: float | None
    effort: float | None
    lloc: int | None
    comments: int | None
    sloc: int
    commits: int | None
    authors: int | None
    score: int


class Hotspots(Frozen):
    """The table, highest score first. `note` says why churn is missing or too low, or "" where it is whole."""

    functions: tuple[Hotspot, ...] = ()
    files: tuple[HotFile, ...] = ()
    note: str = ""
    counts: tuple[tuple[int, int], ...] = ()
    """Each complexity with the number of functions that have it, those that are not in the table too; ascending."""


def hotspots(look: Look) -> Hotspots:
    """The hotspots of the application's Python, JavaScript and TypeScript, tests and generated code left out."""
    measured = look.complexity
    churn, note = _churn(look.git)
    # There are many functions and files, and few rows to fill.
    totals = ((path, sum(its.complexities)) for path, its in measured.files.items())
    files = nsmallest(MOST_ROWS, ((-_score(path, total, churn), -total, path) for path, total in totals))
    return Hotspots(
        tuple(_function(one, measured, churn) for one in _worst(measured, churn)),
        tuple(_file(path, -total, measured, churn) for _, total, path in files),
        note,
        measured.counts,
    )


def _worst(measured: Complexity, churn: Mapping[str, Churn] | None) -> list[FunctionComplexity]:
    """The functions with the highest scores."""
    worst = ((path, max(totals.complexities)) for path, totals in measured.files.items() if totals.complexities)
    # Each of these files has a function that stands before all those of other files.
    near = nsmallest(MOST_ROWS, ((-_score(path, most, churn), -most, path) for path, most in worst))
    return nsmallest(
        MOST_ROWS,
        (one for _, _, path in near for one in measured.functions(path)),
        key=lambda one: (-_score(one.path, one.complexity, churn), -one.complexity, one.path, one.line),
    )


def _churn(git: Git | None) -> tuple[Mapping[str, Churn] | None, str]:
    """How often files changed, and what is to be said of it; None where that cannot be told."""
    if git is None:
        return None, "no git here: ordered by complexity alone"
    try:
        shallow, churn = git.is_shallow(), git.churn(SINCE_DAYS)
    except GitProblem as problem:
        return None, f"ordered by complexity alone, the history was not read: {problem}"
    if shallow:
        return churn, "this is a shallow clone: older commits are not here, so the churn is too low"
    return churn, "" if churn else f"no commit changed a file in the last {SINCE_DAYS} days of this history"


def _function(one: FunctionComplexity, measured: Complexity, churn: Mapping[str, Churn] | None) -> Hotspot:
    module = measured.module(one.path)
    commits, authors, score = _scored(one.path, one.complexity, churn)
    return Hotspot(
        path=one.path,
        function=one.name,
        line=one.line,
        complexity=one.complexity,
        maintainability=module.maintainability_index if module else None,
        sloc=measured.files[one.path].sloc,
        commits=commits,
        authors=authors,
        score=score,
    )


def _file(path: str, complexity: int, measured: Complexity, churn: Mapping[str, Churn] | None) -> HotFile:
    module = measured.module(path)
    commits, authors, score = _scored(path, complexity, churn)
    return HotFile(
        path=path,
        functions=len(measured.files[path].complexities),
        complexity=complexity,
        maintainability=module.maintainability_index if module else None,
        volume=module.halstead.volume if module else None,
        difficulty=module.halstead.difficulty if module else None,
        effort=module.halstead.effort if module else None,
        lloc=module.raw.lloc if module else None,
        comments=module.raw.comments if module else None,
        sloc=measured.files[path].sloc,
        commits=commits,
        authors=authors,
        score=score,
    )


def _scored(path: str, complexity: int, churn: Mapping[str, Churn] | None) -> tuple[int | None, int | None, int]:
    score = _score(path, complexity, churn)
    if churn is None:
        return None, None, score
    seen = churn.get(path, _UNTOUCHED)
    return seen.commits, seen.authors, score


def _score(path: str, complexity: int, churn: Mapping[str, Churn] | None) -> int:
    """What a place is ordered by."""
    return complexity if churn is None else complexity * churn.get(path, _UNTOUCHED).commits
