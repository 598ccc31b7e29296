"""Two branches that both answer and both write their template again."""

import random
import subprocess
from collections import Counter
from datetime import date

import pytest

from workbook.answers import Status
from workbook.catalogue import load_catalogue
from workbook.cli.main import main
from workbook.exports import pr_template
from workbook.exports.pr_template import Style
from workbook.merge.merging import merge
from workbook.pull_request.block import updated
from workbook.pull_request.merging import merged
from workbook.session import Session
from workbook.skeleton import skeleton, table_order
from workbook.store import MISSING, Edit, apply

CATALOGUE = load_catalogue()
ORDER = table_order(CATALOGUE)
CONTROLS = CATALOGUE.controls_of(("fifty-point",))
ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"
TEMPLATE = ".github/pull_request_template.md"
HEAD = b"## What\n\nWhat this changes, and why.\n\n"
FOOT = b"\n## How it was tested\n\nBy hand, on staging.\n"


def answers(dice, controls, who):
    edits = []
    for control in dice.sample(controls, min(dice.randint(1, 8), len(controls))):
        status = dice.choice(["ready", "ready", "ready", "needs-review", "blocker"])
        fields = {"status": status, "rung": "attested", "by": [who], "at": date(2026, 11, 20)}
        edits += [Edit(("controls", control), name, MISSING, value) for name, value in fields.items()]
    return edits


@pytest.fixture
def rendered(tmp_path):
    root = tmp_path / "rendered"
    root.mkdir()

    def block(state, style):
        (root / "readiness.toml").write_bytes(state)
        return pr_template.block(Session(root), style)

    return block


def by_lines(folder, sides):
    paths = [folder / name for name in ("base", "ours", "theirs")]
    for path, raw in zip(paths, sides, strict=True):
        path.write_bytes(raw)
    done = subprocess.run(["git", "merge-file", "-p", paths[1], paths[0], paths[2]], capture_output=True, check=False)
    return done.stdout, done.returncode != 0


@pytest.mark.stress
def test_random_pairs_of_branches_that_write_their_template(tmp_path, rendered, scale, figure):
    count, pairs = Counter(), scale(12, 400)
    start = skeleton(CATALOGUE, ("fifty-point",))
    for seed in range(pairs):
        dice = random.Random(seed)  # noqa: S311  # the pairs must be the same on every run
        style = dice.choice([Style.STATE, Style.STATE, Style.SHORT])
        base = apply(start, answers(dice, CONTROLS, ANA), ORDER)
        # Each takes controls the other leaves alone: what clashes here is never what they said.
        shuffled = dice.sample(CONTROLS, len(CONTROLS))
        half = len(shuffled) // 2
        states = [base, *(
            apply(base, answers(dice, part, who), ORDER)
            for part, who in ((shuffled[:half], ANA), (shuffled[half:], BO))
        )]  # fmt: skip
        sides = [HEAD + rendered(state, style).encode() + b"\n" + FOOT for state in states]
        if dice.random() < 0.5:
            sides[1] = sides[1].replace(b"What this changes", b"What this change does")
        if dice.random() < 0.5:
            sides[2] = sides[2].replace(b"on staging", b"on two machines")
        plain, conflict = by_lines(tmp_path, sides)
        count[style] += 1
        count[f"lines in {style}"] += conflict
        # With the same block on both sides there would be nothing to merge.
        count["both moved"] += rendered(states[1], style) != rendered(states[2], style) != rendered(base, style)
        ours, left = merged(tuple(sides), TEMPLATE, lambda three: by_lines(tmp_path, three))
        count["ours"] += left
        after = rendered(merge(*states, ORDER).raw, style)
        written = updated(ours, after, TEMPLATE)
        right = (b"What this change does" in written) == (b"What this change does" in sides[1])
        right &= (b"on two machines" in written) == (b"on two machines" in sides[2])
        count["right"] += right and after.encode() in written and b"<<<<<<<" not in written
        # A conflict that a host left is inside of the block: writing it again ends it.
        count["ended"] += b"<<<<<<<" not in updated(plain, after, TEMPLATE)
    figure(
        "random branch pairs that both write the template",
        "0 conflicts with the merge driver; the block right after it is written",
        f"{pairs} pairs: {count['ours']} conflicts, {count['right']} right; git or a host alone "
        f"{count['lines in state']} of {count['state']} in style state, {count['lines in short']} of "
        f"{count['short']} in style short, {count['ended']} of {pairs} clean after `readiness pr write`",
    )
    assert (count["ours"], count["lines in state"], count["lines in short"]) == (0, 0, 0)
    assert (count["right"], count["ended"]) == (pairs, pairs)
    assert count["both moved"] > pairs * 0.8


def test_a_merge_in_a_clone_takes_the_driver_and_a_write_ends_it(repository, git, capsys):
    session = Session(repository)
    session.start(["fifty-point"])
    session.save()
    assert main(["-C", str(repository), "pr", "write"]) == 0
    assert main(["-C", str(repository), "init", "--merge-driver", "--yes"]) == 0
    assert f"/{TEMPLATE} merge=readiness" in (repository / ".gitattributes").read_text()
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Start")
    for branch, control in (("ours", "load-tested"), ("theirs", "runbooks")):
        git(repository, "switch", "-qc", branch, "main")
        one = Session(repository)
        one.answer(control, Status.BLOCKER)
        one.save()
        assert main(["-C", str(repository), "pr", "write"]) == 0
        git(repository, "commit", "-qam", branch)
    git(repository, "merge", "-q", "--no-edit", "ours")
    text = (repository / TEMPLATE).read_text()
    assert "<<<<<<<" not in text
    capsys.readouterr()
    assert main(["-C", str(repository), "pr", "check"]) == 1
    assert main(["-C", str(repository), "pr", "write"]) == 0
    assert main(["-C", str(repository), "pr", "check"]) == 0
    state = Session(repository).state
    assert (state.answer("load-tested").status, state.answer("runbooks").status) == (Status.BLOCKER, Status.BLOCKER)


def test_what_the_team_wrote_on_both_sides_is_a_conflict_as_ever(tmp_path):
    block = b"<!-- readiness:begin v=1 -->\n- [ ] a\n<!-- readiness:end -->\n"
    base = b"one\n\n" + block
    sides = (base, base.replace(b"one", b"two"), base.replace(b"one", b"three"))
    text, conflict = merged(sides, "t.md", lambda three: by_lines(tmp_path, three))
    assert conflict
    assert text.count(b"readiness:begin") == 1


def test_a_block_that_one_side_added_is_taken_over(tmp_path):
    block = b"<!-- readiness:begin v=1 -->\n- [ ] a\n<!-- readiness:end -->\n"
    text, conflict = merged((b"one\n", b"one\n", b"one\n\n" + block), "t.md", lambda sides: by_lines(tmp_path, sides))
    assert (text, conflict) == (b"one\n\n" + block, False)


def test_deciding_a_merge_brings_the_template_in_line(repository, capsys):
    session = Session(repository)
    session.start(["fifty-point"])
    session.answer("load-tested", Status.BLOCKER)
    session.save()
    assert main(["-C", str(repository), "pr", "write"]) == 0
    path = repository / "readiness.toml"
    header = "[controls.load-tested]\n"
    other = f'clash = [{{ unit = "answer", other = {{ status = "ready", rung = "attested", by = ["{BO}"] }} }}]\n'
    path.write_text(path.read_text().replace(header, header + other))
    assert main(["-C", str(repository), "merge", "--take", "controls.load-tested"]) == 0
    assert f"Brought the checklist in {TEMPLATE} up to date." in capsys.readouterr().out
    assert main(["-C", str(repository), "pr", "check"]) == 0
