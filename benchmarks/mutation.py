"""Whether the tests notice when the judging code is wrong: one small change at a time, and the tests have to fail.

    python -m benchmarks.mutation [--only workbook/lapse.py] [--jobs 2]

The tree is copied to a temporary folder and never changed; each mutant lives in one forked process, which imports the
changed module in place of the real one. benchmarks/mutation.toml explains the survivors that change nothing anybody can
see. No library does it: the known ones start an interpreter for each mutant, which takes hours here. POSIX only.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.abc
import importlib.util
import os
import re
import resource
import shutil
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
EXPLAINED = ROOT / "benchmarks" / "mutation.toml"
SECONDS = 60
"""How much processor time the tests of one mutant may take: more is a loop without end, which is noticed."""

JUDGING = ("test_assess.py", "test_lapse.py", "test_thresholds.py", "test_metrics.py", "test_outlook.py")
MODEL = ("test_readings.py", "test_outlook.py", "verdicts/test_promises.py")
TARGETS: Mapping[str, tuple[str, ...]] = {
    "workbook/thresholds.py": ("test_thresholds.py", "test_metrics.py", "test_crosswalk.py", "test_assess.py"),
    "workbook/lapse.py": ("test_lapse.py", "test_agenda.py", *JUDGING),
    "workbook/assess.py": (
        *JUDGING,
        "test_recalled.py",
        "test_undecided.py",
        "test_crosswalk.py",
        "verdicts/test_reference.py",
    ),
    "workbook/verdicts/lines.py": (
        *("verdicts/test_reference.py", "verdicts/test_six_gates.py", "verdicts/test_fifty_point.py"),
        *MODEL,
    ),
    **{
        f"workbook/verdicts/{name}.py": ("verdicts/test_reference.py", f"verdicts/test_{name}.py", *MODEL)
        for name in ("six_gates", "seven_steps", "fifty_point", "ten_gates", "prototype_gap")
    },
}
"""The modules that are changed, and the tests below tests/workbook that have to notice."""

COMPARE: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}
ID = re.compile(r"[a-z0-9.\-]+")
"""Strings that are ids; the wording of sentences is no logic."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: where, what it was and what it became, and the module's source with it."""

    path: str
    name: str
    source: str


def mutants(path: str, text: str) -> Iterator[Mutant]:
    """Every change of one module."""
    tree = ast.parse(text)
    seen: Counter[str] = Counter()
    for place, node in _nodes(tree):
        for changed in _changes(node):
            before, after = ast.unparse(node), ast.unparse(changed)
            if before == after:
                continue
            key = f"{place}: {' '.join(before.split())[:90]} -> {' '.join(after.split())[:90]}"
            seen[key] += 1
            name = f"{path}: {key}" + (f" #{seen[key]}" if seen[key] > 1 else "")
            yield Mutant(
                path, name, ast.unparse(ast.fix_missing_locations(_Swap(node, changed).visit(copy.copy(tree))))
            )


class _Swap(ast.NodeTransformer):
    """Rebuilds the way down to one node with another in its place, and leaves the original tree alone."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Copy before descending, since the transformer writes into what it visits."""
        twin = copy.copy(node)
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                setattr(twin, name, [self.visit(one) if isinstance(one, ast.AST) else one for one in value])
            elif isinstance(value, ast.AST):
                setattr(twin, name, self.visit(value))
        return twin

    def visit(self, node: ast.AST) -> Any:
        """The replacement at its place, a copy elsewhere."""
        return self.new if node is self.old else self.generic_visit(node)


def _nodes(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Every node of the code with the function or class it stands in; no annotations, docstrings or imports."""

    def walk(node: ast.AST, place: str) -> Iterator[tuple[str, ast.AST]]:
        yield place, node
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.FunctionDef | ast.ClassDef):
                    yield from walk(child, child.name if place == "module" else f"{place}.{child.name}")
                elif isinstance(child, ast.AST) and not _is_text(child):
                    yield from walk(child, place)

    yield from walk(tree, "module")


def _is_text(node: ast.AST) -> bool:
    bare = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return bare or isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[op, *_]) if type(op) in COMPARE:
            yield _with(node, ops=[COMPARE[type(op)](), *node.ops[1:]])
        case ast.BoolOp(op=ast.And()):
            yield _with(node, op=ast.Or())
        case ast.BoolOp(op=ast.Or()):
            yield _with(node, op=ast.And())
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield inner
        case ast.BinOp(op=op) if type(op) in ARITHMETIC:
            yield _with(node, op=ARITHMETIC[type(op)]())
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)) if ID.fullmatch(value):
            yield ast.Constant(f"{value}~")
        case ast.IfExp(body=body, orelse=orelse):
            yield _with(node, body=orelse, orelse=body)
        case ast.If(test=test) | ast.While(test=test):
            yield _with(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.comprehension(ifs=[test, *rest]):
            yield _with(node, ifs=[ast.UnaryOp(ast.Not(), test), *rest])
        case ast.Return(value=ast.AST() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield _with(node, value=ast.Constant(None))


def _with(node: ast.AST, **fields: object) -> ast.AST:
    twin = copy.copy(node)
    for name, value in fields.items():
        setattr(twin, name, value)
    return twin


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module its changed source."""

    def __init__(self, name: str, source: str, path: Path) -> None:
        self.name, self.source, self.path = name, source, path

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002  the protocol's arguments
        """The changed module; every other is found as usual."""
        return importlib.util.spec_from_loader(fullname, self, origin=str(self.path)) if fullname == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source."""
        module.__file__ = str(self.path)
        exec(compile(self.source, str(self.path), "exec"), module.__dict__)  # noqa: S102  our own source, changed


def noticed(tree: Path, mutant: Mutant | None, tests: Sequence[str]) -> int:
    """Run the tests in this process, which ends with it: 0 when nothing failed."""
    import pytest
    from hypothesis import settings

    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    if mutant:
        module = mutant.path.removesuffix(".py").replace("/", ".")
        sys.meta_path.insert(0, _Finder(module, mutant.source, tree / mutant.path))
    settings.register_profile("mutation", max_examples=15, derandomize=True, database=None, deadline=None)
    os.environ["HYPOTHESIS_PROFILE"] = "mutation"
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    found = [path for name in tests if (path := f"tests/workbook/{name}") and (tree / path).exists()]
    options = ["-x", "-q", "-c", "mutation.ini", "--rootdir", str(tree), "-p", "no:cacheprovider"]
    return int(pytest.main([*options, *found]))


def copied(folder: Path) -> Path:
    """The tree without what git ignores, and the settings the tests need here."""
    tree = folder / "tree"
    tree.mkdir()
    for room in ("checks", "templates", "tests", "workbook"):
        shutil.copytree(ROOT / room, tree / room, ignore=shutil.ignore_patterns("__pycache__"))
    (tree / "mutation.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    return tree


def prepare(tree: Path) -> None:
    """Import once, from the copy, what every child needs and no mutant changes."""
    os.chdir(tree)
    sys.path.insert(0, str(tree))
    import hypothesis.strategies  # noqa: F401
    import pytest  # noqa: F401

    import workbook.answers
    from workbook.catalogue import load_catalogue

    load_catalogue()
    loaded = [path for path in TARGETS if path.removesuffix(".py").replace("/", ".") in sys.modules]
    if loaded or Path(workbook.answers.__file__).parents[1] != tree:
        raise SystemExit(f"imported too early, or from elsewhere: {loaded or workbook.answers.__file__}")


def run(
    work: Sequence[tuple[Mutant | None, tuple[str, ...]]], tree: Path, jobs: int, tell: Callable[[str], None]
) -> list[bool]:
    """For each mutant whether the tests noticed it, several processes at a time."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    outcomes: dict[int, bool] = {}
    running: dict[int, int] = {}
    waiting = list(enumerate(work))
    while waiting or running:
        while waiting and len(running) < jobs:
            number, (mutant, tests) = waiting.pop(0)
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    code = noticed(tree, mutant, tests)
                finally:
                    os._exit(1 if code else 0)
            running[child] = number
        child, status = os.wait()
        number = running.pop(child)
        outcomes[number] = status != 0
        if not outcomes[number] and (survivor := work[number][0]):
            tell(f"survived  {survivor.name}")
    return [outcomes[number] for number in range(len(work))]


def main() -> int:
    """Print the score of each module, and the survivors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=sorted(TARGETS), help="one module; may be repeated")
    parser.add_argument("--jobs", type=int, default=2)
    chosen = parser.parse_args()

    def tell(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    explained = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        tree = copied(Path(folder).resolve())
        prepare(tree)
        paths = chosen.only or list(TARGETS)
        tests = tuple(dict.fromkeys(name for path in paths for name in TARGETS[path]))
        if any(run([(None, tests)], tree, chosen.jobs, tell)):
            raise SystemExit("the tests fail without any change; nothing can be measured")
        work = [(mutant, TARGETS[path]) for path in paths for mutant in mutants(path, (tree / path).read_text())]
        outcomes = run(work, tree, chosen.jobs, tell)
    return report(paths, [mutant for mutant, _ in work], outcomes, explained, tell)


def report(
    paths: Sequence[str],
    made: Sequence[Mutant],
    outcomes: Sequence[bool],
    explained: Mapping[str, str],
    tell: Callable[[str], None],
) -> int:
    """Print the table; 1 when a survivor has no explanation, or an explanation no survivor."""
    left = [mutant.name for mutant, caught in zip(made, outcomes, strict=True) if not caught]
    tell(f"{'module':<36}{'mutants':>8}{'noticed':>8}{'equal':>7}{'score':>8}")
    for path in (*paths, ""):
        names = [mutant.name for mutant in made if mutant.path == path or not path]
        survived = [name for name in left if name in set(names)]
        equal = sum(name in explained for name in survived)
        score = 100 * (len(names) - len(survived)) / (len(names) - equal)
        tell(f"{path or 'all':<36}{len(names):>8}{len(names) - len(survived):>8}{equal:>7}{score:>7.1f}%")
    unexplained = [name for name in left if name not in explained]
    stale = [name for name in explained if name.split(":")[0] in paths and name not in left]
    for name in unexplained:
        tell(f"unexplained  {name}")
    for name in stale:
        tell(f"explained, and noticed or gone  {name}")
    return 1 if unexplained or stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
