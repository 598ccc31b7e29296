"""Attach evidence to an answer: a link, a file, where it lives, a tool's report; or run and record something."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import timedelta

from workbook import running
from workbook.cli import importing
from workbook.cli.asking import allowed_to_run
from workbook.cli.context import Context
from workbook.cli.telling import saved
from workbook.evidence import recognized
from workbook.text import terminal_lines


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="add|import|run|drill")
    add = acts.add_parser("add", help="attach a link, a file of the repository, or where it lives", allow_abbrev=False)
    add.add_argument("control", metavar="CONTROL")
    add.add_argument("what", metavar="WHAT")
    add.add_argument("--who", metavar="NAME", help="who can show it, for what lives elsewhere")
    add.add_argument("--seen", metavar="TEXT", help="what was seen there, for a link")
    importing.arguments(
        acts.add_parser("import", help="read reports of other tools: evidence and numbers", allow_abbrev=False)
    )
    for name, about in (("run", "run a command and record how it ended"), ("drill", "rehearse against the clock")):
        act = acts.add_parser(name, help=about, allow_abbrev=False)
        act.add_argument("control", metavar="CONTROL")
        act.add_argument("--yes", action="store_true", help="run it without asking")
        act.add_argument("--timeout", type=float, default=running.TIMEOUT_S, metavar="SECONDS")
        if name == "drill":
            act.add_argument("--what", required=True, help='what is rehearsed, as in "restore a backup"')
            act.add_argument("--days", type=int, default=running.DRILL_DAYS, help="how long it counts")
        act.add_argument("command", nargs="+", metavar="-- COMMAND", help="after two dashes: the command to run")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Attach the evidence and say what stands now."""
    if chosen.act == "import":
        return importing.run(context, chosen)
    session = context.workbook()
    session.question(chosen.control)
    if chosen.act == "add":
        piece = recognized(chosen.what, session.root)
        told = {"who": chosen.who, "seen": chosen.seen, "seen_at": session.today() if piece.kind == "link" else None}
        values = {**piece.values, **{key: value for key, value in told.items() if value}}
        session.attach(chosen.control, replace(piece, values=values))
        return saved(context, session, chosen.control)
    argv = chosen.command
    allowed_to_run(context, argv, yes=chosen.yes)
    if chosen.act == "run":
        done = running.record_command(argv, session.root, session.place.commit, timeout_s=chosen.timeout)
    else:
        done = running.record_drill(
            chosen.what,
            argv,
            session.root,
            session.place.commit,
            expires=session.today() + timedelta(days=chosen.days),
            timeout_s=chosen.timeout,
        )
    context.say(terminal_lines(done.output.rstrip("\r\n")))
    session.attach(chosen.control, done.evidence)
    code = saved(context, session, chosen.control)
    seconds = done.evidence.values["seconds"]
    context.out(f"Recorded: it ended with {done.exit} after {seconds} s.")
    if done.exit:
        context.say(f"It failed, so it speaks against the answer: readiness answer {chosen.control} no")
    return code or int(done.exit != 0)
