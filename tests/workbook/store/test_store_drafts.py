"""Unsaved work comes back as it was, privately, whatever its name holds."""

import json
import stat
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.store import MISSING, Edit, same
from workbook.store.drafts import drop, edit_from_json, edit_to_json, keep, recover, sweep

values = st.recursive(
    st.text() | st.integers() | st.booleans() | st.floats() | st.dates() | st.times()
    | st.datetimes(timezones=st.none() | st.just(UTC)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(base=st.just(MISSING) | values, new=st.just(MISSING) | values)
def test_edits_survive_json(base, new):
    edit = Edit(("items", "fifty-point.4.31"), "status", base, new, "Title")
    back = edit_from_json(json.loads(json.dumps(edit_to_json(edit))))
    assert (back.table, back.field, back.title) == (edit.table, edit.field, edit.title)
    assert same(back.base, base)
    assert same(back.new, new)


def test_values_that_look_like_our_tags_stay_values():
    for value in ({"$missing": True}, {"$date": "2026-01-01"}, {"$table": {}}, [{"$float": "nan"}]):
        assert edit_from_json(edit_to_json(Edit((), "x", MISSING, value))).new == value
    for value in (date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), time(1, 2), 1.0):
        assert same(edit_from_json(json.loads(json.dumps(edit_to_json(Edit((), "x", MISSING, value))))).new, value)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"table": "x", "field": "f", "base": 1, "new": 2, "title": ""},
        {"table": [1], "field": "f", "base": 1, "new": 2, "title": ""},
        {"table": [], "field": "f", "base": None, "new": 2, "title": ""},
        {"table": [], "field": "f", "base": {"$date": "never"}, "new": 2, "title": ""},
        {"table": [], "field": "f", "base": [{"$missing": True}], "new": 2, "title": ""},
    ],
)
def test_what_is_no_edit_is_refused(data):
    with pytest.raises(ValueError, match=r".+"):
        edit_from_json(data)


def test_drafts_come_back_private_and_whole(tmp_path):
    folder = tmp_path / "drafts"
    assert recover(folder) == []
    names = ["rate-limiting", "../../escape", "a/b", "a-b", "", "é\n\x1b", "x" * 500, ".."]
    for name in names:
        keep(folder, name, {"text": f"half typed\n{name}", "lone": "\udc80"})
    assert {draft.name for draft in recover(folder)} == set(names)
    assert {path.parent for path in tmp_path.rglob("*.json")} == {folder}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())
    keep(folder, "a/b", {"text": "newer"})
    drop(folder, "..")
    drop(folder, "never kept")
    back = {draft.name: draft.data for draft in recover(folder)}
    assert back["a/b"] == {"text": "newer"}
    assert back["a-b"]["lone"] == "\udc80"
    assert ".." not in back


def test_strange_files_among_the_drafts_are_left_alone(tmp_path):
    keep(tmp_path, "mine", {"text": "x"})
    (tmp_path / "half.json").write_text('{"version": 1, "na')
    (tmp_path / "other.json").write_text("[]")
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "link.json").symlink_to("half.json")
    (tmp_path / "folder.json").mkdir()
    before = sorted(tmp_path.iterdir())
    assert [draft.name for draft in recover(tmp_path)] == ["mine"]
    assert sorted(tmp_path.iterdir()) == before


def test_half_written_drafts_of_the_dead_go_and_nothing_else(tmp_path):
    for name in ("dead", "alive"):
        file = keep(tmp_path, name, {"text": name})
        (tmp_path / f".{file.name}.0123456789abcdef.tmp").write_bytes(b"half")
    others = [tmp_path / name for name in (".dead.tmp", ".dead.json.tmp", "dead.tmp")]
    for file in others:
        file.write_bytes(b"")
    sweep(tmp_path, lambda name: name == "dead")
    assert [draft.name for draft in recover(tmp_path)] in (["dead", "alive"], ["alive", "dead"])
    assert [file.name.split(".")[1] for file in tmp_path.glob(".*.0123456789abcdef.tmp")] == ["alive"]
    assert all(file.exists() for file in others)
