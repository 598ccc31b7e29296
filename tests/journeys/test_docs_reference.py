"""The pages of reference are what the program knows: made anew they are the same, byte for byte."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from docs.generator.commands import EXITS
from docs.generator.pages import FOLDER, pages
from docs.generator.shapes import VARIABLES

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {"SMOKESHOW_GITHUB_COVERAGE_THRESHOLD"}
"""Names that probes look for in reviewed repositories."""


def test_no_page_of_reference_has_drifted():
    made = pages()
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert set(written) == set(made), "write them again: python -P -m docs.generator"
    drifted = [name for name, text in made.items() if written[name] != text]
    assert drifted == [], "write them again: python -P -m docs.generator"


def test_the_exit_codes_are_those_of_the_code():
    from workbook.cli import main

    assert {main.INTERRUPTED, main.PIPE_CLOSED, main.CRASHED} < EXITS.keys()
    given = set()
    for path in sorted((ROOT / "workbook" / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
                given.add(node.value.value)
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Constant) and type(node.value.value) is int:
                given.add(node.value.value)
    assert given <= EXITS.keys()


def test_every_variable_that_is_read_by_name_is_told():
    read = set()
    for room in ("checks", "workbook", "tui"):
        for path in sorted((ROOT / room).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            constants = dict(re.findall(r'(?m)^([A-Z_]+) = "([A-Z][A-Z0-9_]+)"$', text))
            for holder, key in _read_by_name(ast.parse(text)):
                if "env" in holder:
                    read.add(constants.get(key, key))
    read = {name for name in read if re.fullmatch(r"[A-Z][A-Z0-9_]+", name)}
    assert read - NOT_OURS == set(VARIABLES)


def _read_by_name(tree):
    for node in ast.walk(tree):
        holder = key = None
        if isinstance(node, ast.Subscript):
            holder, key = node.value, node.slice
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "get"
            and node.args
        ):
            holder, key = node.func.value, node.args[0]
        if holder is not None and isinstance(key, ast.Constant | ast.Name):
            yield ast.unparse(holder), key.value if isinstance(key, ast.Constant) else key.id
