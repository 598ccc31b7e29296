"""A scaffold with blanks counts neither for a probe nor as evidence; filled in it does, and what is complete may."""

from __future__ import annotations

import re

import pytest

from checks.blanks import blanks
from checks.observation import Outcome
from checks.portrait.child import look_at
from checks.probe import Stage, probes
from checks.run import look_over
from workbook.answers import Evidence
from workbook.errors import Refused
from workbook.evidence import completed
from workbook.operations import scaffolding
from workbook.people import People
from workbook.scaffold.registry import scaffolds
from workbook.session import Session

STACKS = ("fastapi", "django", "flask", "express", "next", "streamlit", "empty")
BY_FILES = sorted(name for one in probes() if one.stage is Stage.FILES for name in one.signals)
RANK = {Outcome.UNMET: 0, Outcome.UNKNOWN: 0, Outcome.NOT_APPLICABLE: 0, Outcome.PARTIAL: 1, Outcome.MET: 2}

FORMS_SEEN = {"ops.runbooks", "gov.security-policy"}
"""Signals whose "partial" is what a form is: only templates, or a policy that is not filled in."""

AT_ONCE = {
    "ci": {"ci.on-change", "tests.run-in-ci", "ci.security-scan", "ci.lint-and-types"},
    "dependabot": {"deps.update-automation"},
    "pre-commit": set(),
    "agents": set(),
}
"""What is written without a blank, and the signals it may answer by being there."""


def outcomes(root, signals=BY_FILES):
    return {name: one.outcome for name, one in look_over(root, signals=signals).observations.items()}


@pytest.fixture(scope="module")
def before(stacks):
    """The outcomes of a stack as it is, looked at once."""
    known = {}

    def of(stack):
        if stack not in known:
            known[stack] = outcomes(stacks[stack].root)
        return known[stack]

    return of


def write(root, *names):
    """Write scaffolds after one look; by `Session.scaffold` each looks anew, in a process of its own."""
    session, portrait = Session(root), look_at(root, {})
    plans = {name: scaffolding.intended(session, name, portrait=portrait) for name in names}
    for plan in plans.values():
        scaffolding.written(session, plan)
    return plans


def filled(text):
    """The text with plain words and numbers in the blanks, as a person would write them."""

    def word(found):
        what = found[1]
        if re.match(
            r"per cent|hours|how (many|much|long|soon)|seconds|milliseconds|share|amount|requests a second", what
        ):
            return "0.5" if what.startswith("share") else "20"
        if "confirm" in what or "take this line out" in what:
            return "checked by Ana Example"
        if re.search(r"date|time", what):
            return "2026-11-20"
        return "Ana Example, in the channel of the team, with make restart"

    return re.sub(r"\[fill in:\s*(\w[^\]]{0,200})\]", word, text)


@pytest.mark.parametrize("stack", STACKS)
def test_no_outcome_gets_better_by_what_has_blanks(fresh, before, stack):
    root = fresh(stack)
    first = before(stack)
    plans = write(root, *(name for name in scaffolds() if name not in AT_ONCE))
    assert all(plan.blanks for plan in plans.values())
    after = outcomes(root)
    better = {name for name in after if RANK[after[name]] > RANK[first[name]]}
    assert better <= FORMS_SEEN
    assert all(after[name] is Outcome.PARTIAL for name in better)
    worse = {name for name in after if RANK[after[name]] < RANK[first[name]]}
    assert not worse, "a form must not take away what was there either"


@pytest.mark.parametrize("stack", ["fastapi", "next"])
def test_nor_by_the_probes_that_wait_for_the_code_rules(fresh, stack):
    root = fresh(stack)
    by_code = sorted(name for one in probes() if one.stage is Stage.CODE for name in one.signals)
    before = outcomes(root, by_code)
    write(root, "health", "k6", "locust", "runbook", "human-review")
    after = outcomes(root, by_code)
    assert not {name for name in after if RANK[after[name]] > RANK[before[name]]}


@pytest.mark.parametrize("stack", STACKS)
def test_what_is_complete_answers_its_own_signals_only(fresh, before, stack):
    root = fresh(stack)
    last = before(stack)
    for name, own in AT_ONCE.items():
        write(root, name)
        after = outcomes(root)
        assert {one for one in after if RANK[after[one]] > RANK[last[one]]} <= own, name
        last = after


@pytest.mark.parametrize("stack", ["fastapi", "django", "flask", "express", "next"])
def test_the_workflow_satisfies_our_own_probes_where_there_are_tests(fresh, stack):
    root = fresh(stack)
    write(root, "ci", "dependabot")
    seen = look_over(root, signals=[*AT_ONCE["ci"], "deps.update-automation", "ci.actions-pinned"]).observations
    assert seen["ci.on-change"].outcome is Outcome.MET
    assert seen["tests.run-in-ci"].outcome is Outcome.MET, seen["tests.run-in-ci"].summary
    assert seen["ci.security-scan"].outcome is Outcome.MET
    assert {"secrets", "code", "dependencies"} <= set(seen["ci.security-scan"].kinds), seen["ci.security-scan"].summary
    assert seen["ci.actions-pinned"].outcome is Outcome.NOT_APPLICABLE, "no action of others is used"
    assert seen["deps.update-automation"].outcome is Outcome.MET
    lint = {"fastapi": Outcome.MET, "next": Outcome.MET, "flask": Outcome.UNMET}
    assert seen["ci.lint-and-types"].outcome is lint.get(stack, Outcome.PARTIAL), "it runs what is there, and no more"


@pytest.mark.parametrize(
    ("name", "signal", "to"),
    [
        ("runbook", "ops.runbooks", ""),
        ("slo", "ops.slo", ""),
        ("sla", "ops.slo", ""),
        ("requirements", "docs.requirements", ""),
        ("adr", "docs.architecture", ""),
        ("post-mortem", "ops.runbooks", "docs/post-mortems/2026-11-20-no-orders.md"),
        ("ai-incident-card", "ops.runbooks", ""),
        ("rollback-threshold", "release.rollback", ""),
        ("security", "gov.security-policy", ""),
        ("codeowners", "gov.codeowners", ""),
        ("alert-rules", "obs.alert-rules", ""),
        ("k6", "tests.load", ""),
        ("locust", "tests.load", ""),
    ],
)
def test_a_form_counts_when_its_last_blank_is_filled_in(fresh, name, signal, to):
    root = fresh("fastapi")
    session = Session(root)
    plan = scaffolding.intended(session, name, to, look_at(root, {}))
    scaffolding.written(session, plan)
    file = root / plan.path
    form = file.read_text("utf-8")
    assert outcomes(root, [signal])[signal] in {Outcome.UNMET, Outcome.PARTIAL}
    whole = filled(form)
    assert not blanks(whole)
    # All but the last one.
    last = [match.end() for match in re.finditer(r"\[fill in:[^\]]*\]", form)][-1]
    start = form.rindex("[fill in", 0, last)
    file.write_text(filled(form[:start]) + form[start:], "utf-8")
    assert outcomes(root, [signal])[signal] in {Outcome.UNMET, Outcome.PARTIAL}
    file.write_text(whole, "utf-8")
    assert outcomes(root, [signal])[signal] is Outcome.MET


def test_a_health_route_counts_when_it_is_mounted_and_filled_in(fresh):
    root = fresh("next")
    plan = Session(root).scaffold("health")
    file = root / plan.path
    assert outcomes(root, ["api.health-endpoint"])["api.health-endpoint"] is Outcome.UNMET
    file.write_text(filled(file.read_text("utf-8")), "utf-8")
    assert outcomes(root, ["api.health-endpoint"])["api.health-endpoint"] is Outcome.MET

    root = fresh("fastapi")
    file = root / Session(root).scaffold("health").path
    file.write_text(filled(file.read_text("utf-8")), "utf-8")
    assert outcomes(root, ["api.health-endpoint"])["api.health-endpoint"] is Outcome.UNMET, "nobody mounted it"
    main = (root / "app" / "main.py").read_text("utf-8")
    mounted = (
        main.replace("from app.routes", "from app import health\nfrom app.routes")
        + "app.include_router(health.router)\n"
    )
    (root / "app" / "main.py").write_text(mounted, "utf-8")
    assert outcomes(root, ["api.health-endpoint"])["api.health-endpoint"] is Outcome.MET


def test_a_form_is_no_evidence_until_it_is_filled_in(fresh):
    root = fresh("flask")
    plan = Session(root).scaffold("runbook")
    with pytest.raises(Refused, match=r"docs/runbook\.md.*not filled in: line \d+ waits for 'one person' and \d+ more"):
        completed(Evidence("file", {"path": plan.path}), root)
    file = root / plan.path
    file.write_text(filled(file.read_text("utf-8")), "utf-8")
    assert completed(Evidence("file", {"path": plan.path}), root).values["sha256"]


def test_a_session_refuses_a_form_as_evidence_of_an_answer(fresh):
    root = fresh("flask")
    session = Session(root, People("Ana Example <ana@example.com>"))
    session.scaffold("runbook")
    session.start(["fifty-point"])
    with pytest.raises(Refused, match="not filled in"):
        session.attach("runbooks", Evidence("file", {"path": "docs/runbook.md"}))
