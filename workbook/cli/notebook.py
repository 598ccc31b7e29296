"""Work in notebooks: `open` starts JupyterLab on one, `sync` writes them, `run` executes them without a browser."""

from __future__ import annotations

import argparse

from workbook.cli.context import Context, Faces
from workbook.errors import Refused
from workbook.text import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("action", choices=("open", "sync", "run"))
    parser.add_argument("--pillar", metavar="ID", help="only the notebook of this pillar")
    parser.add_argument("--yes", action="store_true", help="do not ask before a notebook is executed")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Hand over to the notebook face."""
    if context.faces is None:
        raise Refused("the notebooks are not reachable from here", "call the command as: readiness notebook")
    if chosen.action == "open":
        return context.faces.open_lab(context.root, chosen.pillar)
    if chosen.action == "sync":
        for path in context.faces.write_notebooks(context.workbook(), chosen.pillar):
            context.out(f"Wrote {terminal(str(path))}")
        return 0
    return _execute(context, context.faces, chosen)


def _execute(context: Context, faces: Faces, chosen: argparse.Namespace) -> int:
    if not chosen.yes:
        if not context.interactive:
            raise Refused("this executes the notebooks' code, and nobody can be asked here", "say so with --yes")
        if not context.confirm("This executes the code in the notebooks below .readiness. Go on?"):
            context.say("Nothing was executed.")
            return 0
    ran = faces.run_notebooks(context.workbook().root, chosen.pillar)
    for path, error in ran:
        context.out(f"{'failed' if error else 'ran':<6} {terminal(path.name)}{f': {terminal(error)}' if error else ''}")
    context.say("They ran in memory; nothing was written. readiness notebook sync writes the files.")
    return 1 if any(error for _, error in ran) else 0
