"""Look at the repository and say what it shows; nothing of it is executed, and nothing is written."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, get_args

from checks.hotspots import COMPLEXITY
from workbook.catalogue.model import Area
from workbook.cli.context import Context
from workbook.cli.looking import look, look_at
from workbook.errors import Refused
from workbook.reading import nearest
from workbook.text import json_document, terminal

if TYPE_CHECKING:
    from checks.observation import ProbeReport
    from workbook.catalogue import Catalogue


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("signals", nargs="*", metavar="SIGNAL", help="look only for these")
    parser.add_argument("--area", help=f"only signals of one area: {', '.join(get_args(Area))}")
    parser.add_argument("--accept", action="store_true", help="take the answers that probes may give by themselves")
    parser.add_argument(
        "--challenge", action="store_true", help="plant known gaps into a copy: which probes tell them?"
    )
    parser.add_argument("--hotspots", action="store_true", help="only the complex code that is changed most often")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Run the probes and print what they saw."""
    if chosen.hotspots:
        return _show_hotspots(context, chosen)
    if chosen.challenge:
        return _challenge(context, chosen)
    if chosen.accept:
        return _accept(context, chosen)
    context.warn_of_git()
    signals = None
    if chosen.signals or chosen.area is not None:
        from workbook.catalogue.own import catalogue_of

        signals = wanted(catalogue_of(context.root)[0], chosen.signals, chosen.area)
    shown: dict[int, Callable[[], None]] = {}

    def prepare(report: ProbeReport) -> None:
        shown[id(report)] = _prepared(context, chosen, report)

    looked = look_at(context.root, signals, context.git, context.still, context.started, prepare)
    context.said.follows_from_look(lasting=looked.lasting, after=looked.after)
    (shown.get(id(looked.report)) or _prepared(context, chosen, looked.report))()
    return 0


def _prepared(context: Context, chosen: argparse.Namespace, report: ProbeReport) -> Callable[[], None]:
    """What prints a report: to put it into words can be done before, while the look is still writing."""
    if chosen.format == "json":
        from checks.report_json import to_json

        return partial(context.out_document, context.document(to_json(report)))
    from workbook.cli.seen import report_lines

    lines = list(report_lines(report))
    return partial(context.out_lines, lines)


def _challenge(context: Context, chosen: argparse.Namespace) -> int:
    from checks.challenge.told import blind, to_json
    from workbook.cli.challenging import challenge, challenge_lines
    from workbook.cli.seen import report_lines

    if chosen.accept:
        raise Refused("--challenge doubts what probes say, and --accept takes it", "run one after the other")
    session = context.session()
    report = look(session, wanted(session.catalogue, chosen.signals, chosen.area))
    made = challenge(session)
    report = session.report or report
    if chosen.format == "json":
        from checks import report_json

        context.out(json_document({**report_json.to_json(report), "challenge": to_json(made.results, made.trouble)}))
    else:
        for line in (*report_lines(report, {one.signal for one in blind(made.results)}), *challenge_lines(made)):
            context.out(line)
    if made.trouble:
        raise Refused(f"not every probe was challenged: {made.trouble}", "try again, or name single signals", code=3)
    return 0


def _show_hotspots(context: Context, chosen: argparse.Namespace) -> int:
    if chosen.signals or chosen.area or chosen.accept or chosen.challenge:
        raise Refused("--hotspots shows one table and nothing else", "leave out everything but --format")
    session = context.session()
    report = look(session, [COMPLEXITY])
    context.said.follows_from_look(lasting=session.lasting)
    if report.hotspots is None:
        why = "; ".join(one.summary for one in report.observations.values())
        raise Refused(f"complexity was not measured: {why}", "run `readiness doctor`", code=3)
    if chosen.format == "json":
        from checks.report_json import hotspots_to_json

        context.out(json_document(hotspots_to_json(report.commit, report.hotspots)))
    else:
        from workbook.cli.seen import hotspot_lines

        for line in hotspot_lines(report.hotspots):
            context.out(line)
    return 0


def _accept(context: Context, chosen: argparse.Namespace) -> int:
    from workbook.cli.saving import save

    session = context.workbook()
    # What this says is never said again from the cache: it writes, and must do so every time.
    _prepared(context, chosen, look(session, wanted(session.catalogue, chosen.signals, chosen.area)))()
    taken = session.accept_observed()
    if not taken:
        context.say("No probe may answer by itself here: each control waits for a person, a report or more signals.")
        return 0
    if not save(context, session):
        return 1
    for control in taken:
        context.say(f"{control}: {terminal(session.assessment.standings[control].why)}")
    return 0


def _of_a_plugin(name: str) -> str:
    """Where to look on, when a name is none of ours and an installed plug-in was refused."""
    from checks.plugins.signals import is_built_in, probing

    refused = not is_built_in(name) and probing()[1]
    return "; a plug-in was refused, and readiness doctor says why" if refused else ""


def wanted(catalogue: Catalogue, signals: Sequence[str], area: str | None) -> tuple[str, ...] | None:
    """The signals to look for; None for all.

    Raises:
        Refused: a signal or the area is unknown; the nearest name is given.
    """
    for name in signals:
        if name not in catalogue.signals:
            said = f"there is no signal {name!r}{nearest(name, catalogue.signals)}"
            raise Refused(said, f"leave it out to see all{_of_a_plugin(name)}")
    if area is None:
        return tuple(signals) or None
    if area not in get_args(Area):
        raise Refused(
            f"there is no area {area!r}{nearest(area, get_args(Area))}", f"one of {', '.join(get_args(Area))}"
        )
    return tuple(
        name
        for name, signal in catalogue.signals.items()
        if any(catalogue.controls[control].area == area for control in signal.feeds)
        and (not signals or name in signals)
    )
