"""Two terminals and a notebook on one repository: each sees what the others save, and nobody presses a key to look."""

import asyncio

from checks.observation import Examined, ProbeReport
from tui.app import ReadinessApp
from workbook.answers import Gap, Status
from workbook.notebook.book import PillarBook
from workbook.people import People
from workbook.session import Session


def opened(root, name):
    """A session of one person, looked at already."""
    session = Session(root, People(f"{name} Example <{name.lower()}@example.com>"))
    session.accept(ProbeReport(None, {}, (), Examined(1)))
    return session


async def test_two_terminals_and_a_notebook_see_each_others_saves(tmp_path):
    first = opened(tmp_path, "Ana")
    first.start(["fifty-point"])
    first.save()
    others = opened(tmp_path, "Bo"), opened(tmp_path, "Cy")
    mine, theirs = ReadinessApp(first), ReadinessApp(others[0])
    form = PillarBook(others[1], "1").form()
    everybody = (first, *others)
    said = dict(zip(("runbooks", "dependency-scanning", "containerised-services"), everybody, strict=True))
    try:
        async with mine.run_test(size=(100, 30)), theirs.run_test(size=(100, 30)):
            for control, who in said.items():
                who.answer(control, Status.NEEDS_REVIEW, gap=Gap.PARTIAL)
                who.save()
                while not all(one.state.answer(control).gap is Gap.PARTIAL for one in everybody):
                    await asyncio.sleep(0.02)
    finally:
        form.close()
    for control, who in said.items():
        assert {one.state.answer(control).by for one in everybody} == {who.people.names}
