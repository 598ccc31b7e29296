"""Random pairs of branches: what git's line merge makes of them, and what ours does.

What should come out is worked out here from what the two authors did, without any code of `workbook.merge`: a branch is
a mapping from a part of an answer (what is said, who cares for it, its note, its evidence …) to its value.
"""

from __future__ import annotations

import random
import subprocess
import tomllib
from collections import Counter
from datetime import date

import pytest

from workbook.catalogue import load_catalogue
from workbook.merge.aftermath import doubts
from workbook.merge.merging import merge
from workbook.skeleton import skeleton, table_order
from workbook.store import MISSING, Edit, apply

ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"
CATALOGUE = load_catalogue()
ORDER = table_order(CATALOGUE)
CONTROLS = CATALOGUE.controls_of(("fifty-point",))
LISTS = ("six-gates", "ten-gates", "seven-steps")
STAMPS = ("at", "commit", "pins")
SAID = ("status", "rung", "by", "at", "commit", "gap", "reason", "watch", "pins")


# Two authors. A part is (table, name); its value a dict of fields, or a list of elements, or MISSING.


def an_answer(dice, who):
    status = dice.choice(["ready", "ready", "needs-review", "blocker", "not-applicable"])
    said = {"status": status, "rung": "attested", "by": [who], "at": date(2026, 11, dice.randint(18, 20))}
    said["commit"] = dice.choice(["4f2c9e1", "aa01bb2"])
    if status == "needs-review":
        said["gap"] = dice.choice(["partial", "absent"])
    if status == "not-applicable":
        said["reason"] = dice.choice(["no uploads", "internal only"])
    if dice.random() < 0.3:
        said |= {"watch": ["api/**"], "pins": dice.choice(["9c41", "77aa"])}
    return said


def work(dice, branch, who):
    """Do one thing to a branch, as a person at a workbook does."""
    control = ("controls", dice.choice(CONTROLS))
    said = branch.get((control, "said"), {"status": "unanswered"})
    kind = dice.random()
    if kind < 0.45:
        branch[control, "said"] = an_answer(dice, who)
    elif kind < 0.6 and said["status"] != "unanswered":  # one thing about an answer: its status, or who stands for it
        part = {"status": dice.choice(["ready", "blocker"])} if dice.random() < 0.5 else {"by": [who]}
        branch[control, "said"] = said | part
    elif kind < 0.7:
        branch[control, "note"] = {"note": f"{who.split()[0]} saw {dice.choice(['staging', 'the gateway'])}."}
    elif kind < 0.85:
        pieces = [piece for piece in branch.get((control, "evidence"), []) if dice.random() < 0.8]
        pieces.append({"kind": "link", "url": f"https://example.com/{dice.randrange(10**6)}"})
        branch[control, "evidence"] = pieces
    elif kind < 0.9:
        branch[control, "care"] = {"owner": dice.choice([ANA, BO]), "due": date(2026, 12, dice.randint(1, 28))}
    elif kind < 0.93:
        branch[("workbook",), "also"] = dice.sample(LISTS, dice.randint(1, 3))
    elif kind < 0.96:
        measured = {"value": dice.randint(1, 99), "unit": dice.choice(["%", "ms"]), "source": who}
        branch[("measurements", dice.choice(["coverage.percent", "p95.ms"])), "whole"] = measured
    elif kind < 0.98:
        branch[("scope",), "whole"] = {"by": who, "at": date(2026, 11, 20), "model": dice.random() < 0.5}
    else:
        branch[control, "custom"] = {"custom": dice.randint(1, 3)}


def written(branch, raw):
    """The branch as the product's own saves write it."""
    edits = []
    for (table, name), value in branch.items():
        fields = {name: value} if isinstance(value, list) else dict(value)
        if name == "said":
            fields = dict.fromkeys(SAID, MISSING) | fields
        edits += (Edit(table, key, MISSING, new, "Measured") for key, new in fields.items())
    return apply(raw, edits, ORDER)


def remarked(seed, raw, remark):
    """The file with a comment of its author's in it: above a table, in it, or behind a field."""
    dice = random.Random(f"remark {seed}")  # noqa: S311  # as above
    header = f"[controls.{dice.choice(CONTROLS)}]\n".encode()
    shape = dice.choice([b"%b\n%b", b"%b%b\n"]) if dice.random() < 0.7 else b""
    if shape == b"%b\n%b":
        return raw.replace(header, shape % (remark, header))
    if shape:
        return raw.replace(header, shape % (header, remark))
    start = raw.index(b"status = ", raw.index(header))
    end = raw.index(b"\n", start)
    return raw[:end] + b"  " + remark + raw[end:]


# What should come of it


def intended(base, ours, theirs):
    """Part → value, and the parts that both changed with what the other side says of them."""
    result, clashes = {}, {}
    for part in dict.fromkeys((*ours, *theirs)):
        nothing = {"status": "unanswered"} if part[1] == "said" else [] if part[1] in ("evidence", "also") else None
        old, mine, yours = (side.get(part, nothing) for side in (base, ours, theirs))
        if isinstance(nothing, list) and old not in (mine, yours):
            result[part] = [one for one in mine if one in yours or one not in old]
            result[part] += [one for one in yours if one not in mine and one not in old]
        elif yours in (mine, old):
            result[part] = mine
        elif mine == old:
            result[part] = yours
        elif without_stamps(mine) == without_stamps(yours):
            result[part] = yours if yours["at"] > mine["at"] else mine
        else:
            result[part], clashes[part] = mine, yours
    for (table, name), yours_said in list(clashes.items()):
        if name == "said":  # each note goes with its answer
            note = (table, "note")
            clashes[table, name] = yours_said | (theirs.get(note) or {})
            clashes.pop(note, None)
            result[note] = ours.get(note, {})
    return {part: value for part, value in result.items() if value is not None}, clashes


def without_stamps(value):
    return {key: field for key, field in (value or {}).items() if key not in STAMPS}


def told(model, part):
    """What a merged file says of a part."""
    table, name = part
    here = model
    for key in table:
        here = here.get(key, {})
    if name in ("evidence", "also"):
        return here.get(name, [])
    if name == "said":
        return {key: here[key] for key in SAID if key in here}
    if name == "whole":
        return {key: value for key, value in here.items() if key != "clash"}
    return {key: here[key] for key in {"care": ("owner", "due")}.get(name, (name,)) if key in here}


def kept_aside(model):
    """(table, what the other side says) for everything kept under `clash`."""
    for kind, entries in model.items():
        tables = {(kind, name): each for name, each in entries.items()} if kind in ("controls", "measurements") else {}
        if kind in ("scope", "workbook"):
            tables = {(kind,): entries}
        for table, fields in tables.items():
            yield from ((table, entry["other"]) for entry in fields.get("clash", []))


def pair(seed):
    """One common ancestor, and what each of two people made of it."""
    dice = random.Random(seed)  # noqa: S311  # the pairs must be the same on every run
    base = {}
    for _ in range(dice.randint(0, 25)):
        work(dice, base, dice.choice([ANA, BO]))
    sides = []
    for who in (ANA, BO):
        branch = dict(base)
        for _ in range(dice.randint(1, 12)):
            work(dice, branch, who)
        sides.append(branch)
    return base, *sides


def by_lines(folder, base, ours, theirs):
    """What `git merge-file` says: its number of conflicts, and the result."""
    paths = [folder / name for name in ("ours", "base", "theirs")]
    for path, raw in zip(paths, (ours, base, theirs), strict=True):
        path.write_bytes(raw)
    done = subprocess.run(["git", "merge-file", "-p", *paths], capture_output=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.stress
def test_random_pairs_of_branches(tmp_path, scale, figure):
    pairs = scale(40, 1000)
    lines, ours_count = Counter(), Counter()
    start = skeleton(CATALOGUE, ("fifty-point",))
    for seed in range(pairs):
        base, mine, yours = pair(seed)
        old = written(base, start)
        remarks = [f"# {who}: look at staging, {seed}".encode() for who in ("Ana", "Bo")]
        raws = [old, remarked(seed, written(mine, old), remarks[0]), remarked(-seed, written(yours, old), remarks[1])]
        result, clashes = intended(base, mine, yours)
        ours_count["pairs with a true clash"] += bool(clashes)
        judge_lines(lines, by_lines(tmp_path, *raws), result, clashes, raws)
        judge_ours(ours_count, merge(*raws, ORDER), result, clashes, (base, mine, yours), remarks)
    figure(
        "random branch pairs, git merge-file alone",
        "for comparison",
        f"{pairs} pairs: {lines['conflict']} conflicts ({lines['needless']} without a true clash), "
        f"{lines['invalid']} clean but invalid, {lines['wrong']} clean but wrong",
    )
    figure(
        "clean but wrong merges of a host, readiness merge --check",
        "every mixture found, no false alarm",
        f"{lines['found']} of {lines['wrong'] - lines['one side whole']} mixtures found, {lines['false alarms']} false "
        f"alarms; {lines['one side whole']} more have one side's statement whole, as if somebody had decided",
    )
    figure(
        "random branch pairs, readiness merge",
        "only true clashes; 0 lost, 0 invalid",
        f"{pairs} pairs: {ours_count['conflict']} conflicts, {ours_count['pairs with a true clash']} with a true clash "
        f"({ours_count['clashes']} parts), {ours_count['needless']} needless, {ours_count['missed']} missed, "
        f"{ours_count['wrong']} wrong, {ours_count['lost']} lost, {ours_count['invalid']} invalid",
    )
    assert ours_count["conflict"] == ours_count["pairs with a true clash"] > 0
    assert not any(ours_count[bad] for bad in ("needless", "missed", "wrong", "lost", "invalid"))
    assert (lines["found"], lines["false alarms"]) == (lines["wrong"] - lines["one side whole"], 0)
    assert lines["conflict"] > ours_count["conflict"]


def judge_lines(count, outcome, result, clashes, raws):
    conflicts, raw = outcome
    if conflicts:
        count["conflict"] += 1
        count["needless"] += not clashes
        return
    try:
        model = tomllib.loads(raw.decode())
    except tomllib.TOMLDecodeError:
        count["invalid"] += 1
        return
    wrong = bool(clashes) or any(told(model, part) != value for part, value in result.items())
    found = bool(list(doubts(*raws, raw)))
    # One side's whole statement over the other's cannot be told from a person's decision afterwards.
    whole = wrong and all(told(model, part) in (value, clashes.get(part)) for part, value in result.items())
    count["wrong"] += wrong
    count["one side whole"] += whole
    count["found"] += wrong and found and not whole
    count["false alarms"] += found and not wrong


def judge_ours(count, merged, result, clashes, branches, remarks):
    try:
        model = tomllib.loads(merged.raw.decode())
    except tomllib.TOMLDecodeError:
        count["invalid"] += 1
        return
    count["conflict"] += bool(merged.disagreements)
    count["clashes"] += len(merged.disagreements)
    aside = list(kept_aside(model))
    for part, value in result.items():
        count["wrong"] += told(model, part) != value
    count["missed"] += sum((part[0], other) not in aside for part, other in clashes.items())
    count["needless"] += len(aside) - len(clashes)
    base, *sides = branches
    count["lost"] += sum(merged.raw.count(remark) != 1 for remark in remarks)
    for side in sides:  # what a person did is in its place, or beside it; a stamp alone may give way to a later one
        for part, value in side.items():
            if value != base.get(part):
                count["lost"] += not is_there(model, aside, part, value, base.get(part))


def is_there(model, aside, part, value, old):
    here = told(model, part)
    if isinstance(value, list):
        return all(one in here for one in value if one not in (old or []))
    if without_stamps(here) == without_stamps(value):
        return True
    return any(table == part[0] and value.items() <= other.items() for table, other in aside)
