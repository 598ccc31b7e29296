"""Explanations: everything that has an id has one, in the framework of the tree, and the same in every sink."""

from __future__ import annotations

import json

import pytest

from checks.application.frameworks import frameworks_of
from checks.observation import Examined, Finding, Location, Observation, Outcome, ProbeReport, Severity
from workbook.catalogue import load_catalogue
from workbook.cli.main import main
from workbook.explain import explain, known_names
from workbook.explain.as_html import explain_html
from workbook.explain.as_markdown import lines as markdown_lines
from workbook.explain.as_text import lines as text_lines
from workbook.explain.example import example_of
from workbook.explain.found import Name, name_of
from workbook.remedies import remedies, rules
from workbook.text import html, terminal


def report(*findings: Finding, **seen: Outcome) -> ProbeReport:
    observed = {name: Observation(name, outcome, "seen") for name, outcome in seen.items()}
    return ProbeReport(None, observed, findings, Examined())


def test_everything_that_has_an_id_is_explained():
    catalogue = load_catalogue()
    for name in known_names(catalogue):
        found = explain(catalogue, name)
        assert found, name
        for one in found:
            assert one.title, name
            assert [part.heading for part in one.parts()], name


def test_a_control_says_how_it_is_looked_at_what_that_misses_who_asks_and_what_to_do():
    catalogue = load_catalogue()
    for name in catalogue.controls:
        (one,) = (found for found in explain(catalogue, name) if found.kind == "control")
        headings = {part.heading for part in one.parts()}
        wanted = {"Why", "Ready when", "How it is looked at", "Asked by", "What to do", "Source"}
        assert wanted <= headings, name
        assert bool(one.examples) == bool(catalogue.feeding[name]), name
        assert bool(catalogue.feeding[name]) <= bool(one.limits), name


def test_a_signal_says_what_counts_and_shows_the_fix():
    catalogue = load_catalogue()
    for name, signal in catalogue.signals.items():
        (one,) = explain(catalogue, name)
        assert dict(one.outcomes)["Yes when"] == signal.met
        assert remedies()[name].blind in one.limits
        assert remedies()[name].looks in one.method
        assert one.fix
        assert one.examples
        assert one.asked_by


@pytest.mark.parametrize(
    ("files", "stack", "shown", "fits"),
    [
        ({"requirements.txt": "flask\n", "app.py": ""}, ("flask", "python"), "flask", True),
        ({"pyproject.toml": '[project]\nname = "a"\nversion = "0"\ndependencies = ["django>=5"]\n', "m.py": ""},
         ("django", "python"), "django", True),
        ({"package.json": '{"dependencies": {"next": "15"}}', "a.ts": ""}, ("nextjs", "node"), "nextjs", True),
        ({"package.json": '{"dependencies": {"hono": "4"}}', "a.ts": ""}, ("hono", "node"), "hono", True),
        ({"package.json": '{"dependencies": {"@nestjs/core": "10"}}', "a.ts": ""}, ("node",), "express", True),
        ({"requirements.txt": "streamlit\n", "a.py": ""}, ("streamlit", "python"), "fastapi", True),
        ({"main.go": "package main\n"}, (), "fastapi", False),
        ({"web/package.json": '{"dependencies": {"next": "15"}}', "requirements.txt": "fastapi\n", "a.py": ""},
         ("fastapi", "nextjs", "python"), "fastapi", True),
        ({"tests/requirements.txt": "flask\n", "a.py": ""}, ("python",), "fastapi", True),
    ],
)  # fmt: skip
def test_the_example_is_in_the_framework_of_the_tree(files, stack, shown, fits, tmp_path):
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert frameworks_of(tmp_path) == stack
    example = example_of("api.rate-limiting", stack)
    assert example is not None
    assert (example.framework, example.fits) == (shown, fits)


def test_an_example_that_does_not_fit_says_which_one_it_is():
    example = example_of("api.upload-limits", ("hono",))
    assert example is not None
    assert example.note == "there is none for Hono; this one is for FastAPI"
    assert example_of("gov.license", ()).note == "for any stack"  # type: ignore[union-attr]  # it has one


def test_a_pipeline_of_gitlab_is_shown_where_only_that_is_there():
    assert example_of("tests.run-in-ci", ("django", "python", "gitlab")).framework == "gitlab"  # type: ignore[union-attr]  # as above
    assert example_of("tests.run-in-ci", ("node", "github-actions", "gitlab")).framework == "node"  # type: ignore[union-attr]  # as above


def test_the_control_shows_the_fix_of_what_is_not_met():
    catalogue = load_catalogue()
    (one,) = explain(catalogue, "dependency-updates", report=report(**{
        "deps.update-automation": Outcome.MET, "deps.locked": Outcome.UNMET,
    }))  # fmt: skip
    assert one.examples[0].signal == "deps.locked"


FOUND = Finding(
    "sql.request-input.py", "db.no-string-sql", Location("api/users.py", 88), Severity.BLOCKER, "Input.", "x"
)
OTHER = Finding("sql.string-built.py", "db.no-string-sql", Location("api/users.py", 88), Severity.HIGH, "Built.")
WHOLE = Finding("secrets.env-file", "secrets.no-env-file", Location(".env"), Severity.BLOCKER, "A file.")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("sql.request-input.py@api/users.py:88", [FOUND]),
        ("sql.request-input@api/users.py:88", [FOUND]),
        ("api/users.py:88", [FOUND, OTHER]),
        ("api/users.py", [FOUND, OTHER]),
        ("secrets.env-file@.env", [WHOLE]),
        (".env", [WHOLE]),
        ("api/users.py:87", []),
        ("sql.request-input.js@api/other.js:88", []),
        ("api/users.py:88888888888", []),
    ],
)
def test_a_finding_goes_by_the_parts_that_are_printed(name, found):
    seen = report(FOUND, OTHER, WHOLE)
    told = explain(load_catalogue(), name, ("express", "node", "python"), seen)
    assert [one.id for one in told] == [name_of(one) for one in found]
    if found == [FOUND]:
        assert told[0].examples[0].framework == "python"  # of its file, not the framework that stands first
        assert told[0].why == rules()["sql.request-input"].means
        assert "CWE-89: SQL Injection" in told[0].sources


def test_every_name_that_is_printed_can_be_read_back():
    for path in ("a.py", "a b@c:d.py", "x/y:3", "ü/ß.ts"):
        for line in (0, 7):
            one = Finding("ci.no-tests", "tests.run-in-ci", Location(path, line), Severity.LOW, "m")
            name = Name.of(name_of(one))
            assert name is not None
            if line:
                assert name.fits(one), name_of(one)


def test_every_sink_shows_the_same_parts():
    one = explain(load_catalogue(), "api.health-endpoint", ("express", "node"))[0]
    text, page, cell = "\n".join(text_lines(one)), "\n".join(markdown_lines(one)), explain_html(one)
    for part in one.parts():
        assert part.heading in text
        assert part.heading in page.replace("\\", "")
        assert html(part.heading) in cell
        for line in part.lines:
            assert terminal(line) in text
            assert html(line) in cell
    for code in one.examples[0].files.values():
        assert html(code) in cell
        assert code.rstrip("\n") in page


def test_the_command_explains_a_finding_of_a_fresh_look(tmp_path, capsys, schema):
    (tmp_path / "requirements.txt").write_text("fastapi\n")
    (tmp_path / "main.py").write_text(
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
        "@app.post('/orders')\ndef create(body: dict):\n    return body\n"
    )
    assert main(["-C", str(tmp_path), "probe", "api.authentication"]) == 0
    assert "main.py:7  an endpoint that anybody may call  [api.open-endpoint]" in capsys.readouterr().out
    for name in ("main.py:7", "api.open-endpoint@main.py:7"):
        assert main(["-C", str(tmp_path), "explain", name, "--format", "json"]) == 0
        data = json.loads(capsys.readouterr().out)
        schema(data, "explain-1.json")
        assert "api.open-endpoint@main.py:7" in [one["id"] for one in data["explained"]]
    assert data["explained"][0]["examples"][0]["framework"] == "fastapi"
    assert main(["-C", str(tmp_path), "explain", "api.open-endpoint@main.py:99"]) == 2
    assert "readiness probe lists the findings" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["rate-limiting", "api.rate-limiting", "six-gates", "server", "p95_ms", "ci.no-tests"])
def test_the_json_follows_its_schema(name, tmp_path, capsys, schema):
    assert main(["-C", str(tmp_path), "explain", name, "--format", "json"]) == 0
    schema(json.loads(capsys.readouterr().out), "explain-1.json")
