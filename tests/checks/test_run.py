"""A whole run: order, partial results, failures that stay small, cancel, and the published JSON."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checks import probe as registry
from checks.look import Look
from checks.observation import Finding, Location, Observation, Outcome, ProbeReport, Severity
from checks.once import once
from checks.probe import Stage, probe
from checks.report_json import to_json
from checks.run import STOPPED, TOO_SLOW, Progress, look_over

GAP = "import requests\n\n\ndef go(url):\n    return requests.get(url)\n"
LOGIN = "def login(password):\n    return password == 'hunter2-not-real'\n"


def met(signal: str) -> Callable[[Look], Observation]:
    return lambda look: Observation(signal, Outcome.MET, "it is so", searched=tuple(look.tree.paths))


@pytest.fixture
def only() -> Iterator[None]:
    """A registry that holds just the probes a test registers."""
    registry.probes()
    everything = dict(registry._registry)
    registry._registry.clear()
    yield
    registry._registry.clear()
    registry._registry.update(everything)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(GAP)
    return tmp_path


@pytest.mark.usefixtures("only")
def test_files_come_first_and_code_probes_see_the_rules(project: Path) -> None:
    order: list[str] = []

    @probe("x.code", stage=Stage.CODE)
    def code(look: Look) -> Observation:
        order.append("code")
        places = tuple(Location(one.path, one.line) for one in look.code.of("http.no-timeout"))
        return Observation("x.code", Outcome.UNMET, "found", locations=places)

    @probe("x.files")
    def files(look: Look) -> Observation:
        order.append("files")
        return met("x.files")(look)

    partial: list[ProbeReport] = []
    steps: list[Progress] = []
    report = look_over(project, on_partial=partial.append, on_progress=steps.append)
    assert order == ["files", "code"]
    assert [(set(one.observations), one.complete) for one in partial] == [({"x.files"}, False)]
    assert report.complete
    assert report.observations["x.code"].locations == (Location("app.py", 5),)
    assert report.observations["x.code"].tool.startswith("semgrep 1.")
    assert report.observations["x.files"].tool == "probes 1"
    assert [(one.rule, one.location.line, one.snippet) for one in report.findings] == [
        ("http.no-timeout.py", 5, "    return requests.get(url)")
    ]
    assert list(dict.fromkeys(one.stage for one in steps)) == ["files", "code rules", "code"]
    assert all(0 <= one.done <= one.total for one in steps)


@pytest.mark.usefixtures("only")
def test_no_code_rules_without_a_probe_that_waits_for_them(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    probe("x.files")(met("x.files"))
    probe("x.code", stage=Stage.CODE)(met("x.code"))
    monkeypatch.setattr("checks.run.CodeRules", lambda *_, **__: pytest.fail("nobody asked for code rules"))
    report = look_over(project, signals=["x.files"])
    assert set(report.observations) == {"x.files"}


@pytest.mark.usefixtures("only")
def test_a_probe_that_raises_makes_its_signals_unknown_and_stops_nothing(project: Path) -> None:
    @probe("x.bad", "x.worse")
    def bad(look: Look) -> Iterator[Observation]:
        yield met("x.bad")(look)
        raise ValueError(f"secret text of {look.tree.root}")

    probe("x.good")(met("x.good"))
    report = look_over(project)
    for signal in ("x.bad", "x.worse"):
        seen = report.observations[signal]
        assert seen.outcome is Outcome.UNKNOWN
        assert "ValueError at test_run.py:" in seen.summary
        assert "secret text" not in seen.summary
    assert report.observations["x.good"].outcome is Outcome.MET
    assert report.complete


@pytest.mark.usefixtures("only")
def test_a_probe_that_forgets_a_signal_leaves_it_unknown(project: Path) -> None:
    probe("x.one", "x.two")(lambda look: [met("x.one")(look)])
    report = look_over(project)
    assert [one.outcome for one in report.observations.values()] == [Outcome.MET, Outcome.UNKNOWN]


@pytest.mark.usefixtures("only")
def test_trouble_with_the_rules_lets_only_what_was_found_stand(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = (Location("app.py", 1),)
    for name, outcome, places in (
        ("met", Outcome.MET, place),
        ("partial", Outcome.PARTIAL, place),
        ("none", Outcome.NOT_APPLICABLE, ()),
        ("absent", Outcome.UNMET, ()),
        ("found", Outcome.UNMET, place),
    ):
        answer = Observation(f"x.{name}", outcome, "said", locations=places)
        probe(f"x.{name}", stage=Stage.CODE)(lambda _, answer=answer: answer)
    for module in ("checks.semgrep", "checks.semgrep.engine"):
        monkeypatch.setattr(f"{module}.find_program", lambda **_: None)
    seen = look_over(project).observations
    assert {name: one.outcome for name, one in seen.items() if one.outcome is not Outcome.UNKNOWN} == {
        "x.found": Outcome.UNMET
    }
    assert seen["x.met"].summary.startswith("semgrep is not installed: run ")


@pytest.mark.usefixtures("only")
def test_cancel_leaves_the_rest_unknown(project: Path) -> None:
    cancel = threading.Event()

    @probe("x.a")
    def first(look: Look) -> Observation:
        cancel.set()
        return met("x.a")(look)

    probe("x.b")(met("x.b"))
    probe("x.c", stage=Stage.CODE)(met("x.c"))
    report = look_over(project, cancel=cancel)
    assert not report.complete
    assert report.observations["x.a"].outcome is Outcome.MET
    for signal in ("x.b", "x.c"):
        assert (report.observations[signal].outcome, report.observations[signal].summary) == (Outcome.UNKNOWN, STOPPED)


@pytest.mark.usefixtures("only")
def test_findings_are_worst_first_once_a_line_and_only_of_the_product(project: Path) -> None:
    (project / "tests").mkdir()
    (project / "tests" / "test_app.py").write_text(GAP)

    @probe("calls.timeouts", stage=Stage.CODE)
    def own(look: Look) -> Observation:
        look.found(
            Finding("own", "calls.timeouts", Location("app.py", 5, 5), Severity.LOW, "also here"),
            Finding("own", "calls.timeouts", Location("app.py", 1, 1), Severity.BLOCKER, "worse"),
        )
        return met("calls.timeouts")(look)

    found = look_over(project).findings
    assert [(one.rule, one.location.path, one.location.line) for one in found] == [
        ("own", "app.py", 1),
        ("http.no-timeout.py", "app.py", 5),
    ]


@pytest.mark.usefixtures("only")
def test_two_rules_that_complain_about_one_place_are_one_finding(project: Path) -> None:
    @probe("x.a")
    def own(look: Look) -> Observation:
        look.found(
            Finding("wide", "x.a", Location("app.py", 1, 5), Severity.MEDIUM, "the whole block"),
            Finding("near", "x.a", Location("app.py", 4, 5), Severity.MEDIUM, "its end"),
            Finding("wide", "x.a", Location("app.py", 10, 19), Severity.HIGH, "a block that matters more"),
            Finding("near", "x.a", Location("app.py", 12, 12), Severity.LOW, "a line in it"),
            Finding("wide", "x.b", Location("app.py", 1, 5), Severity.MEDIUM, "of another signal"),
        )
        return met("x.a")(look)

    @probe("x.b")
    def other(look: Look) -> Observation:
        return met("x.b")(look)

    found = {
        (one.rule, one.signal, one.location.line) for one in look_over(project).findings if one.rule in {"wide", "near"}
    }
    assert found == {("near", "x.a", 4), ("wide", "x.a", 10), ("near", "x.a", 12), ("wide", "x.b", 1)}


@pytest.mark.usefixtures("only")
def test_a_secret_reaches_neither_findings_nor_json(project: Path) -> None:
    key = "sk-proj-" + "a1B2c3D4e5F6g7H8" * 3
    (project / "login.py").write_text(LOGIN)
    (project / "call.py").write_text(
        f"import requests\nrequests.get('https://example.com', headers={{'k': '{key}'}})\n"
    )
    probe("x.code", stage=Stage.CODE)(met("x.code"))
    report = look_over(project)
    rules = {one.rule for one in report.findings}
    assert {"secrets.hard-coded-login.py", "http.no-timeout.py"} <= rules
    said = json.dumps(to_json(report))
    assert "hunter2" not in said
    assert key not in said


@pytest.mark.usefixtures("only")
def test_the_json_has_the_published_shape(project: Path) -> None:
    (project / "nul.py").write_bytes(b"x\0")
    probe("x.code", stage=Stage.CODE)(met("x.code"))
    data = to_json(look_over(project))
    assert list(data) == ["version", "commit", "signals", "findings", "files", "plugins"]
    assert data["version"] == 1
    assert list(data["signals"][0]) == [
        *("signal", "outcome", "summary", "searched", "locations", "confidence", "tool", "fix"),
    ]
    assert list(data["findings"][0]) == [
        *("rule", "signal", "path", "line", "end_line", "severity", "message", "snippet"),
    ]
    assert list(data["files"]) == ["examined", "partial", "skipped"]
    named = [*data["files"]["partial"], *data["files"]["skipped"]]
    assert [(one["path"], set(one)) for one in named] == [("nul.py", {"path", "reason"})]


@pytest.mark.usefixtures("only")
def test_json_is_valid_unicode_whatever_a_file_is_called(project: Path) -> None:
    report = ProbeReport(
        None,
        {"x": Observation("x", Outcome.UNMET, "bad \udcff name", locations=(Location("a\udcff.py", 1),))},
        (),
        look_over(project).files,
    )
    json.dumps(to_json(report), ensure_ascii=False).encode("utf-8")


@pytest.mark.usefixtures("only")
def test_the_commit_is_named_where_there_is_one(project: Path) -> None:
    assert look_over(project).commit is None
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=Ana Example", "-c", "user.email=ana@example.com", "commit", "-qm", "Start"],
    ):
        subprocess.run(["git", *command], cwd=project, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=project, check=True, capture_output=True, text=True)
    assert look_over(project).commit == head.stdout.strip()


def test_a_folder_that_is_none_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="is not a folder"):
        look_over(tmp_path / "nowhere")


def test_the_real_probes_all_answer(project: Path) -> None:
    report = look_over(project)
    assert report.complete
    assert set(report.observations) == {signal for one in registry.probes() for signal in one.signals}
    assert [name for name, one in report.observations.items() if "its probe" in one.summary] == []


@pytest.mark.usefixtures("only")
def test_shared_work_that_is_too_slow_leaves_only_what_needs_it_unknown(project: Path) -> None:
    @once
    def endless(_: Look) -> int:
        pytest.fail("it was given up")

    @probe("x.needs")
    def needs(look: Look) -> Observation:
        endless(look)
        return met("x.needs")(look)

    probe("x.other")(met("x.other"))
    seen = look_over(project, too_slow=["test_run.endless"]).observations
    assert seen["x.needs"].outcome is Outcome.UNKNOWN
    assert seen["x.needs"].summary == TOO_SLOW
    assert seen["x.other"].outcome is Outcome.MET


def test_shared_work_is_blamed_on_no_probe_and_its_files_on_nobody_later(tmp_path: Path) -> None:
    told = subprocess.run([sys.executable, "-P", "-c", BLAME, str(tmp_path / "note")], capture_output=True, check=True)
    assert json.loads(told.stdout) == [["x.asks", ""], ["look.shared", "a.py"], ["x.asks", ""]]


BLAME = """
import json, sys
from pathlib import Path
from checks.children import allowance

place, seen = Path(sys.argv[1]), []
allowance.begin(place, 60)
allowance.probing("x.asks")
seen.append(allowance.last(place))
with allowance.shared("look.shared"):
    allowance.reading("a.py")
    seen.append(allowance.last(place))
seen.append(allowance.last(place))
print(json.dumps(seen))
"""
