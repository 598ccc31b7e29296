"""Write the readiness as a file for others: all controls as a table (csv), or what the probes find (sarif)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from workbook.cli.context import Context
from workbook.errors import Refused
from workbook.text import ci_log, json_document, terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--format", choices=("csv", "sarif"), required=True)
    parser.add_argument("--at", metavar="REF", help="as it was at a tag or commit; now if left out")
    parser.add_argument("-o", dest="file", metavar="FILE", help="write there; standard output if left out")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Print or write the report."""
    if chosen.format == "sarif" and chosen.at:
        raise Refused("sarif lists what the probes find now", "leave --at out, or check that commit out first")
    text = _sarif(context) if chosen.format == "sarif" else _csv(context, chosen.at)
    if chosen.file is None:
        # Each format has its own encoder; only orders to a CI host, which shows all that is printed, are left to stop.
        sys.stdout.write(ci_log(text))
        return 0
    try:
        # Named by the person who asks, so anywhere they may write.
        Path(chosen.file).write_text(text, encoding="utf-8", newline="")
    except (OSError, ValueError) as error:
        raise Refused(f"{chosen.file} was not written: {error}", "name another file with -o") from error
    context.say(f"wrote {terminal(chosen.file)}")
    return 0


def _sarif(context: Context) -> str:
    from workbook.cli.looking import look
    from workbook.exports.report_sarif import to_sarif

    session = context.session()
    look(session)
    return f"{json_document(to_sarif(session))}\n"


def _csv(context: Context, ref: str | None) -> str:
    from workbook.exports.report_csv import to_csv
    from workbook.history import at, replay

    session = context.workbook()
    return to_csv(session, at(session, replay(session), ref) if ref else None)
