"""Say what an id means: a control, item, number, signal, scope fact, checklist or planning aid.

In a workbook it also says how an item stands now and which number is stored.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbook.answers import STATE_FILE, Measurement, State
from workbook.catalogue import Catalogue
from workbook.catalogue.own import catalogue_of
from workbook.catalogue.plans import Block, Fact, Plans, load_plans
from workbook.cli.context import Context
from workbook.errors import Refused
from workbook.metrics import ALERT, COUNT, UNITS, dimension, metrics
from workbook.plan import in_days
from workbook.reading import nearest
from workbook.text import terminal
from workbook.thresholds import comparisons, rests_on
from workbook.words import STATUS_WORDS

if TYPE_CHECKING:
    from workbook.session import Session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("id", metavar="ID")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Print what the catalogue says of an id; 2 when it knows none such."""
    session = _opened(context)
    catalogue = session.catalogue if session else catalogue_of(context.root)[0]
    plans = load_plans()
    lines = [
        *explained(catalogue, chosen.id),
        *compared(catalogue, session.state if session else None, chosen.id),
        *(standing(session, chosen.id) if session else ()),
        *planned(catalogue, plans, chosen.id),
    ]
    if not lines:
        known = (
            *catalogue.controls,
            *catalogue.items,
            *catalogue.signals,
            *catalogue.scope,
            *catalogue.checklists,
            *plans.blocks,
            *metrics(),
            *catalogue.compared,
        )
        raise Refused(
            f"nothing is called {chosen.id!r}{nearest(chosen.id, known)}",
            "readiness status lists controls, readiness explain six-gates the items of a checklist",
        )
    for line in lines:
        context.out(terminal(line))
    return 0


def _opened(context: Context) -> Session | None:
    """The workbook, where there is one that can be read."""
    if not (context.root / STATE_FILE).exists():
        return None
    session = context.session()
    return session if session.has_state and not session.read_only else None


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
        asked = {clause.metric for one in checklist.items for clause in one.thresholds if clause.metric}
        yield f"  Numbers it speaks of: {', '.join(sorted(asked)) or 'none'}"
        yield "  Items:"
        yield from (f"    {one.id}: {one.title}" for one in checklist.items)


def compared(catalogue: Catalogue, state: State | None, name: str) -> Iterator[str]:
    """What a number is for: its unit, what stands in for it, which items compare it, and the one stored."""
    bare = name.removeprefix(ALERT)
    metric = metrics().get(bare)
    clauses = [
        (item, clause) for item in catalogue.items.values() if rests_on(item, bare) for clause in item.thresholds
        if clause.metric is not None and (clause.metric == bare or bare in also(clause.metric))
    ]  # fmt: skip
    if metric is None and not clauses:
        return
    unit = metric.unit if metric else clauses[0][1].unit
    yield f"{name}: a number, compared in {unit}"
    units = UNITS.get(dimension(unit))
    yield f"  Units: {', '.join(units) if units else 'any that counts things, as in ' + COUNT}"
    others = also(bare)
    if others:
        yield f"  Stands in where nothing is stored under this name: {', '.join(others)}"
    kinds = ("alert",) if name.startswith(ALERT) else ("required", "implied", "alert")
    used = [(item, clause) for item, clause in clauses if clause.kind in kinds and clause.value is not None]
    for item, clause in used:
        as_alert = f", against {ALERT}{bare}" if clause.kind == "alert" else ""
        yield f"  Compared by {item.id}: {clause.text}{as_alert}"
    if not used:
        yield "  Compared by no item; where an article names it, as an example or for its decision"
    if state:
        names = dict.fromkeys((name, *(prefix + one for prefix in ("", ALERT) for one in (bare, *others))))
        found = [one for one in names if one in state.measurements]
        for one in found:
            yield f"  Stored: {one} = {_number(state.measurements[one])}"
        if not found:
            yield f"  Stored: nothing; readiness measure {name} VALUE"


def also(metric: str) -> tuple[str, ...]:
    """The names whose number stands in for a metric."""
    return metrics()[metric].also if metric in metrics() else ()


def _number(one: Measurement) -> str:
    told = f"{one.value:g} {one.unit}"
    source = f", from {one.source}" if one.source else ""
    when = f", on {one.at}" if one.at else ""
    return f"{told}{source}{when}{f', at {one.commit}' if one.commit else ''}"


def standing(session: Session, name: str) -> Iterator[str]:
    """How an item stands now, the numbers held against its thresholds, and what a person decided for it."""
    item = session.catalogue.items.get(name)
    if item is None:
        return
    now = session.assessment.items[name]
    yield f"  Now: {STATUS_WORDS[now.status]}: {now.why}"
    for one in comparisons(item, session.state.measurements):
        yield f"  Number: {'holds' if one.holds else 'falls short'}: {one.said}"
    if decided := session.state.items.get(name):
        when = f" on {decided.at}" if decided.at else ""
        yield f"  Decided for this item: {STATUS_WORDS[decided.status]}, by {decided.by}{when}: {decided.reason}"


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
