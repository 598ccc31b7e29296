"""A workbook in a small repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbook.session import Session


@pytest.fixture
def session(repository: Path) -> Session:
    opened = Session(repository)
    opened.start(["fifty-point"])
    opened.save()
    return opened
