"""Say what a control, item, signal, scope fact or checklist means."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from workbook.catalogue import Catalogue, load_catalogue
from workbook.cli.context import Context
from workbook.errors import Refused
from workbook.reading import nearest
from workbook.text import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("id", metavar="ID")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Print what the catalogue says of an id; 2 when it knows none such."""
    catalogue = load_catalogue()
    lines = list(explained(catalogue, chosen.id))
    if not lines:
        known = (*catalogue.controls, *catalogue.items, *catalogue.signals, *catalogue.scope, *catalogue.checklists)
        raise Refused(f"nothing is called {chosen.id!r}{nearest(chosen.id, known)}", "list ids with: readiness status")
    for line in lines:
        context.out(terminal(line))
    return 0


def explained(catalogue: Catalogue, name: str) -> Iterator[str]:
    """Everything the catalogue holds under one id, as lines; one id may name things of several kinds."""
    if control := catalogue.controls.get(name):
        yield f"{name}: {control.title}"
        yield f"  Why: {control.why}"
        yield f"  Ready when: {control.ready_when}"
        yield f"  Severity: {control.severity}; {control.severity_reason}"
        yield f"  Applies: {control.applies_if}"
        yield f"  Evidence: {', '.join(control.evidence)}; fresh: {control.freshness.text}"
        yield f"  Signals: {', '.join(one.id for one in catalogue.feeding[name]) or 'none; code cannot tell'}"
        yield f"  Asked by: {', '.join(item.id for item in catalogue.asked_by[name])}"
    if item := catalogue.items.get(name):
        yield f"{name}: {item.title}"
        yield f"  Asks: {item.asks}"
        yield f"  Controls: {', '.join(item.controls) or 'none; answered on the item itself'}"
        if item.thresholds:
            yield f"  Thresholds: {'; '.join(clause.text for clause in item.thresholds)}"
    if signal := catalogue.signals.get(name):
        yield f"{name}: {signal.question}"
        yield f"  Yes when: {signal.met}"
        yield f"  No when: {signal.unmet}"
        yield f"  Feeds: {', '.join(signal.feeds)}"
    if fact := catalogue.scope.get(name):
        yield f"{name}: {fact.question}"
        yield f"  Proposed from: {fact.proposed_from}"
    if checklist := catalogue.checklists.get(name):
        yield f"{name}: {checklist.name}, {len(checklist.items)} items, {len(checklist.scored)} of them decide"
        yield f"  {checklist.summary}"
        yield f"  Source: {checklist.source.article}, {checklist.source.publisher}, {checklist.source.date}"
