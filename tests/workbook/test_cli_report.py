"""The report in every format: read back by the readers of the formats."""

import csv
import io
import json
import os
from pathlib import Path

import pytest

from checks.observation import Examined, Finding, Location, ProbeReport, Severity
from workbook.answers import Status
from workbook.cli.main import main
from workbook.cli.report import FORMATS
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


TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
SHAPE = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {"version": {"const": "2.1.0"}, "$schema": {"format": "uri"}, "runs": {"minItems": 1}},
}
RUN = {
    "type": "object",
    "required": ["tool", "results"],
    "properties": {
        "tool": {
            "required": ["driver"],
            "properties": {
                "driver": {
                    "required": ["name"],
                    "properties": {
                        "name": {"type": "string"},
                        "version": {"type": "string"},
                        "rules": {
                            "type": "array",
                            "uniqueItems": True,
                            "items": {
                                "required": ["id"],
                                "properties": {
                                    "id": {"type": "string"},
                                    "shortDescription": TEXT,
                                    "defaultConfiguration": {"properties": {"level": LEVEL}},
                                    "properties": {"properties": {"tags": {"type": "array", "uniqueItems": True}}},
                                },
                            },
                        },
                    },
                }
            },
        },
        "automationDetails": {"properties": {"id": {"type": "string"}}},
        "invocations": {
            "items": {
                "required": ["executionSuccessful"],
                "properties": {
                    "executionSuccessful": {"type": "boolean"},
                    "toolExecutionNotifications": {
                        "items": {"required": ["message"], "properties": {"message": TEXT, "level": LEVEL}}
                    },
                },
            }
        },
        "results": {
            "type": "array",
            "items": {
                "required": ["message", "ruleId"],
                "properties": {
                    "ruleId": {"type": "string"},
                    "ruleIndex": {"type": "integer", "minimum": 0},
                    "level": LEVEL,
                    "message": TEXT,
                    "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
                    "locations": {
                        "minItems": 1,
                        "items": {
                            "required": ["physicalLocation"],
                            "properties": {
                                "physicalLocation": {
                                    "required": ["artifactLocation"],
                                    "properties": {
                                        "artifactLocation": {
                                            "required": ["uri"],
                                            "properties": {
                                                "uri": {"type": "string", "pattern": "^[^/\\\\: ][^\\\\ ]*$"}
                                            },
                                        },
                                        "region": {
                                            "required": ["startLine"],
                                            "properties": {
                                                "startLine": {"type": "integer", "minimum": 1},
                                                "endLine": {"type": "integer", "minimum": 1},
                                            },
                                        },
                                    },
                                }
                            },
                        },
                    },
                },
            },
        },
    },
}
"""What the specification asks of the parts we write; its own schema is used where READINESS_SARIF_SCHEMA names it."""


def valid(document):
    import jsonschema

    jsonschema.validate(document, SHAPE)
    for run in document["runs"]:
        jsonschema.validate(run, RUN)
    if official := os.environ.get("READINESS_SARIF_SCHEMA"):
        jsonschema.validate(document, json.loads(Path(official).read_text()))


def test_sarif_is_valid_whatever_the_tree(session, hostile_team, payloads, tmp_path, monkeypatch):
    log(session, found(3), found(0, path="a b/ü.py"))
    valid(to_sarif(session))
    hostile = hostile_team.Team(payloads.corpus(300), 3).session(tmp_path / "hostile", monkeypatch)
    valid(to_sarif(hostile))
    broken = to_sarif(session)
    broken["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    with pytest.raises(Exception, match="minimum"):
        valid(broken)


def test_sarif_names_the_weakness_of_a_rule_and_none_where_there_is_none(session):
    known = Finding("api.open-endpoint", "api.authorization", Location("api/main.py", 1), Severity.HIGH, "Open.", "x")
    first, second = log(session, known, found(1))["tool"]["driver"]["rules"]
    assert first["properties"]["tags"][:2] == ["security", "external/cwe/cwe-306"]
    assert "external/owasp/API2:2023" in first["properties"]["tags"]
    assert second["properties"]["tags"] == []


def test_sarif_of_a_folder_names_paths_from_the_top_of_the_repository(repository):
    below = Session(repository / "api")
    below.accept(ProbeReport(None, {}, (found(3, path="main.py"),), Examined()))
    (run,) = to_sarif(below)["runs"]
    (one,) = run["results"]
    assert one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "api/main.py"
    assert run["automationDetails"]["id"] == "readiness/api/"
    top = Session(repository)
    top.accept(ProbeReport(None, {}, (found(3, path="api/main.py"),), Examined()))
    (same,) = to_sarif(top)["runs"]
    assert same["results"][0]["partialFingerprints"] == one["partialFingerprints"]


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


@pytest.fixture
def tagged(session, git):
    """Committed and tagged, and then something stops the launch."""
    git(session.root, "add", "-A")
    git(session.root, "commit", "-qm", "Workbook")
    git(session.root, "tag", "v1")
    session.answer(CONTROL, Status.BLOCKER, note="It broke")
    session.save()
    return str(session.root)


@pytest.mark.parametrize("kind", [one for one in FORMATS if one != "sarif"])
def test_every_format_goes_to_a_file_and_to_standard_output_and_back_in_time(tagged, kind, tmp_path, capsys):
    file = tmp_path / "report"
    for more in ([], ["--at", "v1"]):
        assert main(["-C", tagged, "report", "--format", kind, *more]) == 0
        shown = capsys.readouterr().out
        assert main(["-C", tagged, "report", "--format", kind, *more, "-o", str(file)]) == 0
        assert file.read_bytes().decode() == shown
        assert ("stops launch" in shown or "It broke" in shown) is (not more)


def test_a_fresh_look_is_part_of_the_report_and_never_of_the_past(tagged, capsys, monkeypatch):
    def probe(self, **_):
        self.accept(ProbeReport(None, {}, (found(1),), Examined(9)))
        return self.report

    monkeypatch.setattr(Session, "probe", probe)
    assert main(["-C", tagged, "report", "--format", "json", "--probe"]) == 0
    assert json.loads(capsys.readouterr().out)["look"]["findings"][0]["rule"] == "code.eval"
    assert main(["-C", tagged, "report", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["look"] is None
    assert main(["-C", tagged, "report", "--format", "html", "--probe", "--at", "v1"]) == 2
    assert "as they are now" in capsys.readouterr().err
    for ref in ("nope", "--output=x"):
        assert main(["-C", tagged, "report", "--format", "memo", f"--at={ref}"]) == 2
        assert capsys.readouterr().out == ""


def test_the_state_file_is_never_the_target(tagged, capsys):
    state = Path(tagged, "readiness.toml")
    before = state.read_bytes()
    assert main(["-C", tagged, "report", "--format", "html", "-o", str(state)]) == 2
    assert "file of the workbook" in capsys.readouterr().err
    assert state.read_bytes() == before
