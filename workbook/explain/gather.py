"""One name to everything that goes by it: one id may name things of several kinds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from workbook.catalogue import Catalogue
from workbook.catalogue.plans import load_plans
from workbook.explain.aids import explained_block, planned
from workbook.explain.catalogued import (
    explained_checklist,
    explained_control,
    explained_fact,
    explained_item,
    explained_signal,
)
from workbook.explain.found import explained_findings, explained_rule
from workbook.explain.numbers import explained_number
from workbook.explain.record import Explanation, Part
from workbook.metrics import metrics
from workbook.remedies import rules
from workbook.thresholds import comparisons
from workbook.words import OUTCOME_WORDS, STATUS_WORDS

if TYPE_CHECKING:
    from checks.observation import ProbeReport
    from workbook.view import View


def explain(
    catalogue: Catalogue,
    name: str,
    stack: Sequence[str] = (),
    report: ProbeReport | None = None,
    view: View | None = None,
) -> tuple[Explanation, ...]:
    """Everything that goes by a name; empty where nothing does.

    Args:
        catalogue: What can be asked here.
        name: An id, or a finding as `workbook.explain.found` names it.
        stack: What the repository is written with, as `checks.application.frameworks.found` orders it.
        report: What the probes saw; None where nobody looked.
        view: The workbook, for how things stand; None where there is none.
    """
    plans = load_plans()
    aids = tuple(planned(catalogue, plans, name))
    state = view.state if view else None
    known = (
        *explained_control(catalogue, name, stack, report, aids),
        *explained_item(catalogue, name, stack, report, _standing(view, name)),
        *explained_signal(catalogue, name, stack),
        *explained_rule(name, stack),
        *explained_fact(catalogue, name),
        *explained_checklist(catalogue, name, aids),
        *explained_number(catalogue, state, name),
        *explained_block(catalogue, plans, name),
    )
    return tuple(_with_look(one, report) for one in known) or tuple(explained_findings(name, report, stack))


def known_names(catalogue: Catalogue) -> tuple[str, ...]:
    """Every id that can be explained, to find the one that was meant."""
    named = (catalogue.controls, catalogue.items, catalogue.signals, catalogue.scope, catalogue.checklists)
    return (
        *(name for table in named for name in table),
        *load_plans().blocks,
        *rules(),
        *metrics(),
        *catalogue.compared,
    )


def _standing(view: View | None, name: str) -> Iterator[Part]:
    """How an item stands now, the numbers held against its thresholds, and what a person decided for it."""
    item = view.catalogue.items.get(name) if view else None
    if view is None or item is None:
        return
    now = view.assessment.items[name]
    yield Part("Now", (f"{STATUS_WORDS[now.status]}: {now.why}",))
    for one in comparisons(item, view.state.measurements):
        yield Part("Number", (f"{'holds' if one.holds else 'falls short'}: {one.said}",))
    if decided := view.state.items.get(name):
        when = f" on {decided.at}" if decided.at else ""
        told = f"{STATUS_WORDS[decided.status]}, by {decided.by}{when}: {decided.reason}"
        yield Part("Decided for this item", (told,))


def _with_look(one: Explanation, report: ProbeReport | None) -> Explanation:
    """A signal with what its probe saw here, where it has looked."""
    from dataclasses import replace

    seen = report.observations.get(one.id) if report and one.kind == "signal" else None
    if seen is None:
        return one
    told = f"{OUTCOME_WORDS[seen.outcome]}: {seen.summary} ({seen.confidence} confidence)"
    searched = Part("Searched here", seen.searched)
    return replace(one, about=(Part("Seen here", (told,)), searched, *one.about))
