"""The records of the catalogue. They are read-only: answers live in the state file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar, Literal

from checks.digests import blake2b
from checks.frozen import Frozen, field, replace
from checks.observation import Observation, Outcome

SeverityName = Literal["blocker", "high", "medium", "low"]
Automatable = Literal["auto", "assist", "manual"]
Area = Literal[
    "product", "architecture", "model-data", "security", "governance", "quality", "scale", "delivery", "operations"
]
Operator = Literal[">=", "<=", ">", "<", "="]

SEVERITY_ORDER: dict[str, int] = {"blocker": 0, "high": 1, "medium": 2, "low": 3}
"""Worst first."""


def fingerprint(*normative: str) -> str:
    """Twelve hexadecimal digits over the normative texts; wording of titles and reasons does not count."""
    return blake2b("\0".join(normative).encode(), digest_size=6).hexdigest()


class Freshness(Frozen):
    """How long evidence stays fresh: `days`, or until one of the events in `on` happens again."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    basis: Literal["source", "proposed"]
    text: str
    days: int | None = None
    on: tuple[str, ...] = ()


class Control(Frozen):
    """One thing to be true, shared by all checklists."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    id: str
    area: Area
    title: str
    why: str
    ready_when: str
    severity: SeverityName
    severity_reason: str
    automatable: Automatable
    evidence: tuple[str, ...]
    method: str
    freshness: Freshness
    applies_if: str
    applies_when: str = ""

    @property
    def fingerprint(self) -> str:
        """Changes when what is asked changes, so that older answers lapse."""
        return fingerprint(self.ready_when, self.severity, self.applies_when)

    @property
    def facts(self) -> tuple[str, ...]:
        """The scope facts that settle whether the control applies."""
        return tuple(self.applies_when.replace("|", "&").split("&")) if self.applies_when else ()

    def applies(self, facts: Mapping[str, bool]) -> bool | None:
        """Whether the control applies under the confirmed `facts`; None while a fact that matters is open."""
        if not self.applies_when:
            return True
        values = [facts.get(name) for name in self.facts]
        if "&" in self.applies_when:
            return False if False in values else (None if None in values else True)
        return True if True in values else (None if None in values else False)


class Threshold(Frozen):
    """One clause of an item's threshold. `required`, `implied` and `alert` clauses with a number are compared.

    `unit` is for a metric that templates/metrics.toml does not know; a number cannot be compared without one.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    kind: Literal["required", "alert", "example", "context", "implied"]
    text: str
    metric: str | None = None
    op: Operator | None = None
    value: int | float | None = None
    unit: str = ""


class Item(Frozen):
    """One line of a checklist. `facet` is the part of a shared control that it asks about."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    id: str
    pillar: str
    layer: str
    title: str
    asks: str
    controls: tuple[str, ...]
    facet: str = ""
    scored: bool = True
    tools: tuple[str, ...] = ()
    thresholds: tuple[Threshold, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Changes when the question or its threshold changes."""
        return fingerprint(self.asks, *(clause.text for clause in self.thresholds))

    @property
    def number(self) -> str:
        """The last part of the id, as people quote it: "31"."""
        return self.id.rsplit(".", 1)[-1]


class Pillar(Frozen):
    """A group of items, in the article's order."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    id: str
    title: str
    number: int | None = None


class Source(Frozen):
    """Where a checklist was published."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    article: str
    publisher: str
    date: str = ""


class Checklist(Frozen):
    """A published checklist: its pillars, its items and the name of its decision model."""

    __slots__ = ("__dict__",)
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    slug: str
    name: str
    summary: str
    word: str
    model: str
    source: Source
    pillars: tuple[Pillar, ...]
    items: tuple[Item, ...]

    @cached_property
    def scored(self) -> tuple[Item, ...]:
        """The items that decide the verdict."""
        return tuple(item for item in self.items if item.scored)

    @cached_property
    def scored_pillars(self) -> tuple[Pillar, ...]:
        """The pillars that hold at least one deciding item."""
        used = {item.pillar for item in self.scored}
        return tuple(pillar for pillar in self.pillars if pillar.id in used)

    def in_pillar(self, pillar: str) -> tuple[Item, ...]:
        """The deciding items of one pillar."""
        return tuple(item for item in self.scored if item.pillar == pillar)

    def heading(self, pillar: Pillar) -> str:
        """A pillar as people say it: "Pillar 4: Security, compliance, governance"."""
        return f"{self.word.capitalize()} {pillar.number}: {pillar.title}" if pillar.number else pillar.title


class ScopeFact(Frozen):
    """One fact about the product, confirmed once by a person."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    id: str
    question: str
    proposed_from: str


class Signal(Frozen):
    """One neutral question about a repository, and what each outcome means."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    id: str
    question: str
    met: str
    unmet: str
    partial: str = ""
    not_applicable: str = ""
    feeds: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    """For a signal that asks for one of several things: which of them each control needs."""


class Catalogue(Frozen):
    """Everything that can be asked. `version` is written into state files."""

    __slots__ = ("__dict__",)
    version: str
    controls: Mapping[str, Control]
    checklists: Mapping[str, Checklist]
    scope: Mapping[str, ScopeFact]
    signals: Mapping[str, Signal]
    redirects: Mapping[str, str] = field(default_factory=dict)
    """New ids of controls and items by the old ones."""

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Every item of every checklist, by id."""
        return {item.id: item for checklist in self.checklists.values() for item in checklist.items}

    @cached_property
    def compared(self) -> frozenset[str]:
        """The names of the numbers that items compare."""
        return frozenset(clause.metric for item in self.items.values() for clause in item.thresholds if clause.metric)

    @cached_property
    def feeding(self) -> Mapping[str, tuple[Signal, ...]]:
        """The signals that feed each control."""
        found: dict[str, list[Signal]] = {name: [] for name in self.controls}
        for signal in self.signals.values():
            for control in signal.feeds:
                found[control].append(signal)
        return {name: tuple(signals) for name, signals in found.items()}

    def seen_of(self, control: str, seen: Mapping[str, Observation]) -> dict[str, Observation]:
        """What the probes showed of one control, by signal: something of another kind than it needs is not there."""
        found = {}
        for signal in self.feeding[control] if seen else ():
            if one := seen.get(signal.id):
                kind = signal.kinds.get(control)
                other = kind is not None and kind not in one.kinds and one.outcome in (Outcome.MET, Outcome.PARTIAL)
                found[signal.id] = (
                    replace(one, outcome=Outcome.UNMET, summary=f"{one.summary}; nothing for {kind}") if other else one
                )
        return found

    @cached_property
    def asked_by(self) -> Mapping[str, tuple[Item, ...]]:
        """The items that map to each control, over all checklists."""
        found: dict[str, list[Item]] = {name: [] for name in self.controls}
        for item in self.items.values():
            for control in item.controls:
                found[control].append(item)
        return {name: tuple(items) for name, items in found.items()}

    def controls_of(self, slugs: tuple[str, ...]) -> tuple[str, ...]:
        """The controls behind the deciding items of the named checklists, in catalogue order."""
        wanted = {name for slug in slugs for item in self.checklists[slug].scored for name in item.controls}
        return tuple(name for name in self.controls if name in wanted)
