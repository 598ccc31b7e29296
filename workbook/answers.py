"""What the state file says: answers, scope, measurements, waivers. Reading never raises; it collects problems."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from checks.frozen import Frozen, field
from workbook import names
from workbook.catalogue import Catalogue
from workbook.decisions import Decision, read_decisions
from workbook.gate_policy import GatePolicy, read_gate
from workbook.merge.standoffs import REMEDY, Standoff, standoffs, undisputed
from workbook.merge.units import CLASH
from workbook.metrics import ALERT, metrics, misfit
from workbook.policy import Policy, read_policy
from workbook.reading import Problem, Table, nearest
from workbook.readings import Readings, read_readings
from workbook.redirects import redirected
from workbook.waivers import Waiver, read_waivers

STATE_FILE = names.STATE
WAIVER_FILE = names.WAIVERS
SCORECARD = "scorecard"
"""The layer of the items whose level, 0 to 5, a named person gives."""

HIGHEST_LEVEL = 5
_MOST_DIGITS = 9
"""Of one number of a catalogue's version."""

PROFILES = ("paying-users", "pre-launch", "fundraising")
"""What a team can be about; orders the work."""


class Status(StrEnum):
    """What a team says of a control."""

    READY = "ready"
    NEEDS_REVIEW = "needs-review"
    BLOCKER = "blocker"
    NOT_APPLICABLE = "not-applicable"
    UNANSWERED = "unanswered"


class Gap(StrEnum):
    """How much of a control that needs review is there."""

    PARTIAL = "partial"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Rung(StrEnum):
    """How an answer is known, weakest first."""

    PROPOSED = "proposed"
    OBSERVED = "observed"
    ATTESTED = "attested"
    VERIFIED = "verified"


EVIDENCE_KINDS: Mapping[str, tuple[str, ...]] = {
    "link": ("url",),
    "file": ("path",),
    "command": ("argv", "exit"),
    "report": ("tool",),
    "drill": ("what",),
    "elsewhere": ("where",),
}
"""The kinds of evidence and the keys each cannot do without."""


class Evidence(Frozen):
    """One piece of evidence, as the flat table that is stored."""

    kind: str
    values: Mapping[str, Any]

    @property
    def label(self) -> str:
        """The part a person recognizes: the address, the path, the command. Untrusted text."""
        first = self.values.get(EVIDENCE_KINDS[self.kind][0], "")
        return " ".join(map(str, first)) if isinstance(first, list) else str(first)

    def table(self) -> dict[str, Any]:
        """The inline table that is stored."""
        return {"kind": self.kind, **self.values}


class Answer(Frozen):
    """What a team says of one control, and how it is known."""

    status: Status = Status.UNANSWERED
    rung: Rung = Rung.ATTESTED
    by: tuple[str, ...] = ()
    at: date | None = None
    commit: str = ""
    text: str = ""
    watch: tuple[str, ...] = ()
    pins: str = ""
    saw: str = ""
    note: str = ""
    reason: str = ""
    gap: Gap | None = None
    facets: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    proposed_by: str = ""
    verified_by: str = ""
    verified_at: date | None = None
    owner: str = ""
    due: date | None = None
    dispute_note: str = ""


class Override(Frozen):
    """A named person's answer to one item, over what its controls say; `text` is the item's fingerprint then."""

    status: Status
    by: str
    at: date | None
    reason: str
    text: str = ""


class Measurement(Frozen):
    """A number with its unit and source, stored once for all checklists."""

    value: float
    unit: str
    source: str
    commit: str = ""
    at: date | None = None


class Score(Frozen):
    """The level, 0 to 5, that a named person gives one domain of a scorecard."""

    level: int
    by: str
    at: date | None


class Attested(Frozen):
    """A yes-or-no fact a decision model needs, with the person who states it."""

    holds: bool
    by: str
    at: date | None
    note: str = ""


SCOPE_FIELDS = ("by", "at", "despite", "proposed_by", "proposed_yes", "proposed_no")
"""What stands among the facts of a scope and is none."""


class Scope(Frozen):
    """The confirmed facts about the product. Facts count only once a person's name stands under them."""

    facts: Mapping[str, bool] = field(default_factory=dict)
    by: str = ""
    at: date | None = None
    despite: tuple[str, ...] = ()
    """Facts denied although a probe saw them at that time: what it sees is known, and reopens nothing."""
    proposed: Mapping[str, bool] = field(default_factory=dict)
    """Facts that a tool or coding agent proposes; they settle nothing until a person confirms them."""
    proposed_by: str = ""

    @property
    def confirmed(self) -> Mapping[str, bool]:
        """The facts that may settle controls."""
        return self.facts if self.by else {}


class State(Frozen):
    """The whole state file, read."""

    catalogue: str = ""
    decides: str = "fifty-point"
    also: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    policy: Policy = field(default_factory=Policy)
    gate: GatePolicy = field(default_factory=GatePolicy)
    scope: Scope = Scope()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    items: Mapping[str, Override] = field(default_factory=dict)
    measurements: Mapping[str, Measurement] = field(default_factory=dict)
    scores: Mapping[str, Mapping[str, Score]] = field(default_factory=dict)
    """Levels by checklist and domain."""
    attested: Mapping[str, Attested] = field(default_factory=dict)
    readings: Readings = field(default_factory=Readings)
    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    standoffs: tuple[Standoff, ...] = ()
    """What two branches said differently and nobody has decided yet; each is a problem too."""
    problems: tuple[Problem, ...] = ()

    def undecided(self, *table: str) -> Standoff | None:
        """What two branches said differently of a table, where verdicts rest on it; neither side counts then."""
        if not self.standoffs:
            return None
        return next((one for one in self.standoffs if one.table == table and one.decisive), None)

    @property
    def checklists(self) -> tuple[str, ...]:
        """The deciding checklist first, then the advisory ones."""
        return (self.decides, *(slug for slug in self.also if slug != self.decides))

    def answer(self, control: str) -> Answer:
        """The answer to a control; an unanswered one when there is none."""
        return self.answers.get(control, UNANSWERED)


UNANSWERED = Answer()


def read_state(tables: Mapping[str, Any], catalogue: Catalogue, today: date) -> State:
    """What the tables of the state files say, both files as one (see `workbook.ledger`).

    Whatever cannot be used is in `problems` and counts as unanswered.
    """
    tables, renamed = redirected(tables, catalogue.redirects, STATE_FILE)
    found = tuple(standoffs(tables))
    problems = [
        Problem(
            WAIVER_FILE if one.table[:1] == ("waivers",) else STATE_FILE, ".".join(one.table), CLASH, f"{one}; {REMEDY}"
        )
        for one in found
    ]
    tables = undisputed(tables, found) if found else tables
    problems += renamed
    top = Table(tables, "", STATE_FILE, problems)
    book = top.table("workbook")
    if _version(top.text("catalogue")) > _version(catalogue.version):
        newer = f"answered under a newer catalogue, {top.text('catalogue')}, than this one, {catalogue.version}"
        top.report("catalogue", f"{newer}; update readiness-workbook")
    decides = _checklist(book, "decides", catalogue) or State.__dataclass_fields__["decides"].default
    answers = {
        name: _answer(top.table("controls").table(name), today)
        for name in _known(top.table("controls"), catalogue.controls)
    }
    return State(
        catalogue=top.text("catalogue"),
        decides=str(decides),
        also=tuple(slug for slug in book.texts("also") if _is_checklist(book, "also", slug, catalogue)),
        profiles=_profiles(book),
        frameworks=book.texts("frameworks"),
        policy=read_policy(book, catalogue.controls),
        gate=read_gate(top.table("gate"), catalogue),
        scope=_scope(top.table("scope"), catalogue, today),
        answers=answers,
        items={
            name: override
            for name in _known(top.table("items"), catalogue.items)
            if (override := _override(top.table("items").table(name), today))
        },
        measurements=_measurements(top.table("measurements"), catalogue, today),
        scores={
            slug: _scores(top.table("scores").table(slug), slug, catalogue, today)
            for slug in _known(top.table("scores"), catalogue.checklists)
        },
        attested={
            name: fact
            for name in top.table("attested").names
            if (fact := _attested(top.table("attested").table(name), today))
        },
        readings=read_readings(top.table("readings")),
        waivers=read_waivers(Table(tables, "", WAIVER_FILE, problems).table("waivers"), catalogue.controls, today),
        decisions=read_decisions(top.table("decisions"), today),
        standoffs=found,
        problems=tuple(problems),
    )


def _version(text: str) -> tuple[int, ...]:
    """The numbers of a catalogue's version; none where it is no version of ours."""
    parts = text.split(".")
    sound = all(part.isascii() and part.isdecimal() and len(part) <= _MOST_DIGITS for part in parts)
    return tuple(map(int, parts)) if sound else ()


def _profiles(book: Table) -> tuple[str, ...]:
    given = book.texts("profiles")
    for name in given:
        if name not in PROFILES:
            book.report("profiles", f"{name!r} is not one of {', '.join(PROFILES)}{nearest(name, PROFILES)}")
    return tuple(name for name in given if name in PROFILES)


def _is_checklist(table: Table, key: str, slug: str, catalogue: Catalogue) -> bool:
    if slug in catalogue.checklists:
        return True
    table.report(key, f"there is no checklist {slug!r}{nearest(slug, catalogue.checklists)}")
    return False


def _checklist(table: Table, key: str, catalogue: Catalogue) -> str:
    slug = table.text(key)
    return slug if slug and _is_checklist(table, key, slug, catalogue) else ""


def _known(table: Table, known: Mapping[str, Any]) -> tuple[str, ...]:
    for name in table.names:
        if name not in known:
            table.report(name, f"this id is not in the catalogue{nearest(name, known)}")
    return tuple(name for name in table.names if name in known)


def _scope(table: Table, catalogue: Catalogue, today: date) -> Scope:
    facts: dict[str, bool] = {}
    for name in table.names:
        if name in SCOPE_FIELDS:
            continue
        if name not in catalogue.scope:
            table.report(name, f"there is no such scope fact{nearest(name, catalogue.scope)}")
        elif (holds := table.flag(name)) is not None:
            facts[name] = holds
    proposed = {
        name: key == "proposed_yes"
        for key in ("proposed_yes", "proposed_no")
        for name in table.texts(key)
        if name in catalogue.scope and name not in facts
    }
    return Scope(
        facts, table.text("by"), table.day("at", today), table.texts("despite"), proposed, table.text("proposed_by")
    )


def _evidence(table: Table) -> tuple[Evidence, ...]:
    entries = table.raw("evidence") or []
    if not isinstance(entries, list):
        table.report("evidence", "must be an array of inline tables")
        return ()
    found = []
    for entry in entries:
        kind = entry.get("kind") if isinstance(entry, dict) else None
        if not isinstance(kind, str) or kind not in EVIDENCE_KINDS:
            table.report("evidence", f"{kind!r} is not a kind of evidence{nearest(str(kind), EVIDENCE_KINDS)}")
        elif missing := [key for key in EVIDENCE_KINDS[kind] if key not in entry]:
            table.report("evidence", f"a {kind} needs {' and '.join(missing)}")
        else:
            found.append(Evidence(kind, {key: value for key, value in entry.items() if key != "kind"}))
    return tuple(found)


def _answer(table: Table, today: date) -> Answer:
    answer = Answer(
        status=table.choice("status", Status) or Status.UNANSWERED,
        rung=table.choice("rung", Rung) or (Rung.PROPOSED if "rung" in table else Rung.ATTESTED),
        by=table.texts("by"),
        at=table.day("at", today),
        commit=table.text("commit"),
        text=table.text("text"),
        watch=_patterns(table, "watch"),
        pins=table.text("pins"),
        saw=table.text("saw"),
        note=table.text("note"),
        reason=table.text("reason"),
        gap=table.choice("gap", Gap),
        facets=table.texts("facets"),
        evidence=_evidence(table),
        proposed_by=table.text("proposed_by"),
        verified_by=table.text("verified_by"),
        verified_at=table.day("verified_at", today),
        owner=table.text("owner"),
        due=table.day("due"),
        dispute_note=table.text("dispute_note"),
    )
    return answer if _sound(answer, table) else Answer(note=answer.note, owner=answer.owner, due=answer.due)


def _patterns(table: Table, key: str) -> tuple[str, ...]:
    """Path patterns; none where one of them cannot be used, so that the answer no longer rests on what it watched."""
    from checks.files.patterns import matching

    given = table.texts(key)
    try:
        matching(given, ())
    except ValueError as error:
        table.report(key, str(error))
        return ()
    return given


def _sound(answer: Answer, table: Table) -> bool:
    """Whether an answer says enough to count; what is missing is reported."""
    if answer.status is Status.UNANSWERED:
        return True
    before = table.complaints
    _mixtures(answer, table)
    if answer.rung is Rung.PROPOSED and not (answer.proposed_by or answer.by):
        table.report("proposed_by", "a proposal needs the name of the tool or agent that made it")
    if answer.rung in (Rung.ATTESTED, Rung.VERIFIED) and not answer.by:
        table.report("by", "an answer needs the name of who gave it, as in Ana <ana@example.com>")
    if answer.status is Status.NOT_APPLICABLE and not (answer.reason or answer.note):
        table.report("reason", '"does not apply" needs a reason')
    if answer.rung is Rung.VERIFIED and (not answer.verified_by or answer.verified_by in answer.by):
        table.report("verified_by", "only somebody who did not give the answer can verify it")
    return table.complaints == before


def _mixtures(answer: Answer, table: Table) -> None:
    """Report fields that no answer of ours has together: a merge line by line took them from two answers."""
    mixed = "two answers were mixed here, as by a merge line by line; answer it again"
    if answer.gap and answer.status in (Status.READY, Status.NOT_APPLICABLE):
        table.report("gap", f"{answer.status} leaves no gap: {mixed}")
    elif answer.rung is not Rung.VERIFIED and (answer.verified_by or answer.verified_at):
        table.report("verified_by", f"{answer.rung} is not verified: {mixed}")


def _override(table: Table, today: date) -> Override | None:
    status, by, reason = table.choice("status", Status), table.text("by"), table.text("reason")
    if status is None or not by or not reason:
        table.report("", "an item override needs status, by and reason")
        return None
    return Override(status, by, table.day("at", today), reason, table.text("text"))


def _measurements(top: Table, catalogue: Catalogue, today: date) -> dict[str, Measurement]:
    found = {}
    for name in top.names:
        table = top.table(name)
        measured = _measurement(table, today)
        if measured is None:
            continue
        if trouble := misfit(name, measured.value, measured.unit):
            table.report("", trouble)
            continue
        found[name] = measured
        if name.removeprefix(ALERT) not in metrics() and name.removeprefix(ALERT) not in catalogue.compared:
            hint = nearest(name.removeprefix(ALERT), (*metrics(), *catalogue.compared))
            top.report(name, f"no checklist compares a number of this name{hint}")
    return found


def _measurement(table: Table, today: date) -> Measurement | None:
    value, unit = table.number("value"), table.text("unit")
    if value is None or not unit:
        table.report("", 'a measurement needs a value and a unit, as in { value = 420, unit = "ms" }')
        return None
    return Measurement(float(value), unit, table.text("source"), table.text("commit"), table.day("at", today))


def _scores(table: Table, slug: str, catalogue: Catalogue, today: date) -> dict[str, Score]:
    checklist = catalogue.checklists[slug]
    domains = {item.number: item for item in checklist.items if item.layer == SCORECARD}
    return {name: score for name in _known(table, domains) if (score := _score(table.table(name), today))}


def _score(table: Table, today: date) -> Score | None:
    level, by = table.number("level"), table.text("by")
    if not isinstance(level, int) or not 0 <= level <= HIGHEST_LEVEL or not by:
        table.report("", f"a score needs level = a whole number from 0 to {HIGHEST_LEVEL}, and by")
        return None
    return Score(level, by, table.day("at", today))


def _attested(table: Table, today: date) -> Attested | None:
    holds, by = table.flag("holds"), table.text("by")
    if holds is None or not by:
        table.report("", "an attested fact needs holds = true or false, and by")
        return None
    return Attested(holds, by, table.day("at", today), table.text("note"))
