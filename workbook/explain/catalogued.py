"""What the catalogue and the remedies say of a control, an item, a signal, a fact or a checklist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from checks.observation import Outcome, ProbeReport
from workbook.catalogue import Catalogue, Control, Item, Signal
from workbook.explain.example import example_of
from workbook.explain.record import Explanation, Part, Shown
from workbook.remedies import first_steps, remedies, weakness
from workbook.scaffold import for_control, for_signal

SURE = {
    "high": "At best it is sure with high confidence: what it reads settles the question.",
    "medium": "At best it is sure with medium confidence: it knows the usual ways of doing this, and may miss others.",
    "low": "At best it is sure with low confidence: take it as a hint where to look.",
}
"""How sure a probe is, in words."""


def explained_control(
    catalogue: Catalogue, name: str, stack: Sequence[str], report: ProbeReport | None, about: Iterable[Part]
) -> Iterator[Explanation]:
    """A control, with what its signals look at and the fix for the first that is not met."""
    if not (control := catalogue.controls.get(name)):
        return
    signals = catalogue.feeding[name]
    own = (
        Part("Severity", (f"{control.severity}; {control.severity_reason}",)),
        Part("Applies", (control.applies_if,)),
        Part("Evidence", (f"{', '.join(control.evidence)}; fresh: {control.freshness.text}",)),
        Part("Signals", (", ".join(one.id for one in signals) or "none; code cannot tell",)),
    )
    yield Explanation(
        kind="control",
        id=name,
        title=control.title,
        why=control.why,
        method=_method(signals),
        outcomes=(("Ready when", control.ready_when),),
        limits=_limits(control, signals),
        about=(*own, *about),
        asked_by=tuple(_asked(catalogue, item) for item in catalogue.asked_by[name]),
        fix=_fixes(control.id, signals),
        commands=tuple(one.command for one in for_control(name)),
        examples=_first_example(signals, stack, report),
        sources=_articles(catalogue, catalogue.asked_by[name]),
    )


def explained_item(
    catalogue: Catalogue, name: str, stack: Sequence[str], report: ProbeReport | None, about: Iterable[Part]
) -> Iterator[Explanation]:
    """An item, with what each of its controls asks for."""
    if not (item := catalogue.items.get(name)):
        return
    signals = tuple({one.id: one for control in item.controls for one in catalogue.feeding[control]}.values())
    thresholds = "; ".join(clause.text for clause in item.thresholds)
    own = (
        Part("Controls", (", ".join(item.controls) or "none; answered on the item itself",)),
        Part("Thresholds", (thresholds,) if thresholds else ()),
    )
    yield Explanation(
        kind="item",
        id=name,
        title=item.title,
        question=item.asks,
        method=_method(signals),
        limits=tuple(remedies()[one.id].blind for one in signals if one.id in remedies()),
        outcomes=tuple((f"Ready when ({one})", catalogue.controls[one].ready_when) for one in item.controls),
        about=(*own, *about),
        fix=tuple(line for control in item.controls for line in _fixes(control, catalogue.feeding[control])),
        commands=tuple(dict.fromkeys(one.command for control in item.controls for one in for_control(control))),
        examples=_first_example(signals, stack, report),
        sources=_articles(catalogue, (item,)),
    )


def explained_signal(catalogue: Catalogue, name: str, stack: Sequence[str]) -> Iterator[Explanation]:
    """A signal: what its probe looks at, what each outcome means, and the fix."""
    if not (signal := catalogue.signals.get(name)):
        return
    remedy = remedies().get(name)
    example = example_of(name, stack)
    asked = {item.id: item for control in signal.feeds for item in catalogue.asked_by[control]}
    yield Explanation(
        kind="signal",
        id=name,
        title=signal.question,
        method=(remedy.looks, SURE[remedy.sure]) if remedy else (),
        outcomes=(
            ("Yes when", signal.met),
            ("Partly when", signal.partial),
            ("No when", signal.unmet),
            ("Doesn't apply when", signal.not_applicable),
        ),
        limits=(remedy.blind,) if remedy else (),
        about=(Part("Feeds", (", ".join(signal.feeds),) if signal.feeds else ()),),
        asked_by=tuple(_asked(catalogue, item) for item in asked.values()),
        fix=(remedy.fix,) if remedy else (),
        commands=tuple(one.command for one in for_signal(name)),
        examples=(example,) if example else (),
        sources=tuple(weakness(number) for number in (*remedy.cwe, *remedy.owasp)) if remedy else (),
    )


def explained_fact(catalogue: Catalogue, name: str) -> Iterator[Explanation]:
    """A scope fact."""
    if fact := catalogue.scope.get(name):
        controls = ", ".join(one.id for one in catalogue.controls.values() if name in one.facts)
        about = (Part("Proposed from", (fact.proposed_from,)), Part("Settles", (controls,) if controls else ()))
        yield Explanation("fact", name, fact.question, about=about)


def explained_checklist(catalogue: Catalogue, name: str, about: Iterable[Part]) -> Iterator[Explanation]:
    """A checklist with its items."""
    if not (checklist := catalogue.checklists.get(name)):
        return
    asked = {clause.metric for one in checklist.items for clause in one.thresholds if clause.metric}
    source = checklist.source
    yield Explanation(
        kind="checklist",
        id=name,
        title=f"{checklist.name}, {len(checklist.items)} items, {len(checklist.scored)} of them decide",
        why=checklist.summary,
        about=(
            Part("Numbers it speaks of", (", ".join(sorted(asked)) or "none",)),
            *about,
            Part("Items", tuple(f"{one.id}: {one.title}" for one in checklist.items)),
        ),
        sources=(", ".join(filter(None, (source.article, source.publisher, source.date))),),
    )


def _method(signals: Sequence[Signal]) -> tuple[str, ...]:
    """What is looked at, a line a signal."""
    if not signals:
        return ("No probe looks at it: people answer, and say what their answer rests on.",)
    lines = tuple(
        f"{one.id}: {remedies()[one.id].looks} ({remedies()[one.id].sure} confidence at best)"
        if one.id in remedies()
        else f"{one.id}: {one.question} A plug-in answers it."
        for one in signals
    )
    return (*lines, "A probe never makes it ready by itself: it supports an answer or contradicts it.")


def _limits(control: Control, signals: Sequence[Signal]) -> tuple[str, ...]:
    seen = tuple(f"{one.id}: {remedies()[one.id].blind}" for one in signals if one.id in remedies())
    if control.automatable == "manual":
        return (*seen, "Whether it holds is a matter for people; no probe can settle it.")
    return seen


def _fixes(control: str, signals: Sequence[Signal]) -> tuple[str, ...]:
    if control in first_steps():
        return (first_steps()[control],)
    lines = [(one.id, remedies()[one.id].fix) for one in signals if one.id in remedies()]
    return tuple(f"{name}: {fix}" if len(lines) > 1 else fix for name, fix in lines)


def _first_example(signals: Sequence[Signal], stack: Sequence[str], report: ProbeReport | None) -> tuple[Shown, ...]:
    """Of the first signal that is not met where somebody looked, else of the first."""
    seen = report.observations if report else {}
    good = (Outcome.MET, Outcome.NOT_APPLICABLE)
    open_ones = [one for one in signals if one.id in seen and seen[one.id].outcome not in good]
    shown = (example_of(one.id, stack) for one in (*open_ones, *signals))
    return next(((one,) for one in shown if one), ())


def _asked(catalogue: Catalogue, item: Item) -> str:
    checklist = next(one for one in catalogue.checklists.values() if any(item is mine for mine in one.items))
    return f"{item.id}: {checklist.name}, {item.number}: {item.title}"


def _articles(catalogue: Catalogue, items: Iterable[Item]) -> tuple[str, ...]:
    wanted = {item.id for item in items}
    return tuple(
        f"{one.name}: {', '.join(filter(None, (one.source.article, one.source.publisher, one.source.date)))}"
        for one in catalogue.checklists.values()
        if any(item.id in wanted for item in one.items)
    )
