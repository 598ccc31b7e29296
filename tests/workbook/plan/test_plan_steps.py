"""The cheapest next steps."""

from hypothesis import given, settings
from hypothesis import strategies as st

from workbook import outlook
from workbook.plan.order import with_before
from workbook.plan.steps import next_steps


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_what_comes_next_can_be_done_next_and_applies(kit, any_book, data):
    book = kit.read(data.draw(any_book()))
    found = next_steps(book.imagined, book.gaps, kit.plans.risk)
    by_name = {gap.control.id: gap for gap in book.gaps}
    done = []
    for step in found.steps:
        assert set(step.gap.after) <= set(done)
        assert not step.gap.settle
        done.append(step.gap.control.id)
    candidates = [gap for gap in book.gaps if not gap.waived and not gap.settle]
    assert len(done) == len(set(done)) == min(3, len(with_before(by_name, [gap.control.id for gap in candidates])))


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_the_first_bundle_has_the_most_risk_for_its_effort(kit, any_book, data):
    book = kit.read(data.draw(any_book()))
    by_name = {gap.control.id: gap for gap in book.gaps}

    def worth(names):
        bundle = [by_name[name] for name in names]
        return sum(kit.plans.risk[one.severity] for one in bundle) / sum(one.half_days for one in bundle)

    found = next_steps(book.imagined, book.gaps, kit.plans.risk, count=8).steps
    best = max(
        (worth(with_before(by_name, [gap.control.id])) for gap in book.gaps if not gap.waived and not gap.settle),
        default=0,
    )
    firsts = [worth([step.gap.control.id for step in found[:size]]) for size in range(1, len(found) + 1)]
    assert not firsts or max(firsts) >= best - 1e-9


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_what_a_step_is_said_to_move_it_moves(kit, any_book, data):
    book = kit.read(data.draw(any_book()))
    checklist = kit.catalogue.checklists[book.state.decides]
    now = outlook.decide(checklist, book.state, book.assessment)
    for step in next_steps(book.imagined, book.gaps, kit.plans.risk).steps:
        _, then = book.imagined.after([step.gap.control.id])
        assert all(then.items[item].status in ("ready", "not-applicable") for item in step.settles)
        assert all(then.items[item].status not in ("ready", "not-applicable") for item in step.nears)
        verdict = book.imagined.verdict(checklist, [step.gap.control.id])
        assert step.verdict == (outlook.sentence(verdict) if outlook.sentence(verdict) != outlook.sentence(now) else "")


def test_a_cheap_blocker_comes_before_a_dear_one_and_before_a_cheap_trifle(kit):
    kinds = {"no-hardcoded-secrets": "absent", "regulatory-compliance": "absent", "postmortem-process": "absent"}
    book = kit.read(kit.tables(kinds, default="ready"))
    found = next_steps(book.imagined, book.gaps, kit.plans.risk)
    assert [step.gap.control.id for step in found.steps] == [
        "no-hardcoded-secrets",
        "postmortem-process",
        "regulatory-compliance",
    ]
    first = found.steps[0]
    assert (first.settles, first.nears) == (("fifty-point.4.31",), ())
    assert first.verdict.startswith("Ship: 48 of 50")
    assert found.together.startswith("Ship: 50 of 50")


def test_accepted_risk_is_not_proposed_again(kit):
    book = kit.read(kit.tables({"secrets-manager": "waived"}, default="ready"))
    assert [gap.standing for gap in book.gaps] == ["waived"]
    assert next_steps(book.imagined, book.gaps, kit.plans.risk).steps == ()
