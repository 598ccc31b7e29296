"""The folder that a call is about."""

from __future__ import annotations

from pathlib import Path

from workbook import names


def root_of(folder: Path) -> Path:
    """The folder whose workbook a call below it means: the nearest with a state file, else the repository's top."""
    here = folder.resolve()
    for candidate in (here, *here.parents):
        if (candidate / names.STATE).exists() or (candidate / ".git").exists():
            return candidate
    return here
