"""What changed in the workbook since the last commit, each change in a few words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Final, TypeVar

from workbook.answers import State, Status
from workbook.catalogue import Catalogue

ANSWERS: Final = "answers"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Changed:
    """One change since the last commit. `kind` names several of it; `line` may hold untrusted text."""

    kind: str
    line: str


def acts(before: State, now: State) -> Iterator[Changed]:
    """What a team did besides answering: decisions, accepted risk, numbers, levels, facts, items."""
    for name, decision in _moved(before.decisions, now.decisions):
        told = (
            f"decided {decision.outcome}" if decision and name not in before.decisions else f"decision {name} changed"
        )
        yield Changed("decisions", told if decision else f"decision {name} taken out")
    for name, waiver in _moved(before.waivers, now.waivers):
        told = f"waived {name} until {waiver.expires}" if waiver else f"waiver of {name} withdrawn"
        yield Changed("waivers changed", told)
    for name, number in _moved(before.measurements, now.measurements):
        told = f"measured {name}: {number.value:g} {number.unit}" if number else f"measurement of {name} taken out"
        yield Changed("numbers measured", told)
    for slug in dict.fromkeys((*before.scores, *now.scores)):
        for name, score in _moved(before.scores.get(slug, {}), now.scores.get(slug, {})):
            told = f"level {score.level} for {slug} {name}" if score else f"level of {slug} {name} taken out"
            yield Changed("levels given", told)
    for name, fact in _moved(before.attested, now.attested):
        told = f"attested {name}: {'yes' if fact.holds else 'no'}" if fact else f"attested {name} taken out"
        yield Changed("facts attested", told)
    for name, override in _moved(before.items, now.items):
        told = f"item {name} decided {override.status}" if override else f"decision on item {name} taken out"
        yield Changed("items decided", told)


def _moved(before: Mapping[str, T], now: Mapping[str, T]) -> Iterator[tuple[str, T | None]]:
    """The entries that differ, as they are now; None for one that is gone."""
    for name in dict.fromkeys((*before, *now)):
        if before.get(name) != now.get(name):
            yield name, now.get(name)


def settings(before: State, now: State, gates: tuple[object, object]) -> Iterator[Changed]:
    """What a team changed of how the workbook judges: scope, checklists, policy, readings, the gate."""
    if before.scope.proposed != now.scope.proposed and before.scope.facts == now.scope.facts:
        yield Changed("scope changes", f"scope facts proposed: {len(now.scope.proposed)}, for a person to confirm")
    elif before.scope != now.scope:
        facts = ", ".join(
            f"{name} {'taken out' if holds is None else 'yes' if holds else 'no'}"
            for name, holds in _moved(before.scope.facts, now.scope.facts)
        )
        yield Changed("scope changes", f"scope confirmed{f': {facts}' if facts else ''}")
    if before.checklists != now.checklists:
        advising = f", with {', '.join(now.checklists[1:])} beside it" if now.checklists[1:] else ""
        yield Changed("checklist changes", f"checklists: {now.decides} decides{advising}")
    if before.catalogue != now.catalogue:
        yield Changed("settings changed", f"catalogue {before.catalogue or 'unknown'} → {now.catalogue or 'unknown'}")
    for name in ("profiles", "frameworks"):
        if getattr(before, name) != getattr(now, name):
            yield Changed("settings changed", f"setting {name}: {', '.join(getattr(now, name)) or 'none'}")
    for old, new in ((before.policy, now.policy), (before.readings, now.readings)):
        for one in fields(new):
            if getattr(old, one.name) != (value := getattr(new, one.name)):
                shown = ", ".join(value) if isinstance(value, tuple) else value
                yield Changed("settings changed", f"setting {one.name}: {shown if shown or shown is False else 'none'}")
    if gates[0] != gates[1]:
        yield Changed("settings changed", "settings of the gate changed")


def answers(catalogue: Catalogue, before: State, now: State) -> Iterator[Changed]:
    """What was said of controls: answers, evidence, and what is beside them."""
    for name in catalogue.controls:
        old, new = before.answer(name), now.answer(name)
        added = any(piece not in old.evidence for piece in new.evidence)
        about = replace(old, evidence=new.evidence, note=new.note, owner=new.owner, due=new.due)
        if old == new:
            continue
        if about != new:
            moved = new.status if old.status is new.status else f"{old.status} → {new.status}"
            who = f" ({new.rung})" if new.status is not Status.UNANSWERED else ""
            yield Changed(ANSWERS, f"{name}: {moved}{who}{', evidence added' if added else ''}")
        elif added:
            yield Changed("controls with evidence added", f"evidence added to {name}")
        elif old.evidence != new.evidence:
            yield Changed("controls with evidence taken out", f"evidence taken out of {name}")
        else:
            what = [word for word in ("note", "owner", "due") if getattr(old, word) != getattr(new, word)]
            yield Changed("controls with a note, an owner or a day", f"{' and '.join(what)} of {name} changed")
