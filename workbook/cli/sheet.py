"""Open questions on plain paper, for people without the tool: out as Markdown, in again as proposals under their name.

out writes the questions of an audience; in says what a filled-in sheet would do, and does it once somebody says yes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from workbook.cli.context import Context
from workbook.cli.saving import save
from workbook.errors import Refused
from workbook.store.files import NotRegularError, TooLargeError, explain, read_regular
from workbook.text import ci_log, terminal

if TYPE_CHECKING:
    from workbook.worksheet.reading import Reading
    from workbook.worksheet.taking import Intended

SIZE_CAP: Final = 16 * 1024 * 1024
"""Bytes of a sheet that are read; the longest we write has less than 200 KiB."""

SHOWN: Final = 300
"""Characters that are shown of a line that was not understood; the file has the rest."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="out|in")
    out = actions.add_parser("out", help="write the open questions of an audience", allow_abbrev=False)
    out.add_argument(
        "--for", dest="audience", required=True, metavar="WHOM", help="legal, finance, ops, open or an area"
    )
    out.add_argument("-o", dest="file", metavar="FILE", help="write there; standard output if left out")
    back = actions.add_parser("in", help="take a filled-in sheet as proposals", allow_abbrev=False)
    back.add_argument("file", metavar="FILE", help="the sheet; - reads standard input")
    back.add_argument("--by", default="", metavar="NAME", help="who filled it in, where the sheet does not say so")
    back.add_argument("--yes", action="store_true", help="take it without asking")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Write a sheet, or take one; 1 where something in it could not be taken or understood."""
    return _out(context, chosen) if chosen.action == "out" else _in(context, chosen)


def _out(context: Context, chosen: argparse.Namespace) -> int:
    from workbook.exports.worksheet import to_markdown
    from workbook.report.target import write

    session = context.workbook()
    text = to_markdown(session, chosen.audience)
    if not text:
        context.say(f"Nothing is open for {terminal(chosen.audience)}; no sheet was written.")
        return 0
    if chosen.file is None:
        sys.stdout.write(ci_log(text))
        return 0
    write(context.root, chosen.file, text.encode("utf-8"))
    context.say(f"wrote {terminal(chosen.file)}; what comes back goes in with: readiness sheet in FILE")
    return 0


def _in(context: Context, chosen: argparse.Namespace) -> int:
    from workbook.worksheet.lines import decoded
    from workbook.worksheet.reading import read
    from workbook.worksheet.taking import intended, take

    session = context.workbook()
    reading = read(session, decoded(_bytes(chosen.file), chosen.file))
    found = intended(session, reading, chosen.by)
    _show(context, reading, found)
    if found.anything:
        _allowed(context, found, yes=chosen.yes)
        try:
            take(session, found)
        except Refused:
            session.discard()  # all of a sheet or nothing: a draft of its first half would come back as answers
            raise
        if not save(context, session):
            return 1
        context.out(f"Proposed; each waits for a person: readiness answer CONTROL STATUS. {terminal(session.headline)}")
    return int(bool(found.troubles or found.left or reading.strays))


def _bytes(name: str) -> bytes:
    if name == "-":
        raw = sys.stdin.buffer.read(SIZE_CAP + 1) if hasattr(sys.stdin, "buffer") else sys.stdin.read().encode()
        if len(raw) > SIZE_CAP:
            raise Refused(f"standard input is larger than {SIZE_CAP // 2**20} MiB", "this is no worksheet of ours")
        return raw
    try:
        return read_regular(Path(name), SIZE_CAP)
    except (NotRegularError, ValueError) as error:
        raise Refused(f"{name} is {error}", "name the file itself") from None
    except TooLargeError:
        raise Refused(f"{name} is larger than {SIZE_CAP // 2**20} MiB", "this is no worksheet of ours") from None
    except OSError as error:
        raise Refused(f"{name}: {explain(error)[0]}", explain(error)[1]) from None


def _show(context: Context, reading: Reading, found: Intended) -> None:
    """Everything the sheet would do, and everything in it that it would not."""
    context.out(f"{reading.questions} questions, {len(reading.filled)} with something written in.")
    for one in found.proposals:
        told = [f"{one.control}: {one.word}, by {one.name}"]
        told += [f"note: {one.note}"] if one.note else []
        told += [f"reason: {one.reason}"] if one.reason else []
        told += [f"evidence: {', '.join(piece.label for piece in one.evidence)}"] if one.evidence else []
        told += [f"owner: {one.owner}"] if one.owner else []
        told += [f"in place of the proposal of {one.replaces}"] if one.replaces else []
        context.out(terminal(f"propose  {'; '.join(told)}"))
    for other in found.owned:
        context.out(terminal(f"owner    {other.control}: {other.owner}"))
    if found.same:
        context.out(terminal(f"recorded already: {', '.join(found.same)}"))
    for left in found.left:
        context.out(terminal(f"line {left.line}: {left.control} is left alone: {left.why}. To answer so yourself:"))
        context.out(f"  {left.command}")
    for trouble in found.troubles:
        context.out(terminal(f"line {trouble.line}: {trouble.what}"))
    for number, text in reading.strays:
        cut = f"{text[:SHOWN]}…" if len(text) > SHOWN else text
        context.out(terminal(f"line {number}: not taken: {cut}"))


def _allowed(context: Context, found: Intended, *, yes: bool) -> None:
    """Ask.

    Raises:
        Refused: the person says no, or nobody can be asked.
    """
    if yes:
        return
    if not context.interactive:
        raise Refused("nobody is here to say yes to these proposals", "take them with --yes")
    if not context.confirm(f"Record {len(found.proposals) + len(found.owned)} as shown?"):
        raise Refused("not recorded", "the sheet stays as it is", code=1)
