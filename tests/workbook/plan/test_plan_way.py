"""The shortest way keeps its promise, in every model, and nothing cheaper would."""

from dataclasses import replace
from itertools import chain, combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from workbook import outlook
from workbook.answers import Score, Status
from workbook.assess import Standing, assess
from workbook.plan.goals import RANKS
from workbook.plan.order import with_before
from workbook.plan.way import FEWER, shortest_way
from workbook.verdicts.ten_gates import DOMAINS

SLUGS = ("fifty-point", "prototype-gap", "seven-steps", "six-gates", "ten-gates")


def carried_out(kit, book, way, checklist):
    """What `outlook.decide` says once the team did what the way says: not by way of the plan's own imagining."""
    controls = dict(kit.tables({})["controls"])
    for name, judged in book.assessment.standings.items():
        said = book.state.answer(name)
        if name in way.controls:
            kind = "verified"
        elif judged.standing in (Standing.PROVEN, Standing.CLAIMED):
            kind = "ready"
        elif judged.standing is Standing.BLOCKER:
            kind = "blocker"
        elif judged.standing is Standing.NOT_APPLICABLE:
            kind = "not-applicable"
        else:
            kind = "absent"
        table = dict(kit.tables({name: kind})["controls"][name])
        if judged.standing is Standing.NEEDS_REVIEW and said.status is Status.NEEDS_REVIEW and kind == "absent":
            table["facets"] = list(said.facets)
        controls[name] = table
    done = kit.read({"controls": controls}).state
    levels = {name: Score(level, kit.ana, kit.today) for name, level in way.levels.items()}
    scores = {**book.state.scores, "ten-gates": {**book.state.scores.get("ten-gates", {}), **levels}}
    state = replace(book.state, answers=done.answers, waivers={}, scope=done.scope, scores=scores)
    return outlook.decide(checklist, state, assess(kit.catalogue, state, kit.today))


@pytest.mark.parametrize("slug", SLUGS)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_whoever_goes_the_way_gets_the_promised_verdict(kit, any_book, slug, data):
    checklist = kit.catalogue.checklists[slug]
    book = kit.read(data.draw(any_book((slug, *(one for one in SLUGS if one != slug)))))
    assume(slug in book.state.checklists)
    way = shortest_way(book.imagined, checklist, book.gaps)
    start = book.imagined.verdict(checklist, answered=True)
    assert way.start == start.verdict
    if way.goal:
        reached = carried_out(kit, book, way, checklist)
        assert reached.verdict == way.goal
        assert outlook.sentence(reached) == way.goal_sentence
        assert RANKS[way.goal] > RANKS.get(way.start, -1)
    else:
        assert way.at_the_top or way.obstacles
        assert not way.controls


@pytest.mark.parametrize("slug", SLUGS)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_the_way_is_in_the_order_of_work_with_all_that_comes_before(kit, any_book, slug, data):
    book = kit.read(data.draw(any_book((slug,))))
    way = shortest_way(book.imagined, kit.catalogue.checklists[slug], book.gaps)
    by_name = {gap.control.id: gap for gap in book.gaps}
    assert with_before(by_name, way.controls) == set(way.controls)
    assert list(way.controls) == [name for name in by_name if name in way.controls]
    assert way.half_days == sum(by_name[name].half_days for name in way.controls)
    assert all(book.assessment.standings[name].standing is not Standing.NOT_APPLICABLE for name in way.controls)


@pytest.mark.parametrize("slug", SLUGS)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_no_cheaper_set_of_controls_gets_there(kit, slug, data):
    """Against every closed set of the few open controls; the others hold, or no control can help them."""
    checklist = kit.catalogue.checklists[slug]
    asked = st.sampled_from(kit.catalogue.controls_of((slug,)))
    few = data.draw(st.dictionaries(asked, st.sampled_from(["absent", "blocker", "partly"]), min_size=1, max_size=5))
    levels = {name: {"level": data.draw(st.integers(2, 4)), "by": kit.ana} for name in DOMAINS}
    lost = [item.id for item in checklist.scored if not set(item.controls) & set(few)] if slug == "fifty-point" else []
    lost = lost[: data.draw(st.sampled_from([0, 7, 9, 23]))]
    book = kit.read(
        kit.tables(
            few,
            default="ready",
            workbook={"decides": slug},
            scores={"ten-gates": levels},
            items={name: {"status": "needs-review", "by": kit.ana, "reason": "decided"} for name in lost},
        )
    )
    way = shortest_way(book.imagined, checklist, book.gaps)
    if not way.goal or not way.exact:
        return
    by_name = {gap.control.id: gap for gap in book.gaps}
    sets = {
        with_before(by_name, chosen)
        for chosen in chain.from_iterable(combinations(by_name, size) for size in range(len(by_name) + 1))
    }
    spent = sum(FEWER * by_name[name].half_days + 1 for name in way.controls)
    for chosen in sets:
        if sum(FEWER * by_name[name].half_days + 1 for name in chosen) < spent:
            told = book.imagined.verdict(checklist, chosen, answered=True, levels=suggested(book, checklist, chosen))
            assert RANKS[told.verdict] <= RANKS[way.start], chosen


def suggested(book, checklist, chosen):
    """The levels a person would give the domains below their minimum, by the bullets."""
    told = book.imagined.verdict(checklist, chosen, answered=True)
    below = getattr(told, "below", ())
    return {name: told.suggestions[name].level for name in below}


def test_a_band_is_reached_over_the_cheapest_points(kit):
    book = kit.read(kit.tables({}, default="absent"))
    way = shortest_way(book.imagined, kit.catalogue.checklists["fifty-point"], book.gaps)
    assert (way.start, way.goal) == ("do-not-launch", "harden")
    assert way.exact
    assert "regulatory-compliance" not in way.controls
    assert way.goal_sentence.startswith("Harden before a date is set: 25 of 50")


def test_a_blocker_in_pillar_four_is_cleared_first(kit):
    book = kit.read(kit.tables({"pii-handling": "blocker"}, default="ready"))
    way = shortest_way(book.imagined, kit.catalogue.checklists["fifty-point"], book.gaps)
    assert (way.start, way.goal, way.controls) == ("do-not-launch", "ship", ("pii-handling",))


def test_encryption_holds_a_regulated_product_until_it_is_ready(kit):
    tables = kit.tables({"encryption-at-rest": "absent", "rate-limiting": "absent"}, "ready")
    checklist = kit.catalogue.checklists["fifty-point"]
    free = kit.read(tables)
    assert shortest_way(free.imagined, checklist, free.gaps).at_the_top
    book = kit.read(tables | {"workbook": {"frameworks": ["HIPAA"]}})
    way = shortest_way(book.imagined, checklist, book.gaps)
    assert (way.start, way.goal, way.controls, way.exact) == ("do-not-launch", "ship", ("encryption-at-rest",), True)


def test_levels_are_part_of_the_way_where_a_person_gives_them(kit):
    levels = {name: {"level": 4, "by": kit.ana} for name in DOMAINS} | {"security": {"level": 2, "by": kit.ana}}
    book = kit.read(
        kit.tables(
            {"credential-rotation": "absent", "output-filtering": "absent"},
            default="ready",
            workbook={"decides": "ten-gates"},
            scores={"ten-gates": levels},
        )
    )
    way = shortest_way(book.imagined, kit.catalogue.checklists["ten-gates"], book.gaps)
    assert (way.start, way.goal) == ("pause", "proceed")
    assert way.controls == ("credential-rotation",)
    assert way.levels == {"security": 4}


def test_what_controls_cannot_lift_is_said(kit):
    override = {"fifty-point.1.1": {"status": "blocker", "by": kit.ana, "reason": "not on this host"}}
    book = kit.read(kit.tables({}, default="ready", items=override))
    way = shortest_way(book.imagined, kit.catalogue.checklists["fifty-point"], book.gaps)
    assert not way.goal
    assert not way.at_the_top
    assert "fifty-point.1.1" in way.obstacles[0]
    assert "not on this host" in way.obstacles[0]


def test_there_is_no_way_up_from_the_top(kit):
    book = kit.read(kit.tables({}, default="ready"))
    way = shortest_way(book.imagined, kit.catalogue.checklists["fifty-point"], book.gaps)
    assert way.at_the_top
    assert way.now == "ship"
