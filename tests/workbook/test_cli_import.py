"""`readiness evidence import`: what is recorded of other tools' reports, and how a load run is judged."""

import json
import shutil
import tomllib
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from checks.observation import Examined, Observation, Outcome, ProbeReport
from checks.reports.formats import FORMATS
from checks.reports.read import read
from workbook.answers import Status
from workbook.catalogue import load_catalogue
from workbook.cli.main import main
from workbook.metrics import metrics, misfit
from workbook.operations.importing import Received
from workbook.people import People
from workbook.session import Session
from workbook.uses import uses

DATA = Path(__file__).resolve().parents[1] / "data" / "reports"
CASES = tomllib.loads((DATA / "cases.toml").read_text(encoding="utf-8"))
STAGING = "acceptance-on-staging"


@pytest.fixture
def book(repository):
    session = Session(repository)
    session.start(["seven-steps", "six-gates", "fifty-point"])
    session.save()
    shutil.copytree(DATA, repository / "out")
    return repository


@pytest.fixture
def call(book, capsys):
    def run(*arguments):
        code = main(["-C", str(book), *arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out, said.err

    return run


def state(book):
    return tomllib.loads((book / "readiness.toml").read_text(encoding="utf-8"))


def test_the_data_names_only_what_there_is():
    known = load_catalogue().controls
    for one in uses().about.values():
        assert {*one.controls, *one.also} <= known.keys()
        assert all("report" in known[control].evidence for control in one.controls)
    assert set(uses().scanners.values()) <= uses().about.keys()
    assert {one.metric for one in uses().figures.values()} <= metrics().keys()
    for name, case in CASES.items():
        if "refused" not in case:
            record = read((DATA / name).read_bytes())
            assert set(record.about) <= uses().about.keys(), name
            assert not [
                one for one in record.figures if misfit(uses().figures[one.name].metric, one.value, one.unit)
            ], name


def test_every_format_has_its_line_in_the_documentation():
    page = (Path(__file__).resolve().parents[2] / "docs" / "importing.md").read_text(encoding="utf-8")
    assert [name for name in FORMATS if f"`{name}`" not in page] == []


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "refused" not in case])
def test_a_report_becomes_evidence_and_numbers_but_never_an_answer(name, call, book):
    before = {control: table["status"] for control, table in state(book)["controls"].items()}
    code, out, err = call("evidence", "import", f"out/{name}", "--for", "security-review")
    assert code == 0, err
    assert CASES[name]["summary"] in out
    after = state(book)
    assert {control: table["status"] for control, table in after["controls"].items()} == before
    (piece,) = after["controls"]["security-review"]["evidence"]
    digest = sha256((DATA / name).read_bytes()).hexdigest()
    assert (piece["kind"], piece["file"], piece["sha256"]) == ("report", f"out/{name}", digest)
    assert piece["format"] == CASES[name]["format"]
    assert isinstance(piece["at"], date)
    for figure, value in CASES[name].get("figures", {}).items():
        stored = after["measurements"][uses().figures[figure].metric]
        assert stored["value"] == pytest.approx(value)
        assert f"out/{name}" in stored["source"]
    assert "planted-value" not in (book / "readiness.toml").read_text() + out + err


def test_a_report_serves_what_it_is_about_and_says_what_speaks_against_it(call, book):
    code, out, _ = call("evidence", "import", "out/scanner.sarif", "out/coverage.lcov", "out/npm_audit.json")
    assert code == 0
    controls = state(book)["controls"]
    (scan,) = controls["sast-scanning"]["evidence"]
    assert (scan["tool"], scan["version"], scan["commit"]) == ("CodeQL", "2.19.1", "0123456789ab")
    assert scan["against"] == "it found 1 critical, 1 medium, 1 low"
    assert "speaks against a yes" in out
    assert "against" in controls["dependency-scanning"]["evidence"][0]
    assert "against" not in controls["coverage-floor"]["evidence"][0]


def test_a_report_that_does_not_tell_its_control_asks_for_it(call, book):
    code, _, err = call("evidence", "import", "out/junit.xml")
    assert code == 0
    assert "--for, as in unit-tests-core" in err
    assert call("evidence", "import", "out/junit.xml", "--for", "unit-tests-core")[0] == 0
    assert state(book)["controls"]["unit-tests-core"]["evidence"][0]["against"] == "1 tests failed"


def test_the_same_report_again_takes_the_place_of_the_old_one(call, book):
    for _ in range(2):
        assert call("evidence", "import", "out/coverage.json")[0] == 0
    assert len(state(book)["controls"]["coverage-floor"]["evidence"]) == 1


def test_a_dry_run_writes_nothing(call, book):
    before = (book / "readiness.toml").read_bytes()
    code, out, _ = call("evidence", "import", "out/coverage.json", "--dry-run")
    assert (code, "coverage_pct = 83.3333" in out) == (0, True)
    assert (book / "readiness.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.json"], "there is no file"),
        (["api"], "a folder"),
        (["api/main.py"], "none of the formats"),
        (["out/npm_audit_failed.json"], "the audit itself failed"),
        (["out/coverage.json", "out/missing.json"], "there is no file"),
        (["out/coverage.json", "--for", "coverage-flor"], "coverage-floor"),
        (["out/coverage.json", "--as", "sarf"], "sarif"),
        (["out/coverage.json", "--as", "sarif"], "does not look like one"),
        (["out/coverage.json", "--baseline", "12/s"], "a baseline needs one load run"),
        (["out/k6_summary_export.json", "--baseline", "12 apples"], "no traffic"),
        (["out/k6_summary_export.json", "--baseline", "40users"], "does not tell users over time"),
        (["out/k6_summary_export.json", "out/artillery.json", "--baseline", "12/s"], "each run by itself"),
        (["huge.json"], "larger than 20 MiB"),
        (["link.json"], "symbolic link"),
    ],
)
def test_what_cannot_be_imported_is_refused_whole(arguments, said, call, book):
    (book / "huge.json").write_bytes(b"[" + b" " * 21 * 1024**2)
    (book / "link.json").symlink_to(book / "out" / "coverage.json")
    before = (book / "readiness.toml").read_bytes()
    code, _, err = call("evidence", "import", *arguments)
    assert code == 2
    assert said in err
    assert (book / "readiness.toml").read_bytes() == before


# The load run


def k6(book, **changed):
    """A report of k6 with other values; None takes one away."""
    whole = json.loads((DATA / "k6_summary_export.json").read_text())
    for name, value in changed.items():
        metric, key = {"p95": ("http_req_duration", "p(95)"), "failed": ("http_req_failed", "value")}.get(
            name, ("http_reqs", name)
        )
        whole["metrics"][metric].pop(key) if value is None else whole["metrics"][metric].update({key: value})
    (book / "run.json").write_text(json.dumps(whole))


@pytest.mark.parametrize(
    ("changed", "baseline", "result", "said"),
    [
        ({}, "12/s", "not judged yet", "readiness measure corrupted_records"),
        ({}, None, "not judged yet", "--baseline 12/s"),
        ({"count": 2520}, "12/s", "invalid run", "duration_min >= 30"),
        ({}, "13/s", "invalid run", "no ramp to the target: 9.23 times"),
        ({"failed": 0.6}, "12/s", "invalid run", "60.0 % of the requests failed"),
        ({"p95": None}, "12/s", "invalid run", "no 95th percentile"),
        ({"failed": 0.02}, "12/s", "fail", "likely in: step 2, "),
        ({"p95": 2000}, "12/s", "fail", "likely in: step 4, "),
        ({"failed": 0.01}, "720/min", "fail", "error_rate < 0.01"),
    ],
)
def test_a_load_report_is_judged_as_the_acceptance_run(changed, baseline, result, said, call, book):
    k6(book, **changed)
    typed = ["--baseline", baseline] if baseline else []
    code, out, err = call("evidence", "import", "run.json", "--for", "ten-x-acceptance", *typed)
    assert code == 0, err
    ruled = out.partition("As the acceptance run")[2]
    assert result in ruled.splitlines()[0]
    assert said in ruled


def test_a_run_passes_with_staging_attested_and_data_intact_and_still_answers_nothing(call, book):
    k6(book)
    assert call("measure", "corrupted_records", "0count")[0] == 0
    assert call("attest", STAGING, "yes")[0] == 0
    _, out, _ = call("evidence", "import", "run.json", "--for", "ten-x-acceptance", "--baseline", "12/s")
    assert "ten times the traffic: pass." in out
    assert "measured p95_ms 910.5 ms; this item asks for p95_s < 2" in out
    assert state(book)["controls"]["ten-x-acceptance"]["status"] == "unanswered"
    assert state(book)["measurements"]["load_multiple"]["value"] == 10
    assert call("attest", STAGING, "no")[0] == 0
    assert "not made on staging" in call("evidence", "import", "run.json", "--baseline", "12/s")[1]


def test_the_two_tables_of_one_run_are_one_run_and_only_the_time_at_the_target_counts(call, book):
    header = (DATA / "locust_history.csv").read_text().splitlines()[0]
    rows = [
        f"{1795000000 + 60 * minute},{users},,Aggregated,{users},0" + ",1" * 11 + f",{minute * 9000},0,1,1,1,1,1"
        for minute, users in enumerate([1, 100, *[400] * 35, 100])
    ]
    (book / "history.csv").write_text("\n".join([header, *rows]) + "\n")
    stats = (DATA / "locust_stats.csv").read_text().splitlines()
    total = ",Aggregated,333000,0,4,6,1,60,191,145.9,0.0,4,6,7,8,12,140,158,161,161,161,161"
    (book / "stats.csv").write_text(f"{stats[0]}\n{total}\n")
    arguments = ("evidence", "import", "stats.csv", "history.csv", "--baseline")
    code, out, err = call(*arguments, "40users")
    assert code == 0, err
    assert "not judged yet" in out
    assert state(book)["measurements"]["duration_min"]["value"] == 35 * 60
    assert state(book)["measurements"]["load_multiple"]["value"] == 10
    _, out, _ = call(*arguments, "41users")
    assert "no ramp to the target: 9.76 times" in out


def test_of_a_run_with_its_course_the_ramp_does_not_count(call, book):
    """The three periods of the report offered 20, 40 and 30 requests a second, for ten seconds each."""
    assert call("evidence", "import", "out/artillery.json", "--baseline", "3/s")[0] == 0
    stored = state(book)["measurements"]
    assert stored["load_multiple"]["value"] == pytest.approx(35 / 3, rel=1e-4)
    assert (stored["duration_min"]["value"], stored["duration_min"]["unit"]) == (20, "s")


def test_a_report_counts_from_its_own_day_never_from_one_to_come(book):
    session = Session(book, People("Ana Example <ana@example.com>"), today=lambda: date(2026, 11, 18))
    names = {"lighthouse.json": date(2026, 11, 16), "coverage.json": date(2026, 11, 18)}
    for name, day in names.items():
        content = (DATA / name).read_bytes()
        plan = session.import_reports([Received(name, sha256(content).hexdigest(), read(content))])
        assert {piece.values["at"] for pieces in plan.evidence.values() for piece in pieces} == {day}
    older = Received(
        "old.xml", "0" * 64, read(b'<coverage line-rate="1" lines-valid="1" lines-covered="1" timestamp="9"/>')
    )
    (number,) = session.import_reports([older]).numbers
    assert "2026-11-18 is newer" in number.kept
    assert session.state.measurements["coverage_pct"].value == pytest.approx(83.3333)


def test_a_bad_report_never_helps_a_probe_to_answer(book):
    session = Session(book, People("Ana Example <ana@example.com>"))
    control = "sast-scanning"
    names = [signal.id for signal in session.catalogue.feeding[control]]
    seen = {name: Observation(name, Outcome.MET, "met", kinds=("code",)) for name in names}
    session.accept(ProbeReport(None, seen, (), Examined(1)))
    assert session.accept_observed([control]) == ()
    for name, helps in (("scanner.sarif", False), ("clean.sarif", True)):
        whole = json.loads((DATA / "scanner.sarif").read_text())
        if helps:
            whole["runs"][0]["results"] = []
        content = json.dumps(whole).encode()
        session.import_reports([Received("scan.sarif", "0" * 64, read(content))])
        assert session.accept_observed([control]) == ((control,) if helps else ()), name
    assert session.state.answer(control).status is Status.READY
