"""Patterns that are searched over the text of a repository come to an end on lines made to keep them busy.

All of them run in one child whose processor time the system bounds, thousands of times above what they need: a pattern
that tries every pair of places on a line never comes to its end there, and the child's last line tells which.
"""

import resource
import subprocess
import sys

import pytest

LENGTH = 200_000
LINES = [" ", "\t", "\n", "\n ", "a", "A_", "-", "#", "=", "* ", "a.", "a/", "1", "# ", "model", "KEY", "user_id "]
SEARCHED = [
    "checks.topics.release:_ENTRY",
    "checks.topics.release:_CONFIGURED",
    "checks.topics.release:_STEP",
    "checks.topics.model_failure:_GIVES_BACK",
    "checks.topics.secrets:SETTING",
    "checks.topics.secrets:FORM_WORD",
    "checks.models.names:_SETTING",
    "checks.models.names:_ENTRY",
    "checks.application.product_signs:OWNER_COLUMNS",
    "checks.application.product_signs:PERSONAL_COLUMNS",
    "checks.application.entry_points:_UVICORN",
    "checks.application.entry_points:_FILE",
]
SEARCH = """
import importlib, sys
for place in sys.argv[3:]:
    module, _, name = place.partition(":")
    pattern = getattr(importlib.import_module(module), name)
    for line in map(eval, sys.argv[2].split("|")):
        print(f"{place} on {line!r}", flush=True)
        for _ in pattern.finditer(line * (int(sys.argv[1]) // len(line)) + "!"):
            pass
print("the end")
"""
ENOUGH = 60
"""Seconds of processor time for all of them."""


def searched(*places: str, bound: int) -> str:
    """The last line of a child that runs the patterns at `places`: what it was at, or that it came to the end."""
    lines = "|".join(map(repr, LINES))
    child = subprocess.run(
        [sys.executable, "-P", "-c", SEARCH, str(LENGTH), lines, *places],
        stdin=subprocess.DEVNULL, capture_output=True, check=False, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (bound, bound)),
    )  # fmt: skip
    assert child.stdout, child.stderr
    return child.stdout.splitlines()[-1]


def test_no_line_keeps_a_search_from_its_end() -> None:
    assert searched(*SEARCHED, bound=ENOUGH) == "the end"


def test_the_bound_finds_a_search_that_does_not_come_to_its_end(tmp_path, monkeypatch) -> None:
    (tmp_path / "endless.py").write_text("import re\nSLOW = re.compile(r'(?m)^\\s*x')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert searched("endless:SLOW", bound=1) == "endless:SLOW on '\\n'"


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("checks.topics.release:_ENTRY", "\n\n## [1.2.0] - 2024-05-01"),
        ("checks.topics.release:_ENTRY", "  * v1.2"),
        ("checks.topics.release:_ENTRY", "## Unreleased"),
        ("checks.topics.release:_ENTRY", "=== 1.0 ==="),
        ("checks.topics.release:_STEP", "\n\n   1. Go back\n"),
        ("checks.topics.release:_STEP", "    $ kubectl rollout undo"),
        ("checks.topics.release:_CONFIGURED", "deploy:\n\n      failure_action: rollback"),
        ("checks.models.names:_SETTING", "\n  - model: gpt-4o"),
        ("checks.models.names:_SETTING", "export OPENAI_MODEL='gpt-4o'"),
        ("checks.models.names:_ENTRY", '{\n  "id": "gpt-4o"}'),
        ("checks.topics.secrets:SETTING", '\n    first_password: str = "letmein"'),
        ("checks.application.product_signs:OWNER_COLUMNS", "create table notes (\n\n  owner_id uuid"),
        ("checks.application.entry_points:_FILE", "python services/api/src/main.py --port 80"),
        ("checks.application.entry_points:_UVICORN", "uvicorn shop.main:app"),
    ],
)
def test_they_find_what_they_are_for(place: str, text: str) -> None:
    module, _, name = place.partition(":")
    assert getattr(sys.modules.get(module) or __import__(module, fromlist=[name]), name).search(text)
