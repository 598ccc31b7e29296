"""Imagining nothing changes nothing; imagining a control ready changes what it should."""

from hypothesis import given, settings
from hypothesis import strategies as st

from workbook import outlook
from workbook.assess import SATISFIED, Standing, assess
from workbook.plan.imagine import Imagined


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_what_is_imagined_unchanged_stands_as_it_stood(kit, any_book, data):
    book = kit.read(data.draw(any_book()))
    state, assessment = book.imagined.after()
    assert {name: one.status for name, one in assessment.items.items()} == {
        name: one.status for name, one in book.assessment.items.items()
    }
    for slug, checklist in kit.catalogue.checklists.items():
        now = outlook.decide(checklist, book.state, book.assessment)
        assert outlook.decide(checklist, state, assessment) == now, slug


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_ready_controls_hold_and_unanswered_ones_become_gaps(kit, any_book, data):
    book = kit.read(data.draw(any_book()))
    ready = data.draw(st.frozensets(st.sampled_from(tuple(kit.catalogue.controls))))
    _, assessment = book.imagined.after(ready, answered=True)
    assert all(assessment.standings[name].standing in SATISFIED for name in ready)
    assert all(assessment.standings[name].standing != "unanswered" for name in kit.catalogue.controls)


def test_what_a_probe_reopened_against_the_scope_stays_open(kit):
    state = kit.read(kit.tables({}, scope={"by": kit.ana, "database": False})).state
    now = assess(kit.catalogue, state, kit.today, contrary={"database": "a driver is imported"})
    assert now.standings["connection-pooling"].standing is Standing.UNANSWERED
    _, imagined = Imagined(kit.catalogue, state, now, kit.today).after()
    assert imagined.standings["connection-pooling"].standing is Standing.UNANSWERED


def test_where_four_eyes_are_asked_for_what_stands_still_stands(kit):
    workbook = {"decides": "fifty-point", "four_eyes": ["blocker"]}
    book = kit.read(kit.tables({"secrets-manager": "verified", "audit-trail": "ready"}, workbook=workbook))
    assert book.assessment.standings["audit-trail"].standing is Standing.NEEDS_REVIEW
    for ready, expected in ((("audit-trail",), True), ((), False)):
        _, imagined = book.imagined.after(ready)
        assert (imagined.standings["audit-trail"].standing in SATISFIED) is expected
        assert imagined.standings["secrets-manager"].standing in SATISFIED
