"""Answers stop counting by themselves, say why and who did it, and are asked again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from checks.observation import Location, Outcome, Proposal
from workbook.answers import Evidence, Status
from workbook.assess import Standing
from workbook.errors import Refused
from workbook.lapse import Cause

READY, OPEN = Status.READY, Status.NEEDS_REVIEW


def standing(session, control):
    return session.assessment.standings[control]


def said(bench, control, **more):
    """A workbook in which Ana answered a control as ready, committed."""
    session = bench.open()
    session.answer(control, READY, **more)
    session.save()
    bench.commit("readiness.toml", session.state_path.read_text())
    return bench


def test_a_watched_file_that_changed_names_the_commit_and_its_author(bench):
    made = said(bench(), "runbooks", watch=["api/**"])
    assert standing(made.open(), "runbooks").standing is Standing.CLAIMED
    made.commit("infra.tf", "# elsewhere\n")
    assert standing(made.open(), "runbooks").standing is Standing.CLAIMED
    (made.root / "api" / "auth.py").write_text("users = {}\n")
    told = standing(made.open(), "runbooks")
    assert (told.standing, told.cause) == (Standing.LAPSED, Cause.CONTENT)
    assert told.why == "api/auth.py changed, not committed yet"
    commit = made.commit("api/auth.py", "users = []\n", at=TODAY_PLUS(1))
    assert standing(made.open(days=1), "runbooks").why == (
        f"api/auth.py changed in {commit[:7]} (Bo Sample, {TODAY_PLUS(1)})"
    )


def TODAY_PLUS(days):  # noqa: N802  reads as a date where it is used
    return date(2026, 11, 20) + timedelta(days=days)


def test_a_squash_merge_and_a_shallow_clone_keep_an_answer_whose_content_is_the_same(bench, tmp_path):
    made = said(bench(), "runbooks", watch=["api/**"])
    made.git("checkout", "-q", "--orphan", "squashed")
    made.git("commit", "-qm", "Everything in one commit")
    made.git("branch", "-D", "main")
    assert standing(made.open(), "runbooks").standing is Standing.CLAIMED
    made.git("clone", "-q", "--depth", "1", f"file://{made.root}", str(tmp_path / "shallow"))
    made.root = tmp_path / "shallow"
    assert standing(made.open(), "runbooks").standing is Standing.CLAIMED
    made.commit("api/main.py", "print('hi')\n")
    assert standing(made.open(), "runbooks").standing is Standing.LAPSED


def test_a_check_asked_for_at_every_push_lapses_with_any_change_but_our_own_files(bench):
    made = said(bench(), "lint-and-type-checks")
    session = made.open()
    session.answer("runbooks", READY)
    session.save()
    made.commit("readiness.toml", session.state_path.read_text())
    assert standing(made.open(), "lint-and-type-checks").standing is Standing.CLAIMED
    commit = made.commit("web/app.ts", "export {}\n", at=TODAY_PLUS(2))
    told = standing(made.open(days=2), "lint-and-type-checks")
    assert (told.standing, told.cause) == (Standing.LAPSED, Cause.CONTENT)
    assert commit[:7] in told.why
    assert "every push" in told.why


def test_a_fresh_probe_renews_what_only_the_event_made_lapse(bench):
    made = said(bench(), "lint-and-type-checks")
    made.commit("web/app.ts", "export {}\n")
    made.sees("ci.lint-and-types", Outcome.MET)
    assert standing(made.open(), "lint-and-type-checks").standing is Standing.CLAIMED
    made.sees("ci.lint-and-types", Outcome.UNKNOWN)
    assert standing(made.open(), "lint-and-type-checks").standing is Standing.LAPSED


def test_a_fresh_probe_never_renews_what_a_person_said_of_files_they_named(bench):
    made = said(bench(), "lint-and-type-checks", watch=["web/**"])
    made.sees("ci.lint-and-types", Outcome.MET)
    made.commit("web/app.ts", "export {}\n")
    assert standing(made.open(), "lint-and-type-checks").standing is Standing.LAPSED


@pytest.mark.parametrize(("days", "expected"), [(7, Standing.CLAIMED), (8, Standing.LAPSED)])
def test_a_period_an_article_states_ends_on_its_last_utc_day(bench, days, expected):
    made = said(bench("six-gates"), "dast-scanning")
    assert standing(made.open(days=days), "dast-scanning").standing is expected


def test_a_period_we_propose_only_warns_until_the_team_adopts_it(bench):
    made = said(bench(), "runbooks")
    late = made.open(days=100)
    assert standing(late, "runbooks").standing is Standing.CLAIMED
    assert [(entry.day, entry.binds) for entry in late.dates if entry.about == "runbooks"] == [(TODAY_PLUS(90), False)]
    text = late.state_path.read_text().replace("[workbook]\n", '[workbook]\nadopted = ["runbooks"]\n')
    late.state_path.write_text(text)
    lapsed = standing(made.open(days=100), "runbooks")
    assert (lapsed.standing, lapsed.cause) == (Standing.LAPSED, Cause.AGE)


def test_a_release_asks_again_for_what_the_article_wants_at_every_release(bench):
    made = said(bench("six-gates"), "e2e-critical-flows", watch=["api/**"])
    made.git("tag", "v1.0", at=TODAY_PLUS(0))
    assert standing(made.open(), "e2e-critical-flows").standing is Standing.CLAIMED
    made.git("tag", "nightly", at=TODAY_PLUS(3))
    assert standing(made.open(days=3), "e2e-critical-flows").standing is Standing.CLAIMED
    made.git("-c", "user.name=B", "-c", "user.email=b@example.com", "tag", "-am", "two", "v2.0", at=TODAY_PLUS(3))
    told = standing(made.open(days=3), "e2e-critical-flows")
    assert (told.standing, told.cause) == (Standing.LAPSED, Cause.RELEASE)
    assert "v2.0 was released on 2026-11-23" in told.why


def test_a_team_that_releases_without_tags_counts_days(bench):
    made = said(bench("six-gates", extra="release = { days = 30 }"), "e2e-critical-flows", watch=["api/**"])
    assert standing(made.open(days=30), "e2e-critical-flows").standing is Standing.CLAIMED
    assert standing(made.open(days=31), "e2e-critical-flows").cause is Cause.AGE


def test_a_report_that_was_old_when_it_was_attached_stays_old(bench):
    old = Evidence("report", {"tool": "a scanner", "at": TODAY_PLUS(-5)})
    made = said(bench("six-gates"), "dast-scanning", evidence=[old])
    assert standing(made.open(days=2), "dast-scanning").standing is Standing.CLAIMED
    assert standing(made.open(days=3), "dast-scanning").cause is Cause.AGE


def test_a_drill_ends_when_it_was_made_to_end(bench):
    drill = Evidence("drill", {"what": "restore a backup", "at": TODAY_PLUS(0), "expires": TODAY_PLUS(60)})
    made = said(bench(), "runbooks", evidence=[drill])
    assert standing(made.open(days=60), "runbooks").standing is Standing.CLAIMED
    told = standing(made.open(days=61), "runbooks")
    assert told.cause is Cause.AGE
    assert "2027-01-19" in told.why


def test_an_evidence_file_is_watched_beside_what_was_named(bench):
    made = said(bench(), "runbooks", watch=["api/**"], evidence=[Evidence("file", {"path": "infra.tf"})])
    made.commit("infra.tf", "# moved\n")
    assert "infra.tf changed in" in standing(made.open(), "runbooks").why


def test_attaching_evidence_is_no_fresh_look(bench):
    made = said(bench(), "runbooks", watch=["api/**"])
    made.commit("api/main.py", "changed = True\n")
    session = made.open()
    session.attach("runbooks", Evidence("link", {"url": "https://example.com/runbook"}))
    assert standing(session, "runbooks").standing is Standing.LAPSED


def test_dates_warn_ahead_and_name_who_answered(bench):
    made = said(bench("six-gates"), "dast-scanning")
    session = made.open()
    entry = next(entry for entry in session.dates if entry.about == "dast-scanning")
    assert (entry.day, entry.binds, entry.who) == (TODAY_PLUS(7), True, made.ANA)


def test_a_scope_fact_that_a_probe_finds_later_reopens_what_it_settled(bench):
    made = bench()
    session = made.open()
    session.confirm_scope({"server": False})
    session.save()
    assert standing(session, "rate-limiting").standing is Standing.NOT_APPLICABLE
    made.facts = (Proposal("server", True, "routes are served", (Location("api/main.py", 3),)),)
    told = standing(made.open(), "rate-limiting")
    assert told.standing is Standing.UNANSWERED
    assert "api/main.py:3" in told.why


def test_a_fact_denied_with_the_probes_sight_in_view_stays_denied(bench):
    made = bench()
    made.facts = (Proposal("server", True, "routes are served", (Location("api/main.py", 3),)),)
    session = made.open()
    session.confirm_scope({"server": False})
    session.save()
    assert standing(made.open(), "rate-limiting").standing is Standing.NOT_APPLICABLE
    session.confirm_scope({"server": True})
    session.confirm_scope({"server": False, "uploads": False})
    assert standing(session, "rate-limiting").standing is Standing.NOT_APPLICABLE


def test_standing_by_an_answer_needs_a_look_or_a_note(bench):
    made = said(bench(), "runbooks", watch=["api/**"])
    made.commit("api/main.py", "changed = True\n")
    session = made.open(made.BO, days=1)
    with pytest.raises(Refused, match="no probe speaks"):
        session.reaffirm(["runbooks"])
    session.reaffirm(["runbooks"], "read it again, still right")
    assert standing(session, "runbooks").why == f"stated by {made.BO}"
    made.commit("api/main.py", "changed = again\n")
    made.sees("ops.runbooks", Outcome.PARTIAL)
    seen = made.open(days=1)
    seen.reaffirm(["runbooks"])
    assert standing(seen, "runbooks").standing is Standing.CLAIMED


def test_a_reviewed_set_is_said_afresh_as_a_whole_and_taken_back_in_one_step(bench):
    made = said(said(bench(), "runbooks", watch=["api/**"]), "production-requirements", watch=["api/**"])
    made.commit("api/main.py", "changed = True\n")
    session = made.open()
    with pytest.raises(Refused, match="rate-limiting has no answer"):
        session.reaffirm(["runbooks", "rate-limiting"], "looked")
    assert not session.pending
    session.reaffirm(["runbooks", "production-requirements"], "looked at both")
    assert standing(session, "runbooks").standing is Standing.CLAIMED
    assert standing(session, "production-requirements").standing is Standing.CLAIMED
    session.undo()
    assert not session.pending


def test_standing_by_an_answer_a_probe_contradicts_is_refused(bench):
    made = said(bench(), "runbooks")
    made.sees("ops.runbooks", Outcome.UNMET)
    with pytest.raises(Refused, match="the probe disagrees"):
        made.open().reaffirm(["runbooks"], "looked")


def test_an_evidence_file_is_read_again_when_an_answer_is_said_afresh(bench):
    made = said(bench(), "runbooks", evidence=[Evidence("file", {"path": "infra.tf"})])
    before = made.open().state.answer("runbooks").evidence[0].values["sha256"]
    made.commit("infra.tf", "# moved\n")
    session = made.open()
    session.reaffirm(["runbooks"], "read the new one")
    assert session.state.answer("runbooks").evidence[0].values["sha256"] != before


def test_a_dispute_note_counts_as_long_as_the_probe_shows_the_same(bench):
    made = said(bench(), "runbooks")
    made.sees("ops.runbooks", Outcome.UNMET, "docs/ops.md", 3)
    session = made.open()
    assert standing(session, "runbooks").standing is Standing.DISPUTED
    session.dispute("runbooks", "they live in the wiki")
    session.save()
    assert standing(session, "runbooks").standing is Standing.CLAIMED
    made.sees("ops.runbooks", Outcome.UNMET, "docs/ops.md", 30)  # edited above: the same place
    assert standing(made.open(), "runbooks").standing is Standing.CLAIMED
    made.sees("ops.runbooks", Outcome.UNMET, "docs/other.md", 3)
    assert standing(made.open(), "runbooks").standing is Standing.DISPUTED


def test_what_a_probe_showed_when_it_was_answered_counts_until_somebody_looks_again(bench):
    made = bench()
    made.sees("ops.runbooks", Outcome.UNMET, "docs/ops.md", 3)
    session = made.open()
    session.answer("runbooks", READY)
    session.save()
    made.seen.clear()
    told = standing(made.open(), "runbooks")
    assert (told.standing, told.cause) == (Standing.DISPUTED, Cause.PROBE)
    assert "ops.runbooks: it was not met when this was answered" in told.why
    made.sees("ops.runbooks", Outcome.UNKNOWN)
    assert standing(made.open(), "runbooks").standing is Standing.DISPUTED
    made.sees("ops.runbooks", Outcome.MET)
    assert standing(made.open(), "runbooks").standing is Standing.CLAIMED
    made.sees("ops.runbooks", Outcome.UNMET, "docs/ops.md", 3)
    again = made.open()
    again.dispute("runbooks", "they live in the wiki")
    again.save()
    made.seen.clear()
    assert standing(made.open(), "runbooks").standing is Standing.CLAIMED


def test_only_what_is_disputed_takes_a_dispute_note(bench):
    with pytest.raises(Refused, match="no probe disagrees"):
        said(bench(), "runbooks").open().dispute("runbooks", "why not")


def test_a_watch_that_changes_all_the_time_is_called_out_before_it_freezes_a_team(bench):
    made = bench()
    for number in range(40):
        made.commit("api/main.py" if number % 2 else "docs/notes.md", f"{number}\n", at=TODAY_PLUS(number - 40))
    place = made.open().place
    assert place.broad(["infra.tf"]) == ""
    assert place.broad(["api/**"]) == ""  # on 20 of the last 90 days: about once in five days is bearable
    assert "changed on 40 of the last 90 days" in place.broad(["api/**", "docs/**"])
    assert "about every 2 days; watch fewer files" in place.broad(["api/**", "docs/**"])


def test_evidence_does_not_narrow_what_a_check_of_every_push_watches(bench):
    made = said(bench(), "lint-and-type-checks", evidence=[Evidence("file", {"path": "infra.tf"})])
    made.commit("web/app.ts", "export {}\n")
    assert standing(made.open(), "lint-and-type-checks").cause is Cause.CONTENT


def test_standing_by_an_answer_keeps_what_was_said_against_a_probe(bench):
    made = said(bench(), "runbooks")
    made.sees("ops.runbooks", Outcome.UNMET, "docs/ops.md", 3)
    session = made.open()
    session.dispute("runbooks", "they live in the wiki")
    session.save()
    again = made.open(days=1)
    again.reaffirm(["runbooks"], "looked again")
    again.save()
    assert again.state.answer("runbooks").dispute_note == "they live in the wiki"
    assert standing(again, "runbooks").standing is Standing.CLAIMED
    made.seen.clear()
    unseen = made.open(days=2)
    unseen.reaffirm(["runbooks"], "and again, without a probe")
    assert unseen.state.answer("runbooks").saw == again.state.answer("runbooks").saw
    made.sees("ops.runbooks", Outcome.UNMET, "docs/other.md", 1)
    with pytest.raises(Refused, match="the probe disagrees"):
        made.open(days=3).reaffirm(["runbooks"], "but this is new")
