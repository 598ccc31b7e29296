"""Pictures for the documents, made by the program itself: `python -P -m tui.pictures [FOLDER]`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tui.app import ReadinessApp
from tui.code import credentials
from tui.comfort import without_fonts
from tui.widgets.evidence_code import telling
from workbook.answers import Gap, Status
from workbook.people import People
from workbook.sample import NAME, materialize
from workbook.session import Session

SIZE = (100, 34)
"""Columns and rows of every picture."""


async def draw(root: Path, folder: Path) -> list[Path]:
    """Look at the sample for real, answer a few questions, and keep the main screens as SVG."""
    with (root / ".git" / "config").open("a", encoding="utf-8") as own:
        own.write("[user]\n\tname = Ana Example\n\temail = ana@example.com\n")  # whoever draws them
    session = Session(root, People("Ana Example <ana@example.com>"))
    app = ReadinessApp(session)
    made = []
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        made.append(_keep(app, folder / "first-look.svg"))
        await pilot.press("enter")
        await pilot.pause()
        made.append(_keep(app, folder / "need.svg"))
        await pilot.press("enter")
        await pilot.pause()
        app.open_guide(_with_code(session))
        await pilot.pause()
        made.append(_keep(app, folder / "guide.svg"))
        await pilot.press("b")
        _answer_some(session)
        await pilot.press("b", "a")
        await pilot.pause()
        made.append(_keep(app, folder / "board.svg"))
        session.people = People("Ana Example <ana@example.com>", ("Bo Sample <bo@example.com>",))
        await pilot.press("c")
        await pilot.pause()
        made.append(_keep(app, folder / "commit.svg"))
        session.discard()
    return made


def _with_code(session: Session) -> str:
    """A question with code to show, and no secret in it."""
    for question in session.questions():
        where, _ = telling(question)
        if question.findings and where and not credentials(session.report, where.path):
            return question.control.id
    return ""


def _answer_some(session: Session) -> None:
    """Take the probes' word for what they could tell; the rest stays open."""
    for question in session.questions():
        choice = question.proposed
        if choice is not None and not choice.needs_reason:
            status = question.status_of(choice)
            evidence = question.prefilled if status is Status.READY else None
            session.answer(question.control.id, status, gap=choice.gap or Gap.UNKNOWN, evidence=evidence)


def _keep(app: ReadinessApp, path: Path) -> Path:
    """Write the screen as SVG."""
    svg = without_fonts(app.export_screenshot(title="readiness", simplify=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(svg, encoding="utf-8")
    return path


def main() -> int:
    """Draw into the named folder, docs/pictures without one."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures")
    with tempfile.TemporaryDirectory() as workshop:
        for path in asyncio.run(draw(materialize(Path(workshop) / NAME), folder)):
            sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
