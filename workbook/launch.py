"""The console script: the command line, handed the ways into the other faces, which may not import each other."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.cli.context import Faces
from workbook.cli.main import main as command_line

if TYPE_CHECKING:
    from workbook.session import Session


def main(argv: Sequence[str] | None = None) -> int:
    """Run `readiness`; see `workbook.cli.main.main`."""
    return command_line(argv, Faces(_tui, _open_lab, _write_notebooks, _run_notebooks))


def _tui(root: Path) -> int:
    from tui.app import run

    return run(root)


def _open_lab(root: Path, pillar: str | None) -> int:
    from workbook.notebook.launch import open_lab

    return open_lab(root, pillar)


def _write_notebooks(session: Session, pillar: str | None) -> list[Path]:
    from workbook.notebook.documents import sync

    return sync(session, pillar)


def _run_notebooks(root: Path, pillar: str | None) -> list[tuple[Path, str]]:
    from workbook.notebook.headless import run

    return [(one.path, one.error) for one in run(root, pillar)]


if __name__ == "__main__":
    sys.exit(main())
