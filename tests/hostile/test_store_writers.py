"""Several authors edit one workbook at the same time, through all faces: nothing that was acknowledged is lost."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import tomllib
from collections import Counter, defaultdict
from itertools import count
from pathlib import Path

import pytest

from workbook.session import Session
from workbook.store import drafts

PROGRAM = Path(__file__).with_name("writing_program.py")
FACES = ("command", "terminal", "notebook", "command", "terminal", "notebook", "command", "terminal")


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "repository"
    for arguments in (
        ["init", "-q", folder],
        ["-C", folder, "config", "user.name", "Ana Example"],
        ["-C", folder, "config", "user.email", "ana@example.com"],
    ):
        subprocess.run(["git", *arguments], check=True)
    session = Session(folder)
    session.start(["fifty-point"])
    session.save()
    return folder


def notes(root):
    tables = tomllib.loads((root / "readiness.toml").read_text())["controls"]
    return {name: table.get("note", "") for name, table in tables.items()}


def everybody_edits(root, faces, edits, *naive):
    """Run the authors side by side; what each of them told, and how often the file was read whole meanwhile."""
    authors = [
        subprocess.Popen(
            [sys.executable, "-P", PROGRAM, root, face, f"{face}{number}", str(edits), *naive],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for number, face in enumerate(faces)
    ]  # fmt: skip
    for author in authors:
        assert "ready" in author.stdout.readline(), author.stderr.read()
    over, reads = threading.Event(), count()

    def look():
        while not over.wait(0.01):
            tomllib.loads((root / "readiness.toml").read_text())
            next(reads)

    reader = threading.Thread(target=look)
    reader.start()
    told = [[] for _ in authors]
    threads = [
        threading.Thread(target=lambda at=at, author=author: told[at].extend(author.communicate("go\n")))
        for at, author in enumerate(authors)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    reader.join()
    for author, (_, errors) in zip(authors, told, strict=True):
        assert author.returncode == 0, errors
    return [[json.loads(line) for line in lines.splitlines()] for lines, _ in told], next(reads)


def lost(saved, before, after):
    """The acknowledged notes that are neither in the file nor replaced by somebody who had them before the eyes.

    Each acknowledged edit leads from the note its author saw to the note they wrote. Where nothing was lost, each
    note that ever stood in the file is left as often as it was reached; the last one stands there now.
    """
    balance = Counter()
    for control, base, new in saved:
        balance[control, new] += 1
        balance[control, base] -= 1
    for control, note in after.items():
        balance[control, note] -= 1
        balance[control, before.get(control, "")] += 1
    return [
        (note, [edit for edit in saved if edit[0] == note[0] and note[1] in edit[1:]])
        for note, open_ends in balance.items() for _ in range(open_ends)
    ]  # fmt: skip


@pytest.mark.stress
def test_eight_authors_lose_nothing(root, scale, figure):
    edits, faces = scale(6, 250), FACES[: scale(4, 8)]
    before = notes(root)
    told, reads = everybody_edits(root, faces, edits)
    events = defaultdict(list)
    for event in (one for lines in told for one in lines):
        events[next(iter(event))].append(event)
    saved = [tuple(edit) for event in events["saved"] for edit in event["saved"]]
    gone = lost(saved, before, notes(root))
    assert not gone, gone
    for name, lines in zip((f"{face}{number}-" for number, face in enumerate(faces)), told, strict=True):
        if not name.startswith("terminal"):  # only that one undoes, which puts the words of others back
            written = [new for event in lines for _, _, new in event.get("saved", ())]
            assert all(new.startswith(name) for new in written), "a face saved words that its author never wrote"

    # What an author typed was acknowledged or shown back to them; what only a command typed is in its draft besides.
    acknowledged = {edit[2] for event in events["saved"] for edit in (*event["saved"], *event["agreed"])}
    shown = {event["mine"] for event in events["clash"]}
    tried = {event["tried"] for event in events["tried"]}
    refused = len(events["refused"])
    assert len(tried) == len(faces) * edits
    assert len(tried - acknowledged - shown) <= refused
    by_command = {note for note in shown - acknowledged if note.startswith("command")}
    kept = {
        edit["new"] for draft in drafts.recover(root / ".git" / "readiness") for edit in draft.data["edits"]
        if edit["field"] == "note"
    }  # fmt: skip
    assert by_command <= kept

    opened = Session(root)
    assert not opened.read_only
    assert {entry.name for entry in root.iterdir()} == {".git", "readiness.toml"}
    assert not list((root / ".git" / "readiness").glob(".*"))
    agreed = sum(len(event["agreed"]) for event in events["saved"])
    rebased = sum(event["rebased"] for event in events["saved"])
    mixed = ", ".join(f"{faces.count(face)} {face}" for face in dict.fromkeys(faces))
    figure(
        "8 processes x 250 edits, mixed command line, TUI store and notebook",
        "0 lost",
        f"{len(faces)} ({mixed}) x {edits}: 0 lost of {len(saved)} acknowledged; {rebased} saves rebased, "
        f"{agreed} agreed, {len(events['clash'])} clashes shown, {refused} refused; {reads} reads meanwhile, all whole",
    )
    assert rebased > 0
    assert edits < 50 or events["clash"]


@pytest.mark.stress
def test_without_lock_and_comparison_the_same_authors_lose_edits(root, scale, figure):
    """The control: a test that cannot see a loss would prove nothing."""
    before = notes(root)
    told, _ = everybody_edits(root, FACES[: scale(4, 8)], scale(6, 60), "naive")
    saved = [tuple(edit) for lines in told for event in lines for edit in event.get("saved", ())]
    gone = len(lost(saved, before, notes(root)))
    figure("the same with a naive store, as a control", "> 0 lost", f"{gone} lost of {len(saved)} acknowledged")
    assert gone > 0
