"""Write a document or configuration that is missing: what the tree reveals, with marked blanks for the rest.

Nothing that is there is ever changed. A document counts as written when its last blank is filled in.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from workbook.cli.context import Context
from workbook.errors import Refused
from workbook.scaffold.registry import Scaffold, scaffolds
from workbook.text import json_document, terminal, terminal_lines

if TYPE_CHECKING:
    from workbook.scaffold.planning import Planned
    from workbook.session import Session

VERSION: Final = 1
_SHOWN: Final = 3
"""Blanks named after writing; the file itself marks them all."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="which; without one they are listed")
    parser.add_argument("--to", default="", metavar="PATH", help="another place for it, below the repository")
    parser.add_argument("--dry-run", action="store_true", help="show its text, write nothing")
    parser.add_argument("--list", action="store_true", help="list them, and which are there already")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """List the scaffolds, or write one."""
    if chosen.list or not chosen.name:
        if chosen.to:
            raise Refused("--to says where, but nothing says what", "name it: readiness scaffold runbook --to PATH")
        return _list(context, as_json=chosen.format == "json")
    session = context.session()
    if chosen.dry_run:
        return _show(context, session.scaffold(chosen.name, chosen.to, dry=True), as_json=chosen.format == "json")
    plan = session.scaffold(chosen.name, chosen.to)
    if chosen.format == "json":
        context.out(json_document(as_data(plan, written=True)))
        return 0
    for line in _told(plan):
        context.out(terminal(line))
    _warn(context, session, plan)
    return 0


def _show(context: Context, plan: Planned, *, as_json: bool) -> int:
    if as_json:
        context.out(json_document(as_data(plan, written=False)))
        return 0
    if plan.there:
        context.say(
            terminal(f"{plan.there[0]} is there already and would stay as it is; this is the text to take from.")
        )
    else:
        context.say(terminal(f"Would write {plan.path}:"))
    context.out(terminal_lines(plan.text.removesuffix("\n")))
    return 0


def _told(plan: Planned) -> Iterator[str]:
    """What was written and what is left to do, their texts untrusted."""
    left = plan.blanks
    if not left:
        yield f"Wrote {plan.path}. Nothing is left to fill in; read it before you commit it."
    else:
        yield f"Wrote {plan.path} with {len(left)} blank{'s' if len(left) > 1 else ''} to fill in, such as:"
        yield from (f"  line {one.line}: {one.what}" for one in left[:_SHOWN])
        yield "It counts as written when the last one is filled in: search it for [fill in"
    if plan.also:
        yield f"There is also {plan.also[0]}."
    if left and plan.scaffold.controls:
        yield f"Then: readiness answer {plan.scaffold.controls[0]} ready --evidence {plan.path}"


def _warn(context: Context, session: Session, plan: Planned) -> None:
    from workbook.operations.scaffolding import cautions

    for one in cautions(session, plan):
        context.say(terminal(f"warning: {one}"))


def as_data(plan: Planned, *, written: bool) -> dict[str, Any]:
    """One scaffold as versioned data."""
    return {
        "version": VERSION,
        "scaffold": plan.scaffold.name,
        "path": plan.path,
        "written": written,
        "there": list(plan.there),
        "also": list(plan.also),
        "blanks": [{"line": one.line, "what": one.what} for one in plan.blanks],
        "trouble": plan.trouble or None,
        **({} if written else {"text": plan.text}),
    }


def _list(context: Context, *, as_json: bool) -> int:
    from workbook.operations.scaffolding import there

    found = there(context.root)
    if as_json:
        context.out(
            json_document({"version": VERSION, "scaffolds": [_listed(one, found) for one in scaffolds().values()]})
        )
        return 0
    widest = max(map(len, scaffolds()))
    for one in scaffolds().values():
        said = f"there: {found[one.name][0]}" if found[one.name] else one.what
        context.out(terminal(f"{one.name:<{widest}}  {said}"))
    context.out()
    context.out("readiness scaffold NAME writes one, --dry-run shows it; nothing that is there is changed.")
    return 0


def _listed(one: Scaffold, found: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "what": one.what,
        "path": one.path,
        "there": list(found[one.name]),
        "controls": list(one.controls),
        "signals": list(one.signals),
        "command": one.command,
    }
