"""Faces that die in the middle of a word: what was typed is there again at the next start, in its field."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest

from workbook.ledger.half_typed import Field
from workbook.session import Session

ENDINGS = ("SIGHUP", "SIGTERM", "SIGINT", "SIGKILL", "closed terminal")
TYPED = "gateway limits sixty"
CONTROL = "dependency-scanning"

# The keys that lead from the board to a field.
TUI_FIELDS = {
    "note": ("gt", "Enter keeps it"),
    "evidence": ("ge", "An https link"),
    "what shows it": ("gy", "What shows it"),
    "reason": ("gx", "Why does it not apply"),
    "search": ("/", "Enter opens"),
    "commit message": ("c\t", "Who sat with you"),
    "co-authors": ("c", "Who sat with you"),
}


@pytest.fixture
def workbook(victim: Path) -> Session:
    session = Session(victim)
    session.start(["fifty-point"])
    session.save()
    return session


def start(root: Path, *arguments: str) -> pexpect.spawn:
    return pexpect.spawn(
        sys.executable,
        ["-P", "-m", *arguments],
        dimensions=(40, 110),
        env={**os.environ, "TERM": "xterm-256color"},
        timeout=90,
        encoding="utf-8",
        cwd=str(root),
    )


def die(child: pexpect.spawn, ending: str) -> None:
    if ending == "closed terminal":
        child.ptyproc.fileobj.close()
        # The hang-up does the rest; a process that ignored it would stay and fail the wait below.
        for _ in range(600):
            if not alive(child.pid):
                break
            time.sleep(0.05)
        assert not alive(child.pid)
        child.closed = child.ptyproc.closed = True
        return
    os.kill(child.pid, getattr(signal, ending))
    child.expect(pexpect.EOF)
    child.close()


def alive(process: int) -> bool:
    try:
        return os.waitpid(process, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


def kept(session: Session, kind: str, text: str) -> bool:
    """Whether the draft has the text by now; typing goes on in another process."""
    return any(
        text in path.read_text() and kind in path.read_text() for path in session.place.private.glob("half*.json")
    )


def wait_until_kept(session: Session, kind: str, text: str) -> None:
    for _ in range(400):
        if kept(session, kind, text):
            return
        time.sleep(0.05)
    pytest.fail(f"{kind}: no draft of what was typed")


def recovered(session: Session, kind: str) -> bool:
    """Whether a new session finds the text in the field; it is taken away for the next round."""
    again = Session(session.root)
    found = {field.kind: text for field, text in again.typed.recover().items()}
    again.typed.forget()
    return found == {kind: TYPED}


def type_in_tui(session: Session, kind: str) -> pexpect.spawn:
    keys, shown = TUI_FIELDS[kind]
    child = start(session.root, "tui", str(session.root))
    child.expect("No decision yet")
    for number, key in enumerate(keys):
        child.send(key)
        child.expect("1/" if key == "g" else shown if number == 0 or keys[0] == "g" else "Message")
        child.expect(pexpect.TIMEOUT, timeout=0.5)  # the focus follows the picture
    child.send(TYPED)
    return child


@pytest.mark.stress
def test_the_terminal_face_dies(workbook, scale, figure):
    fields = list(TUI_FIELDS)
    every = [(kind, ending) for kind in fields for ending in ENDINGS]
    # A few of all pairs: every field and every ending once.
    few = [("note", "SIGKILL"), ("evidence", "closed terminal")]
    tried = every if scale(0, 1) else few
    lost = []
    for kind, ending in tried:
        child = type_in_tui(workbook, kind)
        if ending == "SIGKILL":  # nothing can be written after it; a pause of a moment in typing is enough
            wait_until_kept(workbook, kind, TYPED)
        else:
            child.expect(TYPED[-5:])
        die(child, ending)
        if not recovered(workbook, kind):
            lost.append((kind, ending))
    back = len(tried) - len(lost)
    figure("TUI death: drafts recovered", "all", f"{back} of {len(tried)} (fields by ends)")
    assert not lost


@pytest.mark.stress
def test_the_plain_guide_dies(workbook, scale, figure):
    tried = ENDINGS if scale(0, 1) else ("SIGKILL", "closed terminal")
    kinds = {"note": "d", "reason": "x"}
    back = 0
    for kind, key in kinds.items():
        for ending in tried:
            child = start(workbook.root, "workbook", "-C", str(workbook.root), "guide", "--plain", "--no-probe")
            child.expect("Does this hold")
            child.sendline(key)
            child.expect("Note, or Enter" if kind == "note" else "Why does it not apply")
            child.send(TYPED)
            if ending in ("SIGKILL", "closed terminal"):
                wait_until_kept(workbook, kind, TYPED)
            else:
                child.expect(TYPED[-5:])
            die(child, ending)
            back += recovered(workbook, kind)
    figure("plain guide death: lines recovered", "all", f"{back} of {len(tried) * len(kinds)}")
    assert back == len(tried) * len(kinds)


def test_the_plain_guide_gives_the_line_back_to_be_finished(workbook):
    control = workbook.questions()[0].control.id
    dead = subprocess.run(
        [sys.executable, "-P", "-c", CRASHED, str(workbook.root), control, "half a no"], check=False, timeout=60
    )
    assert dead.returncode == -signal.SIGKILL
    child = start(workbook.root, "workbook", "-C", str(workbook.root), "guide", "--plain", "--no-probe")
    child.expect("Half typed when a session died.*half a no")
    child.expect("Does this hold")
    child.sendline("d")
    child.expect("Note, or Enter: ")
    child.expect("half a no")
    child.sendline("te")
    child.expect("Saved")
    child.sendline("q")
    child.expect(pexpect.EOF)
    assert Session(workbook.root).state.answer(control).note == "half a note"


CRASHED = """
import os, signal, sys
from pathlib import Path
from workbook.ledger.half_typed import Field
from workbook.session import Session

session = Session(Path(sys.argv[1]))
session.typed.keep(Field("note", sys.argv[2]), sys.argv[3])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_two_deaths_over_one_field_lose_neither_text(workbook):
    for text in ("first try", "second try"):
        subprocess.run(
            [sys.executable, "-P", "-c", CRASHED, str(workbook.root), CONTROL, text], check=False, timeout=60
        )
    (text,) = Session(workbook.root).typed.recover().values()
    assert "first try" in text
    assert "second try" in text


def test_a_living_session_keeps_its_own(workbook):
    workbook.typed.keep(Field("note", CONTROL), "still typing")
    assert not Session(workbook.root).typed.recover()
    assert workbook.typed.get(Field("note", CONTROL)) == "still typing"


def test_a_draft_of_a_number_that_went_to_another_process_comes_back(workbook, monkeypatch):
    """As in a container, where every run has the same process number."""
    monkeypatch.setattr("workbook.ledger.owned_drafts.born", lambda _: "before")
    dead = Session(workbook.root)
    dead.typed.keep(Field("note", CONTROL), "typed before")
    monkeypatch.undo()
    assert Session(workbook.root).typed.recover() == {Field("note", CONTROL): "typed before"}


KERNEL = """
from workbook.notebook import open_pillar
book = open_pillar("{pillar}", r"{root}")
form = book.form()
form.open("{control}")
print("|".join((form.panel.note.model_id, form.panel.note.value, form.panel.evidence.value, form.guard.status)))
"""


def kernel(session: Session):
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3", cwd=str(session.root))
    return manager, client


def run_cell(client, code: str) -> str:
    said = []
    client.execute_interactive(
        code, timeout=120, output_hook=lambda one: said.append(one["content"].get("text", "")), allow_stdin=False
    )
    return "".join(said).strip()


def test_a_killed_kernel_gives_the_text_back(workbook):
    pillar = next(item.pillar for item in workbook.checklist.scored if CONTROL in item.controls)
    code = KERNEL.format(pillar=pillar, root=workbook.root, control=CONTROL)
    manager, client = kernel(workbook)
    try:
        model = run_cell(client, code).split("|")[0]
        # What the browser sends after each key.
        update = {"method": "update", "state": {"value": TYPED}, "buffer_paths": []}
        client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": model, "data": update}))
        wait_until_kept(workbook, "note", TYPED)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    manager, client = kernel(workbook)
    try:
        _, note, _, status = run_cell(client, code).split("|")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert note == TYPED
    assert f"note of {CONTROL}" in status
    assert TYPED not in workbook.state_path.read_text()
