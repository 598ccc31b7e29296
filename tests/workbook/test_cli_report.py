"""The report as a table and as SARIF: read back by the readers of their formats."""

import csv
import io
import json

import pytest

from checks.observation import Examined, Finding, Location, ProbeReport, Severity
from workbook.answers import Status
from workbook.cli.main import main
from workbook.errors import Refused
from workbook.exports.report_csv import COLUMNS, to_csv
from workbook.exports.report_sarif import FINGERPRINT, to_sarif
from workbook.session import Session

CONTROL = "business-kpis"


@pytest.fixture
def session(repository):
    made = Session(repository)
    made.start(["fifty-point"])
    made.answer(CONTROL, Status.NEEDS_REVIEW, note='=1+1, "two"\nlines')
    made.save()
    return made


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_table_reads_back_as_the_standings(session):
    read = rows(to_csv(session))
    standings = session.assessment.standings
    assert [one["control"] for one in read] == list(session.catalogue.controls_of(session.state.checklists))
    assert all(one["standing"] == standings[one["control"]].standing for one in read)
    (limited,) = [one for one in read if one["control"] == CONTROL]
    assert '=1+1, "two" lines' in limited["why"]
    assert tuple(read[0]) == COLUMNS


def test_a_report_of_a_tag_says_what_counted_then(session, git, tmp_path):
    root = session.root
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Workbook")
    git(root, "tag", "v1")
    session.answer(CONTROL, Status.BLOCKER)
    session.save()
    files = {}
    for name, more in (("then", ["--at", "v1"]), ("now", [])):
        files[name] = tmp_path / f"{name}.csv"
        assert main(["-C", str(root), "report", "--format", "csv", *more, "-o", str(files[name])]) == 0
    said = {
        name: {one["control"]: one["standing"] for one in rows(file.read_bytes().decode())}
        for name, file in files.items()
    }
    assert (said["then"][CONTROL], said["now"][CONTROL]) == ("needs-review", "blocker")


def found(line, snippet="eval(x)", path="api/main.py"):
    return Finding(
        "code.eval", "code.no-eval", Location(path, line), Severity.BLOCKER, "Runs what it is sent.", snippet
    )


def log(session, *findings):
    session.accept(ProbeReport(None, {}, tuple(findings), Examined()))
    (run,) = to_sarif(session)["runs"]
    return run


def test_fingerprints_outlast_moved_lines_and_tell_equal_lines_apart(session):
    prints = [
        [one["partialFingerprints"][FINGERPRINT] for one in log(session, *findings)["results"]]
        for findings in ((found(1), found(9)), (found(4), found(12)))
    ]
    assert prints[0] == prints[1]
    assert len(set(prints[0])) == 2


def test_sarif_names_rules_and_places(session):
    run = log(session, found(3), found(0, path="a b/ü.py"))
    for one in run["results"]:
        assert run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"] == "code.eval"
    first, second = (one["locations"][0]["physicalLocation"] for one in run["results"])
    assert first == {"artifactLocation": {"uri": "api/main.py"}, "region": {"startLine": 3, "endLine": 3}}
    assert second == {"artifactLocation": {"uri": "a%20b/%C3%BC.py"}}


def test_sarif_without_a_look_is_refused(session):
    with pytest.raises(Refused, match="none has run"):
        to_sarif(session)


def test_the_command_prints_sarif_of_a_fresh_look(repository, capsys, monkeypatch):
    def probe(self, **_):
        self.accept(ProbeReport(None, {}, (found(1),), Examined()))
        return self.report

    monkeypatch.setattr(Session, "probe", probe)
    assert main(["-C", str(repository), "report", "--format", "sarif"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == "2.1.0"
    assert len(document["runs"][0]["results"]) == 1


def test_sarif_of_the_past_and_a_file_that_cannot_be_written_are_refused(session, capsys):
    root = str(session.root)
    assert main(["-C", root, "report", "--format", "sarif", "--at", "v1"]) == 2
    assert main(["-C", root, "report", "--format", "csv", "-o", f"{root}/none/report.csv"]) == 2
    assert "was not written" in capsys.readouterr().err
