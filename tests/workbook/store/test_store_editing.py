"""Edits keep every byte outside their fields, and the file then says what was meant."""

import math
import tomllib
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.store import MISSING, Edit, StoreError, apply, same
from workbook.store.scanner import scan

SAMPLE = """\
# Our workbook. Edit by hand if you like.
schema = 1   # layout
catalogue = "1.0"

[workbook] # which lists
decides = 'fifty-point'
also = [
  "six-gates", # with ] and " inside
  "ten-gates",
]
odd = '''
[not.a.table]
# not a comment
key = "x"'''
# about the workbook, trailing

# ---- numbers ----

[measurements."coverage.percent"]
value = 83.4
"quoted key" = { a = "}", b = [1, 2], c = { d = "#" } }
long = \"\"\"
one \\\\
\\"\"\" [controls.fake]
\"\"\"

# Rate limits
# on public endpoints
[controls.rate-limiting]
status = "ready"   # seen in staging
evidence = [
  # the first one
  { kind = "file", path = "a]b" }, # why
]
unknown_to_us = 1979-05-27T07:32:00-08:00

[ controls . 'sql' ]
status = "unanswered"
# last words
"""

VARIANTS = {
    "plain": SAMPLE.encode(),
    "crlf": SAMPLE.replace("\n", "\r\n").encode(),
    "bom": b"\xef\xbb\xbf" + SAMPLE.encode(),
    "bom-crlf": b"\xef\xbb\xbf" + SAMPLE.replace("\n", "\r\n").encode(),
    "no-final-newline": SAMPLE.rstrip("\n").encode(),
    "no-final-newline-crlf": SAMPLE.rstrip("\n").replace("\n", "\r\n").encode(),
    "ends-in-field": SAMPLE.removesuffix("# last words\n").rstrip("\n").encode(),
}
ORDER = [
    ("workbook",),
    ("scope",),
    ("measurements",),
    *(("controls", name) for name in ("auth", "rate-limiting", "logs", "sql", "zeal")),
]
EXISTING = [(), ("workbook",), ("measurements", "coverage.percent"), ("controls", "rate-limiting"), ("controls", "sql")]
NEW = [
    ("scope",),
    ("measurements", "p95.ms"),
    ("controls", "auth"),
    ("controls", "logs"),
    ("items", "fifty-point.4.31"),
]
FIELDS = [
    "status",
    "note",
    "evidence",
    "value",
    "odd",
    "also",
    "long",
    "quoted key",
    "é",
    "decides",
    "a.b",
    "unknown_to_us",
]

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["a\r\nb", "[x]", '"""', "'''", "# no", "\x00\x1b\x7f", "tab\t", "\\", "\u2028", "]}"]
)
moments = st.datetimes(timezones=st.none() | st.sampled_from([UTC, timezone(timedelta(hours=-8))]))
scalars = text | st.integers() | st.booleans() | st.floats() | st.dates() | moments | st.times()
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3), max_leaves=8
)
edits = st.builds(
    Edit,
    table=st.sampled_from(EXISTING + NEW),
    field=st.sampled_from(FIELDS),
    base=st.just(MISSING),
    new=st.just(MISSING) | values,
    title=st.sampled_from(["", "A title", "two\nlines \x1b[31m"]),
)


def model(raw):
    return tomllib.loads(raw.decode("utf-8-sig"))


def intended(before, changes):
    for edit in changes:
        table = before
        for key in edit.table:
            table = table.setdefault(key, {}) if edit.new is not MISSING else table.get(key, {})
        if edit.new is MISSING:
            table.pop(edit.field, None)
        else:
            table[edit.field] = edit.new
    for group, name in [table for table in EXISTING if len(table) == 2]:
        if before[group].get(name) == {}:  # an entry of a collection that says nothing goes
            del before[group][name]
        if before[group] == {}:
            del before[group]
    return before


def slices(raw):
    """Table → its bytes, by a second, line-based reading that knows the sample's headers."""
    headers = {
        b"[workbook]": EXISTING[1],
        b'[measurements."coverage.percent"]': EXISTING[2],
        b"[controls.rate-limiting]": EXISTING[3],
        b"[ controls . 'sql' ]": EXISTING[4],
    }
    found, table = {}, ()
    for line in raw.splitlines(keepends=True):
        table = next((name for header, name in headers.items() if line.startswith(header)), table)
        found[table] = found.get(table, b"") + line
    return found


@settings(max_examples=300, deadline=None)
@given(raw=st.sampled_from(list(VARIANTS.values())), changes=st.lists(edits, max_size=4))
def test_random_edits_say_what_was_meant(raw, changes):
    result = apply(raw, changes, ORDER)
    # The net effect is what counts: an edit that a later one takes back creates no table.
    net = list({(edit.table, edit.field): edit for edit in changes}.values())
    assert same(model(result), intended(model(raw), net))
    assert result.startswith(b"\xef\xbb\xbf") == raw.startswith(b"\xef\xbb\xbf")
    if b"\r\n" in raw:
        assert result.count(b"\n") == result.count(b"\r\n")
    if not raw.endswith(b"\n") and not any(edit.new is MISSING for edit in changes):
        assert not result.endswith(b"\n")


@settings(max_examples=200, deadline=None)
@given(
    raw=st.sampled_from(list(VARIANTS.values())),
    change=edits.filter(lambda edit: edit.table in EXISTING and "\\u" not in repr(edit.new)),
)
def test_not_one_byte_changes_outside_the_edited_table(raw, change):
    before = slices(raw)
    prefix = b"".join(part for table, part in before.items() if EXISTING.index(table) < EXISTING.index(change.table))
    suffix = b"".join(part for table, part in before.items() if EXISTING.index(table) > EXISTING.index(change.table))
    result = apply(raw, [change], ORDER)
    assert result.startswith(prefix)
    assert result.endswith(suffix)


@settings(max_examples=150, deadline=None)
@given(raw=st.sampled_from(list(VARIANTS.values())), table=st.sampled_from(NEW), new=values)
def test_a_new_table_leaves_all_old_bytes_in_order(raw, table, new):
    result = apply(raw, [Edit(table, "note", MISSING, new, "Title")], ORDER)
    added = len(result) - len(raw)
    assert any(result[:cut] + result[cut + added :] == raw for cut in range(len(raw) + 1))


@pytest.mark.parametrize("name", VARIANTS)
def test_the_scanner_covers_every_byte_and_finds_each_table(name):
    content = VARIANTS[name].decode("utf-8-sig")
    blocks = scan(content)
    assert "".join(content[block.start : block.end] for block in blocks) == content
    assert [block.table for block in blocks] == EXISTING
    assert content[blocks[3].start :].startswith("# Rate limits")
    for block in blocks:
        for field in block.fields:
            assert same(
                tomllib.loads(f"k = {content[field.value_start : field.value_end]}")["k"],
                _walk(tomllib.loads(content), (*block.table, *field.key)),
            )


def _walk(tables, path):
    for key in path:
        tables = tables[key]
    return tables


def test_a_changed_value_keeps_the_comment_behind_it():
    result = apply(SAMPLE.encode(), [Edit(("controls", "rate-limiting"), "status", "ready", "blocker")]).decode()
    assert result == SAMPLE.replace('status = "ready"   # seen', 'status = "blocker"   # seen')


def test_new_keys_stand_before_the_comments_that_trail_the_table():
    result = apply(SAMPLE.encode(), [Edit(("controls", "sql"), "note", MISSING, "x")]).decode()
    assert result.endswith('status = "unanswered"\nnote = "x"\n# last words\n')


def test_an_entry_that_loses_its_last_field_goes_with_its_header_and_leaves_its_neighbors():
    raw = b"# top\n[scope]\nmodel = true\n\n# A\n[waivers.a]\nowner = 1 # x\nby = 2\n\n# B\n[waivers.b]\nowner = 3\n"
    gone = [Edit(("waivers", "a"), name, MISSING, MISSING) for name in ("owner", "by")]
    assert apply(raw, gone) == b"# top\n[scope]\nmodel = true\n\n# B\n[waivers.b]\nowner = 3\n"
    # A part of every workbook stays, though it is empty.
    assert apply(raw, [Edit(("scope",), "model", True, MISSING)]).startswith(b"# top\n[scope]\n\n# A\n")
    # So does a table with tables below it.
    raw = b"[a.b]\nx = 1\n[a.b.c]\ny = 1\n"
    assert apply(raw, [Edit(("a", "b"), "x", 1, MISSING)]) == b"[a.b]\n[a.b.c]\ny = 1\n"


def test_evidence_is_written_one_element_a_line():
    evidence = [{"kind": "file", "path": "a"}, {"kind": "link", "seen_on": date(2026, 11, 20)}]
    result = apply(b"[controls.sql]\n", [Edit(("controls", "sql"), "evidence", MISSING, evidence)])
    assert result.decode() == (
        "[controls.sql]\nevidence = [\n"
        '  { kind = "file", path = "a" },\n  { kind = "link", seen_on = 2026-11-20 },\n]\n'
    )


def test_new_tables_follow_the_catalogue_under_their_titles():
    changes = [Edit(("controls", name), "status", MISSING, "x", f"Title {name}") for name in ("zeal", "logs", "auth")]
    changes.append(Edit(("items", "fifty-point.4.31"), "by", MISSING, "Ana"))
    result = apply(b"schema = 1\n\n# Title sql\n[controls.sql]\nstatus = 1\n", changes, ORDER).decode()
    assert result == (
        'schema = 1\n\n# Title auth\n[controls.auth]\nstatus = "x"\n\n# Title logs\n[controls.logs]\nstatus = "x"\n\n'
        "# Title sql\n[controls.sql]\nstatus = 1\n\n"
        '# Title zeal\n[controls.zeal]\nstatus = "x"\n\n[items."fifty-point.4.31"]\nby = "Ana"\n'
    )


def test_unnamed_siblings_stay_sorted_behind_their_group():
    raw = b"[measurements.a]\nvalue = 1\n\n[measurements.c]\nvalue = 1\n\n[controls.auth]\nstatus = 1\n"
    result = apply(raw, [Edit(("measurements", "b"), "value", MISSING, 2)], ORDER).decode()
    assert [line for line in result.splitlines() if line.startswith("[")] == [
        "[measurements.a]",
        "[measurements.b]",
        "[measurements.c]",
        "[controls.auth]",
    ]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.0, 1e300, time(7, 32, 0, 5)])
def test_special_values_survive(value):
    result = apply(b"", [Edit(("t",), "x", MISSING, value)])
    assert same(model(result)["t"]["x"], value)


def test_an_edit_that_changes_nothing_returns_the_same_bytes():
    for raw in VARIANTS.values():
        assert apply(raw, [Edit(("controls", "sql"), "status", MISSING, "unanswered")], ORDER) is raw
        assert apply(raw, [Edit(("controls", "none"), "status", "x", MISSING)], ORDER) is raw


def test_a_table_within_a_dotted_parent_keeps_its_neighbors():
    raw = b"[workbook]\nrelease.days = 30 # often\nrelease.tag = 'v*'\nz = 1\n"
    result = apply(raw, [Edit(("workbook",), "release", {"days": 30, "tag": "v*"}, "v*")])
    assert result == b'[workbook]\nrelease = "v*"\nz = 1\n'


@pytest.mark.parametrize(
    "raw",
    [
        b"controls = { sql = { status = 1 } }\n",
        b"[controls]\nsql.status = 1\n",
        b"[[controls]]\nsql = 1\n",
        b"controls = 1\n",
        b"[controls.sql.status]\nx = 1\n",
        b"[controls.sql]\n[[controls.sql.status]]\nx = 1\n",
    ],
)
def test_shapes_that_cannot_be_edited_are_refused(raw):
    with pytest.raises(StoreError) as caught:
        apply(raw, [Edit(("controls", "sql"), "status", MISSING, "ready")])
    assert "controls" in caught.value.where


@pytest.mark.parametrize("raw", [b"[[a]]\nx = 1\n", b"[a.b]\nx = 1\n"])
def test_a_value_that_stands_elsewhere_is_not_taken_out_and_the_reason_is_named(raw):
    with pytest.raises(StoreError, match="plain \\[table\\]"):
        apply(raw, [Edit((), "a", MISSING, MISSING)])


@pytest.mark.parametrize("value", ["\ud800", (1, 2), None, b"x", [None]])
def test_values_toml_cannot_hold_are_refused(value):
    with pytest.raises(StoreError):
        apply(b"", [Edit(("t",), "x", MISSING, value)])


def test_later_edits_of_a_field_win_and_types_count():
    changes = [
        Edit(("t",), "x", MISSING, 1),
        Edit(("t",), "x", 1, 1.0),
        Edit(("t",), "y", MISSING, datetime(2026, 1, 1)),
    ]
    assert apply(b"", changes) == b"[t]\nx = 1.0\ny = 2026-01-01T00:00:00\n"
    assert apply(b"x = 1\n", [Edit((), "x", 1, True)]) == b"x = true\n"
