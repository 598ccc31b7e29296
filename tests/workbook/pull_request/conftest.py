"""A workbook in a small repository."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from workbook.session import Session


@pytest.fixture
def session(repository: Path) -> Session:
    opened = Session(repository)
    opened.start(["fifty-point"])
    opened.save()
    return opened


@pytest.fixture(autouse=True)
def outside_of_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own CI must not tell what the command under test is for."""
    for name in list(os.environ):
        if name.startswith(("GITHUB_", "CI_", "GITLAB_")):
            monkeypatch.delenv(name)


@pytest.fixture
def schema() -> Callable[[object, str], None]:
    """Checks data against a published schema."""
    import jsonschema

    def check(data: object, name: str) -> None:
        text = (Path(__file__).resolve().parents[3] / "docs" / "schemas" / name).read_text()
        jsonschema.Draft202012Validator(json.loads(text)).validate(data)

    return check
