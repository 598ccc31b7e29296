"""Work in notebooks: open JupyterLab on one, write them, check what is stored, or run them without a browser."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from workbook.cli.context import Context
from workbook.cli.faces import Faces
from workbook.errors import Refused
from workbook.text import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "action",
        choices=("open", "sync", "check", "run"),
        help="start JupyterLab; write the notebooks; hold the stored ones to what sync writes; execute them",
    )
    parser.add_argument("--pillar", metavar="ID", help="only one notebook: of this pillar, or overview, or explore")
    parser.add_argument("--no-browser", action="store_true", help="with open: only say the address, as over ssh")
    parser.add_argument("--verify", action="store_true", help="with run: do recorded values come out the same?")
    parser.add_argument("--yes", action="store_true", help="do not ask before a notebook is executed")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Hand over to the notebook face."""
    if context.faces is None:
        raise Refused("the notebooks are not reachable from here", "call the command as: readiness notebook")
    if chosen.verify and chosen.action != "run":
        raise Refused("--verify belongs to run", "readiness notebook run --verify")
    if chosen.no_browser and chosen.action != "open":
        raise Refused("--no-browser belongs to open", "readiness notebook open --no-browser")
    if chosen.action == "open":
        return context.faces.open_lab(context.root, chosen.pillar, not chosen.no_browser)
    if chosen.action == "check":
        return _check(context, context.faces)
    if chosen.action == "sync":
        for path in context.faces.write_notebooks(context.workbook(), chosen.pillar):
            context.out(f"Wrote {terminal(str(path))}")
        return 0
    return _execute(context, context.faces, chosen)


def _check(context: Context, faces: Faces) -> int:
    drifted = faces.drifted_notebooks(context.workbook())
    for name, wrong in drifted:
        context.out(f"{terminal(name)}: {terminal(wrong)}")
    if drifted:
        context.say("Mend them with: readiness notebook sync")
    else:
        context.out("The stored notebooks are as they should be.")
    return 1 if drifted else 0


def _execute(context: Context, faces: Faces, chosen: argparse.Namespace) -> int:
    if not chosen.yes:
        if not context.interactive:
            raise Refused("this executes the notebooks' code, and nobody can be asked here", "say so with --yes")
        if not context.confirm("This executes the code in the notebooks below .readiness. Go on?"):
            context.say("Nothing was executed.")
            return 0
    root = context.workbook().root
    checks: Sequence[tuple[str, bool, str]] = ()
    if chosen.verify:
        ran, checks = faces.verify_notebooks(root, chosen.pillar)
    else:
        ran = faces.run_notebooks(root, chosen.pillar)
    _tell_runs(context, ran)
    for what, holds, said in checks:
        context.out(f"{'holds' if holds else 'no longer':<9} {terminal(what)}: {terminal(said)}")
    if chosen.verify and not checks:
        context.out("No cell records a value, and none is recorded.")
    context.say("They ran in memory; nothing was written. readiness notebook sync writes the files.")
    return 1 if any(error for _, error in ran) or not all(holds for _, holds, _ in checks) else 0


def _tell_runs(context: Context, ran: Sequence[tuple[Path, str]]) -> None:
    for path, error in ran:
        context.out(f"{'failed' if error else 'ran':<6} {terminal(path.name)}{f': {terminal(error)}' if error else ''}")
