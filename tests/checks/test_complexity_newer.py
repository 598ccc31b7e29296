"""Python newer than the running grammar: radon counts the older spelling, and finds what it finds in the newer one."""

from __future__ import annotations

import ast
import sysconfig
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from radon.metrics import h_visit_ast
from radon.visitors import ComplexityVisitor

from checks.complexity.measure import measure
from checks.complexity.older_python import without_formatted_strings
from checks.complexity.raw_counts import count
from checks.look import Look
from checks.observation import Outcome
from checks.topics.code import maintainability, no_complex_hotspots
from checks.tree import Tree

LIBRARY = Path(sysconfig.get_path("stdlib"))
# Modules that format much, over several lines, nested and with specifications; all of Python 3.11 and newer.
EXAMPLES = ["dataclasses.py", "ssl.py", "inspect.py", "asyncio/base_events.py", "ast.py", "statistics.py", "pdb.py"]


def functions_of(source: str) -> list[tuple[str, int, int]]:
    return [(one.name, one.lineno, one.complexity) for one in ComplexityVisitor.from_ast(ast.parse(source)).blocks]


def same_figures(source: str) -> None:
    spelled = without_formatted_strings(source)
    assert spelled is not None
    parsable, countable = spelled
    assert functions_of(parsable) == functions_of(source)
    assert h_visit_ast(ast.parse(parsable)).total == h_visit_ast(ast.parse(source)).total
    assert count(countable) == count(source)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_older_spelling_of_real_modules_has_radons_figures(example: str) -> None:
    source = (LIBRARY / example).read_text(encoding="utf-8")
    assert "f'" in source or 'f"' in source
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        same_figures(source)


EXPRESSIONS = st.sampled_from(
    ["a", "a if b else c", "a and b", "a[1:2]", "(lambda x: x)(a)", "a + b", "[y for y in a]"]
)
FIELDS = st.builds(
    "{{{}{}{}}}".format, EXPRESSIONS, st.sampled_from(["", "!r"]), st.sampled_from(["", ":>3", ":{w}", ":>{w}.{p}"])
)
PIECES = st.one_of(FIELDS, st.sampled_from(["text", " ", "{{", "}}", ":", "#"]))
SINGLE = st.lists(PIECES, max_size=4).map(lambda pieces: 'f"' + "".join(pieces) + '"')
TRIPLE = st.lists(st.one_of(PIECES, st.just("\n"), st.just("\n  ")), max_size=6).map(
    lambda pieces: 'f"""' + "".join(pieces) + '"""'
)
STRINGS = st.one_of(SINGLE, TRIPLE, st.just('"plain"'))
VALUES = st.lists(STRINGS, min_size=1, max_size=3).map(lambda strings: "(" + "\n    ".join(strings) + ")")


@given(st.lists(VALUES, min_size=1, max_size=3))
def test_any_formatted_string_counts_the_same_in_its_older_spelling(values: list[str]) -> None:
    body = "".join(f"    x = {value}  # why\n" for value in values)
    same_figures(f"def f(a, b, c, w, p):\n    if a:\n        return 1\n{body}    return x\n")


FORMATTED = """\
def f(d, k):
    if d:
        return f"{d["key"]} {"a" if k else "b"} {f"{d["x"] or k}"}"
    return f'''{
        d['key']  # why
    }'''
"""
GENERIC = """\
type Pair[T] = tuple[T, T]
def first[T](pair: Pair[T]) -> T:
    return pair[0] if pair else pair[1]
class Box[T]:
    def get[
        U,
    ](self, other: U) -> T | U:
        return self.one or other
"""
CAUGHT = """\
def f():
    try:
        return 1
    except ValueError, KeyError:
        return 2
"""
TEMPLATE = """\
def f(name):
    return t"Hello {name or "you"}"
"""
NEWER = {
    "formatted.py": (FORMATTED, [("f", 1, 4)]),
    "generic.py": (GENERIC, [("first", 2, 2), ("Box.get", 5, 2)]),
    "caught.py": (CAUGHT, [("f", 1, 2)]),
    "template.py": (TEMPLATE, [("f", 1, 2)]),
}
"""Syntax of Python 3.12 (formatted strings, generics) and 3.14 (unparenthesized handlers, template strings)."""


@pytest.mark.parametrize("name", NEWER)
def test_newer_syntax_is_measured(tmp_path: Path, name: str) -> None:
    text, expected = NEWER[name]
    (tmp_path / name).write_text(text)
    seen = measure(Tree.read(tmp_path, None), [name])
    assert seen.unread == ()
    assert [(one.name, one.line, one.complexity) for one in sorted(seen.above(0), key=lambda one: one.line)] == expected
    module = seen.module(name)
    assert 0 < module.maintainability_index <= 100
    assert module.raw.loc == text.count("\n")


def test_a_newer_file_does_not_make_the_signals_unknown(look_at: Callable[[dict[str, str]], Look]) -> None:
    look = look_at({f"app/{name}": text for name, (text, _) in NEWER.items()})
    assert no_complex_hotspots(look).outcome is Outcome.MET
    assert maintainability(look).outcome is Outcome.MET
    branches = "".join(f"    if d[{number}]:\n        return {number}\n" for number in range(30))
    look = look_at({"app/many.py": f'def g(d):\n{branches}    return f"{{d["none"]}}"\n'})
    assert no_complex_hotspots(look).outcome is Outcome.UNMET


def test_what_no_known_python_parses_is_unknown_for_that_file_only(look_at: Callable[[dict[str, str]], Look]) -> None:
    look = look_at({"app/broken.py": "def f(:\n", "app/fine.py": "def f(): pass\n"})
    assert [one.path for one in look.complexity.unread] == ["app/broken.py"]
    assert "line 1" in look.complexity.unread[0].reason
    assert [one.path for one in look.complexity.above(0)] == ["app/fine.py"]
    assert no_complex_hotspots(look).outcome is Outcome.UNKNOWN
