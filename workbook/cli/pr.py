"""Pull requests: the checklist in their template, what a change puts in doubt, and what was ticked in a description.

write puts the checklist into the template, or brings it up to date; check says whether it is; body says what the change
since the merge base puts in doubt; read takes the ticks of a description.
"""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from workbook.cli import reading_back
from workbook.cli.context import Context
from workbook.cli.looking import look
from workbook.errors import Refused
from workbook.text import json_document, terminal, terminal_lines

if TYPE_CHECKING:
    from workbook.pull_request.template import Planned
    from workbook.session import Session

HOSTS = ("github", "gitlab", "forgejo", "gitea", "azure", "other")
STYLES = ("state", "printable", "short")
VERSION = 1


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="write|check|body|read")
    write = actions.add_parser("write", help="put the checklist into the template, or bring it up to date")
    write.add_argument("--host", choices=HOSTS, help="whose template; the one this repository is made for if left out")
    write.add_argument("--style", choices=STYLES, help="what it says; state, or the one it has, if left out")
    write.add_argument("--file", action="append", default=[], metavar="PATH", help="this template; may be repeated")
    write.add_argument("--dry-run", action="store_true", help="show the change, write nothing")
    check = actions.add_parser("check", help="say whether the checklist in the template is up to date")
    check.add_argument("--format", choices=("text", "json"), default="text")
    body = actions.add_parser("body", help="say what this change puts in doubt and what it answers")
    body.add_argument("--base", metavar="REF", help="the branch or commit the change goes to; CI hosts name it")
    body.add_argument("--no-probe", action="store_true", help="by the answers and the watched files alone")
    body.add_argument("--format", choices=("markdown", "json"), default="markdown")
    reading_back.arguments(actions.add_parser("read", help="take the ticks of a description"))


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Do what was asked; 1 when a check finds the checklist missing or out of date."""
    return {"write": _write, "check": _check, "body": _body, "read": reading_back.run}[chosen.action](context, chosen)


def _write(context: Context, chosen: argparse.Namespace) -> int:
    from workbook.exports import pr_template
    from workbook.pull_request import locations, template
    from workbook.text.unified import unified

    session = context.workbook()
    style = pr_template.Style(chosen.style) if chosen.style else None
    host = locations.Host(chosen.host) if chosen.host else None
    if locations.Host.OTHER in (host, None if host or chosen.file else _only(session)):
        context.say("This host keeps templates in its settings: paste there what follows.")
        context.out(terminal_lines(pr_template.block(session, style or pr_template.Style.STATE)))
        return 0
    if chosen.dry_run:
        for one in template.planned(session, host=host, style=style, files=chosen.file):
            context.out(unified(one.path.as_posix(), one.old, one.new))
        return 0
    if session.place.git_dir is not None and not (session.root / ".git").exists():
        context.say("warning: hosts look for templates at the top of the repository, and this workbook lies below it.")
    for one in template.write(session, host=host, style=style, files=chosen.file):
        context.out(f"{'Nothing to change in' if one.current else 'Wrote'} {terminal(one.path.as_posix())}.")
    return 0


def _only(session: Session) -> object:
    """The host, where nothing in the repository has a block yet."""
    from workbook.pull_request import locations, template

    return None if template.with_block(session.root) else locations.guessed(session.root)


def _check(context: Context, chosen: argparse.Namespace) -> int:
    from workbook.pull_request import template

    session = context.workbook()
    plans = template.planned_blocks(session)
    if chosen.format == "json":
        context.out(json_document(_as_data(plans)))
        return 0 if plans and all(one.current for one in plans) else 1
    stale = [terminal(one.path.as_posix()) for one in plans if not one.current]
    if not plans or stale:
        what = f"out of date in {', '.join(stale)}" if stale else "missing"
        raise Refused(
            f"the checklist in the pull-request template is {what}",
            "bring it up to date with: readiness pr write",
            code=1,
        )
    context.out(f"The checklist is current in {', '.join(terminal(one.path.as_posix()) for one in plans)}.")
    return 0


def _as_data(plans: tuple[Planned, ...]) -> dict[str, object]:
    templates = [{"path": one.path.as_posix(), "current": one.current} for one in plans]
    return {"version": VERSION, "current": bool(plans) and all(one.current for one in plans), "templates": templates}


def _body(context: Context, chosen: argparse.Namespace) -> int:
    from workbook import ci
    from workbook.exports import pr_body

    session = context.workbook()
    ref = chosen.base or ci.base(os.environ)
    if not ref:
        raise Refused("nothing says what this change goes to", "name it: readiness pr body --base origin/main")
    if not chosen.no_probe:
        look(session)
    change = pr_body.change_since(session, ref)
    if chosen.format == "json":
        context.out(json_document(pr_body.as_data(change)))
    else:
        context.out(pr_body.markdown_of(change))
    return 0
