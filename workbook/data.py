"""Where the packaged templates are: inside the wheel, or beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path


def templates() -> Path:
    """The folder that holds the catalogue, the sample and the document templates."""
    here = Path(__file__).resolve().parent
    packaged = here / "templates"
    return packaged if packaged.is_dir() else here.parent / "templates"
