"""The cheapest cover against every subset there is."""

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from workbook.plan import cover
from workbook.plan.cover import Goal, Group, cheapest, total

NAMES = "abcdefgh"
COST = dict(zip(NAMES, (1, 2, 2, 4, 4, 10, 10, 20), strict=True))
SETS = st.frozensets(st.sampled_from(NAMES), min_size=1, max_size=3)
GROUPS = st.builds(lambda need, options: Group(need, tuple(options)), st.integers(1, 4), st.lists(SETS, max_size=5))
GOALS = st.builds(
    lambda controls, groups: Goal(controls, tuple(groups)),
    st.frozensets(st.sampled_from(NAMES), max_size=2),
    st.lists(GROUPS, max_size=3),
)


def reaches(goal, chosen):
    met = all(sum(option <= chosen for option in group.options) >= group.need for group in goal.groups)
    return goal.controls <= chosen and met


def by_trying_all(goal):
    subsets = map(frozenset, chain.from_iterable(combinations(NAMES, size) for size in range(len(NAMES) + 1)))
    return min((total(one, COST) for one in subsets if reaches(goal, one)), default=None)


@given(GOALS)
def test_it_finds_the_cheapest_there_is(goal):
    found, best = cheapest(goal, COST), by_trying_all(goal)
    assert (found is None) is (best is None)
    if found:
        assert found.exact
        assert reaches(goal, found.controls)
        assert total(found.controls, COST) == best


@given(GOALS)
def test_greedily_it_still_reaches_the_goal_and_says_so(goal):
    most, cover.MOST_SHARED = cover.MOST_SHARED, -1
    try:
        found = cheapest(goal, COST)
    finally:
        cover.MOST_SHARED = most
    if found:
        assert reaches(goal, found.controls)
        assert total(found.controls, COST) >= by_trying_all(goal)


def test_more_shared_controls_than_can_be_tried_are_covered_greedily():
    chain_of = tuple(frozenset({f"c{number}", f"c{number + 1}"}) for number in range(20))
    found = cheapest(Goal(frozenset(), (Group(5, chain_of),)), {f"c{number}": 1 for number in range(21)})
    assert found
    assert not found.exact
    assert len(found.controls) == 6
