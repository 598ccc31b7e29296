"""Asking before something of the user's is executed."""

from __future__ import annotations

from collections.abc import Sequence

from workbook.cli.context import Context
from workbook.errors import Refused
from workbook.text import shell_display


def allowed_to_run(context: Context, argv: Sequence[str], *, yes: bool) -> None:
    """Show what will run and ask; with `yes` only show it.

    Raises:
        Refused: the person says no, or nobody can be asked.
    """
    context.say(f"Runs in {context.root}, with your rights: {shell_display(argv)}")
    if yes:
        return
    if not context.interactive:
        raise Refused("nobody is here to say yes to running this", "allow it with --yes")
    if not context.confirm("Run it?"):
        raise Refused("not run", "nothing was recorded", code=1)
