"""Workbooks in every state, for the plan's tests."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import strategies as st

from workbook.answers import read_state
from workbook.assess import assess
from workbook.catalogue import load_catalogue
from workbook.catalogue.plans import load_plans
from workbook.plan import make_plan
from workbook.plan.gaps import open_gaps
from workbook.plan.imagine import Imagined
from workbook.plan.order import ranked
from workbook.verdicts.ten_gates import DOMAINS

CATALOGUE = load_catalogue()
PLANS = load_plans()
TODAY = date(2026, 11, 20)
ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"
PROFILES = ("paying-users", "pre-launch", "fundraising")

KINDS = (
    "ready",
    "verified",
    "partly",
    "absent",
    "blocker",
    "not-applicable",
    "unanswered",
    "proposed",
    "lapsed",
    "waived",
)


def answer_table(kind: str, control: str) -> dict[str, Any]:
    said = {"rung": "attested", "by": [ANA], "at": TODAY - timedelta(days=1)}
    facets = sorted({item.facet for item in CATALOGUE.asked_by[control] if item.facet})
    return {
        "ready": said | {"status": "ready"},
        "verified": said | {"status": "ready", "rung": "verified", "verified_by": BO},
        "partly": said | {"status": "needs-review", "gap": "partial", "facets": facets[:1]},
        "absent": said | {"status": "needs-review", "gap": "absent"},
        "blocker": said | {"status": "blocker", "note": "it is not there"},
        "not-applicable": said | {"status": "not-applicable", "reason": "none of that here"},
        "unanswered": {"status": "unanswered"},
        "proposed": {"status": "ready", "rung": "proposed", "proposed_by": "an agent"},
        "lapsed": said | {"status": "ready", "text": "000000000000"},
        "waived": said | {"status": "needs-review", "gap": "absent"},
    }[kind]


def book_tables(kinds: Mapping[str, str], default: str = "unanswered", **more: Any) -> dict[str, Any]:
    every = {name: kinds.get(name, default) for name in CATALOGUE.controls}
    waiver = {"reason": "small", "owner": BO, "approved_by": ANA, "at": TODAY, "expires": TODAY + timedelta(days=9)}
    return {
        "controls": {name: answer_table(kind, name) for name, kind in every.items()},
        "waivers": {name: waiver for name, kind in every.items() if kind == "waived"},
        **more,
    }


def read_book(tables, report=None):
    """A workbook as the plan is given it."""
    state = read_state(tables, CATALOGUE, TODAY)
    assert not state.problems, state.problems
    seen = report.observations if report else None
    assessment = assess(CATALOGUE, state, TODAY, seen)
    found = open_gaps(CATALOGUE, PLANS, state, assessment, report, TODAY)
    return SimpleNamespace(
        state=state,
        assessment=assessment,
        report=report,
        imagined=Imagined(CATALOGUE, state, assessment, TODAY),
        gaps=ranked(CATALOGUE, found, state.profiles),
        plan=lambda **options: make_plan(CATALOGUE, PLANS, state, assessment, report, TODAY, **options),
    )


@st.composite
def random_tables(draw, slugs=tuple(CATALOGUE.checklists)):
    """The tables of a workbook in any state: a mood for most controls, and others for some."""
    names = tuple(CATALOGUE.controls)
    some = draw(st.dictionaries(st.sampled_from(names), st.sampled_from(KINDS), max_size=40))
    decides, *also = draw(st.permutations(slugs))[: draw(st.integers(1, 2))]
    workbook = {
        "decides": decides,
        "also": also,
        "profiles": draw(st.lists(st.sampled_from(PROFILES), unique=True, max_size=2)),
        "frameworks": draw(st.sampled_from([[], ["SOC 2"]])),
    }
    items = draw(st.sampled_from([(), *CATALOGUE.checklists[decides].scored]))
    status = draw(st.sampled_from(["ready", "needs-review", "blocker"]))
    levels = draw(st.dictionaries(st.sampled_from(tuple(DOMAINS)), st.integers(0, 5), max_size=10))
    facts = draw(st.dictionaries(st.sampled_from(tuple(CATALOGUE.scope)), st.booleans(), max_size=10))
    return book_tables(
        some,
        draw(st.sampled_from(KINDS)),
        workbook=workbook,
        items={items.id: {"status": status, "by": ANA, "reason": "so decided"}} if items else {},
        scores={"ten-gates": {name: {"level": level, "by": ANA} for name, level in levels.items()}},
        readings={"lenient_blockers": draw(st.booleans()), "critical_only": draw(st.booleans())},
        measurements={"p95_s": {"value": 3, "unit": "s", "source": "k6"}} if draw(st.booleans()) else {},
        scope={"by": ANA, "at": TODAY, **facts} if facts else {},
    )


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """The helpers of this folder under one name."""
    return SimpleNamespace(
        catalogue=CATALOGUE, plans=PLANS, today=TODAY, ana=ANA, bo=BO, tables=book_tables, read=read_book, kinds=KINDS
    )


@pytest.fixture(scope="session")
def any_book() -> Callable[..., Any]:
    """Tables of a workbook in any state, to draw from."""
    return random_tables
