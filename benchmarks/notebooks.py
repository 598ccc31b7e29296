"""What the notebooks cost and what they leave behind, in a real JupyterLab and a real browser.

Run it with `python -P -m benchmarks.notebooks [--rounds 5] [REPOSITORY …]`.

Prints the seconds until a pillar's notebook can be used as a ratio to an empty notebook of the same run, the bytes of
git diff after a working session, the requests that left the machine, the differences between terminal and notebook, and
the seconds that each notebook takes without a browser, on the sample and on copies of the repositories that are named.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import importlib.util
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from workbook.glossary import explained
from workbook.notebook.book import PillarBook
from workbook.notebook.documents import sync
from workbook.notebook.headless import run
from workbook.people import People
from workbook.sample import materialize
from workbook.session import Session

ANA = "Ana Example <ana@example.com>"
DRIVING = Path(__file__).resolve().parents[1] / "tests" / "browser" / "driving.py"
EMPTY = {
    "cells": [
        {"cell_type": "code", "id": "one", "source": "1", "metadata": {}, "outputs": [], "execution_count": None}
    ],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="*", type=Path, help="run the notebooks on copies of these too")
    parser.add_argument("--rounds", type=int, default=5, help="pairs of an empty notebook and one of ours")
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        tell(browsing(work, chosen.chromium, chosen.rounds))
        tell(parity(started(materialize(work / "parity" / "acme-chat"))))
        tell(headless(started(materialize(work / "sample" / "acme-chat"))))
        for repository in chosen.repositories:
            copy = work / "fetched" / repository.name
            shutil.copytree(repository, copy, symlinks=True)
            tell(headless(started(copy)))


def tell(lines: Iterator[str]) -> None:
    """Print each line as it is known."""
    for line in lines:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def started(root: Path) -> Session:
    """A workbook of the fifty points on a repository."""
    for key, value in {"user.name": "Ana Example", "user.email": "ana@example.com"}.items():
        git(root, "config", key, value)
    session = Session(root, People(ANA))
    session.start(["fifty-point"])
    session.save()
    return session


def browsing(work: Path, chromium: str, rounds: int) -> Iterator[str]:
    """Seconds to a usable notebook, and what a session leaves behind."""
    from playwright.sync_api import sync_playwright

    driving = _driving()
    for name in ("own", "home"):
        (work / name).mkdir()
    with driving.running_lab(work / "own", work / "home") as lab, sync_playwright() as playwright:
        browser = driving.launched(playwright, chromium)
        session = started(materialize(work / "home" / "acme-chat"))
        sync(session)
        (work / "home" / "empty.ipynb").write_text(json.dumps(EMPTY))
        git(session.root, "add", "--all")
        git(session.root, "commit", "-qm", "Notebooks")
        (ours,) = sync(session, "4")
        pairs = [
            (_usable(driving, browser, lab, work / "home" / "empty.ipynb"), _usable(driving, browser, lab, ours))
            for _ in range(rounds)
        ]
        ratio = statistics.median(usable / empty for empty, usable in pairs)
        empty, usable = (statistics.median(side) for side in zip(*pairs, strict=True))
        yield f"usable notebook: {usable:.1f} s, empty one {empty:.1f} s, median ratio {ratio:.2f} of {rounds} pairs"
        _work(driving, browser, lab, session)
        changed = git(session.root, "diff", "--", ".", ":!readiness.toml")
        new = git(session.root, "ls-files", "--others", "--exclude-standard")
        own = git(session.root, "diff", "--", "readiness.toml")
        yield f"git diff after a session: {len(changed)} bytes outside readiness.toml, {len(own)} in it"
        yield f"files git does not know after a session: {len(new.split())}"
        yield f"requests that left the machine: {len(lab.outside.asked)}"
        browser.close()


def _usable(driving: ModuleType, browser: Any, lab: Any, notebook: Path) -> float:
    """Seconds from asking for the page to every cell run, and to buttons on the screen where there is a form."""
    with driving.window(browser, lab) as page:
        sheet = driving.Sheet(page, lab, notebook)
        begun = time.monotonic()
        sheet.open()
        sheet.run()
        if notebook.name != "empty.ipynb":
            sheet.form.locator("button.readiness-choice").first.wait_for()
        seconds = time.monotonic() - begun
    lab.forget()
    return seconds


def _work(driving: ModuleType, browser: Any, lab: Any, session: Session) -> None:
    """Open, run all, look, answer, save the answers and every notebook."""
    for path in sync(session):
        with driving.window(browser, lab) as page:
            sheet = driving.Sheet(page, lab, path).open()
            sheet.run()
            if sheet.form.count():
                sheet.probes.locator("[role=status]", has_text="The probes have looked").wait_for()
                sheet.form.locator("button.readiness-key-p").click()
                sheet.says("Answered: partly")
                sheet.form.locator("button.readiness-key-s").click()
                sheet.says("Saved to readiness.toml")
            sheet.save()
        lab.forget()


def parity(session: Session) -> Iterator[str]:
    """What the terminal's guide and the notebook's form say of every question, compared."""
    compared, differing = asyncio.run(_walked(session))
    yield f"terminal and notebook: {compared} texts and choices compared, {differing} differ"


async def _walked(session: Session) -> tuple[int, int]:
    from tui.app import ReadinessApp
    from tui.screens.guide import WORDS
    from tui.widgets.choices import ChoiceBar

    compared = differing = 0
    app = ReadinessApp(session)
    async with app.run_test(size=(140, 60)) as pilot:
        await pilot.pause()
        for pillar in session.checklist.scored_pillars:
            form = PillarBook(session, pillar.id).form()
            for control in form.entries:
                app.open_guide(control)
                await pilot.pause()
                await pilot.press("w")
                await pilot.pause()
                form.open(control)
                question = session.question(control)
                guide = _words(
                    " ".join(str(_content(app.screen.query_one(f"#guide-{one}"))) for one in ("asks", "why"))
                )
                cell = _words(form.panel._asked.value)
                said = [question.item.asks, question.control.why, question.control.ready_when]
                said += [one.means for one in explained(said[0], question.control.title, said[2])[:WORDS]]
                bar = [(one.choice.key, one.choice.word) for one in app.screen.query_one(ChoiceBar).children]
                buttons = [tuple(one.description.split("  ", 1)) for one in form.panel.choices.values()]
                pairs = [((text in guide), (text in cell)) for text in said]
                compared += len(pairs) + len(bar)
                differing += sum(pair != (True, True) for pair in pairs)
                differing += sum(one != other for one, other in zip(bar, buttons, strict=True))
            form.close()
    return compared, differing


def _content(static: Any) -> object:
    return getattr(static.visual, "text", static.visual)


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def headless(session: Session) -> Iterator[str]:
    """Every notebook run as CI runs it; nothing may be written."""
    sync(session)
    before = git(session.root, "status", "--porcelain", "-uall")
    done = run(session.root)
    same = "nothing written" if git(session.root, "status", "--porcelain", "-uall") == before else "FILES CHANGED"
    yield f"{session.root.name}: {len(done)} notebooks, {sum(one.seconds for one in done):.1f} s, {same}"
    for one in done:
        yield f"  {one.seconds:6.1f} s  {one.path.name}{f': {one.error}' if one.error else ''}"


def git(root: Path, *arguments: str) -> str:
    """What git says in a folder."""
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _driving() -> ModuleType:
    """What drives the browser in the tests too; tests/ is no package."""
    spec = importlib.util.spec_from_file_location("notebook_driving", DRIVING)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{DRIVING} is missing")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # data classes look themselves up there
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
