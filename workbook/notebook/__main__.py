"""`python -P -m workbook.notebook open|sync|run`: what the command line starts for `readiness notebook`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from workbook.errors import Refused
from workbook.text import terminal


def main(argv: Sequence[str] | None = None) -> int:
    """Run one action; its exit code: 0 fine, 1 a notebook failed, 2 usage or configuration."""
    parser = argparse.ArgumentParser(prog="readiness notebook", description="Open, write or run the notebooks.")
    parser.add_argument("action", choices=("open", "sync", "run"))
    parser.add_argument("pillar", nargs="?", help="one pillar only, as in fifty-point.4")
    parser.add_argument("-C", dest="root", type=Path, default=Path(), metavar="DIR", help="the repository")
    parser.add_argument("--yes", action="store_true", help="run without asking")
    chosen = parser.parse_args(argv)
    try:
        if chosen.action == "open":
            from workbook.notebook.launch import open_lab

            return open_lab(chosen.root, chosen.pillar)
        return _sync(chosen.root, chosen.pillar) if chosen.action == "sync" else _run(chosen)
    except Refused as refused:
        print(terminal(str(refused)), file=sys.stderr)  # noqa: T201  this is a command
        return refused.code


def _sync(root: Path, pillar: str | None) -> int:
    from workbook.notebook.documents import sync
    from workbook.session import Session

    session = Session(root)
    for path in sync(session, pillar):
        print(terminal(path.relative_to(session.root).as_posix()))  # noqa: T201  this is a command
    return 0


def _run(chosen: argparse.Namespace) -> int:
    from workbook.notebook.headless import run

    if not chosen.yes and not _agreed():
        raise Refused("running notebooks executes their cells, also those this repository's authors added", "add --yes")
    done = run(chosen.root, chosen.pillar)
    for one in done:
        said = "ok" if one.ok else f"failed: {one.error}"
        print(terminal(f"{one.path.name}  {one.seconds:.1f} s  {said}"))  # noqa: T201  this is a command
    return 0 if all(one.ok for one in done) else 1


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    return input("Run the notebooks? Their cells are executed, also your team's own. [y/N] ").strip().lower() == "y"


if __name__ == "__main__":
    sys.exit(main())
