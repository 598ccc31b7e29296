import tomllib
from datetime import date
from hashlib import sha256

import pytest

from checks.observation import Examined, Observation, Outcome, ProbeReport
from workbook.answers import Evidence, Gap, Status
from workbook.assess import Standing
from workbook.errors import Refused
from workbook.evidence import recognized
from workbook.session import Session
from workbook.store import Clashed, Saved

TODAY = date(2026, 11, 20)


@pytest.fixture
def opened(repository):
    session = Session(repository, today=lambda: TODAY)
    session.start(["fifty-point", "six-gates"], profiles=["pre-launch"], facts={"uploads": False})
    return session


@pytest.fixture
def saved(opened):
    assert isinstance(opened.save(), Saved)
    return opened


def again(session):
    return Session(session.root, today=lambda: TODAY)


def test_starting_writes_nothing_before_save(opened):
    assert opened.has_state
    assert opened.unsaved
    assert not opened.state_path.exists()


def test_a_new_workbook_has_a_table_for_every_control_in_catalogue_order(saved):
    tables = tomllib.loads(saved.state_path.read_text())
    wanted = saved.catalogue.controls_of(("fifty-point", "six-gates"))
    assert tuple(tables["controls"]) == wanted
    assert tables["workbook"]["decides"] == "fifty-point"
    assert tables["scope"] == {"by": "Ana Example <ana@example.com>", "at": TODAY, "uploads": False}
    assert again(saved).state.problems == ()


def test_an_answer_carries_who_when_what_was_seen_and_lapses_with_its_file(saved):
    saved.answer(
        "rate-limiting", Status.READY, note="Gateway limits", evidence=[Evidence("file", {"path": "infra.tf"})]
    )
    saved.save()
    table = tomllib.loads(saved.state_path.read_text())["controls"]["rate-limiting"]
    assert table["by"] == ["Ana Example <ana@example.com>"]
    assert table["at"] == TODAY
    assert table["watch"] == ["infra.tf"]
    assert len(table["evidence"][0]["sha256"]) == 64
    assert again(saved).assessment.standings["rate-limiting"].standing is Standing.CLAIMED
    (saved.root / "infra.tf").write_text("# another gateway\n")
    lapsed = again(saved).assessment.standings["rate-limiting"]
    assert lapsed.standing is Standing.LAPSED
    assert "infra.tf" in lapsed.why


def test_an_edit_changes_only_its_own_table(saved):
    before = saved.state_path.read_text()
    saved.answer("runbooks", Status.NEEDS_REVIEW, gap=Gap.ABSENT, note="none yet")
    saved.save()
    after = saved.state_path.read_text()
    start = before.index("# ", before.rindex("\n\n", 0, before.index("[controls.runbooks]")))
    end = before.index("\n\n", before.index("[controls.runbooks]"))
    assert after.startswith(before[:start])
    assert after.endswith(before[end:])


def test_undo_and_redo_work_across_a_save(saved):
    saved.answer("runbooks", Status.READY)
    saved.save()
    saved.undo()
    assert saved.state.answer("runbooks").status is Status.UNANSWERED
    assert saved.unsaved
    saved.redo()
    assert saved.state.answer("runbooks").status is Status.READY
    assert not saved.unsaved


def test_two_sessions_on_different_controls_both_survive(saved):
    other = again(saved)
    saved.answer("runbooks", Status.READY)
    other.answer("rate-limiting", Status.READY)
    assert isinstance(saved.save(), Saved)
    assert isinstance(other.save(), Saved)
    assert saved.refresh()
    state = saved.state
    assert state.answer("runbooks").status is state.answer("rate-limiting").status is Status.READY


@pytest.mark.parametrize("keep_mine", [True, False])
def test_a_clash_shows_both_sides_and_the_person_decides(saved, keep_mine):
    other = again(saved)
    saved.answer("runbooks", Status.READY, note="mine")
    other.answer("runbooks", Status.BLOCKER, note="theirs")
    other.save()
    result = saved.save()
    assert isinstance(result, Clashed)
    (clash,) = result.clashes
    assert clash.fields["status"][1:] == ("ready", "blocker")
    assert again(saved).state.answer("runbooks").note == "theirs"
    saved.settle(clash, keep_mine=keep_mine)
    assert isinstance(saved.save(), Saved)
    assert again(saved).state.answer("runbooks").note == ("mine" if keep_mine else "theirs")


def test_unsaved_edits_of_a_dead_session_come_back(saved, monkeypatch):
    saved.answer("runbooks", Status.READY, note="typed for an hour")
    same_process = again(saved)
    assert same_process.recover() == 0
    monkeypatch.setattr("workbook.ledger.owned_drafts._alive", lambda _: False)
    fresh = again(saved)
    assert fresh.recover() > 0
    assert fresh.state.answer("runbooks").note == "typed for an hour"
    fresh.save()
    assert again(saved).recover() == 0


def test_discarding_leaves_no_trace(opened):
    opened.discard()
    assert not opened.has_state
    assert not opened.state_path.exists()
    assert list(opened.place.private.glob("*.json")) == []


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("schema = 1\n<<<<<<< ours\na = 1\n=======\na = 2\n>>>>>>> theirs\n", ":2:"),
        ("schema = 99\n", "schema 99"),
        ("schema = 1\n[controls\n", ":2"),
    ],
)
def test_a_damaged_file_opens_read_only_and_stays_as_it_is(repository, broken, said):
    (repository / "readiness.toml").write_text(broken)
    session = Session(repository, today=lambda: TODAY)
    assert said in session.read_only
    with pytest.raises(Refused):
        session.answer("runbooks", Status.READY)
    assert (repository / "readiness.toml").read_text() == broken


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (lambda s: s.answer("runbook", Status.READY), "did you mean 'runbooks'"),
        (lambda s: s.answer("fifty-point.4.31", Status.READY), "secrets-manager, no-hardcoded-secrets"),
        (lambda s: s.answer("runbooks", Status.NOT_APPLICABLE), "reason"),
        (lambda s: s.attach("runbooks", Evidence("link", {"url": "http://example.com"})), "https"),
        (lambda s: s.attach("runbooks", Evidence("file", {"path": "../../etc/passwd"})), "outside"),
        (lambda s: s.attach("runbooks", Evidence("file", {"path": "missing.md"})), "missing.md"),
        (lambda s: s.confirm_scope({"upload": True}), "did you mean 'uploads'"),
        (lambda s: s.start(["fifty-point"]), "exists already"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(saved, operation, said):
    with pytest.raises(Refused, match=said) as error:
        operation(saved)
    assert "\n" not in str(error.value)
    assert not saved.unsaved


def test_an_unknown_checklist_names_the_nearest(repository):
    with pytest.raises(Refused, match="did you mean 'fifty-point'"):
        Session(repository).start(["fifty-points"])


def test_outside_git_and_before_the_first_commit_work_too(tmp_path, git):
    bare = tmp_path / "plain"
    bare.mkdir()
    session = Session(bare)
    assert session.place.trouble
    unborn = tmp_path / "unborn"
    unborn.mkdir()
    git(unborn, "init", "-q")
    assert Session(unborn).place.commit == ""


def test_proposals_never_pass(saved):
    saved.answer("runbooks", Status.READY, proposed_by="coding-agent")
    judged = saved.assessment.standings["runbooks"]
    assert judged.standing is Standing.NEEDS_REVIEW
    assert "coding-agent" in judged.why
    saved.answer("runbooks", Status.READY)
    with pytest.raises(Refused, match="never replaces"):
        saved.answer("runbooks", Status.BLOCKER, proposed_by="coding-agent")
    answer = saved.state.answer("runbooks")
    assert answer.proposed_by == "coding-agent"
    assert saved.assessment.standings["runbooks"].standing is Standing.CLAIMED


def test_a_file_named_again_takes_its_own_place_among_the_evidence(saved):
    for text in ("# one\n", "# two\n"):
        (saved.root / "infra.tf").write_text(text)
        pieces = [*saved.state.answer("runbooks").evidence, Evidence("file", {"path": "infra.tf"})]
        saved.answer("runbooks", Status.READY, evidence=[*pieces, Evidence("elsewhere", {"where": "the wiki"})])
    kinds = [piece.kind for piece in saved.state.answer("runbooks").evidence]
    assert kinds == ["elsewhere", "file", "elsewhere"]
    (file,) = [piece for piece in saved.state.answer("runbooks").evidence if piece.kind == "file"]
    assert file.values["sha256"] == sha256(b"# two\n").hexdigest()


def test_the_headline_says_which_stoppers_are_only_proposed(saved):
    saved.answer("no-hardcoded-secrets", Status.BLOCKER, proposed_by="coding-agent")
    assert "Of what stops launch, 1 is only proposed by a tool." in saved.headline
    saved.answer("no-hardcoded-secrets", Status.BLOCKER)
    assert "stops launch" in saved.headline
    assert "only proposed" not in saved.headline


def test_the_headline_says_what_is_certain_and_the_range(saved):
    saved.answer("pii-handling", Status.BLOCKER)
    assert "stops launch" in saved.headline
    assert "between" in saved.headline


def test_questions_put_launch_stoppers_first_and_leave_out_what_scope_settled(saved):
    asked = saved.questions()
    severities = [one.control.severity for one in asked]
    assert severities == sorted(severities, key=["blocker", "high", "medium", "low"].index)
    assert len({one.control.id for one in asked}) == len(asked)
    assert "upload-handling" not in {one.control.id for one in asked}


def report_of(*seen):
    return ProbeReport("", {one.signal: one for one in seen}, (), Examined())


def test_the_preview_of_a_yes_counts_the_probes_objection(saved):
    saved.accept(report_of(Observation("ops.runbooks", Outcome.UNMET, "none found")))
    imagined = saved.would_be("runbooks", Status.READY)
    saved.answer("runbooks", Status.READY)
    assert imagined is not None
    assert (imagined.lowest, imagined.highest) == (saved.verdict.lowest, saved.verdict.highest)


def test_probes_suggest_no_more_than_they_can_tell(saved):
    """A met signal proposes yes only where the control is automatable; a person's matter gets no proposal at all."""
    met = [Observation(signal.id, Outcome.MET, "seen") for signal in saved.catalogue.signals.values()]
    saved.accept(report_of(*met))
    asked = [saved.question(name) for name in saved.catalogue.controls]
    assert {one.control.automatable for one in asked if one.proposed} == {"auto"}
    unmet = [Observation(signal.id, Outcome.UNMET, "not seen") for signal in saved.catalogue.signals.values()]
    saved.accept(report_of(*unmet))
    asked = [saved.question(name) for name in saved.catalogue.controls]
    assert {one.control.automatable for one in asked if one.proposed} == {"auto", "assist"}


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("https://example.com/runbook", "link"),
        ("infra.tf", "file"),
        ("api/main.py", "file"),
        ("the gateway's console, team infra", "elsewhere"),
        ("Vault", "elsewhere"),
    ],
)
def test_evidence_shows_its_own_kind(repository, typed, kind):
    assert recognized(typed, repository).kind == kind


@pytest.mark.parametrize("typed", ["api/metrics.p", "runbook.md", "http://example.com", "ftp://example.com/a", " "])
def test_a_mistyped_path_or_link_never_becomes_evidence(repository, typed):
    with pytest.raises(Refused):
        recognized(typed, repository)
