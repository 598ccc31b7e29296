"""The reports of tests/data/reports, with what must be read of each."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "data" / "reports"


def pytest_generate_tests(metafunc):
    cases = tomllib.loads((DATA / "cases.toml").read_text(encoding="utf-8"))
    wanted = {"case": list(cases), "usable": [name for name, case in cases.items() if "refused" not in case]}
    for name, names in wanted.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, names)


@pytest.fixture(scope="session")
def data():
    return DATA


@pytest.fixture(scope="session")
def cases():
    return tomllib.loads((DATA / "cases.toml").read_text(encoding="utf-8"))
