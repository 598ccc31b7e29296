"""The ways into the other faces, which the command line must not import: no face leans on another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from workbook.session import Session


class Faces(NamedTuple):
    """Ways into the other faces. The entry point supplies them."""

    tui: Callable[[Path], int]
    open_lab: Callable[[Path, str | None], int]
    write_notebooks: Callable[[Session, str | None], Sequence[Path]]
    run_notebooks: Callable[[Path, str | None], Sequence[tuple[Path, str]]]
    """The notebooks that ran, each with the line that says why it failed, "" where it did not."""
    verify_notebooks: Callable[[Path, str | None], tuple[Sequence[tuple[Path, str]], Sequence[tuple[str, bool, str]]]]
    """The same, and every recorded value: what it is, whether it came out the same, and what is to be said of it."""
    drifted_notebooks: Callable[[Session], Sequence[tuple[str, str]]]
    """The stored notebooks that are not as they should be, each with what is wrong."""
