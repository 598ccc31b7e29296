"""From where a notebook stands to the repository it belongs to."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from workbook.answers import STATE_FILE
from workbook.errors import Refused
from workbook.session import Session


def find_root(start: Path | None = None) -> Path:
    """The nearest folder, upwards from `start` (the current one), that holds a workbook; else the repository's.

    Raises:
        Refused: neither is found.
    """
    here = (start or Path.cwd()).resolve()
    chain = (here, *here.parents)
    for mark in (STATE_FILE, ".git"):
        for folder in chain:
            if (folder / mark).exists():
                return folder
    raise Refused(f"{here} is in no repository", "open the notebook with: readiness -C DIR notebook open")


def session_at(root: Path) -> Session:
    """The kernel's one session on a folder, so that running all cells again keeps what is not saved yet."""
    session = _session(root)
    session.refresh()
    return session


@cache
def _session(root: Path) -> Session:
    return Session(root)


def own_folder(root: Path, name: str) -> Path:
    """A folder of ours below the root, which may not exist yet.

    Raises:
        Refused: a link stands in the way, which could lead out of the repository.
    """
    folder = root / name
    if folder.resolve() != root.resolve() / name:
        raise Refused(f"{name} is a link", "replace it with a folder of the repository")
    return folder
