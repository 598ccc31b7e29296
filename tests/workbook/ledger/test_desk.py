"""What is on the desk is what a person said; whatever they have not seen is never overwritten by it."""

from workbook.ledger.desk import Change, Desk
from workbook.store import MISSING, Clash, Edit

TABLE = ("controls", "one")


def disk(**fields):
    return {"controls": {"one": fields}}


def note(text):
    return Change(TABLE, {"note": text})


def test_undo_of_a_save_that_somebody_wrote_over_is_a_clash_and_not_an_overwriting():
    desk = Desk(disk())
    desk.put(note("mine"))
    desk.saved(disk(note="mine"))
    desk.rebase(disk(note="theirs"))
    desk.undo()
    assert desk.pending == (Edit(TABLE, "note", "mine", MISSING),)
    desk.redo()
    assert desk.pending == ()
    assert desk.get(TABLE, "note") == "theirs"


def test_an_edit_that_is_taken_back_shows_what_is_on_disk_now():
    desk = Desk(disk(note="old"))
    desk.put(note("mine"))
    desk.rebase(disk(note="theirs"))
    desk.undo()
    assert desk.pending == ()
    assert desk.get(TABLE, "note") == "theirs"


def test_a_decision_is_about_what_was_shown():
    desk = Desk(disk(note="old"))
    desk.put(note("mine"))
    desk.rebase(disk(note="theirs"))
    shown = Clash(TABLE, {"note": ("old", "mine", "theirs")})
    desk.rebase(disk(note="theirs, later"))
    desk.settle(shown, keep_mine=True)
    assert desk.pending == (Edit(TABLE, "note", "theirs", "mine"),)
    desk.settle(shown, keep_mine=False)
    assert desk.pending == ()
    assert desk.get(TABLE, "note") == "theirs, later"


def test_numbers_that_only_python_takes_for_equal_are_different_values():
    desk = Desk(disk(value=1))
    desk.put(Change(TABLE, {"value": 1.0}))
    assert [edit.new for edit in desk.pending] == [1.0]


def test_what_a_dead_session_had_saved_does_not_come_back():
    desk = Desk(disk(note="saved"))
    desk.restore([Edit(TABLE, "note", MISSING, "saved"), Edit(TABLE, "owner", MISSING, "Ana")])
    assert desk.pending == (Edit(TABLE, "owner", MISSING, "Ana"),)
