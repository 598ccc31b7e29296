"""Our one walk and one scan against radon itself: on installed packages, and on sources made to hit its quirks."""

from __future__ import annotations

import ast
import sysconfig
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from radon.metrics import h_visit_ast
from radon.raw import analyze
from radon.visitors import ComplexityVisitor

from checks.complexity import python_counts, raw_counts
from checks.complexity.measure import _functions

SAMPLE = 250
"""Files, spread evenly over everything that is installed."""
LONG = 400
"""Lines; radon's own count of lines takes quadratic time on long literals."""


def radon_functions(visitor: ComplexityVisitor) -> list[tuple[str, int, int]]:
    """Every function once, as radon nests them: closures below their function, methods below their class."""

    def inside(function: Any, prefix: str) -> list[tuple[str, int, int]]:
        name = f"{prefix}{function.name}"
        own = (name, function.lineno, function.complexity)
        return [own, *(one for closure in function.closures for one in inside(closure, f"{name}."))]

    def of_class(found: Any, prefix: str) -> list[tuple[str, int, int]]:
        name = f"{prefix}{found.name}."
        methods = [one for method in found.methods for one in inside(method, name)]
        return methods + [one for inner in found.inner_classes for one in of_class(inner, name)]

    functions = [one for function in visitor.functions for one in inside(function, "")]
    return functions + [one for found in visitor.classes for one in of_class(found, "")]


def assert_same(text: str, *, lines: bool) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = ast.parse(text)
    visitor, total = ComplexityVisitor.from_ast(module), h_visit_ast(module).total
    counted = python_counts.count(module)
    assert list(_functions(counted)) == radon_functions(visitor)
    assert counted.complexity == visitor.total_complexity
    halstead = (counted.distinct_operators, counted.distinct_operands, counted.operators, counted.operands)
    assert halstead == (total.h1, total.h2, total.N1, total.N2)
    ended = text if text.endswith("\n") or not text else text + "\n"
    slow = raw_counts._tokenized(ended)
    counts = raw_counts.count(text)
    assert counts == slow or raw_counts._FURTHER_LINE_ENDS.search(text)
    if lines:
        seen = (
            counts.loc,
            counts.lloc,
            counts.sloc,
            counts.comments,
            counts.multi,
            counts.blank,
            counts.single_comments,
        )
        assert seen == tuple(analyze(text))


def test_installed_packages_count_as_radon_counts_them() -> None:
    files = sorted(Path(sysconfig.get_path("purelib")).rglob("*.py"))
    compared = 0
    for file in files[:: max(1, len(files) // SAMPLE)]:
        try:
            text = file.read_bytes().decode()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ComplexityVisitor.from_ast(ast.parse(text))
        except (SyntaxError, ValueError, RecursionError):
            continue  # not this Python's, or deeper than radon can follow
        if text.count("\n") > raw_counts_limit():
            continue
        assert_same(text, lines=text.count("\n") <= LONG)
        compared += 1
    assert compared > SAMPLE // 2


def raw_counts_limit() -> int:
    from checks.complexity.measure import MAX_LINES

    return MAX_LINES


NAMES = st.sampled_from(["a", "b", "f", "rb", "x.y", "_"])
TEXTS = st.sampled_from([
    '"s"', "'it'", '""', "r'\\d'", 'b"x"', 'f"{a}:{b!r:>{x}}"', '"""one"""', '"""two\n\n  lines"""', "'''it's\n'''",
    '"a\\"b"', "'#no'", '"a" "b"', '"\\\n"', 'rb"""\n"""', '"é"', "u'x'", '"""a\\"""b"""',
])  # fmt: skip
EXPRESSIONS = st.recursive(
    st.one_of(NAMES, TEXTS, st.sampled_from(["1", "1.0", "True", "None", "...", "-1", "not a"])),
    lambda inner: st.one_of(
        st.builds("{} + {}".format, inner, inner),
        st.builds("({} and {} or {})".format, inner, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("({} < {} is not {})".format, inner, inner, inner),
        st.builds("[{} for a in {} if {} if b]".format, inner, inner, inner),
        st.builds("{{{}: {}, 'k':\n\n# inside\n  {}}}".format, inner, inner, inner),
        st.builds("(lambda a, b={}: {})".format, inner, inner),
        st.builds("f({}, k={})[1:{}]".format, inner, inner, inner),
        st.builds("(a := {})".format, inner),
    ),
    max_leaves=6,
)
SIMPLE = st.one_of(
    st.builds("{}".format, EXPRESSIONS),
    st.builds("a = {}".format, EXPRESSIONS),
    st.builds("a: int = {}".format, EXPRESSIONS),
    st.builds("a += {}".format, EXPRESSIONS),
    st.builds("assert {}, {}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds("a = 1; b = {}".format, EXPRESSIONS),
    st.builds("a = 1;".format),
    st.builds("a = \\\n  {}".format, EXPRESSIONS),
    st.sampled_from(["pass", "import os", "# comment", "", "   ", "pass  # why: because", "global g", "\f"]),
)


def block(head: str, body: list[str]) -> str:
    inside = [*body, "pass"]
    # What stands inside strings must keep its lines as they are.
    return head + "\n" + "\n".join("    " + line if line.strip() else line for line in inside)


HEADS = st.one_of(
    st.builds("if {}:".format, EXPRESSIONS),
    st.builds("while {}:".format, EXPRESSIONS),
    st.builds("for a in {}:".format, EXPRESSIONS),
    st.builds("with {} as w:  # note".format, EXPRESSIONS),
    st.builds("@d({})\ndef f(a={}, *b: int) -> {}:".format, EXPRESSIONS, EXPRESSIONS, EXPRESSIONS),
    st.sampled_from(["async def g(x):", "class C(Base, k=1 + 2):", "@d\nclass D:", "def h(): # x", "class E:"]),
)
SINGLE_LINE = SIMPLE.filter(lambda text: "\n" not in text and text != "\f")
PARTS = st.one_of(
    SIMPLE,
    st.builds(block, HEADS, st.lists(SINGLE_LINE, max_size=4)),
    st.builds(lambda outer, inner, body: block(outer, block(inner, body).split("\n")), HEADS, HEADS,
              st.lists(SINGLE_LINE.filter(lambda text: '"""' not in text and "'''" not in text), max_size=3)),
    st.sampled_from([
        "try:\n    a\nexcept (A, B):\n    b\nexcept C as c:\n    pass\nelse:\n    d\nfinally:\n    e",
        "match a:\n    case 1:\n        pass\n    case [x, *_] if x:\n        pass\n    case _:\n        pass",
        "for a in b:\n    pass\nelse:\n    c", "if a: b", "if a: b; c", "def f(): return 1", "class A: x = 1",
        "def f():\n    class In:\n        def m(self):\n            return 1 if a else 2\n    return In",
        "try:\n    a\nexcept* E:\n    b",
    ]),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS, max_size=6), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_made_sources_count_as_radon_counts_them(parts: list[str], end: str, closed: bool) -> None:
    text = "\n".join(parts).replace("\n", end) + (end if closed else "")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError):
        return
    assert_same(text, lines=True)


@pytest.mark.parametrize(
    "text", ["x = {\n" + "    'k': [1, 2],  # c\n" * 10_000 + "}\n", "x = (" + "a + " * 300 + "a)\n"]
)
def test_long_literals_and_sums_count_in_one_pass(text: str) -> None:
    module = ast.parse(text)
    counted, total = python_counts.count(module), h_visit_ast(module).total
    assert (counted.operators, counted.operands) == (total.N1, total.N2)
    lines = raw_counts.count(text)
    assert lines.loc == text.count("\n")
    assert lines.lloc == 1 + (":" in text)
