"""What the articles have to say to this team: the facts that concern it, and the tools they name for its stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from checks.observation import ProbeReport
from workbook.answers import State
from workbook.assess import SATISFIED, Assessment
from workbook.catalogue import Catalogue
from workbook.catalogue.plans import Block, Ecosystem, Fact, Plans
from workbook.outlook import Verdict
from workbook.plan.gaps import Gap
from workbook.verdicts import fifty_point

ANY = "*"


@dataclass(frozen=True, slots=True)
class Advice:
    """One fact and why it is shown. `why` may hold the team's own words: untrusted text."""

    fact: Fact
    why: str


@dataclass(frozen=True, slots=True)
class Aid:
    """One block with those of its facts that concern the team."""

    block: Block
    advice: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """An ecosystem, and the first file that shows it. `path` is untrusted text."""

    ecosystem: Ecosystem
    path: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The tools the articles name for one open control and that fit the stack, each once."""

    control: str
    tools: tuple[str, ...]
    named_by: tuple[str, ...]


def aids(
    plans: Plans, catalogue: Catalogue, state: State, assessment: Assessment, verdict: Verdict | None
) -> tuple[Aid, ...]:
    """The blocks that speak to this team, in their order; a block without a fitting fact is left out."""
    # Items that do not decide count here too: the decision on the build path is asked by no other.
    asked = {name for slug in state.checklists for item in catalogue.checklists[slug].items for name in item.controls}
    open_ones = {
        name
        for name in asked
        if assessment.standings[name].standing not in SATISFIED
        and catalogue.controls[name].applies(state.scope.confirmed) is not False
    }
    found = []
    for block in plans.blocks.values():
        advice = [
            Advice(fact, why)
            for fact in (block.facts if block.in_plan else ())
            if (why := _why(fact, state, open_ones, verdict)) is not None
        ]
        if advice:
            found.append(Aid(block, tuple(advice)))
    return tuple(found)


def _why(fact: Fact, state: State, open_ones: set[str], verdict: Verdict | None) -> str | None:
    """Why a fact concerns the team, "" where it concerns everybody, None where it does not.

    Controls decide only where neither scope nor framework, profile nor dimension does; else they are mere pointers.
    """
    if named := [
        one for one in state.frameworks if ANY in fact.frameworks or _plain(one) in map(_plain, fact.frameworks)
    ]:
        return f"framework {named[0]}"
    if holding := [name for name in fact.scope if state.scope.confirmed.get(name)]:
        return f"your scope: {holding[0]}"
    if chosen := [one for one in fact.profiles if one in state.profiles]:
        return f"profile {chosen[0]}"
    if fact.dimension and isinstance(verdict, fifty_point.Verdict):
        met, of = verdict.dimensions[fact.dimension]
        return f"{met} of {of} points met" if met < of else None
    if fact.frameworks or fact.scope or fact.profiles or fact.dimension:
        return None
    if not fact.controls:
        return ""
    return next((f"open: {name}" for name in fact.controls if name in open_ones), None)


def _plain(framework: str) -> str:
    return "".join(letter for letter in framework.lower() if letter.isalnum())


def stacks(plans: Plans, report: ProbeReport | None) -> tuple[Stack, ...]:
    """The ecosystems of the files that probes pointed at. What none pointed at may still be there."""
    paths = sorted(set(_paths(report))) if report else []
    found = []
    for ecosystem in plans.tools.ecosystems.values():
        shown = next((path for path in paths if _shows(path, ecosystem.files)), None)
        if shown is not None:
            found.append(Stack(ecosystem, shown))
    return tuple(found)


def _paths(report: ProbeReport) -> Iterator[str]:
    for seen in report.observations.values():
        yield from (place.path for place in seen.locations)
    for proposal in report.proposals:
        yield from (place.path for place in proposal.locations)
    yield from (finding.location.path for finding in report.findings)


def _shows(path: str, patterns: Iterable[str]) -> bool:
    name = path.rpartition("/")[2]
    return any(fnmatchcase(path if "/" in pattern else name, pattern) for pattern in patterns)


def suggestions(
    plans: Plans, catalogue: Catalogue, gaps: Iterable[Gap], found: Iterable[Stack]
) -> tuple[Suggestion, ...]:
    """For each open control the tools its items and facts name: those that fit anywhere, or one of the stacks found."""
    fitting = {*plans.tools.general, *(tool for stack in found for tool in stack.ecosystem.tools)}
    made = []
    for gap in gaps:
        named = list(_named(plans, catalogue, gap.control.id))
        tools = tuple(dict.fromkeys(tool for tool, _ in named if tool in fitting))
        if tools and not gap.settle:
            by = tuple(dict.fromkeys(slug for tool, slug in named if tool in tools))
            made.append(Suggestion(gap.control.id, tools, by))
    return tuple(made)


def _named(plans: Plans, catalogue: Catalogue, control: str) -> Iterator[tuple[str, str]]:
    """Each tool named for a control, with the checklist that names it."""
    for item in catalogue.asked_by[control]:
        for tool in item.tools:
            yield tool, item.id.partition(".")[0]
    for _, fact in plans.facts(control):
        for tool in fact.tools:
            for slug in fact.articles:
                yield tool, slug
