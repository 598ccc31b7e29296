"""Say what a control, item, signal, scope fact, checklist or planning aid means."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from workbook.catalogue import Catalogue
from workbook.catalogue.own import catalogue_of
from workbook.catalogue.plans import Block, Fact, Plans, load_plans
from workbook.cli.context import Context
from workbook.errors import Refused
from workbook.plan import in_days
from workbook.reading import nearest
from workbook.text import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("id", metavar="ID")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Print what the catalogue says of an id; 2 when it knows none such."""
    catalogue, _ = catalogue_of(context.root)
    plans = load_plans()
    lines = [*explained(catalogue, chosen.id), *planned(catalogue, plans, chosen.id)]
    if not lines:
        known = (
            *catalogue.controls,
            *catalogue.items,
            *catalogue.signals,
            *catalogue.scope,
            *catalogue.checklists,
            *plans.blocks,
        )
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


def planned(catalogue: Catalogue, plans: Plans, name: str) -> Iterator[str]:
    """What the planning aids hold under one id: a whole block, or the pointers of a control or a checklist."""
    if name in catalogue.controls:
        size = plans.effort(name)
        yield f"  Effort, our proposal: {in_days(size.half_days)} ({size.reason})"
        yield f"  Comes after, our proposal: {', '.join(plans.after(name)) or 'nothing'}"
        for about, fact in plans.facts(name):
            yield f"  {about.title} [{about.id}]: {_said(catalogue, fact)}"
    if name in catalogue.checklists:
        blocks = ", ".join(block.id for block in plans.blocks.values() if name in block.articles)
        yield f"  Planning aids from its article: {blocks or 'none'}"
    if block := plans.blocks.get(name):
        sources = ", ".join(catalogue.checklists[slug].name for slug in block.articles)
        yield f"{name}: {block.title}, planning aid {block.number} of {len(plans.blocks)}, from {sources}"
        yield from _figures(block)
        yield from (f"  {_said(catalogue, fact)}" for fact in block.facts)


def _figures(block: Block) -> Iterator[str]:
    for phase in block.phases:
        yield f"  {phase.name}: {phase.share} % of the work, AI may take {phase.ai}"
    for week in block.weeks:
        gates = ", ".join(week.raises)
        yield f"  Week {week.number}: {week.theme}; raises gates {gates} by our mapping"
    for pattern in block.patterns:
        signals = ", ".join(pattern.signals) or "none; code cannot tell"
        yield f"  {pattern.name} ({pattern.item}): {pattern.sign}; signals: {signals}"


def _said(catalogue: Catalogue, fact: Fact) -> str:
    source = ", ".join(catalogue.checklists[slug].name for slug in fact.articles) or "our reading"
    named = f" Named: {', '.join(fact.tools)}." if fact.tools else ""
    return f"{fact.text}{named} ({source})"
