"""What an agent is told of each gap, and when it has to stop."""

from datetime import timedelta

import pytest

from checks.observation import Examined, Finding, Location, Observation, Outcome, ProbeReport, Severity
from workbook.answers import Status
from workbook.brief import brief_of
from workbook.exports import brief_json, brief_markdown
from workbook.hands import Work
from workbook.session import Session

CONTROL = "no-swallowed-errors"


@pytest.fixture
def session(repository):
    made = Session(repository)
    made.start(["seven-steps", "fifty-point", "six-gates"])
    made.save()
    return made


def task(session, control):
    return next(one for one in brief_of(session).tasks if one.gap.control.id == control)


def seen(session, control, outcome, findings=0):
    signals = [one.id for one in session.catalogue.feeding[control]]
    place = Location("api/main.py", 3, 3)
    found = tuple(
        Finding("rule", signals[0], Location("api/main.py", number, number), Severity.HIGH, "swallowed")
        for number in range(1, findings + 1)
    )
    observations = {name: Observation(name, outcome, "saw it", ("api/**",), (place,)) for name in signals}
    session.accept(ProbeReport("", observations, found, Examined(1)))


def test_code_gaps_come_with_places_and_the_command_of_their_signals(session, schema):
    seen(session, CONTROL, Outcome.UNMET, findings=30)
    one = task(session, CONTROL)
    signals = tuple(signal.id for signal in session.catalogue.feeding[CONTROL])
    assert (one.work, one.because, one.proof) == (Work.CODE, "", ("readiness", "probe", *signals))
    assert len(one.places) == 30
    data = brief_json.to_json(session)
    schema(data, "brief-1.json")
    assert len(next(gap for gap in data["gaps"] if gap["control"] == CONTROL)["findings"]) == 30
    assert "- and 10 more findings" in brief_markdown.to_markdown(session)


def test_what_a_probe_could_not_tell_names_where_it_searched_and_no_place(session):
    seen(session, CONTROL, Outcome.UNKNOWN)
    one = task(session, CONTROL)
    assert (one.work, one.places, len(one.seen)) == (Work.CODE, (), len(session.catalogue.feeding[CONTROL]))
    assert "cannot tell: saw it" in brief_markdown.to_markdown(session)


def test_without_a_look_no_places_are_named_and_that_is_said(session, schema):
    brief = brief_of(session)
    assert not brief.probed
    assert not [one for one in brief.tasks if one.places]
    assert "No probe looked for this brief" in brief_markdown.markdown_of(brief)
    schema(brief_json.as_data(brief), "brief-1.json")


@pytest.mark.parametrize(
    ("done", "because"),
    [
        (lambda team: seen(team, CONTROL, Outcome.MET), "the probes saw it"),
        (lambda team: team.answer(CONTROL, Status.READY, proposed_by="agent"), "waits for a person to confirm"),
        (
            lambda team: (
                team.answer(CONTROL, Status.NEEDS_REVIEW),
                team.waive(
                    CONTROL,
                    reason="later",
                    owner="Ana Example <ana@example.com>",
                    approved_by="Bo Sample <bo@example.com>",
                    expires=team.today() + timedelta(days=30),
                ),
            ),
            "accepted the risk",
        ),
    ],
    ids=["seen", "proposed", "waived"],
)
def test_where_nothing_is_left_to_build_the_agent_stops(session, done, because):
    done(session)
    one = task(session, CONTROL)
    assert because in one.because
    assert (one.work, one.proof, one.propose) == (Work.PERSON, (), ())
    assert one.gap.control.title in brief_markdown.to_markdown(session).split("## What needs a person")[1]


def test_a_proposal_of_a_gap_is_still_the_agents_to_close(session):
    session.answer(CONTROL, Status.NEEDS_REVIEW, proposed_by="agent")
    assert task(session, CONTROL).propose[:4] == ("readiness", "answer", CONTROL, "ready")


def test_every_open_control_is_in_exactly_one_part(session):
    brief = brief_of(session)
    parts = [one.gap.control.id for work in Work for one in brief.of(work)]
    assert sorted(parts) == sorted(one.control.id for one in session.plan().gaps)
    for one in brief.of(Work.ENVIRONMENT):
        assert one.gap.control.automatable != "auto" or one.gap.control.id == "dast-scanning"


def test_a_person_s_control_is_never_given_to_code(session):
    for one in brief_of(session).tasks:
        if one.gap.control.automatable == "manual":
            assert one.work is not Work.CODE
