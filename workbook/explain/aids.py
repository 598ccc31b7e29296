"""What the planning aids hold under an id: a whole block, or the pointers of a control or a checklist."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.catalogue import Catalogue
from workbook.catalogue.plans import Block, Fact, Plans
from workbook.explain.record import Explanation, Part
from workbook.plan import in_days


def planned(catalogue: Catalogue, plans: Plans, name: str) -> Iterator[Part]:
    """What a control or a checklist is told besides: its size, what comes before it, and what articles say of it."""
    if name in catalogue.controls:
        size = plans.effort(name)
        yield Part("Effort, our proposal", (f"{in_days(size.half_days)} ({size.reason})",))
        yield Part("Comes after, our proposal", (", ".join(plans.after(name)) or "nothing",))
        for about, fact in plans.facts(name):
            yield Part(f"{about.title} [{about.id}]", (_said(catalogue, fact),))
    if name in catalogue.checklists:
        blocks = ", ".join(block.id for block in plans.blocks.values() if name in block.articles)
        yield Part("Planning aids from its article", (blocks or "none",))


def explained_block(catalogue: Catalogue, plans: Plans, name: str) -> Iterator[Explanation]:
    """A planning aid by its name."""
    if block := plans.blocks.get(name):
        sources = ", ".join(catalogue.checklists[slug].name for slug in block.articles)
        title = f"{block.title}, planning aid {block.number} of {len(plans.blocks)}, from {sources}"
        said = (*_figures(block), *(_said(catalogue, fact) for fact in block.facts))
        yield Explanation("planning aid", name, title, about=(Part("Says", said),))


def _figures(block: Block) -> Iterator[str]:
    for phase in block.phases:
        yield f"{phase.name}: {phase.share} % of the work, AI may take {phase.ai}"
    for week in block.weeks:
        gates = ", ".join(week.raises)
        yield f"Week {week.number}: {week.theme}; raises gates {gates} by our mapping"
    for pattern in block.patterns:
        signals = ", ".join(pattern.signals) or "none; code cannot tell"
        yield f"{pattern.name} ({pattern.item}): {pattern.sign}; signals: {signals}"


def _said(catalogue: Catalogue, fact: Fact) -> str:
    source = ", ".join(catalogue.checklists[slug].name for slug in fact.articles) or "our reading"
    named = f" Named: {', '.join(fact.tools)}." if fact.tools else ""
    return f"{fact.text}{named} ({source})"
