"""A small repository with a workbook, for the notebook face."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from workbook.session import Session

TODAY = date(2026, 11, 20)


@pytest.fixture
def opened(repository: Path) -> Session:
    """A saved workbook of the fifty points."""
    session = Session(repository, today=lambda: TODAY)
    session.start(["fifty-point"])
    session.save()
    return session


@pytest.fixture
def twin(opened: Session, tmp_path: Path) -> Session:
    """The same repository and workbook in another place, byte for byte."""
    import shutil

    copy = tmp_path / "twin"
    shutil.copytree(opened.root, copy, symlinks=True)
    return Session(copy, today=lambda: TODAY)
