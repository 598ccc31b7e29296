"""A report as data: every format renders this and nothing else. Texts are as stored, so each sink encodes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from checks.observation import ProbeReport


@dataclass(frozen=True, slots=True)
class When:
    """What the report is of: a commit of history, or the workbook as it is open now."""

    commit: str
    label: str
    """How people name it: a tag, the start of a commit, "now"."""
    day: date
    past: bool
    unsaved: bool
    """Answers that nobody has saved count in it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one chosen checklist says; the deciding one comes first."""

    checklist: str
    name: str
    decides: bool
    verdict: str
    """The outcome's id; "" where this version does not have the decision model."""
    word: str
    sentence: str
    formula: str
    path: str
    """The way on that the model names, as ship or refactor; "" where it names none."""
    lowest: int
    highest: int
    of: int
    hold: bool
    blockers: int
    """Items that stop the launch."""
    certain: tuple[str, ...]
    can_end: tuple[str, ...]
    decided_by: tuple[str, ...]
    notes: tuple[str, ...]
    best: bool
    """Whether no better outcome exists."""


@dataclass(frozen=True, slots=True)
class Split:
    """The items of the deciding checklist by what they rest on; together they are `of`."""

    of: int
    backed: int
    """Ready, and everything behind it observed or verified."""
    stated: int
    """Ready by what somebody says."""
    not_applicable: int
    open: int
    """Open gaps, accepted risk and answers that need a fresh look among them."""
    blockers: int
    unknown: int
    """Not answered."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the deciding checklist."""

    id: str
    number: str
    title: str
    asks: str
    status: str
    said: str
    why: str
    controls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pillar:
    """A group of items, with its heading as the article words it."""

    id: str
    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """One control of the chosen checklists: what counts, why, and what was answered."""

    id: str
    title: str
    area: str
    severity: str
    ready_when: str
    standing: str
    said: str
    why: str
    status: str
    rung: str
    """How the answer is known; "" where there is none."""
    by: tuple[str, ...]
    at: date | None
    commit: str
    note: str
    reason: str
    owner: str
    due: date | None
    watch: tuple[str, ...]
    proposed_by: str
    verified_by: str
    verified_at: date | None
    dispute_note: str
    evidence: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Risk:
    """Accepted risk. `counts` is False where it has ended, or covers nothing that is open."""

    control: str
    title: str
    reason: str
    owner: str
    approved_by: str
    at: date | None
    expires: date | None
    counts: bool


@dataclass(frozen=True, slots=True)
class Promise:
    """A condition of a decision, and whether it is met, open or overdue."""

    text: str
    owner: str
    due: date | None
    state: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A launch decision: its signatures are pairs of person and role."""

    id: str
    outcome: str
    commit: str
    verdict: str
    uncommitted: bool
    by: tuple[tuple[str, str], ...]
    conditions: tuple[Promise, ...]


@dataclass(frozen=True, slots=True)
class ToDo:
    """One open control in the order of work; sizes are our estimate, in half-days of one person."""

    control: str
    title: str
    severity: str
    standing: str
    said: str
    why: str
    what: str
    command: str
    place: str
    """`path:line` where a probe saw something; "" where none did."""
    half_days: int
    owner: str
    due: date | None


@dataclass(frozen=True, slots=True)
class Onward:
    """The way to the next better verdict of the deciding checklist, as `workbook.plan` finds it."""

    to: str
    """The verdict at its end; "" where controls lead to no better one."""
    controls: tuple[str, ...]
    half_days: int
    to_answer: int
    levels: Mapping[str, int]
    obstacles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the seven dimensions of the fifty points: how many of its points hold."""

    name: str
    met: int
    of: int


@dataclass(frozen=True, slots=True)
class Moved:
    """The deciding checklist at one point of history."""

    commit: str
    label: str
    day: date
    verdict: str
    lowest: int
    of: int
    hold: bool


@dataclass(frozen=True, slots=True)
class Number:
    """A stored measurement."""

    name: str
    value: float
    unit: str
    source: str
    at: date | None


@dataclass(frozen=True, slots=True)
class Level:
    """A level, 0 to 5, that a person gave one domain of a scorecard."""

    checklist: str
    domain: str
    level: int
    by: str
    at: date | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A yes-or-no fact that a decision model asks for, with the person who states it."""

    name: str
    holds: bool
    by: str
    at: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Blind:
    """A probe that stayed green with a known gap planted, and with which."""

    signal: str
    why: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """Whether the probes can fail in this very tree: `turned` of those `challenged` told every gap planted."""

    challenged: int
    turned: int
    unanswered: int
    """Probes that could not tell."""
    not_planted: int
    """Probes that looked green, and nothing could be planted."""
    blind: tuple[Blind, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report can say."""

    project: str
    when: When
    catalogue: str
    answered_under: str
    """The version of the texts that were answered."""
    article: str
    verdicts: tuple[Said, ...]
    headline: str
    split: Split
    standings: Mapping[str, int]
    pillars: tuple[Pillar, ...]
    controls: tuple[Control, ...]
    todo: tuple[ToDo, ...]
    next: tuple[str, ...]
    """The controls to take up next, the most risk for the least effort first."""
    onward: Onward | None
    dimensions: tuple[Dimension, ...]
    """Empty where the fifty points are not among the chosen checklists."""
    risks: tuple[Risk, ...]
    decisions: tuple[Decided, ...]
    """The newest first."""
    disagreements: tuple[tuple[str, str], ...]
    """What checklists judge differently, and how it stands."""
    numbers: tuple[Number, ...]
    levels: tuple[Level, ...]
    facts: tuple[Fact, ...]
    scope: Mapping[str, bool]
    scope_by: str
    history: tuple[Moved, ...]
    """Oldest first; empty without git."""
    look: ProbeReport | None
    """What the probes saw; None where none ran: the report then rests on answers and watched files alone."""
    challenge: Challenge | None
    """None where nobody challenged the probes in the state the tree has now."""
    problems: tuple[str, ...]

    @property
    def decides(self) -> Said:
        """What the deciding checklist says."""
        return self.verdicts[0]

    @property
    def blockers(self) -> tuple[ToDo, ...]:
        """The controls that a person says stop the launch."""
        return tuple(one for one in self.todo if one.standing == "blocker")

    @property
    def decision(self) -> Decided | None:
        """The decision that was taken last."""
        return self.decisions[0] if self.decisions else None
