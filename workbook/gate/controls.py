"""The controls a gate complains of: what got worse, what is forbidden, and what is only told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.observation import Location
from workbook.assess import PLAIN, Judged, Standing, disagreeing
from workbook.change.effects import is_worse
from workbook.gate import mending
from workbook.gate.ground import Ground
from workbook.gate.ruling import Level, Reason
from workbook.gate_policy import Mode, Rule
from workbook.lapse import Cause

TROUBLE: Final = (Standing.BLOCKER, Standing.DISPUTED, Standing.LAPSED)
"""What fails where there is nothing to compare with, and is told everywhere."""


def reasons(ground: Ground) -> Iterator[Reason]:
    """What is to be said of each control."""
    for name, rule in ground.rules.items():
        judged = ground.after.assessment.standings[name]
        was = ground.before.standings[name] if ground.before else None
        level = _level(ground, name, rule, judged, was)
        if level is None:
            continue
        before = f"{PLAIN[was.standing]} before; " if was and was.standing is not judged.standing else ""
        stood = "as at the merge base; " if was and was.standing is judged.standing else ""
        what = f"{PLAIN[judged.standing]}: {stood}{before}{judged.why}"
        yield Reason(
            level,
            str(judged.standing),
            name,
            what,
            mending.of_control(name, judged.standing),
            ground.session.catalogue.controls[name].severity,
            str(was.standing) if was else "",
            _place(ground, name, judged),
        )


def _level(ground: Ground, name: str, rule: Rule, judged: Judged, was: Judged | None) -> Level | None:
    """What a control's standing does to the gate; None for nothing to say."""
    if rule.mode is Mode.OBSERVE:
        return Level.WARNING if judged.standing in TROUBLE else None
    forbidden = rule.mode is Mode.HOLD and str(judged.standing) in rule.forbid
    worse = was is not None and is_worse(was.standing, judged.standing)
    alone = was is None and judged.standing in TROUBLE
    if not (forbidden or worse or alone):
        return Level.WARNING if judged.standing in TROUBLE else None
    if ground.spares_age and ground.by_calendar(name, judged, was):
        return Level.WARNING
    return Level.FAILURE


def _place(ground: Ground, name: str, judged: Judged) -> Location | None:
    """Where it shows: what the probe objects to."""
    if judged.cause is not Cause.PROBE or ground.session.report is None:
        return None
    against = disagreeing(ground.session.catalogue, name, ground.session.report.observations)
    return next((one.locations[0] for one in against if one.locations), None)
