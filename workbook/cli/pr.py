"""Keep the checklist in the pull-request template: `write` puts it there, `check` says whether it is current."""

from __future__ import annotations

import argparse

from workbook.cli.context import Context
from workbook.errors import Refused
from workbook.text import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("action", choices=("write", "check"), help="put the block there, or say whether it is current")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Write or check the block; 1 when a check finds it missing or out of date."""
    from workbook.exports import pr_template

    session = context.workbook()
    if chosen.action == "check":
        if not pr_template.is_current(session):
            raise Refused(
                "the checklist in the pull-request template is missing or out of date",
                "bring it up to date with: readiness pr write",
                code=1,
            )
        context.out("The checklist in the pull-request template is current.")
        return 0
    written = pr_template.write(session)
    done = "Wrote" if written.changed else "Nothing to change in"
    context.out(f"{done} {terminal(written.path.as_posix())}.")
    return 0
