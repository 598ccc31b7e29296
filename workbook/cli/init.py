"""Start a workbook: write readiness.toml for the chosen checklists, with the facts about the product you confirm."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from workbook.answers import STATE_FILE
from workbook.catalogue import Catalogue
from workbook.cli.context import Context
from workbook.cli.looking import look
from workbook.cli.saving import save
from workbook.cli.seen import placed
from workbook.errors import Refused
from workbook.reading import nearest
from workbook.session import Session
from workbook.text import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--checklist", action="append", metavar="SLUG", help="may be repeated; the first decides (fifty-point)"
    )
    parser.add_argument(
        "--merge-driver", action="store_true", help="let git in this clone merge the workbook field by field"
    )
    parser.add_argument(
        "--yes",
        action="store_true",
        help="confirm the proposed facts under your name, and configure git without asking",
    )


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Write the state file and say what comes next."""
    session = context.session()
    if chosen.merge_driver and (session.has_state or session.read_only):
        _allowed_to_configure(context, yes=chosen.yes)
        _merge_driver(context)
        return 0
    if session.read_only:  # before the probes take their time
        raise Refused(session.read_only)
    checklists = chosen.checklist or ["fifty-point"]
    session.start(checklists)  # a mistake shows before the probes take their time
    if chosen.merge_driver:
        _allowed_to_configure(context, yes=chosen.yes)
    if session.place.git_dir is None:
        if not session.place.damaged:
            context.say(f"warning: {terminal(session.place.trouble)}")
        context.say("Answers can be kept here, but not committed until this is a git repository.")
    proposed = _propose(context, session)
    facts = dict(proposed) if chosen.yes else _confirmed(context, session.catalogue, proposed)
    if facts:
        session.start(checklists, facts=facts)
    if not save(context, session):
        return 1
    _report(context, session, facts)
    if chosen.merge_driver:
        _merge_driver(context)
    return 0


def _allowed_to_configure(context: Context, *, yes: bool) -> None:
    """Say what will be changed and ask; with `yes` only say it.

    Raises:
        Refused: the person says no, or nobody can be asked.
    """
    context.say(f"Writes merge.readiness into git's configuration of {terminal(str(context.root))}, and two lines into")
    context.say(".gitattributes. From then on git here calls us when it merges the workbook's files.")
    if yes:
        return
    if not context.interactive:
        raise Refused("nobody is here to say yes to configuring git", "allow it with --yes; nothing was written")
    if not context.confirm("Configure git so?"):
        raise Refused("git is configured as before", "nothing was written", code=1)


def _merge_driver(context: Context) -> None:
    """Install it and say what was done, and what it cannot do."""
    from workbook.merge.driver import ATTRIBUTES, install
    from workbook.pull_request.template import with_block

    done = install(context.root, [path.as_posix() for path in with_block(context.root)])
    if done.configured:
        context.out("git in this clone now merges the workbook field by field (merge.readiness in its configuration).")
    if done.lines:
        context.out(f"Added to {ATTRIBUTES}: {', '.join(done.lines)}. Commit it: git add {ATTRIBUTES}")
    if not done.configured and not done.lines:
        context.out("The merge driver is installed already.")
    context.out("Every clone needs this once. Hosts such as GitHub ignore merge drivers: where their merge button says")
    context.out("conflict, merge in a clone.")


def _propose(context: Context, session: Session) -> dict[str, bool]:
    """Say what the tree suggests about the product; the facts it could tell."""
    report = look(session, signals=())
    context.say("What the repository suggests about the product:")
    proposed = {one.fact: one for one in report.proposals}
    for name, fact in session.catalogue.scope.items():
        one = proposed.get(name)
        holds = "?" if one is None or one.holds is None else "yes" if one.holds else "no"
        why = f"  ({terminal(one.reason)}{_at(one.locations)})" if one and one.holds is not None else ""
        context.say(f"  {name:<18} {holds:<4} {terminal(fact.question)}{why}")
    return {one.fact: one.holds for one in report.proposals if one.holds is not None}


def _at(locations: tuple[object, ...]) -> str:
    from checks.observation import Location

    first = locations[0] if locations else None
    return f", {placed(first)}" if isinstance(first, Location) else ""


def _confirmed(context: Context, catalogue: Catalogue, proposed: Mapping[str, bool]) -> dict[str, bool]:
    """The facts a person stands for: all proposed ones, some of them corrected, or none."""
    if not context.interactive:
        return {}
    while True:
        typed = context.ask("Enter confirms these under your name; n leaves them open; or correct, as in uploads=no: ")
        if typed is None or typed.lower() in ("n", "no"):
            return {}
        corrections = dict(word.partition("=")[::2] for word in typed.split())
        if trouble := next((said for pair in corrections.items() if (said := _trouble(catalogue, *pair))), ""):
            context.say(terminal(trouble))
        else:
            return {**proposed, **{name: value == "yes" for name, value in corrections.items()}}


def _trouble(catalogue: Catalogue, name: str, value: str) -> str:
    """What is wrong with a typed correction; "" when nothing is."""
    if name not in catalogue.scope:
        return f"there is no fact {name!r}{nearest(name, catalogue.scope)}"
    return "" if value in ("yes", "no") else f"write it as {name}=yes or {name}=no"


def _report(context: Context, session: Session, facts: Mapping[str, bool]) -> None:
    controls = session.catalogue.controls_of(session.state.checklists)
    absent = sum(session.catalogue.controls[name].applies(session.state.scope.confirmed) is False for name in controls)
    context.out(f"Wrote {terminal(str(session.root / STATE_FILE))} for {', '.join(session.state.checklists)}.")
    if facts:
        context.out(f"{len(controls)} controls, {absent} of them do not apply to what you confirmed.")
    else:
        context.out(f"{len(controls)} controls. The facts about the product are not confirmed, so all of them apply.")
        context.out("Confirm one with: readiness scope FACT yes|no")
    context.out("Next: readiness, or readiness guide --plain; then readiness commit")
