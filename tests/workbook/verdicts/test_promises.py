"""What every model promises: order is nothing, better is never worse, and what is called certain stays true."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.answers import Status
from workbook.catalogue import load_catalogue
from workbook.readings import Readings
from workbook.verdicts import fifty_point, prototype_gap, seven_steps, six_gates, ten_gates
from workbook.verdicts.lines import Line

CATALOGUE = load_catalogue()
ANSWERED = [Status.READY, Status.NOT_APPLICABLE, Status.NEEDS_REVIEW, Status.BLOCKER]
SATISFIED = (Status.READY, Status.NOT_APPLICABLE)
WORTH = {Status.READY: 2, Status.NOT_APPLICABLE: 2, Status.NEEDS_REVIEW: 1, Status.BLOCKER: 0}
RUNS = ["invalid-run", "fail", "pass"]
ITEMS = {
    slug: [(item.pillar, item.id) for item in checklist.scored if item.layer != "scorecard"]
    for slug, checklist in CATALOGUE.checklists.items()
}
RANK = {
    "six-gates": {"not-passed": 0, "list-only": 1, "repeat": 2, "passed": 3},
    "seven-steps": {"not-ready": 0, "ready": 1},
    # Hold and do-not-launch are one rank: neither launches. Clearing the last blocker of a low score leads from the
    # first to the second, and that is no step back.
    "fifty-point": {"do-not-launch": 0, "hold": 0, "harden": 1, "ship": 2},
    "ten-gates": {"pause": 0, "proceed": 1},
    "prototype-gap": {"not-ready-to-plan": 0, "in-transition": 1, "production-ready": 2},
}
PATHS = {"rebuild": 0, "assess": 0, "harden": 0, "refactor": 0, "ship": 1}

settings = st.fixed_dictionaries(
    {
        "facts": st.builds(fifty_point.Facts, st.booleans(), st.booleans(), st.just(False)),
        "lenient": st.booleans(),
        "mode": st.sampled_from(["every-domain", "critical-only"]),
        "profiles": st.sets(st.sampled_from(list(seven_steps.FIRST))),
    }
)


def decide(slug, lines, chosen, accept="pass", levels=None):
    match slug:
        case "six-gates":
            return six_gates.decide(lines)
        case "seven-steps":
            return seven_steps.decide(lines, accept, profiles=chosen["profiles"])
        case "fifty-point":
            return fifty_point.decide(lines, chosen["facts"], Readings(lenient_blockers=chosen["lenient"]))
        case "ten-gates":
            return ten_gates.decide(levels or {}, lines, mode=chosen["mode"])
        case "prototype-gap":
            return prototype_gap.decide(lines)


def draw_lines(data, slug, of):
    """Lines that are mostly alike, so that full lists, single gaps and the edges of bands all come up."""
    common = data.draw(st.sampled_from(of))
    size = len(ITEMS[slug])
    other = data.draw(st.dictionaries(st.integers(0, size - 1), st.sampled_from(of), max_size=15))
    return [Line(pillar, other.get(at, common), item) for at, (pillar, item) in enumerate(ITEMS[slug])]


levels = st.fixed_dictionaries(dict.fromkeys(ten_gates.DOMAINS, st.integers(0, 5) | st.integers(3, 5)))
every_model = pytest.mark.parametrize("slug", list(RANK))


@every_model
@given(data=st.data())
def test_the_order_of_answers_never_matters(slug, data):
    chosen, card = data.draw(settings), data.draw(levels)
    lines = draw_lines(data, slug, list(Status))
    shuffled = lines.copy()
    data.draw(st.randoms()).shuffle(shuffled)
    assert decide(slug, lines, chosen, levels=card) == decide(slug, shuffled, chosen, levels=card)


@every_model
@given(data=st.data())
def test_a_better_answer_never_worsens_a_verdict(slug, data):
    chosen, card = data.draw(settings), data.draw(levels)
    run = data.draw(st.integers(0, 2))
    lines = draw_lines(data, slug, ANSWERED)
    at = data.draw(st.integers(0, len(lines) - 1))
    better = data.draw(st.sampled_from([one for one in ANSWERED if WORTH[one] >= WORTH[lines[at].status]]))
    improved = [*lines[:at], Line(lines[at].pillar, better, lines[at].item), *lines[at + 1 :]]
    higher = {name: data.draw(st.integers(level, 5)) for name, level in card.items()}
    before = decide(slug, lines, chosen, RUNS[run], card)
    after = decide(slug, improved, chosen, RUNS[data.draw(st.integers(run, 2))], higher)
    assert RANK[slug][after.verdict] >= RANK[slug][before.verdict]
    assert after.lowest >= before.lowest
    if slug == "fifty-point":
        assert PATHS[after.path] >= PATHS[before.path]
        assert after.weighted_pct >= before.weighted_pct


@every_model
@given(data=st.data())
def test_what_is_certain_stays_true_and_the_range_holds_whatever_is_answered(slug, data):
    chosen, card = data.draw(settings), data.draw(levels)
    missing = data.draw(st.sets(st.sampled_from(list(card))))
    lines = draw_lines(data, slug, list(Status))
    given_run = data.draw(st.sampled_from(["", *RUNS]))
    before = decide(slug, lines, chosen, given_run, {name: card[name] for name in card if name not in missing})
    random = data.draw(st.randoms())
    # The best and the worst that can still come, and anything between.
    for choose in (lambda: Status.READY, lambda: Status.BLOCKER, lambda: random.choice(ANSWERED)):
        final = [Line(one.pillar, choose(), one.item) if one.status is Status.UNANSWERED else one for one in lines]
        run = given_run or data.draw(st.sampled_from(RUNS))
        if not given_run and any(one.pillar == "accept" and one.status not in SATISFIED for one in final):
            run = "fail"
        after = decide(slug, final, chosen, run, card)
        assert after.verdict in before.can_end
        assert after.can_end == (after.verdict,)
        assert before.lowest <= after.lowest == after.highest <= before.highest
        assert after.hold or not before.hold
        assert getattr(after, "critical", True) or not getattr(before, "critical", False)
        for claim in before.certain:
            assert still_true(claim, after), claim


def still_true(claim, after):
    """Whether a claim of certainty holds of a later verdict; a claim this test does not know fails it."""
    if found := re.fullmatch(r"(\d+) stops? launch(, \d+ of pillar 4| by the answers)?", claim):
        return after.blockers >= int(found[1])
    if found := re.fullmatch(r"the band stays (\w+)", claim):
        return after.band == found[1]
    if found := re.fullmatch(r"gates? (.+) cannot be passed until gaps close", claim):
        full = [met == of for met, of in (*after.sections.values(), *after.details.values())]
        return not any(full[int(n) - 1] and full[int(n) + 5] for n in re.findall(r"\d", found[1]))
    if found := re.fullmatch(r"steps? (.+) cannot be done until gaps close", claim):
        return all(after.steps[f"s{n}"][0] < after.steps[f"s{n}"][1] for n in re.findall(r"\d", found[1]))
    if found := re.fullmatch(r"(.+) (are|is) below the minimum", claim):
        return set(re.split(", | and ", found[1])) <= set(after.below)
    return {
        "a ship verdict is out of reach until gaps close": after.verdict != "ship",
        "the printed list cannot be full until gaps close": getattr(after, "printable_pass", None) is False,
        "the acceptance run has to be made again": after.verdict == "not-ready",
        "not ready to plan while an entry sign is missing": after.verdict == "not-ready-to-plan",
        "production-ready is out of reach until gaps close": after.verdict != "production-ready",
    }[claim]


@every_model
@given(data=st.data())
def test_the_way_to_the_next_better_verdict_leads_there(slug, data):
    chosen = data.draw(settings)
    card = data.draw(levels)
    lines = draw_lines(data, slug, ANSWERED)
    before = decide(slug, lines, chosen, "pass", card)
    if before.next_better is None:
        assert RANK[slug][before.verdict] == max(RANK[slug].values())
        assert before.decided_by == ()
        return
    way = before.next_better
    some = data.draw(st.randoms()).sample(way.some_of, way.some)
    cleared = {*way.all_of, *some}
    assert len(cleared) == len(way.all_of) + way.some
    better = [Line(one.pillar, Status.READY if one.item in cleared else one.status, one.item) for one in lines]
    raised = {name: 5 if ten_gates.CARD + name in cleared else level for name, level in card.items()}
    after = decide(slug, better, chosen, "pass", raised)
    assert after.verdict == way.to
    assert RANK[slug][after.verdict] > RANK[slug][before.verdict]
    assert before.decided_by
