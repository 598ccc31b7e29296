"""What a report says follows from the workbook, of now and of a tag."""

import random
from datetime import date, timedelta

import pytest

from checks.observation import Examined, ProbeReport
from workbook import outlook
from workbook.answers import Status
from workbook.errors import Refused
from workbook.exports import badge_json, badge_svg, memo, report_html, report_markdown
from workbook.exports.report_json import json_of, to_json
from workbook.people import People
from workbook.report import gather
from workbook.report.words import brief
from workbook.session import Session

ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"


@pytest.fixture
def session(repository):
    made = Session(repository, People(ANA))
    made.start(["fifty-point", "six-gates"])
    made.save()
    return made


def commit(git, session, tag=""):
    git(session.root, "add", "-A")
    git(session.root, "commit", "-qm", "Answers")
    if tag:
        git(session.root, "tag", tag)
    session.relocate()


@pytest.mark.parametrize("seed", range(4))
def test_the_split_adds_up_to_the_verdict(session, seed):
    dice = random.Random(seed)  # noqa: S311  an order
    names = session.catalogue.controls_of(session.state.checklists)
    for name in dice.sample(names, 25):
        session.answer(name, dice.choice([one for one in Status if one is not Status.UNANSWERED]), reason="so it is")
    report = gather(session)
    split, said = report.split, report.decides
    assert split.backed + split.stated + split.not_applicable == said.lowest
    assert said.lowest + split.unknown == said.highest
    parts = (split.backed, split.stated, split.not_applicable, split.open, split.blockers, split.unknown)
    assert sum(parts) == split.of == said.of
    assert sum(report.standings.values()) == len(report.controls)
    assert sum(len(pillar.items) for pillar in report.pillars) == split.of


def test_backed_is_what_a_second_person_confirmed_and_nothing_less(session):
    items = [one for one in session.checklist.scored if len(one.controls) == 1][:3]
    for one in items:
        session.answer(one.controls[0], Status.READY)
    session.save()
    assert (gather(session).split.backed, gather(session).split.stated) == (0, 3)
    other = Session(session.root, People(BO))
    other.verify(items[0].controls[0])
    other.verify(items[1].controls[0])
    # Decided over its control by a person: that is stated, whatever stands behind it.
    other.override(items[1].id, Status.READY, "because")
    assert (gather(other).split.backed, gather(other).split.stated) == (1, 2)


def test_a_report_of_a_tag_knows_nothing_of_what_came_later(session, git):
    name = session.checklist.scored[0].controls[0]
    session.answer(name, Status.READY)
    session.save()
    commit(git, session, "v1")
    session.answer(name, Status.BLOCKER, note="It broke")
    session.save()
    commit(git, session, "v2")
    now, then = gather(session), gather(session, "v1")
    assert (then.when.past, then.when.label, then.look) == (True, "v1", None)
    assert [one.standing for one in then.controls if one.id == name] == ["claimed"]
    assert [one.control for one in now.blockers] == [name]
    assert not then.blockers
    assert [one.label for one in then.history] == ["v1"]
    assert [one.label for one in now.history] == ["v1", "v2"]
    for make in (report_html.to_html, report_markdown.to_markdown, memo.to_memo):
        assert "It broke" in make(session)
        assert "It broke" not in make(session, "v1")
        assert "not known" in make(session, "v1")


def test_a_risk_that_has_ended_is_shown_as_ended(session):
    first, second = session.catalogue.controls_of(session.state.checklists)[:2]
    for name, days in ((first, 1), (second, 90)):
        session.answer(name, Status.NEEDS_REVIEW)
        expires = session.today() + timedelta(days=days)
        session.waive(name, reason="known", owner=ANA, approved_by=BO, expires=expires)
    session.save()
    later = Session(session.root, today=lambda: session.today() + timedelta(days=30))
    assert {one.control: one.counts for one in gather(later).risks} == {first: False, second: True}
    assert "no longer counts" in memo.to_memo(later)
    assert "does not count" in report_html.to_html(later)


def test_without_git_there_is_no_history_and_no_past(tmp_path):
    made = Session(tmp_path, People(ANA))
    made.start(["six-gates"])
    made.save()
    report = gather(made)
    assert (report.history, report.when.commit, report.dimensions) == ((), "", ())
    with pytest.raises(Refused):
        gather(made, "v1")
    assert "not among the chosen checklists" in memo.to_memo(made)


def test_a_checklist_whose_model_this_version_lacks_is_still_reported(session, monkeypatch):
    monkeypatch.setattr(outlook, "MODELS", {})
    for make in (report_html.to_html, report_markdown.to_markdown, memo.to_memo):
        assert "No verdict in this version" in make(session)
    assert badge_json.to_json(session)["color"] == badge_json.GRAY


def test_what_was_not_looked_at_is_said(session):
    assert "no probe has looked" in report_html.to_html(session)
    session.accept(ProbeReport(None, {}, (), Examined(7), complete=False))
    assert "The probes read 7 files" in report_html.to_html(session)
    assert "not every probe ran to its end" in report_html.to_html(session)
    assert to_json(session)["look"]["complete"] is False


def test_the_same_workbook_makes_the_same_bytes(session, git):
    commit(git, session)
    again = Session(session.root, People(BO))
    for make in (report_html.to_html, report_markdown.to_markdown, memo.to_memo, badge_svg.to_svg, to_json):
        assert make(session) == make(again)


def test_a_badge_is_green_for_the_best_verdict_alone(session, repository):
    assert badge_json.to_json(session)["color"] == badge_json.GRAY
    own = Session(repository, People(ANA))
    for item in own.catalogue.checklists["fifty-point"].scored:
        own.override(item.id, Status.READY, "all of it holds")
    assert badge_json.to_json(own) == {
        "schemaVersion": 1, "label": "readiness", "message": "ship, 50 of 50", "color": badge_json.GREEN,
    }  # fmt: skip
    own.override("fifty-point.1.1", Status.BLOCKER, "it does not")
    stopped = badge_json.to_json(own)
    assert stopped["color"] == badge_json.RED
    assert stopped["message"].endswith("1 stops launch")
    assert f'aria-label="readiness: {stopped["message"]}"' in badge_svg.to_svg(own)


@pytest.mark.parametrize("color", [badge_json.RED, badge_json.YELLOW, badge_json.GREEN, badge_json.GRAY])
def test_white_letters_are_read_on_every_badge(color):
    parts = [int(color[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    light = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    assert 1.05 / (0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] + 0.05) >= 4.5


def test_the_published_schema_holds_whatever_the_team(session, schema, hostile_team, payloads, tmp_path, monkeypatch):
    schema(to_json(session), "report-1.json")
    session.answer(session.checklist.scored[0].controls[0], Status.BLOCKER)
    session.accept(ProbeReport("x", {}, (), Examined(1)))
    schema(to_json(session), "report-1.json")
    corpus = payloads.corpus(300)
    hostile = hostile_team.Team(corpus, 5).session(tmp_path / "hostile", monkeypatch)
    schema(to_json(hostile), "report-1.json")


def test_the_schema_refuses_what_it_does_not_know(session, schema):
    data = json_of(gather(session))
    with pytest.raises(Exception, match="additional"):
        schema(data | {"surprise": 1}, "report-1.json")


def test_cut_texts_stay_within_their_letters():
    assert brief("short", 10) == "short"
    assert brief("one two three four", 12) == "one two…"
    assert len(brief("W" * 500, 40)) <= 40
    assert len(brief("\u202e" * 500, 40)) <= 40
    assert len(brief("漢" * 500, 40)) <= 21


def test_an_open_promise_is_told_by_its_control(session):
    name = session.checklist.scored[0].controls[0]
    from workbook.decisions import Condition, Decider, Outcome

    session.answer(name, Status.NEEDS_REVIEW)
    due = date(2999, 1, 1)
    session.decide(Outcome.CONDITIONAL, [Decider(ANA, "engineering")], [Condition(name, ANA, due, control=name)])
    (decided,) = gather(session).decisions
    assert decided.by == ((ANA, "engineering"),)
    assert [(one.text, one.state) for one in decided.conditions] == [(session.catalogue.controls[name].title, "open")]
    session.answer(name, Status.READY)
    assert gather(session).decisions[0].conditions[0].state == "met"
