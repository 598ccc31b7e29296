"""`readiness evidence import`: read reports of other tools, say what they are, record them as evidence and numbers."""

from __future__ import annotations

import argparse
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from workbook.cli.context import Context
from workbook.cli.telling import item_states, moved
from workbook.errors import Refused
from workbook.store.files import NotRegularError, TooLargeError, explain, read_regular
from workbook.text import terminal

if TYPE_CHECKING:
    from workbook.acceptance import Ruling
    from workbook.operations.importing import Import, Received
    from workbook.session import Session

MOST_PLACES: Final = 5
"""Places of a scanner's report that are shown; the report has the rest."""

RESULTS: Final = {
    "pass": "pass",
    "fail": "fail",
    "invalid-run": "invalid run: it proves nothing either way",
    "open": "nothing speaks against it so far, but it is not judged yet",
}

AGAIN: Final = "run it on staging, ramp up to ten times the traffic of today, hold that for 30 minutes, keep p95"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the act's arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="what the tools wrote; the format is recognized")
    parser.add_argument(
        "--for", dest="controls", action="append", default=[], metavar="CONTROL",
        help="the control it is evidence for, where the report does not tell; may be repeated",
    )  # fmt: skip
    parser.add_argument("--as", dest="format", default="", metavar="FORMAT", help="take the files for this format only")
    parser.add_argument("--baseline", metavar="TRAFFIC", help="traffic of today, as in 12/s or 40users, for a load run")
    parser.add_argument("--dry-run", action="store_true", help="say what would be recorded; write nothing")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Read all the files, or refuse all; record what they say; the exit code. No control is answered by it."""
    from workbook.acceptance import baseline
    from workbook.typed import parted

    session = context.workbook()
    base = baseline(*parted(chosen.baseline, None)) if chosen.baseline else None
    received = [_received(context, name, chosen.format) for name in chosen.files]
    for one in received:
        _told(context, one)
    before = item_states(session)
    plan = session.import_reports(received, chosen.controls, base, dry=chosen.dry_run)
    _planned(context, session, received, plan)
    if plan.ruling:
        _ruled(context, plan.ruling)
    if chosen.dry_run:
        context.say("Nothing was written.")
        return 0
    if not plan.evidence and all(one.kept for one in plan.numbers):
        return 0
    return moved(context, session, before, "Recorded. No control is answered by that: a person still has to say.")


def _received(context: Context, name: str, wanted: str) -> Received:
    from checks.reports.document import SIZE_CAP
    from checks.reports.formats import FORMATS
    from checks.reports.read import read
    from checks.reports.record import NotUsable
    from workbook.operations.importing import Received
    from workbook.reading import nearest

    if wanted and wanted not in FORMATS:
        raise Refused(f"there is no format {wanted!r}{nearest(wanted, FORMATS)}", f"one of {', '.join(FORMATS)}")
    path = context.root / name
    try:
        content = read_regular(path, SIZE_CAP)
        return Received(_place(context.root, path), sha256(content).hexdigest(), read(content, wanted))
    except NotUsable as refused:
        raise Refused(f"{name}: {refused.title}: {refused.where}", refused.remedy) from None
    except TooLargeError:
        size = SIZE_CAP // 1024**2
        raise Refused(f"{name} is larger than {size} MiB", "import a summary, not every request") from None
    except NotRegularError as error:
        raise Refused(f"{name} is {error}", "name the file itself") from None
    except IsADirectoryError:
        raise Refused(f"{name} is a folder", "name the file itself") from None
    except FileNotFoundError:
        raise Refused(f"there is no file {name!r} here", "correct the path") from None
    except ValueError:  # a name that no file can have
        raise Refused(f"{name!r} is no name of a file", "correct the path") from None
    except OSError as error:
        raise Refused(f"{name} cannot be read: {explain(error)[0]}", explain(error)[1]) from None


def _place(root: Path, path: Path) -> str:
    """The path below the repository; only the name of a file that lies elsewhere."""
    resolved, top = path.resolve(), root.resolve()
    return resolved.relative_to(top).as_posix() if resolved.is_relative_to(top) else resolved.name


def _told(context: Context, one: Received) -> None:
    from checks.secrets.shapes import redact

    report = one.report
    tool = " ".join(filter(None, (report.tool, report.version)))
    when = f"of {report.at}" if report.at else "it does not say when it was made, so it counts from today"
    context.out(terminal(f"{one.name}: {report.title} by {tool}, {when}: {report.summary}."))
    for note in report.notes:
        context.out(terminal(f"  note: {note}"))
    for place in report.places[:MOST_PLACES]:
        line = f":{place.line}" if place.line is not None else ""
        context.out(terminal(redact(f"  {place.rule} in {place.path}{line}")))
    if (rest := len(report.places) - MOST_PLACES) > 0:
        context.out(f"  and {rest} more in the report")


def _planned(context: Context, session: Session, received: list[Received], plan: Import) -> None:
    from workbook.uses import uses

    for control, pieces in plan.evidence.items():
        for piece in pieces:
            bad = f"; it speaks against a yes: {piece.values['against']}" if "against" in piece.values else ""
            title = session.catalogue.controls[control].title
            context.out(terminal(f"Evidence for {control} ({title}), from {piece.values['file']}{bad}"))
    for number in plan.numbers:
        kept = f" is not stored: {number.kept}" if number.kept else f", from {number.source}"
        context.out(terminal(f"Number {number.metric} = {number.value:g} {number.unit}{kept}"))
    served = {piece.values["file"] for pieces in plan.evidence.values() for piece in pieces}
    for one in received:
        if one.name not in served:
            also = uses().serves(one.report).also
            names = f", as in {', '.join(also)}" if also else ""
            context.say(terminal(f"{one.name} does not tell which control it is evidence for: say --for{names}"))


def _ruled(context: Context, ruling: Ruling) -> None:
    context.out(f"As the acceptance run at ten times the traffic: {RESULTS[ruling.result]}.")
    for why in ruling.why:
        context.out(terminal(f"  {why}"))
    if ruling.result == "invalid-run":
        context.out(f"  next: {AGAIN}")
    if ruling.steps:
        context.out(terminal(f"  likely in: {'; '.join(ruling.steps)}"))
