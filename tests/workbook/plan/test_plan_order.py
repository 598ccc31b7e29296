"""The order of work: total, the same whatever comes in first, and nothing before its turn."""

from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.assess import SATISFIED
from workbook.plan.order import ranked, step_of


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_the_order_is_total_and_does_not_depend_on_what_comes_in_first(kit, any_book, data):
    book = kit.read(data.draw(any_book()))
    shuffled = data.draw(st.permutations(book.gaps))
    again = ranked(kit.catalogue, shuffled, book.state.profiles)
    assert again == book.gaps
    assert len({gap.control.id for gap in again}) == len(again)


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_what_comes_first_is_never_behind(kit, any_book, data):
    book = kit.read(data.draw(any_book()))
    place = {gap.control.id: number for number, gap in enumerate(book.gaps)}
    for gap in book.gaps:
        assert all(place[before] < place[gap.control.id] for before in gap.after)
        # An open control that comes first and is not named is none that anybody has to do.
        for before in set(kit.plans.work[gap.control.id].after) & set(place) - set(gap.after):
            assert gap.settle or next(one for one in book.gaps if one.control.id == before).settle


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_what_does_not_apply_or_holds_is_never_among_them(kit, any_book, data):
    book = kit.read(data.draw(any_book()))
    asked = set(kit.catalogue.controls_of(book.state.checklists))
    for gap in book.gaps:
        judged = book.assessment.standings[gap.control.id]
        assert judged.standing not in SATISFIED
        assert gap.settle is (gap.control.applies(book.state.scope.confirmed) is False)
    assert {gap.control.id for gap in book.gaps} == {
        name for name in asked if book.assessment.standings[name].standing not in SATISFIED
    }


def test_launch_stoppers_come_first_and_accepted_risk_last(kit):
    book = kit.read(kit.tables({"postmortem-process": "blocker", "secrets-manager": "waived"}, default="absent"))
    assert book.gaps[0].control.id == "postmortem-process"
    assert book.gaps[-1].control.id == "secrets-manager"
    severities = [gap.control.severity for gap in book.gaps[1:-1] if not gap.after]
    assert severities.index("high") > severities.index("blocker")


def test_what_a_launch_stopper_waits_for_is_as_urgent(kit):
    book = kit.read(kit.tables({"on-call-routing": "blocker"}, default="absent"))
    assert [gap.control.id for gap in book.gaps[:2]] == ["alert-thresholds", "on-call-routing"]


def test_a_profile_moves_its_steps_up_within_a_severity(kit):
    def place(profile, name):
        tables = kit.tables({}, "absent", workbook={"decides": "seven-steps", "profiles": [profile] if profile else []})
        gaps = kit.read(tables).gaps
        return [gap.control.id for gap in gaps if gap.control.severity == "high"].index(name)

    assert place("fundraising", "golden-signals") < place("paying-users", "golden-signals")
    assert place("paying-users", "no-swallowed-errors") < place("fundraising", "no-swallowed-errors")


def test_the_steps_are_those_of_the_article(kit):
    steps = step_of(kit.catalogue, ["fundraising"])
    assert steps["alert-thresholds"] == 0
    assert steps["release-gates"] == 1
    assert "ai-governance-owner" not in steps
