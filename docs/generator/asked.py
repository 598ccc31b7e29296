"""Pages of what is asked: checklists with their items, controls, facts, numbers."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.catalogue import Catalogue
from workbook.explain import explain
from workbook.explain.as_markdown import lines
from workbook.metrics import metrics
from workbook.text import markdown_prose


def controls_page(catalogue: Catalogue, area: str) -> Iterator[str]:
    """The controls of an area, as `readiness explain` tells them; examples stand with the signals."""
    for name, control in catalogue.controls.items():
        if control.area == area:
            for one in explain(catalogue, name):
                if one.kind == "control":
                    yield from lines(one, examples=False)
                    yield from _links(catalogue, name)
                    yield ""


def _links(catalogue: Catalogue, control: str) -> Iterator[str]:
    names = [one.id for one in catalogue.feeding[control]]
    shown = [f"[{name}](signals-{name.partition('.')[0]}.md#{anchor(name)})" for name in names]
    if shown:
        yield f"- **Examples of the fix**: {', '.join(shown)}"


def anchor(heading: str) -> str:
    """The anchor that hosts give a heading: small letters, blanks as dashes, other signs left out."""
    return "".join(one for one in heading.lower().replace(" ", "-") if one.isalnum() or one in "-_")


def checklist_page(catalogue: Catalogue, slug: str) -> Iterator[str]:
    """A checklist's items by pillar, with the controls each rests on."""
    checklist = catalogue.checklists[slug]
    source = checklist.source
    yield markdown_prose(checklist.summary)
    yield ""
    yield f"Source: {markdown_prose(', '.join(filter(None, (source.article, source.publisher, source.date))))}."
    yield f"{len(checklist.items)} items, {len(checklist.scored)} of them decide; the decision model is"
    yield f"`{checklist.model}`: [how a verdict comes about](../verdicts.md)."
    for pillar in checklist.pillars:
        yield ""
        yield f"## {markdown_prose(checklist.heading(pillar))}"
        yield ""
        yield "| Item | Asks | Rests on | Decides |"
        yield "|---|---|---|---|"
        for item in checklist.items:
            if item.pillar == pillar.id:
                controls = ", ".join(_control(catalogue, name) for name in item.controls) or "its own answer"
                bars = "".join(f"<br>{markdown_prose(clause.text)}" for clause in item.thresholds)
                asks = f"{markdown_prose(item.asks)}{bars}"
                yield f"| `{item.id}` | {asks} | {controls} | {'yes' if item.scored else 'no'} |"


def _control(catalogue: Catalogue, name: str) -> str:
    return f"[{name}](controls-{catalogue.controls[name].area}.md#{anchor(name)})"


def facts_page(catalogue: Catalogue) -> Iterator[str]:
    """The facts that settle which controls apply."""
    yield "Confirmed once by a person: `readiness scope FACT yes|no`. Each settles which controls do not apply."
    yield ""
    yield "| Fact | Question | Proposed from | Settles |"
    yield "|---|---|---|---|"
    for fact in catalogue.scope.values():
        controls = ", ".join(_control(catalogue, one.id) for one in catalogue.controls.values() if fact.id in one.facts)
        yield f"| `{fact.id}` | {markdown_prose(fact.question)} | {markdown_prose(fact.proposed_from)} | {controls} |"


def numbers_page(catalogue: Catalogue) -> Iterator[str]:
    """The numbers that items compare."""
    yield "Stored with `readiness measure NAME VALUE`; each item compares it with its own threshold."
    yield ""
    yield "| Number | Unit | Stands in for it | Items that name it |"
    yield "|---|---|---|---|"
    for name, metric in metrics().items():
        named = [
            item.id for item in catalogue.items.values() if any(clause.metric == name for clause in item.thresholds)
        ]
        also = ", ".join(f"`{one}`" for one in metric.also)
        yield f"| `{name}` | {markdown_prose(metric.unit)} | {also} | {', '.join(f'`{one}`' for one in named)} |"
