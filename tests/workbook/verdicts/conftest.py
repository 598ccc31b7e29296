"""The worked cases, and lines for the models that count items."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[2] / "data" / "scoring_cases.json"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for `<function>_case` each worked case of that function."""
    for name in metafunc.fixturenames:
        if name.endswith("_case"):
            cases = [case for case in json.loads(DATA.read_text()) if case["function"] == name.removesuffix("_case")]
            metafunc.parametrize(name, cases, ids=[case["id"] for case in cases])


@pytest.fixture
def shown():
    """A verdict's values as they reach the JSON, for the keys a worked case names."""
    from dataclasses import asdict

    def read(verdict: Any, keys: dict[str, Any]) -> dict[str, Any]:
        plain = json.loads(json.dumps(asdict(verdict)))
        return {key: plain[key] for key in keys}

    return read
