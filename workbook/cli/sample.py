"""Try the workbook on a small application with planted gaps, in a folder of yours that stays."""

from __future__ import annotations

import argparse
from dataclasses import replace

from workbook.cli import bare
from workbook.cli.context import Context
from workbook.text import terminal


def arguments(_: argparse.ArgumentParser) -> None:
    """The command has no arguments."""


def run(context: Context, _: argparse.Namespace) -> int:
    """Put the sample in place and open it; without a terminal, print what it shows first."""
    from workbook.sample import materialize

    folder = materialize()
    context.say(f"Sample project: {terminal(str(folder))} (yours to change; delete the folder to start afresh)")
    return bare.run(replace(context, root=folder))
