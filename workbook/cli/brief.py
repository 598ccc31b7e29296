"""Brief a coding agent: each gap with files and lines, what proves it, and where the agent has to stop."""

from __future__ import annotations

import argparse
import sys

from workbook.cli.context import Context
from workbook.cli.looking import look
from workbook.text import ci_log, json_document


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--format", choices=("markdown", "json"), default="markdown")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.add_argument("--no-probe", action="store_true", help="by the answers alone; names no places in the code")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Look, and print the brief."""
    from workbook.brief import brief_of
    from workbook.exports import brief_json, brief_markdown

    session = context.workbook()
    if not chosen.no_probe:
        look(session)
    brief = brief_of(session)
    if chosen.format == "json":
        context.out(json_document(brief_json.as_data(brief)))
    else:
        sys.stdout.write(ci_log(brief_markdown.markdown_of(brief)))
    return 0
