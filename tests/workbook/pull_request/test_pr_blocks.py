"""The block in a file that is not ours: found, replaced, added; every other byte stays."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.errors import Refused
from workbook.pull_request.block import located, updated

BLOCK = "<!-- readiness:begin v=1 -->\n- [ ] one\n<!-- readiness:end -->"
NEXT = BLOCK.replace("[ ]", "[x]")
BOM = b"\xef\xbb\xbf"


def test_markers_in_a_code_fence_are_no_markers():
    old = f"~~~md\n{BLOCK}\n```\n~~~\n".encode()
    new = updated(old, NEXT, "t.md")
    assert new == old + b"\n" + NEXT.encode() + b"\n"


def test_markers_in_indented_code_are_no_markers():
    old = "Text:\n\n    <!-- readiness:begin v=1 -->\n    <!-- readiness:end -->\n"
    assert updated(old.encode(), NEXT, "t.md") == f"{old}\n{NEXT}\n".encode()


@pytest.mark.parametrize("bom", [b"", BOM])
@pytest.mark.parametrize("eol", [b"\n", b"\r\n"])
@pytest.mark.parametrize("end", [b"", b"EOL"])
def test_mark_ends_and_line_ends_stay(bom, eol, end):
    old = bom + BLOCK.encode().replace(b"\n", eol) + end.replace(b"EOL", eol)
    assert updated(old, NEXT, "t.md") == old.replace(b"[ ]", b"[x]")


around = st.lists(st.sampled_from(["text", "", "# head", "\t", "- [ ] theirs", "é €", "<!-- note -->"])).map("\n".join)


@given(before=around, after=around, crlf=st.booleans(), bom=st.booleans())
def test_everything_around_the_block_survives_and_a_second_write_is_idle(before, after, crlf, bom):
    # A marker right under a list item of theirs belongs to no list: a comment at the margin ends it.
    old = f"{before}\n{BLOCK}\n{after}".replace("\n", "\r\n" if crlf else "\n").encode()
    old = (BOM if bom else b"") + old
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


@pytest.mark.parametrize(
    "text",
    [
        f"- in a list\n\n  {BLOCK.replace(chr(10), chr(10) + '  ')}\n",
        "> " + BLOCK.replace("\n", "\n> ") + "\n",
    ],
)
def test_markers_in_a_list_or_a_quotation_are_refused(text):
    with pytest.raises(Refused, match="inside of a list or a quotation"):
        updated(text.encode(), NEXT, "t.md")


def test_a_marker_inside_a_longer_comment_is_none():
    old = b"<!--\n<!-- readiness:begin v=1 -->\nno block of ours\n"
    assert updated(old, BLOCK, "template.md").startswith(old)


def test_a_marker_right_behind_html_of_the_team_is_found():
    old = f"<details>\n\ntheirs\n\n</details>\n{BLOCK}\n"
    assert updated(old.encode(), NEXT, "t.md") == old.replace("[ ]", "[x]").encode()


def test_a_marker_in_code_written_as_html_is_none():
    old = f"<pre>\n{BLOCK}\n</pre>\n".encode()
    assert updated(old, NEXT, "t.md") == old + f"\n{NEXT}\n".encode()


def test_a_conflict_inside_the_block_ends_by_writing_it():
    inside = "<<<<<<< ours\n- [x] one\n=======\n- [ ] one: needs a fresh look\n>>>>>>> theirs"
    old = f"# Head\n\n{BLOCK.replace('- [ ] one', inside)}\nfoot\n"
    assert updated(old.encode(), NEXT, "t.md") == f"# Head\n\n{NEXT}\nfoot\n".encode()


def test_the_style_is_in_the_marker():
    found = located(BLOCK.replace("v=1", "v=1 style=short").encode(), "t.md")
    assert found is not None
    assert (found.begin, found.end, found.style) == (0, 2, "short")


PIECES = (
    "", "text", "# Head", "## What and why", "- [ ] theirs", "* [x] theirs", "1. [ ] numbered", "  - nested",
    "> quoted",
    "<!-- a comment -->", "<!-- over\nlines -->", "```\ncode\n```", "~~~md\n" + BLOCK + "\n~~~", "    indented code",
    "<details>\n\nfolded\n\n</details>", "| a | b |\n|---|---|", "---", "é € 漢", "\t", "trailing  ",
    "[ref]: https://example.com",
)  # fmt: skip
BROKEN = (
    "<!-- readiness:begin v=1 -->", "<!-- readiness:end -->", BLOCK, "```\nnever closed", "<!-- never closed",
    "<!-- readiness:begin v=9 -->\n<!-- readiness:end -->",
)  # fmt: skip


def template(dice):
    """A random template: its bytes, and whether it must be refused."""
    parts = [dice.choice(PIECES) for _ in range(dice.randrange(12))]
    has_block, breaks = dice.random() < 0.6, dice.random() < 0.2
    if has_block:
        parts.insert(dice.randint(0, len(parts)), BLOCK)
    # A second block, or a marker alone, is a break only beside another one or by itself: all of these are.
    broken = dice.choice(BROKEN) if breaks else ""
    if broken:
        parts.append(broken)
    refused = bool(broken) and (broken != BLOCK or has_block)
    # Without a blank line between them, HTML swallows the fence that follows, and what is in it is no code any more.
    tight = not broken and not any("```" in part or "~~~" in part for part in parts)
    text = dice.choice(["\n" if tight else "\n\n", "\n\n", "\n\n\n"]).join(parts) + dice.choice(["", "\n", "\n\n"])
    raw = text.replace("\n", dice.choice(["\n", "\r\n"])).encode()
    return (BOM if dice.random() < 0.3 else b"") + raw, refused


@pytest.mark.stress
def test_random_templates_are_written_once_and_then_left_alone(scale, figure):
    count = Counter()
    for seed in range(scale(200, 1000)):
        dice = random.Random(seed)  # noqa: S311  # the files must be the same on every run
        old, refused = template(dice)
        try:
            new = updated(old, NEXT, "t.md")
        except Refused:
            count["refused"] += 1
            assert refused, old
            continue
        assert not refused, old
        count["written"] += 1
        count["idle"] += updated(new, NEXT, "t.md") == new
        block = located(new, "t.md")
        lines = new.split(b"\n")
        rest = b"\n".join([*lines[: block.begin], *lines[block.end + 1 :]]).removeprefix(BOM)
        before = b"".join(split(old))
        count["kept"] += rest.replace(b"\r", b"").replace(b"\n", b"") == before.replace(b"\r", b"").replace(b"\n", b"")
        count["mark"] += new.startswith(BOM) == old.startswith(BOM)
    done = count["written"]
    figure(
        "random template files, written twice",
        "second write idle, all else kept",
        f"{done + count['refused']} files: {count['idle']} of {done} idle, {count['kept']} kept, "
        f"{count['refused']} refused, all with broken markers or fences",
    )
    assert count["idle"] == count["kept"] == count["mark"] == done
    assert count["refused"] > 0


def split(old):
    """What stands around the block that was there, outside of code, without the mark."""
    raw = old.removeprefix(BOM)
    place = located(old, "t.md")
    if place is None:
        return [raw]
    lines = raw.split(b"\n")
    return [b"\n".join(lines[: place.begin]), b"\n".join(lines[place.end + 1 :])]
