"""Taking a named place out of a file takes what belongs to it and nothing else."""

from __future__ import annotations

import ast
import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from checks.challenge.takes import without
from checks.observation import Location

PYTHON = """import os


@app.get("/health")
def health():
    return "ok"


pool = make_pool(
    size=10,
)
"""
WORKFLOW = """on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: tests
        run: |
          make build
          pytest
      - run: ruff check
  deploy:
    needs: test
    runs-on: ubuntu-latest
"""
DOCKERFILE = "FROM python:3.12\nRUN apt-get update \\\n    && apt-get install -y git\nUSER app\n"
README = "# Shop\n\n## Run\n\n1. start\n\n### Elsewhere\n\nno\n\n## License\n\nMIT\n"
TYPESCRIPT = (
    'import x from "x";\n\nexport async function GET() {\n  return Response.json({ ok: true });\n}\n\nlimit(app);\n'
)


def left(path: str, text: str, *lines: int, end: int = 0) -> str:
    return without(path, text, [Location(path, line, end) for line in lines])


def test_a_python_statement_goes_whole_with_its_decorators():
    found = left("app.py", PYTHON, 5)
    assert "health" not in found
    assert "make_pool" in found
    ast.parse(found)


def test_the_smallest_python_statement_goes_and_its_function_still_parses():
    found = left("app.py", PYTHON, 6)
    assert "return" not in found
    assert "def health" in found
    ast.parse(found)


def test_a_python_statement_over_several_lines_goes_by_any_of_them():
    assert "pool" not in left("app.py", PYTHON, 10)


def test_broken_python_loses_the_line():
    assert left("app.py", "def (:\nx = 1\n", 2) == "def (:\npass\n"


def test_a_command_of_a_script_goes_and_the_others_stay():
    found = yaml.safe_load(left("ci.yml", WORKFLOW, 10))
    assert found["jobs"]["test"]["steps"][1]["run"] == "make build\n"


@pytest.mark.parametrize(("line", "jobs"), [(12, {"test"}), (3, {"deploy"})])
def test_a_job_goes_whole(line, jobs):
    assert set(yaml.safe_load(left("ci.yml", WORKFLOW, line))["jobs"]) == jobs


def test_a_step_goes_with_what_is_indented_below_it():
    steps = yaml.safe_load(left("ci.yml", WORKFLOW, 7))["jobs"]["test"]["steps"]
    assert [list(step) for step in steps] == [["uses"], ["run"]]


def test_an_instruction_goes_with_its_continued_lines():
    assert left("Dockerfile", DOCKERFILE, 2) == "FROM python:3.12\nUSER app\n"


def test_a_heading_goes_with_its_section():
    assert left("README.md", README, 3) == "# Shop\n\n## License\n\nMIT\n"


def test_an_entry_of_json_goes_and_the_rest_is_json():
    text = json.dumps({"name": "x", "scripts": {"test": "vitest", "build": "vite"}, "private": True}, indent=2)
    assert json.loads(left("package.json", text, 3)) == {"name": "x", "private": True}
    assert json.loads(left("package.json", text, 7))["scripts"] == {"test": "vitest", "build": "vite"}


def test_a_web_statement_goes_whole():
    assert left("route.ts", TYPESCRIPT, 3) == 'import x from "x";\n\n\nlimit(app);\n'
    assert "limit" not in left("route.ts", TYPESCRIPT, 7)


def test_places_outside_the_file_take_nothing():
    assert left("app.py", PYTHON, 0, 99) == PYTHON


@given(
    st.sampled_from(["a.py", "a.ts", "a.md", "a.yml", "a.json", "Dockerfile", "a.txt", "a.bin"]),
    st.text(alphabet="ab(){}[]:\"'#-@=,\\\n \tæ\u2028", max_size=200),
    st.lists(st.tuples(st.integers(-3, 60), st.integers(-3, 60)), max_size=5),
)
def test_whatever_a_file_holds_lines_only_go(path, text, places):
    found = without(path, text, [Location(path, first, last) for first, last in places])
    assert found.count("\n") <= text.count("\n")
