"""Complexity: radon's own figures for Python, counted examples for TypeScript, hostile sources for both."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from radon.complexity import cc_visit
from radon.metrics import h_visit, mi_visit
from radon.raw import analyze

from checks.complexity.measure import Complexity, Halstead, measure
from checks.complexity.raw_counts import RawCounts, count
from checks.complexity.web import measure_file
from checks.tree import Tree

LIBRARY = Path(sysconfig.get_path("stdlib"))
EXAMPLES = [LIBRARY / name for name in ("ast.py", "csv.py", "asyncio/queues.py", "contextlib.py", "statistics.py")]


def measured(root: Path, files: dict[str, str]) -> Complexity:
    for name, text in files.items():
        (root / name).write_text(text)
    tree = Tree.read(root, None)
    return measure(tree, tree.paths)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_python_figures_are_radons(tmp_path: Path, example: Path) -> None:
    text = example.read_text()
    seen = measured(tmp_path, {"module.py": text})
    blocks = cc_visit(text)
    # Radon lists methods beside their classes as well; its class rows are sums, no functions.
    functions = {(one.lineno, one.complexity) for one in blocks if one.letter in "FM"}
    assert functions <= {(one.line, one.complexity) for one in seen.above(0)}
    assert seen.module("module.py").maintainability_index == pytest.approx(mi_visit(text, True))
    assert raw(seen.module("module.py").raw) == tuple(analyze(text))
    total = h_visit(text).total
    assert seen.module("module.py").halstead == Halstead(total.volume, total.difficulty, total.effort)


def test_every_function_counts_once_and_nested_ones_stand_apart(tmp_path: Path) -> None:
    text = """
class A:
    def m(self, x):
        if x and x > 1:
            return 1
        def inner(y):
            return 1 if y else 2
        return inner

    class B:
        def n(self):
            for _ in []:
                pass
def f(): pass
"""
    seen = measured(tmp_path, {"module.py": text})
    found = [(one.name, one.line, one.complexity) for one in seen.above(0)]
    assert found == [("A.m", 3, 3), ("A.m.inner", 6, 2), ("A.B.n", 11, 2), ("f", 14, 1)]


def test_what_cannot_be_measured_is_named(tmp_path: Path) -> None:
    seen = measured(
        tmp_path,
        {
            "broken.py": "def f(:\n",
            "deep.py": "x = (" + "a +\n" * 15_000 + "a)\n",
            "long.py": "x = 1\n" * 20_002,
            "fine.py": "def f(): pass\n",
            "notes.md": "# Notes",
        },
    )
    assert {one.path for one in seen.unread} == {"broken.py", "deep.py", "long.py"}
    assert [path for path, totals in seen.files.items() if totals.rank] == ["fine.py"]
    assert all(one.reason for one in seen.unread)


def raw(counts: RawCounts) -> tuple[int, ...]:
    return (
        *(counts.loc, counts.lloc, counts.sloc, counts.comments),
        *(counts.multi, counts.blank, counts.single_comments),
    )


LINES = st.sampled_from(
    [
        "x = 1",
        "x = 1  # why",
        "# alone",
        "",
        "   ",
        "if x: y = 2",
        "x = 1; y = 2",
        "x = 1; y = 2;",
        "if x: a = 1; b = 2",
        "for _ in []: pass",
        "def f(a: int = 1): return {a: 2}",
        "'''text'''",
        '"""several\n\nlines"""',
        "x = '''several\n# no comment\nlines'''",
        "'a'  # said",
        "d = {\n    'a': 1,\n\n    # inside\n    'b': [1, 2],\n}",
        "z = 1 + \\\n    2",
        "class A:\n    x: int\n\n    def m(self):\n        return lambda q: q",
        "s = x[1:2]",
        "t = f'{x:>3}'",
    ]
)


@given(st.lists(LINES, max_size=25).map("\n".join), st.sampled_from(["", "\n"]))
def test_raw_counts_equal_radons(text: str, end: str) -> None:
    source = text + end
    ast.parse(source)
    assert raw(count(source)) == tuple(analyze(source))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_raw_counts_equal_radons_on_real_modules(example: Path) -> None:
    text = example.read_text()
    assert raw(count(text)) == tuple(analyze(text))


def test_a_long_literal_is_counted() -> None:
    counts = count("D = {\n" + "".join(f"    'k{number}': {number},\n" for number in range(10_000)) + "}\n")
    assert (counts.loc, counts.sloc, counts.lloc) == (10_002, 10_002, 2)


TYPESCRIPT = """
export function outer(a: number, b?: string) {
  if (a > 1 && b) return 1;
  for (const x of [1]) { while (x) {} }
  switch (a) { case 1: break; case 2: break; default: break; }
  try { a; } catch { b; }
  const named = (c: number) => (c ?? 1) || (c ? 2 : 3);
  return [1].map(function () { do {} while (a); });
}
class Service {
  run(x: string) { return x ? 1 : 2; }
  handler = async () => {};
}
"""


def test_typescript_counts_each_decision_and_keeps_functions_apart() -> None:
    seen = measure_file("a.ts", TYPESCRIPT)
    assert seen.whole
    assert seen.functions == [
        ("outer", 2, 8),
        ("outer.named", 7, 4),
        ("outer.(anonymous)", 8, 2),
        ("Service.run", 11, 2),
        ("Service.handler", 12, 1),
    ]


@pytest.mark.parametrize("name", ["a.js", "a.mjs", "a.jsx", "a.tsx"])
def test_markup_and_plain_javascript_are_read(name: str) -> None:
    seen = measure_file(name, "const A = () => <p>{x && <b>hi</b>}</p>;\n")
    assert seen.whole
    assert seen.functions == [("A", 1, 2)]


def test_component_files_count_their_script(tmp_path: Path) -> None:
    component = "<template><p v-if='a && b'/></template>\n<script>\nfunction f() { if (a) {} }\n</script>\n"
    seen = measured(tmp_path, {"A.vue": component})
    assert [(one.name, one.line, one.complexity) for one in seen.above(0)] == [("f", 3, 2)]


def test_broken_and_deep_typescript_is_named_and_ends(tmp_path: Path) -> None:
    seen = measured(tmp_path, {"a.ts": "function f( { if (x", "deep.ts": "x = " + "(" * 5000 + ")" * 5000})
    assert "a.ts" in {one.path for one in seen.unread}


def test_lines_with_code_of_javascript_leave_out_blanks_and_comments() -> None:
    text = "// one\n\nlet a = 1; // two\n/* three\n\n four */ let b = `\n// text\n`;\n"
    assert measure_file("a.js", text).sloc == 4


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("client.py", "# Code generated by a tool. DO NOT EDIT.\ndef f(): pass\n"),
        ("bundle.js", "function f(){return 1};" * 40 + "\n"),
    ],
)
def test_what_a_program_wrote_is_left_out_and_named(tmp_path: Path, name: str, text: str) -> None:
    seen = measured(tmp_path, {name: text, "own.py": "def g(): pass\n"})
    assert seen.left_out == {name}
    assert [one.path for one in seen.above(0)] == ["own.py"]
    assert seen.unread == ()
