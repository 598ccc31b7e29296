"""What the commands do to the workbook, and what they print."""

import io
import json
import sys
import tomllib

import pytest

from checks.observation import Examined, Finding, Location, Observation, Outcome, ProbeReport, Proposal, Severity
from workbook.answers import Status
from workbook.cli.context import Faces
from workbook.cli.looking import Looked
from workbook.cli.main import main
from workbook.first_look import first_look
from workbook.launch import main as launched
from workbook.session import Session

ANA = "Ana Example <ana@example.com>"
ESC = "\x1b[2J\u202e"


@pytest.fixture
def call(repository, capsys):
    def run(*arguments, root=repository):
        code = main(["-C", str(root), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def started(repository):
    session = Session(repository)
    session.start(["fifty-point", "six-gates"])
    session.save()
    return repository


@pytest.fixture
def typed(monkeypatch):
    """What a person types, line by line, at a terminal."""

    def lines(*texts, terminal=True):
        source = io.StringIO("".join(f"{text}\n" for text in texts))
        source.isatty = lambda: terminal
        monkeypatch.setattr(sys, "stdin", source)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)

    return lines


@pytest.fixture
def seen(monkeypatch):
    """Replaces the probe run by a report, so that what is printed can be compared."""

    def report(observations=(), findings=(), proposals=()):
        made = ProbeReport(
            None, {one.signal: one for one in observations}, tuple(findings), Examined(1), tuple(proposals)
        )
        monkeypatch.setattr(Session, "probe", lambda self, **_: self.accept(made) or made)
        monkeypatch.setattr("workbook.cli.probe.look_at", lambda *_: Looked(made, lasting=True, after=""))
        return made

    return report


def stored(root):
    return tomllib.loads((root / "readiness.toml").read_text())


def test_init_without_a_terminal_leaves_the_scope_unconfirmed(call, repository, seen, typed):
    typed(terminal=False)
    seen(proposals=[Proposal("database", True, "a driver is imported")])
    code, out, _ = call("init", "--checklist", "six-gates", "--checklist", "fifty-point")
    assert code == 0
    assert stored(repository)["workbook"]["decides"] == "six-gates"
    assert stored(repository)["workbook"]["also"] == ["fifty-point"]
    assert stored(repository)["scope"] == {}
    assert "not confirmed" in out


def test_init_with_yes_confirms_what_the_tree_could_tell(call, repository, seen):
    seen(proposals=[Proposal("database", False, ESC), Proposal("public", None, "only people know")])
    code, out, error = call("init", "--yes")
    assert code == 0
    assert stored(repository)["scope"]["database"] is False
    assert stored(repository)["scope"]["by"] == ANA
    assert "public" not in stored(repository)["scope"]
    assert "\x1b" not in out + error
    assert "\u202e" not in out + error


@pytest.mark.parametrize(
    ("answers", "facts"),
    [
        ([""], {"database": True}),
        (["n"], {}),
        (["uploads=no database=no"], {"database": False, "uploads": False}),
        (["uploads", "uploads=yes"], {"database": True, "uploads": True}),
        ([], {}),
    ],
)
def test_init_asks_once_on_a_terminal(call, repository, seen, typed, answers, facts):
    typed(*answers)
    seen(proposals=[Proposal("database", True, "a driver is imported")])
    assert call("init")[0] == 0
    scope = stored(repository)["scope"]
    assert {name: holds for name, holds in scope.items() if name not in ("by", "at", "despite")} == facts


def test_init_asks_again_for_a_fact_it_does_not_know(call, repository, seen, typed):
    typed("uplods=no", "uploads=maybe", "uploads=no")
    seen()
    code, _, error = call("init")
    assert code == 0
    assert "did you mean 'uploads'?" in error
    assert "write it as uploads=yes or uploads=no" in error
    assert stored(repository)["scope"]["uploads"] is False


def test_init_twice_is_refused(call, started):
    before = (started / "readiness.toml").read_bytes()
    code, _, error = call("init")
    assert code == 2
    assert "exists already" in error
    assert (started / "readiness.toml").read_bytes() == before


def test_scope_says_what_no_longer_applies(call, started):
    code, out, _ = call("scope", "uploads", "no")
    assert code == 0
    assert out.startswith("uploads: no. ")
    assert stored(started)["scope"]["uploads"] is False
    assert call("scope", "uplods", "no")[0] == 2


def test_answer_saves_everything_it_is_given(call, started):
    code, out, _ = call(
        *("answer", "rate-limiting", "ready", "--note", "Gateway limits"),
        *("--evidence", "infra.tf", "--evidence", "https://example.com/limits", "--watch", "api/**"),
    )
    assert code == 0
    assert "rate-limiting: stated" in out
    table = stored(started)["controls"]["rate-limiting"]
    assert table["status"] == "ready"
    assert table["by"] == [ANA]
    assert table["note"] == "Gateway limits"
    assert [piece["kind"] for piece in table["evidence"]] == ["file", "link"]
    assert table["watch"] == ["api/**", "infra.tf"]
    assert len(table["pins"]) > 0


def test_further_evidence_is_added_to_what_is_there(call, started):
    call("answer", "rate-limiting", "ready", "--evidence", "infra.tf")
    call("answer", "rate-limiting", "ready", "--evidence", "https://example.com/limits")
    assert [piece["kind"] for piece in stored(started)["controls"]["rate-limiting"]["evidence"]] == ["file", "link"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["rate-limitin", "ready"], "did you mean 'rate-limiting'?"),
        (["rate-limiting", "redy"], "did you mean 'ready'?"),
        (["rate-limiting", "not-applicable"], "needs a reason"),
        (["rate-limiting", "ready", "--evidence", "http://example.com"], "is not an https link"),
        (["rate-limiting", "ready", "--evidence", "../outside"], "outside"),
        (["rate-limiting", "needs-review", "--facet", "moon"], "has no facet 'moon'"),
        (["rate-limiting", "needs-review", "--gap", "moon"], "--gap"),
    ],
)
def test_an_answer_that_cannot_be_kept_changes_nothing(call, started, arguments, says):
    (started.parent / "outside").write_text("secret")
    before = (started / "readiness.toml").read_bytes()
    code, out, error = call("answer", *arguments)
    assert (code, out) == (2, "")
    assert says in error
    assert error.count("\n") == 1
    assert (started / "readiness.toml").read_bytes() == before


def test_a_proposal_never_counts_and_never_replaces_a_person(call, started):
    code, out, _ = call("answer", "rate-limiting", "ready", "--propose", "an agent")
    assert code == 0
    assert "proposed by an agent" in out
    assert stored(started)["controls"]["rate-limiting"]["rung"] == "proposed"
    assert call("answer", "rate-limiting", "blocker")[0] == 0
    code, _, error = call("answer", "rate-limiting", "ready", "--propose", "an agent")
    assert code == 1
    assert "answered by a person" in error
    assert stored(started)["controls"]["rate-limiting"]["status"] == "blocker"


def test_a_clash_shows_both_sides_and_writes_nothing(call, started, monkeypatch):
    saving = Session.save

    def after_somebody_else(self):
        monkeypatch.setattr(Session, "save", saving)
        other = Session(started)
        other.answer("rate-limiting", Status.BLOCKER)
        other.save()
        return saving(self)

    monkeypatch.setattr(Session, "save", after_somebody_else)
    code, _, error = call("answer", "rate-limiting", "ready")
    assert code == 1
    assert "Clash, Rate limits" in error
    assert "status: was unanswered, yours ready, theirs blocker" in error
    assert "run the same command again" in error
    assert stored(started)["controls"]["rate-limiting"]["status"] == "blocker"


@pytest.mark.usefixtures("started")
def test_status_as_json_has_the_published_shape(call):
    call("answer", "rate-limiting", "blocker")
    code, out, _ = call("status", "--format", "json")
    status = json.loads(out)
    assert code == 0
    assert list(status) == ["version", "decides", "verdicts", "standings", "totals", "disagreements", "next_lapse"]
    assert status["version"] == 1
    assert list(status["verdicts"]) == ["fifty-point", "six-gates"]
    assert {"score", "band", "verdict", "path", "critical", "hold", "weighted_pct", "pillars_with_gaps"} <= set(
        status["verdicts"]["fifty-point"]
    )
    assert status["standings"]["rate-limiting"] == {"standing": "blocker", "why": "answered as stopping the launch"}
    totals = status["totals"]
    assert totals["blocker"] == 1
    assert totals["controls"] == len(status["standings"]) == sum(totals.values()) - totals["controls"]


def test_status_lists_the_controls_of_every_checklist(call, started):
    out = call("status")[1]
    listed = {line.split()[0] for line in out.splitlines() if line.startswith("  ")}
    assert listed & set(Session(started).catalogue.controls) == set(stored(started)["controls"])


def test_status_tells_what_it_could_not_use(call, started):
    path = started / "readiness.toml"
    path.write_text(path.read_text().replace('status = "unanswered"', 'status = "redy"', 1))
    code, out, error = call("status")
    assert code == 0
    assert "did you mean 'ready'?" in error
    assert out.startswith("No decision yet")


def test_probe_prints_untrusted_text_as_text(call, seen):
    place = Location(f"api/{ESC}.py", 3)
    seen(
        [Observation("secrets.none-in-code", Outcome.UNMET, ESC, (), (place,))],
        [Finding("key", "secrets.none-in-code", place, Severity.BLOCKER, ESC, ESC)],
    )
    for arguments in (["probe"], ["probe", "--format", "json"], []):
        code, out, _ = call(*arguments)
        assert code == 0
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "x1b" in out or "u001b" in out


def test_probe_json_is_the_published_shape(call):
    code, out, _ = call("probe", "--area", "governance", "--format", "json")
    report = json.loads(out)
    assert code == 0
    assert list(report) == ["version", "commit", "signals", "findings", "files", "plugins"]
    assert report["signals"]
    assert set(report["signals"][0]) == {
        *("signal", "outcome", "summary", "searched", "locations", "confidence", "tool", "fix"),
    }


def test_a_missing_semgrep_makes_code_signals_unknown_with_the_reason(call, monkeypatch, python_with):
    monkeypatch.setattr(sys, "executable", str(python_with(semgrep=None)))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    code, out, _ = call("probe", "--format", "json")
    assert code == 0
    reasons = [one["summary"] for one in json.loads(out)["signals"] if one["outcome"] == "unknown"]
    assert any("semgrep is not installed" in reason for reason in reasons)
    code, out, _ = call("doctor")
    assert code == 2
    assert "to do  semgrep" in out


def test_the_first_look_puts_the_worst_first_and_counts_the_rest(repository):
    place = Location("api/main.py", 1)
    signals = list(Session(repository).catalogue.signals)
    session = Session(repository)
    session.accept(
        ProbeReport(
            None,
            {
                signals[0]: Observation(signals[0], Outcome.MET, "fine"),
                signals[1]: Observation(signals[1], Outcome.UNMET, "not found"),
                signals[2]: Observation(signals[2], Outcome.UNMET, "seen", (), (place,)),
                signals[3]: Observation(signals[3], Outcome.UNKNOWN, "did not look"),
            },
            (
                Finding("same", signals[2], place, Severity.LOW, "the same place in other words"),
                Finding("low", signals[3], place, Severity.LOW, "small"),
                Finding("key", signals[2], place, Severity.BLOCKER, "grave"),
                Finding("key", signals[2], Location("api/main.py", 9), Severity.BLOCKER, "grave"),
            ),
            Examined(1),
        )
    )
    found = first_look(session, shown=2)
    assert (found.lines[0].what, found.lines[0].level, found.lines[0].times) == ("grave", Severity.BLOCKER, 2)
    assert found.lines[0].place == place
    assert found.more == 1
    assert found.look_right == 1
    absent = next(line for line in first_look(session).lines if line.what == "not found")
    assert absent.level is not Severity.BLOCKER
    assert all(line.what != "did not look" for line in first_look(session).lines)


def test_the_guide_saves_every_answer_and_takes_one_back(call, started, typed):
    typed("what", "y", "", "a note", "x", "", "x", "no users yet", "", "u", "q")
    code, out, error = call("guide", "--plain", "--no-probe")
    assert code == 0
    answered = [(name, table) for name, table in stored(started)["controls"].items() if table["status"] != "unanswered"]
    assert len(answered) == 1
    assert answered[0][1]["note"] == "a note"
    assert "Taken back." in out
    assert "Type one of" in error
    assert "needs a reason" in error


def test_the_guide_proposes_from_the_probes_and_offers_their_files_as_evidence(call, started, typed, seen):
    session = Session(started)
    asked = [one.control for one in session.questions() if session.catalogue.feeding[one.control.id]]
    fed = next(control.id for control in asked if control.automatable == "auto")
    signal = session.catalogue.feeding[fed][0].id
    session.accept(seen([Observation(signal, Outcome.MET, "it is there", (), (Location("infra.tf", 1),))]))
    before = [one.control.id for one in session.questions()].index(fed)
    typed(*["s"] * before, "y", "", "", "q")
    code, out, _ = call("guide", "--plain")
    assert code == 0
    assert f"Probe: yes {signal} it is there infra.tf:1" in out
    assert "Proposed: y yes" in out
    (piece,) = stored(started)["controls"][fed]["evidence"]
    assert piece["path"] == "infra.tf"


def test_the_guide_lets_a_person_decide_what_stops_the_launch(call, started, typed):
    first, second = [one.control.id for one in Session(started).questions() if one.stops_launch][:2]
    typed("n", "g", "", "n", "", "", "q")
    assert call("guide", "--plain", "--no-probe")[0] == 0
    controls = stored(started)["controls"]
    assert (controls[first]["status"], controls[first]["gap"]) == ("needs-review", "absent")
    assert controls[second]["status"] == "blocker"


def test_the_guide_says_more_when_asked_and_takes_a_number(call, started, typed):
    asked = Session(started).questions()
    at = next(index for index, one in enumerate(asked) if len(one.numbers) == 1 and "." not in one.numbers[0])
    name = asked[at].numbers[0]
    typed(*["s"] * at, "w", "y", "0.5", "", "q")
    code, out, _ = call("guide", "--plain", "--no-probe")
    assert code == 0
    assert f"Ready when: {asked[at].control.ready_when}" in out
    assert "If yes: " in out
    assert stored(started)["measurements"][name]["value"] == 0.5


@pytest.mark.usefixtures("started")
def test_the_guide_ends_with_its_input(call, typed):
    typed(terminal=False)
    assert call("guide", "--plain", "--no-probe")[0] == 0
    assert call("guide")[0] == 2
    assert call("guide", "--plain", "--no-probe", "--pillar", "9")[0] == 2


@pytest.mark.usefixtures("started")
def test_pr_write_then_check_and_a_stale_block_fails_the_check(call):
    assert call("pr", "check")[0] == 1
    assert call("pr", "write")[1] == "Wrote .github/pull_request_template.md.\n"
    assert call("pr", "check")[0] == 0
    assert call("pr", "write")[1].startswith("Nothing to change")
    call("answer", "containerised-services", "blocker")
    code, _, error = call("pr", "check")
    assert code == 1
    assert "readiness pr write" in error


def test_commit_asks_or_needs_yes(call, started, typed, git):
    typed(terminal=False)
    code, _, error = call("commit")
    assert code == 2
    assert "--yes" in error
    typed("n")
    assert call("commit")[0] == 0
    assert git(started, "log", "--format=%s") == "Start"
    typed("y")
    code, out, error = call("commit", "--with", "Bo Sample <bo@example.com>")
    assert code == 0
    assert "Start the readiness workbook with Fifty points" in error
    assert "readiness.toml" in out
    assert "Co-authored-by: Bo Sample <bo@example.com>" in git(started, "log", "-1", "--format=%B")
    assert call("commit", "--yes")[0] == 1


def test_commit_dry_run_shows_and_commits_nothing(call, started, git):
    code, out, _ = call("commit", "--dry-run")
    assert code == 0
    assert "Start the readiness workbook" in out
    assert '+decides = "fifty-point"' in out
    assert git(started, "log", "--format=%s") == "Start"


def test_a_failing_hook_is_shown_and_one_line_says_what_to_do(call, started):
    hook = started / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'tests are red' >&2\nexit 1\n")
    hook.chmod(0o755)
    code, _, error = call("commit", "--yes")
    assert code == 1
    assert "tests are red" in error
    assert error.splitlines()[-1].startswith("readiness: git did not commit")


@pytest.mark.parametrize("name", ["rate-limiting", "fifty-point.4.31", "api.rate-limiting", "uploads", "six-gates"])
def test_explain_knows_every_kind_of_id(call, name):
    code, out, _ = call("explain", name)
    assert code == 0
    assert out.startswith(f"{name}: ")


def test_the_sample_shows_its_planted_gaps_and_how_to_go_on(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert main(["sample"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("First look: ")
    assert "STOPS LAUNCH" in said.out
    assert f"Next: readiness -C {tmp_path}" in said.out
    assert str(tmp_path) in said.err
    assert not list(tmp_path.rglob("readiness.toml"))


def test_notebooks_are_executed_only_after_a_yes_and_failures_are_told(started, capsys, typed):
    ran = []
    faces = Faces(
        None, None, None, lambda root, pillar: ran.append((root, pillar)) or [(root / "a.ipynb", ESC)], None, None
    )
    arguments = ["-C", str(started), "notebook", "run", "--pillar", "4"]
    typed(terminal=False)
    assert main(arguments, faces) == 2
    typed("n")
    assert main(arguments, faces) == 0
    assert not ran
    capsys.readouterr()
    assert main([*arguments, "--yes"], faces) == 1
    assert ran == [(started, "4")]
    out = capsys.readouterr().out
    assert out.startswith("failed ")
    assert "\x1b" not in out


def test_notebooks_are_written_by_the_notebook_face(started, capsys):
    assert launched(["-C", str(started), "notebook", "sync", "--pillar", "4"]) == 0
    assert capsys.readouterr().out.count("Wrote ") == 1
    assert len(list((started / ".readiness" / "notebooks").glob("*.ipynb"))) == 1


def test_a_finding_weighs_at_least_what_its_signal_weighs(repository):
    session = Session(repository)
    place = Location("api/users.py", 8)
    sql, pinned = "db.no-string-sql", "ci.actions-pinned"
    seen = {name: Observation(name, Outcome.UNMET, "seen", (), (place,)) for name in (sql, pinned)}
    found = tuple(Finding("rule", name, place, Severity.MEDIUM, "said by the rule") for name in seen)
    session.accept(ProbeReport(None, seen, found, Examined(1)))
    levels = {line.signal: line.level for line in first_look(session).lines}
    assert levels == {sql: Severity.BLOCKER, pinned: Severity.MEDIUM}
