"""Write the readiness as a file for others: a report, a launch memo, a badge, a table, findings, or all of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from workbook.cli.context import Context
from workbook.errors import Refused
from workbook.text import ci_log, json_document, terminal, terminal_lines

if TYPE_CHECKING:
    from checks.plugins.installed import Entry
    from workbook.session import Session

FORMATS: Final[Mapping[str, tuple[str, str]]] = {
    "markdown": ("report_markdown", "to_markdown"),
    "html": ("report_html", "to_html"),
    "memo": ("memo", "to_memo"),
    "json": ("report_json", "to_json"),
    "csv": ("report_csv", "to_csv"),
    "sarif": ("report_sarif", "to_sarif"),
    "badge": ("badge_json", "to_json"),
    "badge-svg": ("badge_svg", "to_svg"),
}
"""Each format by its export: the module, and its function from a session and a tag or commit."""

CHECK_OUT = "leave --at out, or check that commit out first"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--format", choices=(*FORMATS, *_of_plugins()))
    what.add_argument("--bundle", metavar="PLACE", help="everything an auditor needs, in a new folder or FILE.zip")
    parser.add_argument("--at", metavar="REF", help="as it was at a tag or commit; now if left out")
    parser.add_argument("--probe", action="store_true", help="look at the repository first; sarif and bundle always do")
    parser.add_argument("-o", dest="file", metavar="FILE", help="write there; standard output if left out")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Print or write the report."""
    if chosen.probe and chosen.at:
        raise Refused("probes look at the files as they are now, not as they were", CHECK_OUT)
    if chosen.bundle is not None:
        return _bundle(context, chosen)
    text = _text(context, chosen)
    if chosen.file is None:
        # Each format has its own encoder; only orders to a CI host, which shows all that is printed, are left to stop.
        sys.stdout.write(ci_log(text))
        return 0
    from workbook.report.target import write

    write(context.root, chosen.file, text.encode("utf-8"))
    context.say(f"wrote {terminal(chosen.file)}")
    return 0


def _of_plugins() -> Mapping[str, Entry]:
    from checks.plugins.installed import offers

    return {one.name: one for one in offers("exports", FORMATS).entries}


def _text(context: Context, chosen: argparse.Namespace) -> str:
    if chosen.format == "sarif" and chosen.at:
        raise Refused("sarif lists what the probes find now", CHECK_OUT)
    # Findings need no workbook; everything else is about one.
    session = context.session() if chosen.format == "sarif" else context.workbook()
    _look(session, chosen)
    if chosen.format not in FORMATS:
        from workbook.report.guests import exported

        # What encoding such a text needs is not known, so a terminal gets none of its orders.
        text = exported(session, _of_plugins()[chosen.format], chosen.at or "")
        return text if chosen.file else terminal_lines(text)
    module, function = FORMATS[chosen.format]
    make: Callable[..., str | dict[str, Any]] = getattr(import_module(f"workbook.exports.{module}"), function)
    made = make(session, chosen.at or "") if chosen.format != "sarif" else make(session)
    return made if isinstance(made, str) else f"{json_document(made)}\n"


def _look(session: Session, chosen: argparse.Namespace) -> None:
    if chosen.probe or chosen.format == "sarif" or (chosen.bundle is not None and not chosen.at):
        from workbook.cli.looking import look

        look(session)


def _bundle(context: Context, chosen: argparse.Namespace) -> int:
    if chosen.file is not None:
        raise Refused("--bundle names its own place", "leave -o out")
    from workbook.report.bundle import write_bundle

    session = context.workbook()
    _look(session, chosen)
    made = write_bundle(session, chosen.bundle, chosen.at or "")
    for line in made.told:
        context.say(terminal(line))
    context.say(f"wrote {terminal(chosen.bundle)}: {made.files} files; sha256 of its manifest:")
    context.out(made.digest)
    return 0
