"""Clashes: what was said together is decided together, and nothing of it is ever half mine and half theirs."""

import tomllib

import pytest

from workbook.answers import Evidence, Gap, Status
from workbook.ledger.clashes import parts, sides, title
from workbook.session import Session
from workbook.store import Clashed, Saved

CONTROL = "rate-limiting"
ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"


@pytest.fixture
def two(repository):
    """Two faces on one workbook."""
    first = Session(repository)
    first.start(["fifty-point"])
    first.save()
    return first, Session(repository)


def stored(session):
    return tomllib.loads(session.state_path.read_text())["controls"][CONTROL]


def clash_of(session):
    result = session.save()
    assert isinstance(result, Clashed)
    (clash,) = result.clashes
    return clash


def settle(session, *, keep_mine):
    for part in parts(clash_of(session)):
        session.settle(part, keep_mine=keep_mine)
    assert isinstance(session.save(), Saved)


@pytest.mark.parametrize(
    ("keep_mine", "status", "reason"), [(True, "ready", None), (False, "not-applicable", "No API")]
)
def test_a_reason_goes_with_its_answer(two, keep_mine, status, reason):
    mine, theirs = two
    mine.answer(CONTROL, Status.READY)
    theirs.answer(CONTROL, Status.NOT_APPLICABLE, reason="No API")
    theirs.save()
    settle(mine, keep_mine=keep_mine)
    assert (stored(mine)["status"], stored(mine).get("reason")) == (status, reason)


@pytest.mark.parametrize(("keep_mine", "gap"), [(True, "partial"), (False, None)])
def test_a_gap_goes_with_its_answer_also_after_a_refresh(two, keep_mine, gap):
    mine, theirs = two
    mine.answer(CONTROL, Status.NEEDS_REVIEW, gap=Gap.PARTIAL)
    theirs.answer(CONTROL, Status.BLOCKER)
    theirs.save()
    assert mine.refresh()
    settle(mine, keep_mine=keep_mine)
    assert stored(mine).get("gap") == gap
    assert mine.state.answer(CONTROL) == Session(mine.root).state.answer(CONTROL)


def test_two_who_change_different_fields_of_one_answer_clash(two):
    """Each said a whole answer; the one's gap with the other's facets is what nobody said."""
    mine, theirs = two
    mine.answer(CONTROL, Status.NEEDS_REVIEW, gap=Gap.PARTIAL)
    mine.save()
    theirs.refresh()
    mine.answer(CONTROL, Status.NEEDS_REVIEW, gap=Gap.ABSENT)
    theirs.answer(CONTROL, Status.NEEDS_REVIEW, gap=Gap.PARTIAL, facets=["login"])
    theirs.save()
    assert "facets" in clash_of(mine).fields


def test_a_note_beside_somebody_elses_answer_is_no_clash(two):
    mine, theirs = two
    mine.note(CONTROL, "Seen in staging")
    theirs.answer(CONTROL, Status.READY)
    theirs.save()
    assert isinstance(mine.save(), Saved)
    assert (stored(mine)["status"], stored(mine)["note"]) == ("ready", "Seen in staging")


def test_parts_are_decided_one_by_one(two):
    mine, theirs = two
    mine.answer(CONTROL, Status.READY, note="mine", evidence=[Evidence("elsewhere", {"where": "wiki"})])
    mine.assign(CONTROL, ANA, None)
    theirs.answer(CONTROL, Status.BLOCKER, note="theirs")
    theirs.assign(CONTROL, BO, None)
    theirs.save()
    answer, care = sorted(parts(clash_of(mine)), key=lambda part: "owner" in part.fields)
    assert title(mine.catalogue, answer).endswith(": answer")
    assert ("note", "mine", "theirs") in [(one.field, one.mine, one.theirs) for one in sides(answer)]
    assert ("status", "ready", "blocker") in [(one.field, one.mine, one.theirs) for one in sides(answer)]
    assert not {"text", "commit", "pins"} & {one.field for one in sides(answer)}
    mine.settle(answer, keep_mine=False)
    mine.settle(care, keep_mine=True)
    assert isinstance(mine.save(), Saved)
    assert (stored(mine)["status"], stored(mine)["note"], stored(mine)["owner"]) == ("blocker", "theirs", ANA)
    assert stored(mine)["evidence"] == [{"kind": "elsewhere", "where": "wiki"}]


@pytest.mark.parametrize("refreshed", [False, True])
@pytest.mark.parametrize("keep_mine", [True, False])
@pytest.mark.parametrize(("my_note", "their_note"), [("mine", None), (None, "theirs"), ("mine", "theirs")])
def test_a_note_goes_with_its_answer(two, my_note, their_note, keep_mine, refreshed):
    mine, theirs = two
    mine.answer(CONTROL, Status.READY, note=my_note)
    theirs.answer("runbooks", Status.READY)
    theirs.save()
    mine.refresh()  # somebody saves elsewhere: what was said together stays together
    theirs.answer(CONTROL, Status.BLOCKER, note=their_note)
    theirs.save()
    if refreshed:
        mine.refresh()
    (part,) = parts(clash_of(mine))
    assert ("note", my_note or "(nothing)", their_note or "(nothing)") in [
        (one.field, one.mine, one.theirs) for one in sides(part)
    ]
    mine.settle(part, keep_mine=keep_mine)
    assert isinstance(mine.save(), Saved)
    expected = ("ready", my_note) if keep_mine else ("blocker", their_note)
    assert (stored(mine)["status"], stored(mine).get("note")) == expected
    assert mine.state.answer(CONTROL) == Session(mine.root).state.answer(CONTROL)


@pytest.mark.parametrize("refreshed", [False, True])
def test_an_answer_beside_somebody_elses_note_is_no_clash(two, refreshed):
    mine, theirs = two
    mine.answer(CONTROL, Status.READY)
    theirs.note(CONTROL, "Seen in staging")
    theirs.save()
    if refreshed:
        mine.refresh()
        assert mine.state.answer(CONTROL).note == "Seen in staging"
    assert isinstance(mine.save(), Saved)
    assert (stored(mine)["status"], stored(mine)["note"]) == ("ready", "Seen in staging")


def test_what_was_saved_while_somebody_typed_is_a_clash(two):
    mine, theirs = two
    seen = mine.on_disk
    theirs.note(CONTROL, "theirs")
    theirs.save()
    assert mine.refresh()
    with mine.as_seen(seen):
        mine.note(CONTROL, "mine")
    part = clash_of(mine)
    assert part.fields["note"][1:] == ("mine", "theirs")
    assert stored(mine)["note"] == "theirs"


def test_an_answer_typed_over_a_newer_one_is_a_clash(two):
    mine, theirs = two
    seen = mine.on_disk
    theirs.answer(CONTROL, Status.BLOCKER, note="down since Monday")
    theirs.save()
    assert mine.refresh()
    with mine.as_seen(seen):
        mine.answer(CONTROL, Status.READY)
    settle(mine, keep_mine=False)
    assert (stored(mine)["status"], stored(mine)["note"]) == ("blocker", "down since Monday")


def test_an_answer_typed_over_a_newer_reason_takes_it_away(two):
    mine, theirs = two
    seen = mine.on_disk
    theirs.answer(CONTROL, Status.NOT_APPLICABLE, reason="No API")
    theirs.save()
    mine.refresh()
    with mine.as_seen(seen):
        mine.answer(CONTROL, Status.READY)
    settle(mine, keep_mine=True)
    assert stored(mine)["status"] == "ready"
    assert "reason" not in stored(mine)


def test_undo_of_a_typed_over_answer_leaves_theirs(two):
    mine, theirs = two
    seen = mine.on_disk
    theirs.answer(CONTROL, Status.BLOCKER)
    theirs.save()
    mine.refresh()
    with mine.as_seen(seen):
        mine.answer(CONTROL, Status.READY)
    mine.undo()
    assert mine.state.answer(CONTROL).status is Status.BLOCKER
    assert not mine.unsaved
