"""Faces that stay open while others save, from processes of their own: they show it, and what is being typed stays."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest
from textual.widgets import Input

from tui.app import ReadinessApp
from tui.screens.clash import ClashView
from tui.screens.prompts import TextPrompt
from workbook.answers import Status
from workbook.session import Session

WAIT = 2.0
"""Seconds within which the save of somebody else must show; the bar of the promise, not of the machine."""

PATIENCE = 30
"""Beats of a tenth of a second after which a face that shows nothing has failed, on however slow a machine."""


@pytest.fixture
def workbook(victim: Path) -> Session:
    session = Session(victim)
    session.start(["fifty-point"])
    session.save()
    return session


def somebody_saves(root: Path, control: str, status: str, note: str) -> None:
    """Another process answers, as another person's command would."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "workbook", "-C", str(root), "answer", control, status, "--note", note],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def since_saved(root: Path) -> float:
    """Seconds since the state file was replaced."""
    return time.time() - (root / "readiness.toml").stat().st_mtime


async def until(pilot, root: Path, holds) -> float:
    """Seconds from the other's save until something holds on screen."""
    for _ in range(PATIENCE * 10):
        await pilot.pause(0.1)
        if holds():
            return since_saved(root)
    pytest.fail("the other's save never showed")


@pytest.mark.stress
async def test_the_terminal_face_shows_it_and_keeps_what_is_typed(workbook, figure):
    control = workbook.questions()[0].control.id
    app = ReadinessApp(workbook)
    app.look = lambda: None
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.press("g", "t")
        await pilot.pause()
        app.screen.query_one(Input).value = "mine, half ty"
        await asyncio.to_thread(somebody_saves, workbook.root, control, "blocker", "theirs")
        took = await until(pilot, workbook.root, lambda: workbook.state.answer(control).status is Status.BLOCKER)
        assert isinstance(app.screen, TextPrompt)
        assert app.screen.query_one(Input).value == "mine, half ty"
        guide = app.screen_stack[-2]
        assert "theirs" in guide.query_one("#guide-answer").content.text.plain, "the screen below shows it already"

        app.screen.query_one(Input).value = "mine, typed to the end"
        await pilot.press("enter", "s")
        await pilot.pause()
        assert isinstance(app.screen, ClashView), "a note that somebody else wrote meanwhile is never overwritten"
        shown = str(app.screen.query_one("#clash-sides").content)
        assert "mine, typed to the end" in shown
        assert "theirs" in shown
        await pilot.press("m")
        await pilot.pause()
        assert not isinstance(app.screen, ClashView)
        app.exit(0)
    figure("open terminal face shows another's save", f"within {WAIT:.0f} s", f"{took:.1f} s")
    answer = Session(workbook.root).state.answer(control)
    assert (answer.status, answer.note) == (Status.BLOCKER, "mine, typed to the end")


KERNEL = """
from workbook.notebook import open_pillar
form = open_pillar("{pillar}", r"{root}").form()
form.open("{control}")
"""

LOOK = 'print("|".join((form.entries["{control}"].description, form.panel.note.value, form.guard.status)))'


@pytest.mark.stress
def test_the_notebook_form_shows_it_and_keeps_what_is_typed(workbook, figure):
    from jupyter_client.manager import start_new_kernel

    control = workbook.questions()[0].control.id
    pillar = next(item.pillar for item in workbook.checklist.scored if control in item.controls)
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(workbook.root))
    said: list[str] = []

    def cell(code: str) -> str:
        said.clear()
        client.execute_interactive(
            code, timeout=120, allow_stdin=False, output_hook=lambda one: said.append(one["content"].get("text", ""))
        )
        return "".join(said).strip()

    try:
        cell(KERNEL.format(pillar=pillar, root=workbook.root, control=control))
        cell('form.panel.reason.value = "half ty"')
        somebody_saves(workbook.root, control, "blocker", "theirs")
        for _ in range(PATIENCE * 10):
            entry, _note, status = cell(LOOK.format(control=control)).split("|")
            if "stops launch" in entry:
                break
            time.sleep(0.1)  # the kernel is idle now, as between two clicks
        took = since_saved(workbook.root)
        assert "stops launch" in entry
        assert "Somebody else saved" in status
        assert cell("print(form.panel.reason.value)") == "half ty"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    figure("open notebook form shows another's save", f"within {WAIT:.0f} s", f"{took:.1f} s")


@pytest.mark.stress
def test_the_plain_guide_tells_it_and_keeps_what_is_typed(workbook, figure):
    control = workbook.questions()[0].control.id
    child = pexpect.spawn(
        sys.executable,
        ["-P", "-m", "workbook", "-C", str(workbook.root), "guide", "--plain", "--no-probe"],
        dimensions=(40, 110), timeout=90, encoding="utf-8",
    )  # fmt: skip
    child.expect("Does this hold")
    child.sendline("d")
    child.expect("Note, or Enter: ")
    child.send("mine, half ty")
    somebody_saves(workbook.root, control, "blocker", "theirs")
    child.expect("Somebody else saved this question: stops launch", timeout=PATIENCE)
    took = since_saved(workbook.root)
    child.expect("Note, or Enter: mine, half ty")
    child.sendline("ped")
    for side in ("yours needs-review, theirs blocker", "yours mine, half typed, theirs theirs"):
        child.expect(side)
    child.expect("decides later: ")  # once: a note goes with its answer
    child.sendline("t")
    child.expect("Saved: stops launch")
    child.sendline("q")
    child.expect(pexpect.EOF)
    figure("open plain guide tells another's save", f"within {WAIT:.0f} s", f"{took:.1f} s")
    answer = Session(workbook.root).state.answer(control)
    assert (answer.status, answer.note, answer.gap) == (Status.BLOCKER, "theirs", None)


def test_a_form_never_writes_over_a_note_it_was_not_typed_in(workbook):
    """The field of an open form is older than what somebody else saved; saving the form is no word about the note."""
    from workbook.notebook.book import PillarBook

    control = workbook.questions()[0].control.id
    pillar = next(item.pillar for item in workbook.checklist.scored if control in item.controls)
    form = PillarBook(workbook, pillar).form()
    form.open(control)
    somebody_saves(workbook.root, control, "blocker", "theirs")
    assert form.refresh()
    assert form.panel.note.value == "theirs"
    form.panel.choices["p"].click()
    form.save.click()
    assert Session(workbook.root).state.answer(control).note == "theirs"


def test_a_note_typed_over_somebody_elses_is_a_clash_in_the_form(workbook):
    from workbook.notebook.book import PillarBook

    control = workbook.questions()[0].control.id
    pillar = next(item.pillar for item in workbook.checklist.scored if control in item.controls)
    form = PillarBook(workbook, pillar).form()
    form.open(control)
    form.panel.note.value = "mine"
    somebody_saves(workbook.root, control, "blocker", "theirs")
    assert form.refresh()
    assert form.panel.note.value == "mine"
    form.save.click()
    (part,) = form.clashes.open
    assert part.fields["note"][1:] == ("mine", "theirs")
    form.clashes.decide(part, keep_mine=False)
    form.save.click()
    assert form.panel.note.value == "theirs"
    assert Session(workbook.root).state.answer(control).note == "theirs"


@pytest.mark.parametrize(("key", "kept"), [("M", ("ready", "mine")), ("T", ("blocker", "theirs"))])
async def test_a_clash_may_be_decided_as_a_whole(workbook, key, kept):
    control = workbook.questions()[0].control.id
    workbook.answer(control, Status.READY, note="mine")
    somebody_saves(workbook.root, control, "blocker", "theirs")
    app = ReadinessApp(workbook)
    app.look = lambda: None
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.press("s")
        await pilot.pause()
        assert isinstance(app.screen, ClashView)
        await pilot.press(key)
        await pilot.pause()
        assert not isinstance(app.screen, ClashView)
        app.exit(0)
    answer = Session(workbook.root).state.answer(control)
    assert (str(answer.status), answer.note) == kept
