"""Boxes read back from descriptions that people and hosts have been at."""

import random
import re
from collections import Counter

import pytest

from workbook.exports import pr_template
from workbook.exports.pr_template import Style
from workbook.pull_request.ticks import Mark, read_boxes

ITEM = "<!-- readiness:item a.1 -->"


def mark_of(text):
    (tick,) = read_boxes(text).ticks
    return tick.mark


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("- [x] one", Mark.TICKED),
        ("- [X] one", Mark.TICKED),
        ("* [x] one", Mark.TICKED),
        ("+ [x] one", Mark.TICKED),
        ("1. [x] one", Mark.TICKED),
        ("7) [x] one", Mark.TICKED),
        ("- [ x ] one", Mark.TICKED),
        ("- **[x]** one", Mark.TICKED),
        ("- [ ] one", Mark.OPEN),
        ("- [] one", Mark.OPEN),
        ("- [  ] one", Mark.OPEN),
        ("- [✓] one", Mark.UNCLEAR),
        ("- [-] one", Mark.UNCLEAR),
        ("- [y] one", Mark.UNCLEAR),
        ("- one", Mark.UNCLEAR),
        ("- done [x] one", Mark.UNCLEAR),
    ],
)
def test_a_box_is_read_however_it_was_written(line, mark):
    assert mark_of(f"{line} {ITEM}") is mark


@pytest.mark.parametrize(
    "text",
    [
        f"```\n- [x] one {ITEM}\n```",
        f"~~~md\n- [x] one {ITEM}\n~~~",
        f"Text:\n\n    - [x] one {ITEM}",
        f"> - [x] one {ITEM}",
        f"- [x] `one {ITEM}`",
        f"- ``[x] one {ITEM} ` ``",
        f"<!--\n- [x] one {ITEM}\n-->",
        f"[x] one {ITEM}",
        "- [x] one",
        "- [x] one <!-- readiness:item -->",
        f"- [x] two ids {ITEM} <!-- readiness:item a.2 -->",
        f"- [x] {'long ' * 1000}{ITEM}",
    ],
)
def test_what_is_no_box_of_ours_ticks_nothing(text):
    assert read_boxes(text).ticks == ()


def test_a_box_below_another_and_a_loose_list_are_read():
    text = f"- [ ] theirs\n  1. [x] one {ITEM}\n\n- [x] two <!-- readiness:control limits -->\n\n  more text"
    assert [(one.kind, one.subject, one.mark) for one in read_boxes(text).ticks] == [
        ("item", "a.1", Mark.TICKED), ("control", "limits", Mark.TICKED),
    ]  # fmt: skip


def test_a_box_that_stands_there_twice_counts_where_both_agree():
    line = f"- [x] one {ITEM}\n"
    assert mark_of(line + line) is Mark.TICKED
    assert mark_of(line + line.replace("x", " ")) is Mark.UNCLEAR


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"- [ ] one {ITEM} n/a, because no user uploads anything", "no user uploads anything"),
        (f"- [ ] one {ITEM} N/A: no uploads", "no uploads"),
        (f"- [ ] one {ITEM} n/a — no uploads", "no uploads"),
        (f"- [ ] one {ITEM} (does not apply because there is no server)", "there is no server"),
        (f"- [ ] one: doesn't apply, as agreed {ITEM}", "as agreed"),
        (f"- [ ] one: doesn\u2019t apply {ITEM}", ""),
        (f"- [ ] one {ITEM} n/a", ""),
    ],
)
def test_does_not_apply_is_read_with_its_reason(text, reason):
    (tick,) = read_boxes(text).ticks
    assert (tick.mark, tick.absent, tick.reason) == (Mark.OPEN, True, reason)


def test_a_title_that_speaks_of_applying_is_no_claim():
    (tick,) = read_boxes(f"- [ ] Rules that do not apply are marked n/a in the docs: open gap {ITEM}").ticks
    assert not tick.absent


def test_a_body_that_ends_inside_of_our_block_is_cut():
    whole = f"<!-- readiness:begin v=1 style=short -->\n- [x] one {ITEM}\n<!-- readiness:end -->\n"
    assert (read_boxes(whole).cut, read_boxes(whole).style) == (False, "short")
    assert read_boxes(whole[: whole.index("<!-- readiness:end")]).cut


@pytest.mark.parametrize(
    "text",
    ["- " * 300_000, "[" * 1_000_000, "- " + "`" * 1_000_000, f"- [x] a {ITEM}\n" * 20_000,
     "> " * 400_000, "<!--" * 250_000,
     "- " + " ".join("`" * (n % 300) for n in range(6000))],
    ids=["lists", "brackets", "backticks", "boxes", "quotations", "comments", "runs"],
)  # fmt: skip
def test_a_megabyte_is_read_to_its_end(text):
    assert len(read_boxes(text).ticks) <= 1


# 500 mutated bodies


def body(dice, clean):
    """A description made from a template, as people leave it: its text, and what each box must be read as."""
    truth, lines, shown = {}, [], []
    for line in clean.split("\n"):
        match = re.match(r"- \[( |x)\] (.*?)( <!-- readiness:item (\S+) -->)$", line)
        if not match:
            lines.append(line)
            continue
        text, name = mutated(dice, match)
        if text is None:
            continue
        lines.append(text)
        shown.append((text, name[1]))
        truth[name[0]] = name[1]
    decoys(dice, lines, truth, shown)
    return wrapped(dice, "\n".join(lines)), truth


def mutated(dice, match):
    """One line as somebody left it, with what it says now; None where it was deleted."""
    mark, text, comment, name = match.groups()
    said = Mark.TICKED if mark == "x" else Mark.OPEN
    kind = dice.randrange(14)
    if kind == 0:
        return None, (name, said)
    if kind in (1, 2, 3):  # toggled on the host, which writes an x or a blank
        said = Mark.OPEN if said is Mark.TICKED else Mark.TICKED
    inside = dice.choice(["x", "X"]) if said is Mark.TICKED else " "
    if kind == 4:
        inside, said = dice.choice([("✓", Mark.UNCLEAR), ("?", Mark.UNCLEAR), ("-", Mark.UNCLEAR)])
    elif kind == 5:
        inside = " x " if said is Mark.TICKED else dice.choice(["", "  "])
    bullet = dice.choice(["-", "-", "-", "*", "+"]) if kind != 6 else f"{dice.randint(1, 99)}."
    if kind == 7:
        text = dice.choice(["rewritten", f"~~{text}~~", f"{text} done by @bo", f"[link](https://example.com) {text}"])
    behind = f" {dice.choice(['see #12', 'later', '[x] not a box', '`code`'])}" if kind == 8 else ""
    indent = "  " if kind == 9 else ""
    lead = f"{bullet} parent\n\n  " if kind == 10 else ""
    return f"{lead}{indent}{bullet} [{inside}] {text}{comment}{behind}", (name, said)


def decoys(dice, lines, truth, shown):
    """Boxes that are none, and boxes that stand there twice."""
    for _ in range(dice.randrange(4)):
        if not shown:
            return
        text, _ = dice.choice(shown)
        flipped = re.sub(r"\[.?\]", "[x]", text.strip().split("\n")[-1].strip(), count=1)
        lines.insert(
            0, dice.choice([f"```\n{flipped}\n```\n", f"> {flipped}\n", f"<!--\n{flipped}\n-->\n", f"`{flipped}`\n"])
        )
    if dice.random() < 0.3:
        line = next((line for line in lines if re.match(r"- \[[ x]\] .* -->$", line)), None)
        if line:
            name = re.search(r"readiness:item (\S+) -->$", line)[1]
            said = dice.choice(["x", " "])
            lines.append(f"\n{re.sub(r'^- .[ x].', f'- [{said}]', line)}")
            same = (said == "x") == (truth[name] is Mark.TICKED)
            truth[name] = truth[name] if same else Mark.UNCLEAR


def wrapped(dice, text):
    if dice.random() < 0.5:
        text = f"## What\n\nThis changes things.\n\n- [ ] theirs\n- [x] theirs too\n\n{text}\n\nThanks!\n"
    if dice.random() < 0.2:
        text = f"<details>\n<summary>Checklist</summary>\n\n{text}\n\n</details>\n"
    if dice.random() < 0.4:
        text = text.replace("\n", "\r\n")
    return ("\ufeff" if dice.random() < 0.2 else "") + text


@pytest.mark.stress
def test_boxes_of_mutated_descriptions_are_read_as_they_stand(session, scale, figure):
    from workbook.answers import Status

    for item in session.checklist.scored[::3]:
        for control in item.controls:
            session.answer(control, Status.READY)
    clean = [pr_template.block(session, style) for style in Style]
    count, wrong, bodies = Counter(), [], scale(120, 500)
    for seed in range(bodies):
        dice = random.Random(seed)  # noqa: S311  # the bodies must be the same on every run
        text, truth = body(dice, dice.choice(clean))
        read = {one.subject: one.mark for one in read_boxes(text).ticks}
        count["boxes"] += len(truth)
        count["right"] += sum(read.get(name) is said for name, said in truth.items())
        count["false ticks"] += sum(
            said is Mark.TICKED and truth.get(name) is not Mark.TICKED for name, said in read.items()
        )
        wrong += [
            (seed, name, truth.get(name), read.get(name))
            for name in {*truth, *read}
            if truth.get(name) != read.get(name)
        ]
    figure(
        "mutated descriptions, boxes read back",
        "every box, no false tick",
        f"{bodies} bodies: {count['right']} of {count['boxes']} boxes, {count['false ticks']} false ticks",
    )
    assert not wrong, wrong[:5]
