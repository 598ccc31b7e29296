"""`readiness pr read`: the ticks of a description, from a file, standard input or what the CI host gives."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from workbook.ci import Description, description
from workbook.cli.context import Context
from workbook.cli.saving import save
from workbook.errors import Refused
from workbook.store.files import NotRegularError, TooLargeError, explain, read_regular
from workbook.text import json_document, terminal

if TYPE_CHECKING:
    from workbook.pull_request.agreement import Proposed, Reading

VERSION: Final = 1
DISAGREES: Final = 1
CUT: Final = 3

WORDS: Final = {
    "ticked": "ticked, and here it is",
    "open": "not ticked, and here it is",
    "absent": "said not to apply, and here it is",
    "no-reason": "said not to apply without a reason, and here it is",
    "unclear": "neither ticked nor open, and here it is",
    "missing": "its line is gone, and here it is",
    "stranger": "unknown",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the action's arguments."""
    parser.add_argument("file", nargs="?", metavar="FILE", help="the description; - reads standard input; or from CI")
    parser.add_argument("--propose", action="store_true", help="turn ticks into proposals, for a person to confirm")
    parser.add_argument("--by", metavar="NAME", help="who proposes; the request and its author if left out")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Read, compare, perhaps propose; 1 where something disagrees, 3 where part of the description is missing."""
    from workbook.pull_request.agreement import propose, read

    session = context.workbook()
    found = _description(chosen.file)
    reading = read(session, found)
    proposed: Proposed | None = None
    if chosen.propose and not reading.truncated:
        proposed = propose(session, reading, chosen.by or _proposer(found))
        if session.unsaved and not save(context, session):
            return DISAGREES
    if chosen.format == "json":
        context.out(json_document(_as_data(found, reading, proposed)))
    else:
        _show(context, found, reading, proposed)
    return _code(reading, proposed)


def _code(reading: Reading, proposed: Proposed | None) -> int:
    if reading.truncated:
        return CUT
    if proposed is None:
        return DISAGREES if reading.disagreements else 0
    taken = set(proposed.taken)
    open_still = [one for one in reading.disagreements if one.kind not in ("ticked", "absent") or not one.controls]
    left = [one for one in reading.disagreements if not taken.issuperset(one.controls)]
    return DISAGREES if open_still or left or proposed.left else 0


def _description(name: str | None) -> Description:
    from workbook.pull_request.ticks import SIZE_CAP

    if name is None and (found := description(os.environ)):
        return found
    if name is None and os.environ.get("GITHUB_EVENT_PATH"):
        raise Refused("this event is not one of a pull request", "name the description: readiness pr read FILE")
    if name == "-" or (name is None and not sys.stdin.isatty()):
        raw = sys.stdin.buffer.read(SIZE_CAP + 1) if hasattr(sys.stdin, "buffer") else sys.stdin.read().encode()
        return _decoded(raw[:SIZE_CAP], "standard input", cut=len(raw) > SIZE_CAP)
    if name is None:
        raise Refused("there is no description to read", "name a file, or - for standard input")
    try:
        return _decoded(read_regular(Path(name), SIZE_CAP), name, cut=False)
    except NotRegularError as error:
        raise Refused(f"{name} is {error}", "name the file itself") from None
    except TooLargeError:
        raise Refused(f"{name} is larger than {SIZE_CAP // 2**20} MiB", "no host keeps such a description") from None
    except OSError as error:
        raise Refused(f"{name}: {explain(error)[0]}", explain(error)[1]) from None


def _decoded(raw: bytes, source: str, *, cut: bool) -> Description:
    return Description(raw.decode("utf-8", "replace"), source, truncated=cut)


def _proposer(found: Description) -> str:
    number, author = f" {found.number}" if found.number else "", f" of {found.author}" if found.author else ""
    return f"pull request{number}{author}"


def _show(context: Context, found: Description, reading: Reading, proposed: Proposed | None) -> None:
    ticked = sum(tick.mark == "ticked" for tick in reading.boxes.ticks)
    context.out(terminal(f"{len(reading.boxes.ticks)} boxes in {found.source}, {ticked} ticked."))
    if reading.truncated:
        context.out("The description is cut, so what is ticked cannot be told. Read it whole: readiness pr read FILE")
        return
    for one in reading.disagreements:
        why = f" (reason: {one.reason})" if one.reason else ""
        context.out(terminal(f"{one.about}: {WORDS[one.kind]}: {one.says}{why}"))
    if proposed is not None:
        for control in proposed.taken:
            context.out(terminal(f"proposed: {control}; confirm it with: readiness answer {control} STATUS"))
        for control, why in proposed.left:
            context.out(terminal(f"left alone: {control}: {why}"))
    elif reading.disagreements:
        context.out(
            "A tick changes no answer: answer with readiness answer, or take ticks as proposals with --propose."
        )
    else:
        context.out("Nothing in it disagrees with the workbook.")


def _as_data(found: Description, reading: Reading, proposed: Proposed | None) -> dict[str, Any]:
    return {
        "version": VERSION,
        "source": found.source,
        "truncated": reading.truncated,
        "style": reading.boxes.style or None,
        "boxes": [
            {"kind": one.kind, "id": one.subject, "mark": str(one.mark), "absent": one.absent, "reason": one.reason}
            for one in reading.boxes.ticks
        ],
        "disagreements": [
            {"kind": str(one.kind), "id": one.about, "controls": list(one.controls), "says": one.says,
             "reason": one.reason}
            for one in reading.disagreements
        ],
        "proposed": None if proposed is None else list(proposed.taken),
        "left_alone": None if proposed is None else [{"control": name, "why": why} for name, why in proposed.left],
    }  # fmt: skip
