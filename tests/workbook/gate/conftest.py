"""What the tests of the gate share beside the team of `tests/workbook`."""

from datetime import UTC, datetime, timedelta

import pytest

from workbook.answers import Status
from workbook.session import Session

TODAY = datetime.now(UTC).date()


@pytest.fixture
def aged(team):
    """An answer of long ago whose period is stated."""
    catalogue = Session(team.root).catalogue
    name = next(
        name
        for name in catalogue.controls_of(("fifty-point",))
        if catalogue.controls[name].freshness.days and catalogue.controls[name].freshness.basis == "source"
    )
    old = Session(team.root, today=lambda: TODAY - timedelta(days=2000))
    old.answer(name, Status.READY)
    old.save()
    team.git(team.root, "commit", "-qam", "Long ago")
    return name
