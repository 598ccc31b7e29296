"""The notebook face: `Workbook.open` gives a whole workbook to explore, `open_pillar` one pillar with its form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbook.notebook.book import PillarBook
    from workbook.notebook.opened import Workbook

__all__ = ["Workbook", "open_pillar"]


def __getattr__(name: str) -> object:
    """Load the workbook only where it is asked for: a test of the core must not pay for the notebook."""
    if name == "Workbook":
        from workbook.notebook.opened import Workbook

        return Workbook
    raise AttributeError(name)


def open_pillar(pillar: str, root: Path | str | None = None) -> PillarBook:
    """Open one pillar of the deciding checklist.

    Args:
        pillar: "fifty-point.4" (its checklist and id), "4", or its title.
        root: the repository; found from the current folder upwards when None.

    Raises:
        Refused: there is no such pillar, or another checklist decides by now.
    """
    from workbook.notebook.book import PillarBook
    from workbook.notebook.roots import find_root, session_at

    return PillarBook(session_at(find_root() if root is None else Path(root).resolve()), pillar)
