"""Check the state, or a change, by the team's policy, for CI: observe, ratchet or hold.

With --base, or in a pull request of a CI host, the policy, what counted before and the accepted risk come from the
merge base. Exit code 0: it passes; 1: something fails; 2: it cannot be run so; 3: only unknowns stand in the way.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.cli.context import Context
from workbook.cli.looking import look
from workbook.errors import Refused
from workbook.session import Session
from workbook.text import json_document, terminal

if TYPE_CHECKING:
    from workbook.change.compared import Change
    from workbook.gate.ruling import Ruling
    from workbook.reading import Problem

OCCASIONS = ("pull-request", "schedule", "push")
_WORDS = {"failure": "to mend", "unknown": "unknown", "warning": "to know"}
HEADS = {0: "The gate passes", 1: "The gate fails", 3: "The gate cannot tell"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--base", metavar="REF", help="the branch or commit the change goes to; CI hosts name it")
    parser.add_argument("--on", choices=OCCASIONS, help="what the run is for; CI hosts tell it")
    parser.add_argument("--ignore-waivers", action="store_true", help="accepted risk counts as an open gap")
    parser.add_argument("--format", choices=("text", "json", "github"), default="text")
    parser.add_argument("--summary", metavar="FILE", help="write what is to be read of it there too, as Markdown")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Look, judge, and say what fails with the command that mends it."""
    from workbook import ci
    from workbook.gate.as_data import to_json
    from workbook.gate.judge import judge
    from workbook.gate.summary import markdown

    session = context.workbook()
    ref = chosen.base or (ci.base(os.environ) if chosen.on in (None, "pull-request") else "")
    told = ci.Occasion.PULL_REQUEST if chosen.base else ci.occasion(os.environ)
    occasion = ci.Occasion(chosen.on) if chosen.on else told
    if occasion is ci.Occasion.PULL_REQUEST and not ref:
        raise Refused("nothing says what this pull request goes to", "name it: readiness gate --base origin/main")
    change = _change(context, session, ref, chosen) if ref else None
    if change is None:
        _require_policy(session.state.problems)
        look(session)
    ignore = chosen.ignore_waivers or session.state.gate.ignore_waivers
    judged = judge(session, occasion, change, ignore_waivers=ignore)
    claims = _claims(session) if occasion is ci.Occasion.PULL_REQUEST else ()
    ruling = replace(judged, notes=(*judged.notes, *claims))
    for problem in session.state.problems:
        context.say(f"warning: {terminal(str(problem))}")
    if chosen.format == "json":
        context.out(json_document(to_json(ruling)))
    else:
        _show(context, session, ruling, annotated=chosen.format == "github")
    if chosen.summary is not None:
        _summarize(chosen.summary, markdown(judged, change, _prefix(session), claims))
    return ruling.code


def _claims(session: Session) -> Sequence[str]:
    """What the description of the request ticks and the workbook does not say."""
    from workbook import ci
    from workbook.gate.ticked import ticked

    try:
        found = ci.description(os.environ)
    except Refused as refused:
        return (f"What is ticked cannot be told: {refused}",)
    return tuple(ticked(session, found)) if found else ()


def _summarize(name: str, text: str) -> None:
    try:
        # Named by the person who asks, so anywhere they may write.
        Path(name).write_text(text, encoding="utf-8", newline="")
    except (OSError, ValueError) as error:
        raise Refused(f"{name} was not written: {error}", "name another file with --summary") from error


def _change(context: Context, session: Session, ref: str, chosen: argparse.Namespace) -> Change:
    """The change since the merge base.

    Probes look there too only where that could excuse something, or where a summary is to say what is in doubt.
    """
    from workbook.change.base import base_of
    from workbook.change.base import look as look_there
    from workbook.change.compared import compared
    from workbook.gate.unseen import worth_comparing

    base = base_of(session, ref)
    if base.state is not None and (wrong := _wrong(base.state.problems)):
        _require_policy(session.state.problems)
        context.say(terminal(f"warning: at the merge base {wrong}; what cannot be read keeps its default"))
    look(session)
    if chosen.summary is not None:
        seen = look_there(session, base)
    else:
        wanted = worth_comparing(session, base.state)
        seen = look_there(session, base, wanted) if wanted else None
    ignore = chosen.ignore_waivers or bool(base.state and base.state.gate.ignore_waivers)
    return compared(session, base, seen, ignore_waivers=ignore)


def _wrong(problems: Sequence[Problem]) -> str:
    return next((str(one) for one in problems if one.table.partition(".")[0].partition(" ")[0] == "gate"), "")


def _require_policy(problems: Sequence[Problem]) -> None:
    if wrong := _wrong(problems):
        raise Refused(wrong, "a gate with a policy that cannot be read would be another one; correct it")


def _show(context: Context, session: Session, ruling: Ruling, *, annotated: bool) -> None:
    from workbook.gate.annotations import SHOWN, commands
    from workbook.gate.ruling import Level

    compared = f", compared with {ruling.base[:7]}" if ruling.base else ""
    counts = ", ".join(f"{len(found)} {word}" for level, word in _WORDS.items() if (found := ruling.at(Level(level))))
    context.out(terminal(f"{HEADS[ruling.code]} ({ruling.mode}{compared}){f': {counts}' if counts else ''}."))
    for level in Level:
        for one in ruling.at(level):
            context.out(terminal(f"{level:<8} {one.about}: {one.what}"))
            context.out(terminal(f"         → {one.mend}"))
    for note in ruling.notes:
        context.out(terminal(f"note     {note}"))
    if annotated:
        # Past the encoder of terminals, which would take the orders out; each one is encoded by its own.
        for command in commands(session, ruling, _prefix(session)):
            sys.stdout.write(f"{command}\n")
        if (more := len(ruling.reasons) - SHOWN) > 0:
            context.out(f"{more} more in this log; hosts show {SHOWN}.")


def _prefix(session: Session) -> str:
    """Where the workbook lies below the top of its repository."""
    from checks.git import Git, GitProblem

    try:
        with Git.open(session.root) as git:
            return git.prefix
    except GitProblem:
        return ""
