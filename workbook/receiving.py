"""Reports of other tools on their way in: read from files, and said in lines before anything is recorded.

The lines are what every face shows. They hold untrusted text without secrets; a face encodes them for its screen.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from checks.reports.document import SIZE_CAP
from checks.reports.read import formats, read
from checks.reports.record import NotUsable
from checks.secrets.shapes import redact
from workbook.acceptance import Baseline, Ruling, baseline
from workbook.catalogue import Catalogue
from workbook.errors import Refused
from workbook.operations.importing import Import, Received
from workbook.reading import nearest
from workbook.store.files import NotRegularError, TooLargeError, explain, read_regular
from workbook.typed import parted
from workbook.uses import uses

MOST_PLACES: Final = 5
"""Places of a scanner's report that are shown; the report has the rest."""

RESULTS: Final = {
    "pass": "pass",
    "fail": "fail",
    "invalid-run": "invalid run: it proves nothing either way",
    "open": "nothing speaks against it so far, but it is not judged yet",
}

AGAIN: Final = "run it on staging, ramp up to ten times the traffic of today, hold that for 30 minutes, keep p95"


def receive(root: Path, name: str, wanted: str = "") -> Received:
    """One report, read and checked.

    Args:
        root: the repository; a path is taken from here.
        name: the path that was typed.
        wanted: the only format to take it for; "" to have it recognized.

    Raises:
        Refused: there is no such file or format, or it is no report that can be used.
    """
    if wanted and wanted not in formats():
        raise Refused(f"there is no format {wanted!r}{nearest(wanted, formats())}", f"one of {', '.join(formats())}")
    path = root / name
    try:
        content = read_regular(path, SIZE_CAP)
        return Received(_place(root, path), sha256(content).hexdigest(), read(content, wanted))
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


def names(root: Path, typed: str) -> tuple[str, ...]:
    """The files of one typed line: the whole line where that is a file, else its words, quoted as in a shell."""
    text = typed.strip()
    try:
        return (text,) if (root / text).exists() else tuple(shlex.split(text)) or (text,)
    except (OSError, ValueError):  # too long for a name, or a quotation mark without its other
        return (text,)


def traffic(typed: str) -> Baseline | None:
    """The traffic of today as it was typed, such as 12/s or 40users; None for nothing.

    Raises:
        Refused: it is no traffic.
    """
    return baseline(*parted(typed, None)) if typed.strip() else None


def told(one: Received) -> Iterator[str]:
    """What a report is: format, tool, day, what it found, and where."""
    report = one.report
    tool = " ".join(filter(None, (report.tool, report.version)))
    when = f"of {report.at}" if report.at else "it does not say when it was made, so it counts from today"
    yield f"{one.name}: {report.title} by {tool}, {when}: {report.summary}."
    for note in report.notes:
        yield f"  note: {note}"
    for place in report.places[:MOST_PLACES]:
        line = f":{place.line}" if place.line is not None else ""
        yield redact(f"  {place.rule} in {place.path}{line}")
    if (rest := len(report.places) - MOST_PLACES) > 0:
        yield f"  and {rest} more in the report"


def recorded(catalogue: Catalogue, plan: Import) -> Iterator[str]:
    """What an import records: evidence by control, then numbers."""
    for control, pieces in plan.evidence.items():
        for piece in pieces:
            bad = f"; it speaks against a yes: {piece.values['against']}" if "against" in piece.values else ""
            yield f"Evidence for {control} ({catalogue.controls[control].title}), from {piece.values['file']}{bad}"
    for number in plan.numbers:
        kept = f" is not stored: {number.kept}" if number.kept else f", from {number.source}"
        yield f"Number {number.metric} = {number.value:g} {number.unit}{kept}"


def unplaced(received: Sequence[Received], plan: Import) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The reports that do not tell which control they are evidence for, each with controls that are likely."""
    served = {piece.values["file"] for pieces in plan.evidence.values() for piece in pieces}
    return ((one.name, uses().serves(one.report).also) for one in received if one.name not in served)


def ruled(ruling: Ruling) -> Iterator[str]:
    """What a load run is, as the run at ten times the traffic: the result, why, and what to do or where to look."""
    yield f"As the acceptance run at ten times the traffic: {RESULTS[ruling.result]}."
    for why in ruling.why:
        yield f"  {why}"
    if ruling.result == "invalid-run":
        yield f"  next: {AGAIN}"
    if ruling.steps:
        yield f"  likely in: {'; '.join(ruling.steps)}"


def _place(root: Path, path: Path) -> str:
    """The path below the repository; only the name of a file that lies elsewhere."""
    resolved, top = path.resolve(), root.resolve()
    return resolved.relative_to(top).as_posix() if resolved.is_relative_to(top) else resolved.name
