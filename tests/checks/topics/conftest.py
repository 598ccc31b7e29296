"""A small tree written from a mapping, and the observation one probe makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from checks.look import Look
from checks.tree import Tree


@pytest.fixture
def look_at(tmp_path: Path) -> Callable[[Mapping[str, str]], Look]:
    """Write files below a fresh folder and look at them, outside git."""
    count = 0

    def write(files: Mapping[str, str]) -> Look:
        nonlocal count
        count += 1
        root = tmp_path / f"tree{count}"
        root.mkdir()
        for path, text in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return Look(Tree.read(root, None))

    return write
