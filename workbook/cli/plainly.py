"""`readiness status` as it is asked at every save, without the parser of arguments, which takes a while to load."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbook.cli.context import Context
from workbook.cli.folder import root_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.cli.again import Again
    from workbook.cli.faces import Faces
    from workbook.cli.unchanged import Unchanged

FORMATS = {(): "text", ("--format", "text"): "text", ("--format", "json"): "json"}
"""What may follow the command here; whatever else does, and every mistake, is for the parser."""


def root_asked(arguments: Sequence[str]) -> Path | None:
    """The folder that a plain call of status is about; None where this is none, or the folder is none."""
    given = tuple(arguments)
    named = given[:1] == ("-C",)
    command, rest = given[2:3] if named else given[:1], given[3:] if named else given[1:]
    if command != ("status",) or rest not in FORMATS:
        return None
    if not named:
        return root_of(Path.cwd())
    return Path(given[1]).resolve() if Path(given[1]).is_dir() else None


def run(root: Path, arguments: Sequence[str], faces: Faces | None, again: Again | None) -> int:
    """Run a call for which `root_asked` told the folder; the exit code. What it said is kept where it will last."""
    context = Context(root, faces, again.git if again else None)
    _tell(context, arguments)
    if again is not None:
        again.keep(context.said)
    return 0


def run_on(ground: str, arguments: Sequence[str], faces: Faces | None, outside: Unchanged) -> bool:
    """Run a call without git, on what was read when the repository looked as it does now; whether that can be done."""
    from workbook.ground import of_text

    root = root_asked(arguments)
    if root is None:
        return False
    context = Context(root, faces, ground=of_text(ground))
    _tell(context, arguments)
    outside.keep(context.said.lines, context.said.ground)
    return True


def _tell(context: Context, arguments: Sequence[str]) -> None:
    from workbook.cli.status import told

    told(context, FORMATS[tuple(arguments)[-2:] if "--format" in arguments else ()])
