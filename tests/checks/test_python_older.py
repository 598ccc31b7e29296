"""Newer Python is read in full by an older interpreter: the same statements on the same lines."""

from __future__ import annotations

import ast
import sysconfig
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.look import Look
from checks.readers.python_older import older_spelling

LIBRARY = Path(sysconfig.get_path("stdlib"))
# Formatted strings nested, of several lines, raw, joined and with specifications; all of Python 3.11 and older.
EXAMPLES = ["dataclasses.py", "ssl.py", "inspect.py", "asyncio/base_events.py", "ast.py", "statistics.py", "pdb.py"]

NEWER = {
    "bounds with brackets (3.12)": (
        "def rounded[P: (int, list[str])](price: P) -> P:\n    return price\n",
        "def rounded(price: P) -> P:\n    return price\n",
    ),
    "bounds of several lines (3.12)": (
        "class Box[\n    T: dict[str, (int)],\n](Base):\n    async def get[U](self): ...\n",
        "class Box\\\n\\\n(Base):\n    async def get(self): ...\n",
    ),
    "aliases (3.12)": ("type Pair[T] = tuple[\n    T, T\n]\n", "Pair = tuple[\n    T, T\n]\n"),
    "same quotes inside of braces (3.12)": (
        'sql = f"select {row["name"]} from {f"{schema}.t"}"\n',
        """sql = f'select {row["name"]} from {f"{schema}.t"}'\n""",
    ),
    "lines and comments inside of braces (3.12)": ("x = f'{\n    a  # why\n} b'\n", "x = f'''{\n    a\n} b'''\n"),
    "escapes inside of braces (3.12)": ('x = f"{"\\n".join(a)}\\n"\n', "x = f'{\" \".join(a)}\\n'\n"),
    "several exceptions (3.14)": (
        "try:\n    go()\nexcept ValueError, a.Error:\n    pass\n",
        "try:\n    go()\nexcept (ValueError, a.Error):\n    pass\n",
    ),
}


def dumped(source: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return ast.dump(ast.parse(source))


@pytest.mark.parametrize("form", NEWER)
def test_a_newer_form_is_spelled_as_an_older_one_on_the_same_lines(form: str) -> None:
    newer, older = NEWER[form]
    spelled = older_spelling(newer)
    assert dumped(spelled) == dumped(older)
    assert spelled.count("\n") == newer.count("\n")


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_any_python_parses_means_the_same_afterwards(example: str) -> None:
    source = (LIBRARY / example).read_text(encoding="utf-8")
    assert "f'" in source or 'f"' in source
    assert dumped(older_spelling(source)) == dumped(source)


def test_what_no_python_parses_stays_as_it_is() -> None:
    assert older_spelling("def f(:\n") == "def f(:\n"


def test_newer_files_are_read_in_full(look_at: Callable[[dict[str, str]], Look]) -> None:
    call = (
        'import requests\ndef get[T: (int, str)](d: dict[str, T]):\n    return requests.get(f"{d["url"]}", timeout=3)\n'
    )
    look = look_at({"app/one.py": call, "app/__main__.py": "from app.one import get\nget({})\n"})
    module = look.python.module("app/one.py")
    assert module is not None
    assert module.complete
    assert [one.line for one in module.calls if one.callee == "requests.get"] == [3]
