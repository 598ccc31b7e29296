"""A working session in a real browser: answer by keyboard, probes, evidence, clash, commit, reload, restart."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import psutil
import pytest

from workbook.answers import Status
from workbook.people import People
from workbook.session import Session

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=window.pwned=1>.py"
"""A file name that runs wherever it is taken for HTML."""

BO = "Bo Sample <bo@example.com>"
DEADLINE_S = 180
"""Only how long a hang may last."""


def answers(root: Path) -> dict[str, Any]:
    """The saved answers that somebody gave."""
    tables: dict[str, Any] = tomllib.loads((root / "readiness.toml").read_text())["controls"]
    return {name: one for name, one in tables.items() if "at" in one}


def until(condition: Callable[[], Any]) -> Any:
    """Wait for something outside the browser."""
    end = time.monotonic() + DEADLINE_S
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


def test_a_session_by_keyboard_alone(workbook: Session, opened: Any) -> None:
    root = workbook.root
    (root / "api" / HOSTILE).write_bytes((root / "api" / "llm.py").read_bytes())
    sheet = opened("4")
    page, stored = sheet.page, sheet.path.read_bytes()
    keys = page.keyboard
    for _ in range(4):  # title, opening, probes, form
        keys.press("Shift+Enter")
    sheet.form.wait_for()
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    keys.press("ArrowUp")
    yes = sheet.tab_to("button.readiness-key-y")
    sheet.shot("form")

    # Without the guard these would insert a cell and delete the form's.
    for key in ("b", "d", "d", "ArrowDown"):
        keys.press(key)
    keys.press("p")
    sheet.says("Answered: partly")
    # The browser hears of the status and of the button one after the other.
    sheet.form.locator('button.readiness-key-p[aria-pressed="true"]').wait_for()
    assert sheet.form.locator("button.readiness-key-y").get_attribute("aria-pressed") == "false"
    keys.press("x")
    sheet.says("needs a reason")
    note = sheet.tab_to("textarea")
    keys.type("sad bunny pays <b>")
    assert note.input_value() == "sad bunny pays <b>"
    yes = sheet.tab_to("button.readiness-key-y", back=True)
    yes.press("Enter")
    sheet.says("Answered: yes")
    keys.press("j")
    sheet.form.locator("button.readiness-entry.readiness-current", has_text="2.").wait_for()
    keys.press("s")
    sheet.says("Saved to readiness.toml")
    assert [(one["status"], one["note"], one["by"]) for one in answers(root).values() if "note" in one] == [
        ("ready", "sad bunny pays <b>", ["Ana Example <ana@example.com>"])
    ]
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells

    keys.press("Control+s")
    sheet.stored()
    assert sheet.path.read_bytes() == stored
    assert page.locator(".jp-OutputArea .readiness-form").count() == 2  # the page keeps what it shows

    other = Session(root, People(BO))
    other.answer("security-review", Status.NEEDS_REVIEW, note="Booked")
    other.save()
    sheet.says("Somebody else saved")
    sheet.form.locator("button.readiness-entry", has_text="open gap").wait_for()
    page.locator(".jp-OutputArea td, .jp-OutputArea th", has_text=HOSTILE).first.wait_for()
    assert page.evaluate("window.pwned") is None


SLOW = """import time
from workbook.ledger.half_typed import HalfTyped
write = HalfTyped._write
HalfTyped._write = lambda self: (time.sleep(0.2), write(self))
"""


def test_no_press_overtakes_what_was_typed_where_the_kernel_is_slow(workbook: Session, opened: Any) -> None:
    sheet = opened("4", SLOW)
    keys = sheet.page.keyboard
    for _ in range(4):  # title, opening, probes, form
        keys.press("Shift+Enter")
    sheet.form.wait_for()
    keys.press("ArrowUp")
    for key in ("x", "p"):  # the kernel hears of a button that was answered in another thread from then on
        sheet.tab_to("button.readiness-key-y")
        keys.press(key)
        sheet.says("needs a reason" if key == "x" else "Answered: partly")
    sheet.tab_to("textarea")
    keys.type("sad bunny pays")
    sheet.tab_to("button.readiness-key-y", back=True).press("Enter")
    for key in ("j", "s"):
        keys.press(key)
    sheet.says("Saved to readiness.toml")
    assert [(one["status"], one["note"]) for one in answers(workbook.root).values() if "note" in one] == [
        ("ready", "sad bunny pays")
    ]


LAGGING = """import time
from workbook.notebook.form import PillarForm
step = PillarForm._step
PillarForm._step = lambda self, by: (time.sleep(2), step(self, by))
"""


@pytest.mark.usefixtures("workbook")
def test_words_typed_while_the_screen_lags_stay_with_their_question(opened: Any) -> None:
    sheet = opened("4", LAGGING)
    keys, form = sheet.page.keyboard, sheet.form
    for _ in range(4):  # title, opening, probes, form
        keys.press("Shift+Enter")
    form.wait_for()
    keys.press("ArrowUp")
    sheet.tab_to("button.readiness-key-y")
    keys.press("j")
    sheet.tab_to("textarea")
    keys.type("meant for the first")
    sheet.tab_to("button.readiness-key-y", back=True)
    keys.press("y")
    form.locator("button.readiness-entry.readiness-current", has_text="2.").wait_for()
    sheet.says("still showed another question")
    assert sheet.page.locator(".readiness-field-note textarea").input_value() == ""
    keys.press("k")
    form.locator("button.readiness-entry.readiness-current", has_text="1.").wait_for()
    sheet.page.wait_for_function(
        "() => document.querySelector('.readiness-field-note textarea').value === 'meant for the first'"
    )


LATE = """from workbook.notebook.guard import HERE, Script
Script._esm = "await new Promise((go) => setTimeout(go, 3000));" + (HERE / "guard.js").read_text()
"""


@pytest.mark.usefixtures("workbook")
def test_no_key_or_word_goes_astray_where_the_script_of_a_form_comes_late(opened: Any) -> None:
    sheet = opened("4", LATE)
    keys = sheet.page.keyboard
    for _ in range(4):  # title, opening, probes, form
        keys.press("Shift+Enter")
    sheet.page.locator(".jp-OutputArea button.readiness-choice").first.wait_for(state="attached")
    assert not sheet.form.is_visible()
    sheet.form.wait_for()
    cells = sheet.page.locator(".jp-Notebook .jp-Cell").count()
    keys.press("ArrowUp")
    sheet.tab_to("button.readiness-key-y")
    for key in ("b", "d", "d", "p"):
        keys.press(key)
    sheet.says("Answered: partly")
    assert sheet.page.locator(".jp-Notebook .jp-Cell").count() == cells


def test_probes_show_how_far_they_are_and_stop_when_asked(workbook: Session, opened: Any, lab: Any) -> None:
    # Of their own content, so that nothing that was kept of another look can answer for them; many, so that the rules
    # take long enough for their process to be found.
    for number in range(400):
        code = f"import os\nos.system({f'{workbook.root} {number}'!r})\n" * 30
        (workbook.root / "api" / f"fresh_{number}.py").write_text(code)
    sheet = opened("4")
    sheet.begin()

    def at_work() -> list[psutil.Process]:
        found = []
        for one in psutil.Process(lab.process.pid).children(recursive=True):
            try:
                if any("semgrep" in Path(word).name for word in one.cmdline()[:3]):
                    one.suspend()  # so that the run cannot end before it is stopped
                    found.append(one)
            except psutil.Error:
                continue
        return found

    looking = until(at_work)
    sheet.ran()
    sheet.probes.locator("progress").wait_for()
    sheet.probes.locator("[role=status]", has_text="code rules").wait_for()
    # The form is alive meanwhile.
    sheet.form.locator("button.readiness-key-d").click()
    sheet.says("Answered: don't know")
    sheet.shot("looking")
    sheet.probes.get_by_role("button", name="Stop").click()
    sheet.probes.locator("[role=status]", has_text="Stopped before the end").wait_for()
    until(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in looking))
    sheet.probes.get_by_text("what was not looked at stays unknown").wait_for()
    assert not sheet.probes.locator("progress").is_visible()

    sheet.probes.get_by_role("button", name="Look again").click()
    sheet.probes.locator("[role=status]", has_text="The probes have looked").wait_for()
    sheet.probes.get_by_text("what was not looked at stays unknown").wait_for(state="detached")
    sheet.shot("looked")


def test_evidence_a_clash_and_the_commit(workbook: Session, opened: Any, git: Any) -> None:
    root = workbook.root
    control = workbook.questions("4")[0].control.id
    head = git(root, "rev-parse", "HEAD")
    sheet = opened("4")
    form, page = sheet.form, sheet.page
    sheet.run()
    form.get_by_label("Evidence").fill("README.md")
    form.get_by_role("button", name="Attach", exact=True).click()
    sheet.says("Attached")
    form.get_by_text("file: README.md").wait_for()
    form.get_by_label("Note").fill("Mine")
    form.locator("button.readiness-key-y").click()
    sheet.says("Answered: yes")

    other = Session(root, People(BO))
    other.answer(control, Status.NEEDS_REVIEW, note="Theirs")
    other.save()
    form.locator("button.readiness-key-s").click()
    sheet.says("somebody else changed the same answers")
    asked = form.locator("table", has=page.get_by_role("columnheader", name="Theirs"))
    for said in ("Mine", "Theirs", "ready", "needs-review"):
        asked.get_by_role("cell", name=said).first.wait_for()
    sheet.shot("clash")
    while form.get_by_role("button", name="Keep mine").count():
        form.get_by_role("button", name="Keep mine").first.click()
        sheet.says("Decided")
    sheet.says("Press Save again")

    form.locator("button.readiness-key-c").click()
    sheet.says("Nothing is written yet")
    form.locator("pre", has_text='+note = "Mine"').wait_for()
    assert answers(root)[control]["note"] == "Theirs"
    form.get_by_label("With").fill(BO)
    message = form.get_by_label("Message")
    assert message.input_value()
    message.fill("Answer the first question with Bo")
    sheet.shot("commit")
    form.get_by_role("button", name="Save and commit").click()
    sheet.says("Committed ")

    given = answers(root)[control]
    digest = sha256((root / "README.md").read_bytes()).hexdigest()
    assert (given["status"], given["note"], given["evidence"][0]["sha256"]) == ("ready", "Mine", digest)
    assert git(root, "log", "-1", "--format=%B") == f"Answer the first question with Bo\n\nCo-authored-by: {BO}"
    assert git(root, "rev-parse", "HEAD~1") == head
    assert git(root, "status", "--porcelain") == ""


def test_what_is_not_saved_comes_back_after_a_reload_and_a_kernel_restart(workbook: Session, opened: Any) -> None:
    control = workbook.questions("4")[0].control.id
    sheet = opened("4")
    form, page = sheet.form, sheet.page
    sheet.run()
    form.locator("button.readiness-key-p").click()
    sheet.says("Answered: partly")
    form.get_by_label("Note").press_sequentially("half a sent")
    sheet.save()

    page.reload()
    sheet.ready()
    assert page.locator(".readiness-form").count() == 0
    sheet.run()
    form.locator("button.readiness-entry", has_text="open gap").wait_for()
    page.wait_for_function("() => document.querySelector('.readiness-field-note textarea').value === 'half a sent'")

    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    sheet.says("Run all cells (▸▸) to go on")
    sheet.probes.locator("[role=status]", has_text="Run all cells").wait_for()
    assert form.locator("button:enabled").count() == 0
    sheet.shot("restarted")
    sheet.ready()
    sheet.run()
    sheet.says("not saved yet")
    form.locator("button.readiness-entry", has_text="open gap").wait_for()
    assert form.get_by_label("Note").input_value() == "half a sent"
    form.locator("button.readiness-key-s").click()
    sheet.says("Saved to readiness.toml")
    given = answers(workbook.root)[control]
    assert (given["status"], given["gap"], given["note"]) == ("needs-review", "partial", "half a sent")


CONTRAST = """
() => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map((one) => {
      const part = one / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)|transparent/.test(color)) return light(color);
    }
    return 1;
  };
  const ink = (one) => (one instanceof SVGElement ? getComputedStyle(one).fill : getComputedStyle(one).color);
  const faint = [];
  for (const one of document.querySelectorAll(WHERE)) {
    const text = [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join("");
    if (!text || one.closest(":disabled, title, desc") || !one.getClientRects().length) continue;
    const [a, b] = [light(ink(one)), ground(one)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(`${text.slice(0, 40)}: ${ratio.toFixed(2)} ${ink(one)}`);
  }
  return faint;
}
""".replace("WHERE", "'.readiness-form *, .readiness-page *, .jp-OutputArea svg text, .jp-OutputArea details *'")
"""Texts of ours that stand out from what is behind them by less than the 4.5 that accessible pages ask for."""


def test_a_whole_session_leaves_git_clean_and_reads_well_in_light_and_dark(
    workbook: Session, opened: Any, git: Any
) -> None:
    from workbook.notebook.documents import sync

    root = workbook.root
    sync(workbook)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Notebooks")
    for name in ("overview", "4", "explore"):
        sheet = opened(name)
        sheet.run()
        if name == "4":
            sheet.probes.locator("[role=status]", has_text="The probes have looked").wait_for()
            sheet.form.locator("button.readiness-key-d").click()
            sheet.says("Answered: don't know")
            sheet.form.locator("button.readiness-key-s").click()
            sheet.says("Saved to readiness.toml")
        for theme in ("JupyterLab Light", "JupyterLab Dark"):
            sheet.theme(theme)
            sheet.shot(f"{name}-{theme.rpartition(' ')[2].lower()}")
            assert sheet.page.evaluate(CONTRAST) == [], theme
        sheet.save()
    assert git(root, "status", "--porcelain", "--untracked-files=all") == "M readiness.toml"
    assert json.loads(sheet.path.read_bytes())["cells"][1]["outputs"] == []


def test_what_would_leave_the_machine_is_refused_and_counted(page: Any, lab: Any) -> None:
    """That the other tests' zero can be anything else."""
    import urllib.error
    import urllib.request

    assert page.evaluate("() => fetch('http://example.com/').then(() => 'came', () => 'refused')") == "refused"
    through = urllib.request.build_opener(urllib.request.ProxyHandler({"http": lab.outside.address}))
    with pytest.raises(urllib.error.HTTPError):
        through.open("http://example.com/", timeout=30)
    assert lab.outside.asked == ["http://example.com/", "GET http://example.com/ HTTP/1.1"]
    lab.outside.asked.clear()
