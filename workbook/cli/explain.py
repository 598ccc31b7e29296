"""Say what an id means: a control, item, signal, rule, finding, number, fact, checklist or planning aid.

A finding is named by what `readiness probe` prints of it: path:line for all findings of a line, RULE@path:line for one.
The probes look again for it. The example of the fix is in the framework that the manifests name.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from workbook.answers import STATE_FILE
from workbook.catalogue.own import catalogue_of
from workbook.cli.context import Context
from workbook.errors import Refused
from workbook.explain import Explanation, explain, known_names
from workbook.explain.found import longer_names, looks_like_finding, signal_of
from workbook.reading import nearest
from workbook.text import json_document

if TYPE_CHECKING:
    from workbook.session import Session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("id", metavar="ID", help="as other commands print it; a finding as RULE@path:line or path:line")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Print what goes by the name; 2 when nothing does."""
    from checks.application.frameworks import frameworks_of

    session = _opened(context)
    catalogue = session.catalogue if session else catalogue_of(context.root)[0]
    found = explain(catalogue, chosen.id, frameworks_of(context.root), view=session)
    if not found and looks_like_finding(chosen.id):
        found = _looked(context, chosen.id)
    if not found:
        raise Refused(
            f"nothing is called {chosen.id!r}{nearest(chosen.id, known_names(catalogue))}",
            "readiness status lists controls, readiness explain six-gates the items of a checklist",
        )
    if chosen.format == "json":
        from workbook.explain.as_json import explain_json

        context.out(json_document(explain_json(found)))
        return 0
    from workbook.explain.as_text import lines

    for one in found:
        for line in lines(one):
            context.out(line)
    return 0


def _opened(context: Context) -> Session | None:
    """The workbook, where there is one that can be read."""
    if not (context.root / STATE_FILE).exists():
        return None
    session = context.session()
    return session if session.has_state and not session.read_only else None


def _looked(context: Context, name: str) -> tuple[Explanation, ...]:
    """The findings of that name, as a look sees them now.

    Raises:
        Refused: a rule is named that has found nothing there, or the place has no finding.
    """
    from checks.application.frameworks import frameworks_of
    from workbook.cli.looking import look

    session = context.session()
    signal = signal_of(name)
    report = look(session, [signal] if signal else None)
    found = explain(session.catalogue, name, frameworks_of(context.root), report)
    if not found and (longer := longer_names(name, report)):
        raise Refused(
            f"nothing is called {name!r}, did you mean {longer[0]!r}?", "name it from the root of the project"
        )
    if found or not (session.root / name.rpartition("@")[2].rpartition(":")[0]).is_file():
        return found
    raise Refused(
        f"no finding is called {name!r} now", "readiness probe lists the findings there are, with their names"
    )
