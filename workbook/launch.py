"""The console script: the command line, handed the ways into the other faces, which may not import each other."""

from __future__ import annotations

import atexit
import gc
import sys

from workbook.cli.faces import Faces
from workbook.cli.main import main as command_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from workbook.session import Session


def main(argv: Sequence[str] | None = None) -> int:
    """Run `readiness`; see `workbook.cli.main.main`."""
    # Starting makes hardly any cycles, and looking for them among all that is loaded takes a tenth of its time.
    gc.set_threshold(100_000, 20, 100)
    # The interpreter searches all that is loaded once more when it ends, and nothing waits for that.
    atexit.register(gc.freeze)
    return command_line(
        argv, Faces(_tui, _open_lab, _write_notebooks, _run_notebooks, _verify_notebooks, _drifted_notebooks)
    )


def _tui(root: Path) -> int:
    from tui.start import run

    return run(root)


def _open_lab(root: Path, name: str | None, browser: bool) -> int:
    from workbook.notebook.launch import open_lab

    return open_lab(root, name, browser=browser)


def _write_notebooks(session: Session, name: str | None) -> list[Path]:
    from workbook.notebook.documents import sync

    return sync(session, name)


def _run_notebooks(root: Path, name: str | None) -> list[tuple[Path, str]]:
    from workbook.notebook.headless import run

    return [(one.path, one.error) for one in run(root, name)]


def _verify_notebooks(root: Path, name: str | None) -> tuple[list[tuple[Path, str]], list[tuple[str, bool, str]]]:
    from workbook.notebook.verifying import verify

    runs, checks = verify(root, name)
    return [(one.path, one.error) for one in runs], [(one.what, one.holds, one.said) for one in checks]


def _drifted_notebooks(session: Session) -> list[tuple[str, str]]:
    from workbook.notebook.documents import drift

    return drift(session)


if __name__ == "__main__":
    sys.exit(main())
