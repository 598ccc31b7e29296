"""When an answer stops counting by itself, rule by rule and day by day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from workbook.answers import Answer, Evidence, Rung, Status
from workbook.catalogue import Freshness, load_catalogue
from workbook.lapse import DATED_EVIDENCE, WARN_DAYS, Cause, Due, Release, dues, follows_content, lapsed
from workbook.policy import Policy

TODAY = date(2026, 11, 20)
OURS = Policy()
PLAIN = replace(load_catalogue().controls["runbooks"], freshness=Freshness("source", "whenever it changes"))
READY = Answer(Status.READY, by=("Ana Example <ana@example.com>",), at=TODAY)


def control(basis="source", days=None, on=()):
    return replace(PLAIN, freshness=Freshness(basis, "as the article says", days, on))


def on(days):
    return TODAY + timedelta(days=days)


def cause(asked, answer, *, policy=OURS, **now):
    found = lapsed(asked, answer, policy, now.pop("today", TODAY), **now)
    return found and found.cause


def test_an_answer_nothing_happened_to_counts():
    assert lapsed(PLAIN, READY, OURS, on(10_000)) is None
    assert lapsed(control(on=("release",)), READY, OURS, on(10_000)) is None


def test_causes_are_told_by_their_words():
    assert [str(one) for one in Cause] == ["content", "text", "age", "release", "probe"]
    assert WARN_DAYS == 14


@pytest.mark.parametrize(("text", "expected"), [("", None), (PLAIN.fingerprint, None), ("000000000000", Cause.TEXT)])
def test_a_reworded_question_is_asked_again(text, expected):
    assert cause(PLAIN, replace(READY, text=text)) is expected


WATCHING = replace(READY, watch=("api/**", "infra.tf"), pins="aaa")
SAME, CHANGED = {PLAIN.id: "aaa"}, {PLAIN.id: "bbb"}


@pytest.mark.parametrize(
    ("answer", "pins", "expected"),
    [
        (WATCHING, None, None),
        (WATCHING, {}, None),
        (WATCHING, SAME, None),
        (WATCHING, CHANGED, Cause.CONTENT),
        (replace(WATCHING, pins=""), CHANGED, None),
        (replace(WATCHING, watch=()), CHANGED, None),
    ],
)
def test_changed_content_is_looked_at_again(answer, pins, expected):
    assert cause(PLAIN, answer, pins=pins) is expected


def test_what_changed_is_named():
    assert lapsed(PLAIN, WATCHING, OURS, TODAY, CHANGED).why == "api/**, infra.tf changed"


@pytest.mark.parametrize("event", ["commit", "push", "build", "pull-request"])
def test_a_check_asked_for_at_an_event_ends_with_any_change(event):
    asked, answer = control(on=(event,)), replace(READY, pins="aaa")
    assert follows_content(asked, OURS)
    assert cause(asked, answer, pins=CHANGED) is Cause.CONTENT
    assert cause(asked, answer, pins=CHANGED, renewed=True) is None
    assert cause(asked, replace(WATCHING), pins=CHANGED, renewed=True) is Cause.CONTENT
    told = lapsed(asked, answer, OURS, TODAY, CHANGED)
    assert told.why == "files changed, and this is asked again: as the article says"


def test_other_events_cannot_be_seen_in_files():
    for asked in (control(on=("release",)), control(on=("feature",)), control(), control("proposed", on=("push",))):
        assert follows_content(asked, OURS) is False
        assert cause(asked, replace(READY, pins="aaa"), pins=CHANGED) is None
    assert follows_content(control("proposed", on=("push",)), Policy(adopted=("all",))) is True


def test_a_fresh_probe_renews_what_was_observed_and_nothing_a_person_said_of_files():
    observed = replace(WATCHING, rung=Rung.OBSERVED)
    assert cause(PLAIN, observed, pins=CHANGED, renewed=True) is None
    assert cause(PLAIN, observed, pins=CHANGED) is Cause.CONTENT
    assert cause(PLAIN, WATCHING, pins=CHANGED, renewed=True) is Cause.CONTENT
    weekly = control(days=7)
    assert cause(weekly, replace(READY, rung=Rung.OBSERVED), today=on(8), renewed=True) is None
    assert cause(weekly, replace(READY, rung=Rung.OBSERVED), today=on(8)) is Cause.AGE
    assert cause(weekly, READY, today=on(8), renewed=True) is Cause.AGE


@pytest.mark.parametrize(
    ("basis", "policy", "days", "expected"),
    [
        ("source", OURS, 7, None),
        ("source", OURS, 8, Cause.AGE),
        ("proposed", OURS, 8, None),
        ("proposed", Policy(adopted=("runbooks",)), 7, None),
        ("proposed", Policy(adopted=("runbooks",)), 8, Cause.AGE),
        ("proposed", Policy(adopted=("all",)), 8, Cause.AGE),
    ],
)
def test_a_period_in_days_ends_after_its_last_day(basis, policy, days, expected):
    assert cause(control(basis, 7), READY, policy=policy, today=on(days)) is expected


def test_an_aged_answer_says_until_when_it_counted():
    assert (
        lapsed(control(days=7), READY, OURS, on(8)).why == "asked for: as the article says; it counted until 2026-11-27"
    )


@pytest.mark.parametrize(
    ("released", "answered", "events", "basis", "expected"),
    [
        (None, 0, ("release",), "source", None),
        (0, 0, ("release",), "source", None),
        (1, 0, ("release",), "source", Cause.RELEASE),
        (-1, 0, ("release",), "source", None),
        (1, None, ("release",), "source", None),
        (1, 0, ("push",), "source", None),
        (1, 0, ("release",), "proposed", None),
    ],
)
def test_a_release_after_the_answer_asks_again(released, answered, events, basis, expected):
    release = None if released is None else Release("v2", on(released))
    answer = replace(READY, at=None if answered is None else on(answered))
    assert cause(control(basis, on=events), answer, release=release, today=on(2)) is expected


def test_a_release_is_named_and_renewed_like_any_other_period():
    asked, release = control(on=("release",)), Release("v2", on(1))
    told = lapsed(asked, READY, OURS, on(1), release=release)
    assert told.why == "v2 was released on 2026-11-21, and this is asked for at every release"
    observed = replace(READY, rung=Rung.OBSERVED)
    assert cause(asked, observed, release=release, renewed=True) is None
    assert cause(asked, observed, release=release) is Cause.RELEASE


def test_a_team_without_tags_counts_days_between_releases():
    thirty = Policy(release_days=30)
    assert cause(control(on=("release",)), READY, policy=thirty, today=on(30)) is None
    assert cause(control(on=("release",)), READY, policy=thirty, today=on(31)) is Cause.AGE
    assert cause(control(on=("push",)), READY, policy=thirty, today=on(31)) is None
    assert cause(control("proposed", on=("release",)), READY, policy=thirty, today=on(31)) is None
    assert cause(control(on=("release",)), READY, today=on(31)) is None
    assert list(dues(control(on=("release",)), READY, thirty)) == [
        Due(on(30), "asked for at every release, here every 30 days", binds=True)
    ]


def test_an_answer_without_a_day_has_no_period():
    assert list(dues(control(days=7), replace(READY, at=None), OURS)) == []


def test_what_does_not_bind_is_still_due():
    assert list(dues(control("proposed", 7), READY, OURS)) == [
        Due(on(7), "asked for: as the article says", binds=False)
    ]


def made(kind, **values):
    return Evidence(kind, values)


@pytest.mark.parametrize("kind", DATED_EVIDENCE)
def test_dated_evidence_grows_old_whenever_it_was_attached(kind):
    old = replace(READY, evidence=(made(kind, at=on(-5)),))
    assert cause(control(days=7), old, today=on(2)) is None
    assert cause(control(days=7), old, today=on(3)) is Cause.AGE


def test_kinds_of_dated_evidence():
    assert set(DATED_EVIDENCE) == {"report", "command", "drill"}


@pytest.mark.parametrize(
    ("evidence", "day"),
    [
        ((made("link", at=on(-5)),), 0),
        ((made("report", at="yesterday"),), 0),
        ((made("report"),), 0),
        # The newest piece counts, and no piece makes an answer newer than it is.
        ((made("report", at=on(-5)), made("command", at=on(-2))), -2),
        ((made("report", at=on(4)),), 0),
    ],
)
def test_the_newest_dated_evidence_counts_but_never_beyond_the_answer(evidence, day):
    assert [one.day for one in dues(control(days=7), replace(READY, evidence=evidence), OURS)] == [on(day + 7)]


def test_verifying_is_a_fresh_look():
    verified = replace(READY, rung=Rung.VERIFIED, verified_at=on(3))
    assert [one.day for one in dues(control(days=7), verified, OURS)] == [on(10)]


def test_evidence_that_was_made_to_end_ends_the_answer():
    drill = replace(READY, evidence=(made("drill", what="restore", expires=on(60)), made("link", url="…")))
    assert list(dues(PLAIN, drill, OURS)) == [Due(on(60), "the drill was made to last until then")]
    assert cause(PLAIN, drill, today=on(60)) is None
    assert cause(PLAIN, drill, today=on(61)) is Cause.AGE
    assert Due(on(1), "x").binds is True


def test_a_period_beyond_the_calendar_ends_with_it():
    late = replace(READY, at=date(9999, 12, 30))
    assert [one.day for one in dues(control(days=1), late, OURS)] == [date.max]
    assert [one.day for one in dues(control(days=2), late, OURS)] == [date.max]
    assert [one.day for one in dues(control(days=7), replace(READY, at=date.max), OURS)] == [date.max]
