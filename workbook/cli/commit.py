"""Commit the workbook's files, and only those, with your own git, hooks and signing."""

from __future__ import annotations

import argparse

from workbook.cli.context import Context
from workbook.errors import Refused
from workbook.text import terminal, terminal_lines


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--message", metavar="TEXT", help="the message; left out, it says what changed")
    parser.add_argument("--with", dest="navigators", action="append", metavar="NAME", help='co-author, "Name <mail>"')
    parser.add_argument("--dry-run", action="store_true", help="show the message and the changes, commit nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask; git and your hooks will run")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Show what will be committed, ask, commit."""
    from workbook.commit import CommitFailed, commit, diff, preview

    session = context.workbook()
    navigators = tuple(chosen.navigators or ())
    if session.place.git_dir is None:
        raise Refused(session.place.trouble)
    if chosen.dry_run:
        context.out(terminal_lines(chosen.message or preview(session, navigators)))
        context.out(diff(session))
        return 0
    if not chosen.yes:
        if not context.interactive:
            raise Refused("committing runs git and your hooks, and nobody can be asked here", "say so with --yes")
        context.say(terminal_lines(chosen.message or preview(session, navigators)))
        if not context.confirm("Commit this with your git and its hooks?"):
            context.say("Nothing was committed.")
            return 0
    try:
        made = commit(session, message=chosen.message, navigators=navigators)
    except CommitFailed as failed:
        if failed.output:
            context.say(failed.output)
        raise
    context.out(f"Committed {made.id[:7]}: {terminal(', '.join(made.files))}")
    return 0
