"""Inputs that keep careless parsers busy, in a real look: each is read, partial or skipped, the rest is answered."""

from __future__ import annotations

import json

import pytest

from checks.isolated import look_over
from checks.observation import Outcome, ProbeReport

APP = "import requests\n\n\ndef go(url):\n    return requests.get(url)\n"
ROW = "    'key': [1, 2, {'deep': 'value'}],  # a comment\n"
INPUTS = {
    "literal.py": "DATA = {\n" + ROW * 10_000 + "}\n",
    "sum.py": "x = " + " + ".join(["a"] * 500) + "\n",
    "branches.py": "if a:\n    pass\n" + "elif b:\n    pass\n" * 400,
    "deep.py": "x = " + "[" * 150 + "]" * 150 + "\n",
    "deeper.py": "x = " + "(" * 5_000 + ")" * 5_000 + "\n",
    "deep.ts": "const x = " + "[".join([""] * 3_000) + "]".join([""] * 3_000) + ";\n",
    "line.json": json.dumps({"rows": ["x" * 50] * 96_000}),
    "larger.json": json.dumps({"rows": ["x" * 50] * 110_000}),
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> ProbeReport:
    root = tmp_path_factory.mktemp("acme")
    for path, text in (INPUTS | {"app.py": APP}).items():
        (root / path).write_text(text)
    return look_over(root)


def test_everything_is_answered_and_no_probe_gave_up(seen: ProbeReport) -> None:
    assert seen.complete
    assert len(seen.observations) > 70
    said = [one.summary for one in seen.observations.values()]
    assert not [text for text in said if "came to no end" in text or "its probe failed" in text]
    assert seen.observations["calls.timeouts"].outcome is Outcome.UNMET
    assert [one.path for one in seen.observations["calls.timeouts"].locations] == ["app.py"]


def test_what_was_not_read_in_full_is_named(seen: ProbeReport) -> None:
    left = {one.path: one.reason for one in (*seen.files.partial, *seen.files.skipped)}
    assert all(left.values())
    assert {"deeper.py", "larger.json"} <= left.keys() <= INPUTS.keys()
    assert "app.py" not in left
