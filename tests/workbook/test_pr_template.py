import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.answers import Evidence, Status
from workbook.errors import Refused
from workbook.exports import pr_template
from workbook.exports.pr_template import updated
from workbook.session import Session

BLOCK = "<!-- readiness:begin v=1 -->\n- [ ] one\n<!-- readiness:end -->"
NEXT = BLOCK.replace("[ ]", "[x]")


@pytest.fixture
def session(repository):
    opened = Session(repository)
    opened.start(["fifty-point"])
    opened.save()
    return opened


def line_of(text, item):
    (line,) = [line for line in text.splitlines() if f"readiness:item {item} " in line]
    return line


def test_a_new_template_holds_one_line_for_each_deciding_item_under_its_pillar(session):
    written = pr_template.write(session)
    assert written.changed
    assert written.path.as_posix() == ".github/pull_request_template.md"
    text = (session.root / written.path).read_text()
    assert re.findall(r"readiness:item (\S+) -->", text) == [item.id for item in session.checklist.scored]
    assert text.count("- [ ] ") == 50
    assert "**Pillar 4: Security, compliance, governance**" in text
    assert line_of(text, "fifty-point.4.31").endswith(": not answered <!-- readiness:item fifty-point.4.31 -->")
    assert "[x]" not in text


def test_a_tick_says_ready_and_nothing_else(session):
    single = [item for item in session.checklist.scored if len(item.controls) == 1]
    ready, stops, open_gap, absent = single[:4]
    session.answer(ready.controls[0], Status.READY)
    session.answer(stops.controls[0], Status.BLOCKER)
    session.answer(open_gap.controls[0], Status.NEEDS_REVIEW)
    session.answer(absent.controls[0], Status.NOT_APPLICABLE, reason="no such thing")
    text = pr_template.block(session)
    assert line_of(text, ready.id).startswith("- [x] ")
    assert line_of(text, ready.id).split(": ")[-1].startswith("ready <!--")
    for item, word in ((stops, "stops launch"), (open_gap, "open gap"), (absent, "doesn't apply")):
        assert line_of(text, item.id).startswith("- [ ] ")
        assert f": {word} <!--" in line_of(text, item.id)


def test_a_proposal_never_ticks(session):
    item = next(item for item in session.checklist.scored if len(item.controls) == 1)
    session.answer(item.controls[0], Status.READY, proposed_by="an agent")
    assert line_of(pr_template.block(session), item.id).startswith("- [ ] ")


def test_the_tick_goes_when_a_watched_file_changes(session):
    item = next(item for item in session.checklist.scored if len(item.controls) == 1)
    session.answer(item.controls[0], Status.READY, evidence=[Evidence("file", {"path": "infra.tf"})])
    session.save()
    pr_template.write(session)
    assert pr_template.is_current(session)
    (session.root / "infra.tf").write_text("# another\n")
    again = Session(session.root)
    assert "needs a fresh look" in line_of(pr_template.block(again), item.id)
    assert not pr_template.is_current(again)


def test_the_block_is_the_same_on_any_day(session):
    for item in session.checklist.scored:
        for control in item.controls:
            session.answer(control, Status.READY)
    session.save()
    later = Session(session.root, today=lambda: date(2036, 1, 1))
    assert pr_template.block(later) == pr_template.block(session)
    assert not re.search(r"20\d\d-", pr_template.block(session))


def test_writing_twice_changes_nothing(session):
    pr_template.write(session)
    path = session.root / pr_template.NEW
    before = path.read_bytes()
    assert not pr_template.write(session).changed
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "place", ["PULL_REQUEST_TEMPLATE.md", "docs/Pull_Request_Template.md", ".github/PULL_REQUEST_TEMPLATE.MD"]
)
def test_an_existing_template_is_edited_where_it_is(session, place):
    path = session.root / place
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"## What\r\n\r\nAll of it\r\n")
    path.chmod(0o640)
    assert pr_template.write(session).path.as_posix() == place
    raw = path.read_bytes()
    assert raw.startswith(b"## What\r\n\r\nAll of it\r\n\r\n<!-- readiness:begin v=1 -->\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert path.stat().st_mode & 0o777 == 0o640
    assert not list(path.parent.glob(".*.tmp"))


@pytest.mark.parametrize(
    "text",
    [
        f"{BLOCK}\n{BLOCK}\n",
        "<!-- readiness:begin v=1 -->\n",
        "<!-- readiness:end -->\n",
        "<!-- readiness:end -->\n<!-- readiness:begin v=1 -->\n",
        "<!-- readiness:begin v=1 -->\n<!-- readiness:begin v=1 -->\n<!-- readiness:end -->\n",
        "<!-- readiness:begin v=2 -->\n<!-- readiness:end -->\n",
        "```\nnever closed\n",
    ],
)
def test_what_cannot_be_edited_safely_is_refused_and_untouched(session, text):
    path = session.root / "pull_request_template.md"
    path.write_text(text)
    with pytest.raises(Refused) as refused:
        pr_template.write(session)
    assert refused.value.code == 2
    assert str(refused.value).startswith("pull_request_template.md:")
    assert path.read_text() == text


def test_two_templates_with_a_block_are_refused(session):
    (session.root / "pull_request_template.md").write_text(BLOCK)
    (session.root / "docs").mkdir()
    (session.root / "docs" / "pull_request_template.md").write_text(BLOCK)
    with pytest.raises(Refused, match="both have a readiness block"):
        pr_template.write(session)


def test_no_link_is_followed(session, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "victim.md").write_text("mine")
    link = session.root / "pull_request_template.md"
    link.symlink_to(outside / "victim.md")
    with pytest.raises(Refused, match="symbolic link"):
        pr_template.write(session)
    link.unlink()
    (session.root / ".github").symlink_to(outside)
    with pytest.raises(Refused, match="symbolic link"):
        pr_template.write(session)
    assert [path.name for path in outside.iterdir()] == ["victim.md"]
    assert (outside / "victim.md").read_text() == "mine"


def test_markers_in_a_code_fence_are_no_markers():
    old = f"~~~md\n{BLOCK}\n```\n~~~\n".encode()
    new = updated(old, NEXT, "t.md")
    assert new == old + b"\n" + NEXT.encode() + b"\n"


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("eol", [b"\n", b"\r\n"])
@pytest.mark.parametrize("end", [b"", b"EOL"])
def test_mark_ends_and_line_ends_stay(bom, eol, end):
    old = bom + BLOCK.encode().replace(b"\n", eol) + end.replace(b"EOL", eol)
    new = updated(old, NEXT, "t.md")
    assert new == old.replace(b"[ ]", b"[x]")


around = st.lists(st.sampled_from(["text", "", "# head", "\t", "- [ ] theirs", "é €", "<!-- note -->"])).map("\n".join)


@given(before=around, after=around, crlf=st.booleans(), bom=st.booleans())
def test_everything_around_the_block_survives_and_a_second_write_is_idle(before, after, crlf, bom):
    old = f"{before}\n{BLOCK}\n{after}".replace("\n", "\r\n" if crlf else "\n").encode()
    old = (b"\xef\xbb\xbf" if bom else b"") + old
    new = updated(old, NEXT, "t.md")
    assert new == old.replace(b"- [ ] one", b"- [x] one")
    assert updated(new, NEXT, "t.md") == new


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_kept_before_an_added_block(raw):
    try:
        new = updated(raw, NEXT, "t.md")
    except Refused:
        return
    assert new.startswith(raw)
    assert updated(new, NEXT, "t.md") == new


@pytest.mark.parametrize("old", [b"<!-- to be written\n\n## Why\n", b"## Why\n\n```\ncode\n", b"text\n\n~~~\n"])
def test_what_is_never_closed_would_swallow_the_block(old):
    with pytest.raises(Refused, match="never closed"):
        updated(old, "block", "template.md")


def test_a_marker_inside_a_longer_comment_is_none():
    old = b"<!--\n<!-- readiness:begin v=1 -->\nno block of ours\n"
    assert updated(old, BLOCK, "template.md").startswith(old)
