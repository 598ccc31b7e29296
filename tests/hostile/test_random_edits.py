"""Random edits of random files that people wrote by hand: not one byte changes outside the edited table.

The files are built piece by piece, so that where each table begins and ends, and what the file says, is known without
reading it: comments everywhere, odd spacing, CRLF, byte order marks, no final newline, keys and tables nobody knows.
"""

from __future__ import annotations

import copy
import random
import tomllib
from collections import Counter
from datetime import UTC, date, datetime, time

import pytest

from workbook.store import MISSING, Edit, apply, same

MARK = b"\xef\xbb\xbf"
REMARKS = [
    "",
    "#",
    "# plain",
    '# with "quotes" and [brackets] = 1',
    "# [controls.fake]",
    "#\ttab, é, 漢字",
    "# '''",
    "# <<<<<<<",
]
ORDER = [("workbook",), ("scope",), ("controls", "auth"), ("controls", "sql"), ("controls", "zeal"), ("items",)]
TABLES = [
    ("workbook",),
    ("scope",),
    ("measurements", "coverage.percent"),
    ("controls", "auth"),
    ("controls", "sql"),
    ("controls", "zeal"),
    ("items", "fifty-point.4.31"),
    ("team",),
    ("team", "chat room"),
    ("décor", "x"),
]
KEYS = ["status", "by", "note", "evidence", "at", "watch", "custom-key", "a.b", "ключ", "", "value"]


VALUES = [
    ("ready", ['"ready"', "'ready'", '"\\u0072eady"', '"""ready"""', '"""\\\n   ready"""']),
    ("[x]\n# no\ny = 1\n", ["'''\n[x]\n# no\ny = 1\n'''", '"""[x]\n# no\ny = 1\n"""']),
    ('a "b" \\', [r'"a \"b\" \\"', "'a \"b\" \\'", r'"""a "b" \\"""']),
    ("''", ["\"''\""]),
    (1000, ["1000", "1_000", "0x3E8", "0o1750", "+1000"]),
    (0.5, ["0.5", "5e-1", "+0.5"]),
    (True, ["true"]),
    (date(2026, 11, 20), ["2026-11-20"]),
    (time(7, 32), ["07:32:00"]),
    (datetime(2026, 11, 20, 7, tzinfo=UTC), ["2026-11-20T07:00:00Z", "2026-11-20 07:00:00+00:00"]),
    ([], ["[]", "[ ]", "[\n  # empty\n]"]),
    (["a", "b]"], ['["a", "b]"]', "[\n  'a', # first ]\n\n  'b]'\n  # end\n]", '["a","b]",]']),
    ({"a": 1, "b": {"c": "}"}}, ['{a=1,b={c="}"}}', '{ a = 1, b.c = "}" }', "{ 'a' = 1, b = { c = '}' } }"]),
    (
        [{"kind": "file", "path": "a#b"}],
        ['[{kind="file",path="a#b"}]', "[\n\t{ kind = 'file', path = 'a#b' }, # why\n]"],
    ),
]
"""Values, each with the ways in which a person may write it."""


def a_value(dice):
    value, ways = dice.choice(VALUES)
    return value, dice.choice(ways)


def a_key(dice, key):
    bare = key and all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in key)
    return dice.choice([key, f'"{key}"', f"'{key}'"] if bare else [f'"{key}"', f"'{key}'"])


def remark_behind(dice):
    remark = dice.choice(REMARKS)
    return dice.choice(["", " ", "  \t"]) + remark if remark else dice.choice(["", "", " ", "\t"])


def a_body(dice, fields):
    """Fields and comments in lines; the last of them never passes for a comment of the next table."""
    lines = []
    for key, written in fields:
        while dice.random() < 0.3:
            lines.append(dice.choice(["", "  ", *REMARKS[1:], "   # indented"]))
        equals = dice.choice([" = ", "=", "\t=  "])
        lines.append(f"{dice.choice(['', '', '  '])}{a_key(dice, key)}{equals}{written}{remark_behind(dice)}")
    while dice.random() < 0.3:
        lines.append(dice.choice(["", *REMARKS[1:]]))
    return [*lines, ""] if (lines and lines[-1].strip().startswith("#")) or dice.random() < 0.5 else lines


def a_file(dice):
    """Random bytes, as pieces that each belong to a table, and what they say."""
    says, pieces = {}, []
    chosen = [(), *dice.sample(TABLES, dice.randint(1, len(TABLES)))]
    for table in chosen:
        fields = [(key, *a_value(dice)) for key in dice.sample(KEYS, dice.randint(0, 5))]
        if table in {("team",), ()}:
            fields = [field for field in fields if field[0] != "value"]
        here = says
        for key in table:
            here = here.setdefault(key, {})
        here.update({key: value for key, value, _ in fields})
        lead = [dice.choice(REMARKS[1:]) for _ in range(dice.randint(0, 2))] if table else []
        if table:
            dot, pad = dice.choice([".", ".", " . "]), dice.choice(["", "", " "])
            lead.append(f"{pad}[{pad}{dot.join(a_key(dice, key) for key in table)}{pad}]{remark_behind(dice)}")
        lines = lead + a_body(dice, [(key, written) for key, _, written in fields])
        pieces.append((table, "".join(f"{line}\n" for line in lines)))
    eol = dice.choice(["\n", "\r\n"])
    raw = [[table, piece.replace("\n", eol).encode()] for table, piece in pieces]
    if dice.random() < 0.3:
        raw[-1][1] = raw[-1][1].rstrip(b"\r\n")
    if dice.random() < 0.3:
        raw[0][1] = MARK + raw[0][1]
    return raw, says


def a_change(dice, table, says):
    """Edits of one table: new values, new keys, keys taken out; seldom all of them."""
    here = says
    for key in table:
        here = here.get(key, {})
    present = [key for key, value in here.items() if (*table, key) not in {each[: len(table) + 1] for each in TABLES}]
    names = present if dice.random() < 0.1 else dice.sample(KEYS, dice.randint(1, 3))
    if table in {(), ("team",)}:
        names = [name for name in names if name != "value"]
    wipe = names is present
    return [Edit(table, name, MISSING, MISSING if wipe or dice.random() < 0.2 else a_value(dice)[0]) for name in names]


def after(says, table, edits, is_there):
    """What the file shall say."""
    says = copy.deepcopy(says)
    here = says
    for key in table:
        if key not in here and all(edit.new is MISSING for edit in edits):
            return says
        here = here.setdefault(key, {})
    before = dict(here)
    for edit in edits:
        here.pop(edit.field, None)
        if edit.new is not MISSING:
            here[edit.field] = edit.new
    if before and not here and len(table) > 1:
        above = says[table[0]]
        del above[table[1]]
        if not above and not is_there((table[0],)):
            del says[table[0]]
    return says


@pytest.mark.stress
def test_random_edits_change_no_byte_outside_the_edited_table(scale, figure):
    edits_wanted = scale(300, 10_000)
    dice = random.Random(20261120)  # noqa: S311  # the files must be the same on every run
    count = Counter()
    while count["edits"] < edits_wanted:
        pieces, says = a_file(dice)
        raw = b"".join(piece for _, piece in pieces)
        assert same(tomllib.loads(raw.decode("utf-8-sig")), says), "the test's own files say what it believes"
        for _ in range(5):
            table = dice.choice([(), *TABLES])
            edits = a_change(dice, table, says)
            says = after(says, table, edits, lambda name, now=pieces: any(name == each for each, _ in now))
            result = apply(raw, edits, ORDER)
            outside, pieces = outside_of(pieces, table, result)
            count["edits"] += 1
            count["files"] += result != raw
            count["bytes outside"] += outside
            count["wrong"] += not same(tomllib.loads(result.decode("utf-8-sig")), says)
            count["mixed line endings"] += b"\r\n" in raw and result.count(b"\n") != result.count(b"\r\n")
            raw = result
    figure(
        "random edits on commented, CRLF, BOM files",
        "0 bytes changed outside the edited table",
        f"{count['edits']} edits ({count['files']} changed the file): {count['bytes outside']} bytes changed outside, "
        f"{count['wrong']} files not saying what was meant, {count['mixed line endings']} with mixed line ends",
    )
    assert count["files"] > edits_wanted / 2
    assert (count["bytes outside"], count["wrong"], count["mixed line endings"]) == (0, 0, 0)


def outside_of(pieces, table, result):
    """How many bytes of other tables are not where they were, and the pieces of the result."""
    index = next((number for number, (name, _) in enumerate(pieces) if name == table), None)
    if index is None:
        return new_between(pieces, table, result)
    head, tail = (b"".join(piece for _, piece in part) for part in (pieces[:index], pieces[index + 1 :]))
    if result.startswith(head) and result.endswith(tail) and len(result) >= len(head) + len(tail):
        between = result[len(head) : len(result) - len(tail)]
        return 0, [*pieces[:index], *([[table, between]] if between or not table else []), *pieces[index + 1 :]]
    return len(head) + len(tail) - common(head, result) - common(tail[::-1], result[::-1]), pieces


def new_between(pieces, table, result):
    """The same for a new table: it stands whole between two others, and every old byte is there around it."""
    raw = b"".join(piece for _, piece in pieces)
    if result == raw:
        return 0, pieces
    added, start = len(result) - len(raw), 0
    for number, (name, piece) in enumerate(pieces):
        # Comments at the end of a table may be those of the next one, when the field between them was taken out.
        for cut in range(start + len(piece), start, -1):
            rest = raw[cut : start + len(piece)]
            passes = all(line.lstrip()[:1] in (b"", b"#") for line in rest.splitlines())
            if not passes or (rest and raw[cut - 1 : cut] != b"\n"):
                continue
            if result[:cut] + result[cut + added :] == raw:
                text = result[cut : cut + added]
                new = text.lstrip(b"\r\n")  # the blank line above it stands behind the table before it
                above = [name, raw[start:cut] + text[: len(text) - len(new)]]
                below = [[pieces[number + 1][0], rest + pieces[number + 1][1]]] if number + 1 < len(pieces) else []
                return 0, [*pieces[:number], above, [table, new], *below, *pieces[number + 2 :]]
        start += len(piece)
    if result.endswith(raw):  # a file without a top level of its own begins with the new table
        return 0, [pieces[0], [table, result[:added]], *pieces[1:]]
    return len(raw) - common(raw, result), pieces


def common(one, other):
    """The length of the common beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(one), len(other)))
