"""The product's models against the reference beside this file, over random workbooks."""

import importlib.util
from collections import Counter
from itertools import chain
from pathlib import Path
from random import Random

import pytest

from workbook import outlook
from workbook.answers import read_state
from workbook.assess import assess
from workbook.catalogue import load_catalogue


def beside(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


reference, workbooks = beside("reference"), beside("random_workbooks")
WORSE_FIRST = {
    "six-gates": [{"not-passed"}, {"list-only"}, {"repeat"}, {"passed"}],
    "seven-steps": [{"not-ready"}, {"ready"}],
    "fifty-point": [{"do-not-launch", "hold"}, {"harden"}, {"ship"}],
    "ten-gates": [{"pause"}, {"proceed"}],
    "prototype-gap": [{"not-ready-to-plan"}, {"in-transition"}, {"production-ready"}],
}


def rank(slug, verdict):
    return next(place for place, names in enumerate(WORSE_FIRST[slug]) if verdict in names)


def compared(slug, verdict, tables, random):
    """The keys on which product and reference differ, and what is wrong with the way to the next better verdict."""
    expected, outcome, states = reference.REFERENCE[slug](tables)
    suggested = expected.pop("suggested", None)
    wrong = {}
    for key, value in expected.items():
        got = getattr(verdict, key)
        got = set(got) if isinstance(value, set) else list(got) if isinstance(value, list) else got
        if got != value:
            wrong[key] = (got, value)
    if suggested and suggested != {name: one.level for name, one in verdict.suggestions.items()}:
        wrong["suggestions"] = suggested
    lacking = {name for name, state in states.items() if state == "unanswered"}
    if verdict.verdict == "incomplete" and set(verdict.decided_by) != lacking:
        wrong["decided_by"] = lacking
    if trouble := way_wrong(slug, verdict, outcome, states, random, lenient=tables["readings"].get("lenient_blockers")):
        wrong["next_better"] = trouble
    return wrong


def way_wrong(slug, verdict, outcome, states, random, *, lenient):
    """Whether the named items, and no fewer, make the best that can still come better."""
    best = {name: "ready" if state == "unanswered" else state for name, state in states.items()}
    now, way = verdict.can_end[-1], verdict.next_better
    if way is None:
        return "" if rank(slug, now) == len(WORSE_FIRST[slug]) - 1 else "there is a better verdict"
    some = random.sample(way.some_of, way.some)
    cleared = [*way.all_of, *some]
    after = outcome(best | dict.fromkeys(cleared, "ready"))
    if after != way.to or rank(slug, after) <= rank(slug, now):
        return f"leads to {after}, not {way.to}"
    # An item of the acceptance run may stand as satisfied while the measured run takes it away.
    needed = [one for one in cleared if slug != "seven-steps" or best[one] not in reference.GOOD]
    left = random.choice(needed or cleared)
    fewer = outcome(best | dict.fromkeys([one for one in cleared if one != left], "ready"))
    if needed and rank(slug, fewer) > rank(slug, now) and not lenient:
        return f"{left} was not needed"
    if any(best[name] in reference.GOOD for name in needed):
        return "names an item that is satisfied"
    return ""


@pytest.mark.stress
def test_every_model_agrees_with_the_reference_on_random_workbooks(scale, figure):
    times = scale(300, 10_000)
    catalogue = load_catalogue()
    seen = {slug: Counter() for slug in reference.LISTS}
    for seed in range(times):
        random = Random(seed)  # noqa: S311  the same workbooks every time
        tables = workbooks.workbook(random)
        state = read_state(tables, catalogue, workbooks.TODAY)
        assert not state.problems
        assessment = assess(catalogue, state, workbooks.TODAY)
        for slug in reference.LISTS:
            verdict = outlook.decide(catalogue.checklists[slug], state, assessment)
            assert not (wrong := compared(slug, verdict, tables, random)), f"workbook {seed}, {slug}: {wrong}"
            seen[slug][verdict.verdict] += 1
    for slug, outcomes in seen.items():
        assert set(chain(*WORSE_FIRST[slug])) | {"incomplete"} == set(outcomes), f"{slug}: some verdicts never came up"
        shares = ", ".join(f"{name} {count}" for name, count in sorted(outcomes.items()))
        figure(f"{slug}: random workbooks judged as by the reference ({shares})", "all", f"{times} of {times}")
