"""A team's own checklist in the plan: its own controls have no proposed size, and every item counts."""

import pytest

from workbook.answers import Status
from workbook.plan import make_plan
from workbook.session import Session

OWN = """
name = "House rules"
[[pillars]]
id = "1"
title = "Rules"
[[items]]
id = "house.1.one"
pillar = "1"
title = "Rule one"
asks = "Is rule one kept?"
controls = ["house-one"]
[[items]]
id = "house.1.secrets"
pillar = "1"
title = "Secrets"
asks = "Are secrets out of the code?"
controls = ["no-hardcoded-secrets"]
[controls.house-one]
title = "Rule one"
ready_when = "Rule one is kept."
severity = "high"
"""


@pytest.fixture
def session(repository):
    folder = repository / ".readiness" / "checklists"
    folder.mkdir(parents=True)
    (folder / "house.toml").write_text(OWN)
    made = Session(repository)
    made.start(["house"])
    return made


def plan_of(kit, session):
    return make_plan(session.catalogue, kit.plans, session.state, session.assessment, None, session.today())


def test_a_control_of_ones_own_is_taken_for_a_medium_one(kit, session):
    own = next(gap for gap in plan_of(kit, session).gaps if gap.control.id == "house-one")
    assert own.half_days == 4
    assert "no size is proposed" in own.effort_reason


def test_the_way_first_clears_what_stops_the_launch_then_fills_the_list(kit, session):
    session.answer("house-one", Status.BLOCKER, note="not kept")
    session.answer("no-hardcoded-secrets", Status.NEEDS_REVIEW, note="one left")
    way = plan_of(kit, session).way
    assert (way.start, way.goal, way.controls) == ("hold", "gaps", ("house-one",))
    session.answer("house-one", Status.READY)
    way = plan_of(kit, session).way
    assert (way.start, way.goal, way.controls) == ("gaps", "all-hold", ("no-hardcoded-secrets",))
    session.answer("no-hardcoded-secrets", Status.READY)
    assert plan_of(kit, session).way.at_the_top
