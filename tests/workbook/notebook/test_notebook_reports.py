"""Importing a report in a notebook: in the form and from a cell, with the bytes that the command writes."""

import shutil
from pathlib import Path

import pytest

from workbook.cli.main import main
from workbook.errors import Refused
from workbook.ledger.half_typed import Field
from workbook.notebook.book import PillarBook
from workbook.notebook.opened import Workbook
from workbook.session import Session

REPORTS = Path(__file__).resolve().parents[2] / "data" / "reports"
CONTROL = "dependency-scanning"


@pytest.fixture
def holding(opened):
    shutil.copytree(REPORTS, opened.root / "out")
    # The command counts days by the clock, so the notebook must too.
    return Session(opened.root)


@pytest.fixture
def other(holding, tmp_path):
    copy = tmp_path / "other"
    shutil.copytree(holding.root, copy)
    return copy


def form_of(session, control=CONTROL):
    pillar = next(item.pillar for item in session.checklist.scored if control in item.controls)
    form = PillarBook(session, pillar).form()
    form.open(control)
    return form


def shown(form):
    return form.panel.reports.widget.children[0].value


def test_the_form_shows_a_report_and_records_it_with_the_bytes_of_the_command(holding, other):
    form = form_of(holding)
    form.panel.report.value = "out/npm_audit.json"
    form.panel.read.click()
    assert "vulnerable packages: 1 high, 2 medium, 1 low" in shown(form)
    assert "speaks against a yes" in shown(form)
    assert not holding.unsaved, "nothing is recorded before the person agrees"
    form.panel.reports.agree.click()
    assert not form.guard.trouble, form.guard.status
    assert (form.panel.report.value, shown(form)) == ("", "")
    form.save.click()
    assert main(["-C", str(other), "evidence", "import", "out/npm_audit.json", "--for", CONTROL]) == 0
    assert holding.state_path.read_bytes() == (other / "readiness.toml").read_bytes()


def test_a_load_run_is_judged_in_the_form(holding):
    form = form_of(holding)
    form.panel.report.value = "out/k6_summary_export.json"
    form.panel.baseline.value = "13/s"
    form.panel.read.click()
    assert "invalid run" in shown(form)
    assert "9.23 times" in shown(form)


@pytest.mark.parametrize(
    ("typed", "traffic", "said"),
    [
        ("", "", "no report is named"),
        ("out/none.json", "", "there is no file"),
        ("infra.tf", "", "none of the formats"),
        ("out/coverage.json", "12 apples", "no traffic"),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_stays(holding, typed, traffic, said):
    form = form_of(holding)
    form.panel.report.value, form.panel.baseline.value = typed, traffic
    form.panel.read.click()
    assert form.guard.trouble
    assert said in form.guard.status
    form.panel.reports.agree.click()
    assert not holding.unsaved
    assert form.panel.report.value == typed
    assert holding.typed.get(Field("report", CONTROL)) == typed


def test_another_question_does_not_take_what_was_read_for_this_one(holding):
    form = form_of(holding)
    form.panel.report.value = "out/npm_audit.json"
    form.panel.read.click()
    form.open(next(control for control in form.entries if control != CONTROL))
    assert shown(form) == ""
    form.panel.reports.agree.click()
    assert not holding.unsaved


def test_a_cell_imports_what_the_command_imports(holding, other):
    book = Workbook(holding)
    page = repr(book.import_report("out/locust_stats.csv", "out/locust_history.csv", baseline="1users"))
    assert "p95" in page
    assert "ten times the traffic: invalid run" in page
    book.save()
    files = ("out/locust_stats.csv", "out/locust_history.csv")
    assert main(["-C", str(other), "evidence", "import", *files, "--baseline", "1users"]) == 0
    assert holding.state_path.read_bytes() == (other / "readiness.toml").read_bytes()
    with pytest.raises(Refused, match="there is no control"):
        book.import_report("out/junit.xml", control="unit-test-core")


def test_a_run_without_a_person_records_nothing(holding, monkeypatch):
    monkeypatch.setattr("workbook.notebook.opened.headless", lambda: True)
    assert "nothing is recorded" in repr(Workbook(holding).import_report("out/coverage.json"))
    assert not holding.unsaved
