"""Who proposed, who attested, who verified: kept apart, and nobody certifies themselves."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date

import pytest

from checks.observation import Outcome
from workbook.answers import Evidence, Gap, Rung, Status
from workbook.assess import Standing
from workbook.errors import Refused

READY, OPEN, BLOCKER = Status.READY, Status.NEEDS_REVIEW, Status.BLOCKER
EXPIRES = date(2026, 12, 20)


def standing(session, control):
    return session.assessment.standings[control]


def table(session, control, file="readiness.toml", top="controls"):
    return tomllib.loads((session.root / file).read_text())[top].get(control)


def test_a_proposal_an_answer_and_a_verification_stand_side_by_side(bench):
    made = bench()
    session = made.open()
    session.answer("runbooks", READY, proposed_by="a coding agent")
    assert standing(session, "runbooks").standing is Standing.NEEDS_REVIEW
    session.answer("runbooks", READY)
    session.save()
    second = made.open(made.BO, days=1)
    second.verify("runbooks")
    second.save()
    stored = table(second, "runbooks")
    assert stored["proposed_by"] == "a coding agent"
    assert stored["by"] == [made.ANA]
    assert (stored["verified_by"], stored["rung"]) == (made.BO, "verified")
    assert standing(second, "runbooks") == type(standing(second, "runbooks"))(
        Standing.PROVEN, f"verified by {made.BO}", None
    )


def test_nobody_verifies_what_they_said_themselves_alone_or_in_a_pair(bench):
    made = bench()
    pair = made.open(made.ANA, made.BO)
    pair.answer("runbooks", READY)
    pair.save()
    for who in (made.ANA, made.BO):
        with pytest.raises(Refused, match="gave this answer"):
            made.open(who).verify("runbooks")
    third = made.open(made.CY)
    third.verify("runbooks")
    assert standing(third, "runbooks").standing is Standing.PROVEN


@pytest.mark.parametrize("spoil", ["proposed", "lapsed", "disputed", "gap", "unanswered"])
def test_only_what_counts_can_be_verified(bench, spoil):
    made = bench()
    session = made.open()
    if spoil == "gap":
        session.answer("runbooks", OPEN, gap=Gap.ABSENT)
    elif spoil != "unanswered":
        agent = "a coding agent" if spoil == "proposed" else ""
        session.answer("runbooks", READY, watch=["api/**"], proposed_by=agent)
    session.save()
    if spoil == "lapsed":
        made.commit("api/main.py", "x = 1\n")
    if spoil == "disputed":
        made.sees("ops.runbooks", Outcome.UNMET)
    with pytest.raises(Refused, match="cannot be verified"):
        made.open(made.BO).verify("runbooks")


def test_an_answer_given_again_is_no_longer_verified(bench):
    made = bench()
    first = made.open()
    first.answer("runbooks", READY)
    first.save()
    second = made.open(made.BO)
    second.verify("runbooks")
    second.save()
    again = made.open()
    again.answer("runbooks", READY, note="more of them")
    assert again.state.answer("runbooks").rung is Rung.ATTESTED
    assert not again.state.answer("runbooks").verified_by


def test_four_eyes_keep_chosen_severities_open_until_somebody_else_looked(bench):
    made = bench(extra='four_eyes = ["high"]')
    session = made.open()
    session.answer("runbooks", READY)
    session.answer("lint-and-type-checks", READY)  # of medium severity
    session.save()
    assert standing(session, "runbooks").standing is Standing.NEEDS_REVIEW
    assert "second person" in standing(session, "runbooks").why
    assert standing(session, "lint-and-type-checks").standing is Standing.CLAIMED
    second = made.open(made.BO)
    second.verify("runbooks")
    assert standing(second, "runbooks").standing is Standing.PROVEN


def test_probes_answer_only_automatic_controls_that_stop_no_launch_and_have_their_report(bench):
    made = bench()
    made.sees("ci.lint-and-types", Outcome.MET, "pyproject.toml", 4)
    made.sees("ops.runbooks", Outcome.MET, "docs/runbook.md")
    for signal in ("secrets.none-in-code", "secrets.no-env-file", "secrets.env-ignored"):
        made.sees(signal, Outcome.MET)
    (made.root / "pyproject.toml").write_text("[tool]\n")
    session = made.open()
    assert session.accept_observed() == ()  # the control asks for a report too
    session.attach("lint-and-type-checks", Evidence("report", {"tool": "a linter"}))
    assert session.accept_observed() == ("lint-and-type-checks",)
    session.save()
    stored = table(session, "lint-and-type-checks")
    assert (stored["rung"], stored["watch"]) == ("observed", ["pyproject.toml"])
    assert "by" not in stored
    assert standing(session, "lint-and-type-checks").standing is Standing.PROVEN
    (made.root / "pyproject.toml").write_text("[changed]\n")
    assert standing(made.open(), "lint-and-type-checks").standing is Standing.PROVEN  # seen again
    made.seen.clear()
    assert standing(made.open(), "lint-and-type-checks").standing is Standing.LAPSED
    made.sees("ci.lint-and-types", Outcome.UNMET)
    assert standing(made.open(), "lint-and-type-checks").standing is Standing.LAPSED


def test_probes_never_replace_what_a_person_said(bench):
    made = bench()
    made.sees("ci.lint-and-types", Outcome.MET)
    session = made.open()
    session.answer("lint-and-type-checks", OPEN, gap=Gap.PARTIAL)
    session.attach("lint-and-type-checks", Evidence("report", {"tool": "a linter"}))
    assert session.accept_observed() == ()


def test_accepted_risk_lives_in_its_own_file_and_is_never_ready(bench):
    made = bench()
    session = made.open()
    session.answer("runbooks", OPEN, gap=Gap.ABSENT)
    session.waive("runbooks", reason="launch is internal", owner=made.ANA, approved_by=made.BO, expires=EXPIRES)
    session.save()
    assert "waivers" not in tomllib.loads(session.state_path.read_text())
    stored = table(session, "runbooks", "readiness-waivers.toml", "waivers")
    assert stored["approved_by"] == made.BO
    fresh = made.open()
    assert standing(fresh, "runbooks").standing is Standing.WAIVED
    assert fresh.assessment.items["fifty-point.5.46"].status is OPEN
    assert [(entry.day, entry.about) for entry in fresh.dates if entry.kind == "waiver"] == [(EXPIRES, "runbooks")]
    assert standing(made.open(days=30), "runbooks").standing is Standing.WAIVED
    ended = made.open(days=31)
    assert standing(ended, "runbooks").standing is Standing.NEEDS_REVIEW
    assert "readiness-waivers.toml: [waivers.runbooks] expires" in str(ended.state.problems[0])


def test_a_probe_that_sees_more_than_was_accepted_reopens_the_gap(bench):
    made = bench()
    made.sees("ops.runbooks", Outcome.UNMET, "docs/ops.md", 3)
    session = made.open()
    session.answer("runbooks", OPEN, gap=Gap.ABSENT)
    session.waive("runbooks", reason="internal", owner=made.ANA, approved_by=made.BO, expires=EXPIRES)
    session.save()
    made.sees("ops.runbooks", Outcome.UNMET, "docs/ops.md", 9)
    assert standing(made.open(), "runbooks").standing is Standing.WAIVED
    made.sees("ops.runbooks", Outcome.UNMET, "docs/new.md", 1)
    assert standing(made.open(), "runbooks").standing is Standing.NEEDS_REVIEW


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"approved_by": "Ana Example <ana@example.com>"}, "cannot be who owns it"),
        ({"expires": date(2026, 11, 20)}, "not in the future"),
        ({"reason": "  "}, "needs a reason"),
        ({"owner": "nobody"}, "is not a person"),
    ],
)
def test_a_waiver_that_says_too_little_is_refused(bench, change, complaint):
    made = bench()
    session = made.open()
    session.answer("runbooks", OPEN, gap=Gap.ABSENT)
    asked = {"reason": "internal", "owner": made.ANA, "approved_by": made.BO, "expires": EXPIRES} | change
    with pytest.raises(Refused, match=complaint):
        session.waive("runbooks", **asked)


def test_there_is_nothing_to_accept_without_a_gap(bench):
    made = bench()
    with pytest.raises(Refused, match="no open gap"):
        made.open().waive("runbooks", reason="x", owner=made.ANA, approved_by=made.BO, expires=EXPIRES)


def test_withdrawing_accepted_risk_leaves_the_rest_of_its_file_alone(bench):
    made = bench()
    session = made.open()
    for control in ("runbooks", "production-requirements"):
        session.answer(control, OPEN, gap=Gap.ABSENT)
        session.waive(control, reason="internal", owner=made.ANA, approved_by=made.BO, expires=EXPIRES)
    session.save()
    session.withdraw_waiver("runbooks")
    session.save()
    fresh = made.open()
    assert set(fresh.state.waivers) == {"production-requirements"}
    assert standing(fresh, "runbooks").standing is Standing.NEEDS_REVIEW
    assert fresh.state.problems == ()


def test_a_damaged_waiver_file_is_kept_and_nothing_in_it_counts(bench):
    made = bench()
    session = made.open()
    session.answer("runbooks", OPEN, gap=Gap.ABSENT)
    session.waive("runbooks", reason="internal", owner=made.ANA, approved_by=made.BO, expires=EXPIRES)
    session.save()
    path = made.root / "readiness-waivers.toml"
    path.write_text(path.read_text() + "<<<<<<< HEAD\n")
    damaged = path.read_bytes()
    fresh = made.open()
    assert standing(fresh, "runbooks").standing is Standing.NEEDS_REVIEW
    assert "no accepted risk counts" in str(fresh.state.problems[0])
    fresh.answer("production-requirements", OPEN)
    with pytest.raises(Refused, match=r"readiness-waivers\.toml"):
        fresh.withdraw_waiver("runbooks")
    fresh.save()
    assert path.read_bytes() == damaged


@pytest.mark.parametrize(
    ("control", "kinds", "expected"),
    [
        ("secret-scanning", ("secrets",), Standing.CLAIMED),
        ("sast-scanning", ("secrets",), Standing.DISPUTED),
        ("sast-scanning", ("secrets", "code"), Standing.CLAIMED),
        ("container-scanning", (), Standing.DISPUTED),
    ],
)
def test_a_scan_of_one_kind_says_nothing_for_the_controls_of_another(bench, control, kinds, expected):
    made = bench("six-gates")
    made.sees("ci.security-scan", Outcome.MET, ".github/workflows/ci.yml", 9)
    made.seen["ci.security-scan"] = replace(made.seen["ci.security-scan"], kinds=kinds)
    for signal in ("secrets.none-in-code", "deps.update-automation"):
        made.sees(signal, Outcome.MET)
    session = made.open()
    session.answer(control, READY)
    assert standing(session, control).standing is expected
    assert (session.question(control).worst is Outcome.UNMET) is (expected is Standing.DISPUTED)
