"""Every importer on valid, hostile, truncated and huge reports; tests/data/reports/cases.toml has them."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import importers
from checks.reports.formats import FORMATS
from checks.reports.read import read
from checks.reports.record import NotUsable


def is_read(content):
    """Whether a changed report is still read; anything but a record or a refusal with place and remedy is a fault."""
    try:
        record = read(content)
    except NotUsable as refused:
        told = refused
    else:
        told = None
        assert record.format in FORMATS
    if told:
        assert all((told.title, told.where, told.remedy))
        assert "\n" not in str(told)
    return told is None


def test_every_format_has_a_report_and_every_report_a_case(cases, data):
    assert {case["format"] for case in cases.values() if "refused" not in case} == set(FORMATS)
    assert {path.name for path in data.iterdir()} == {*cases, "cases.toml"}
    assert all(case["origin"].startswith(("recorded", "built")) for case in cases.values())


def test_a_report_is_recognized_by_its_content_and_read(case, cases, data):
    expected, content = cases[case], (data / case).read_bytes()
    if "refused" in expected:
        with pytest.raises(NotUsable, match=re.escape(expected["refused"])):
            read(content)
        return
    record = read(content)
    assert (record.format, record.summary, record.at) == (expected["format"], expected["summary"], expected.get("at"))
    assert {one.name: one.value for one in record.figures} == pytest.approx(expected.get("figures", {}))
    assert record.commit == expected.get("commit", "")


def test_nothing_that_was_found_is_kept(usable, data):
    assert "planted-value" not in repr(read((data / usable).read_bytes()))


def test_a_field_of_another_type_is_refused(usable, data):
    refused = [change for change, changed in importers.junk((data / usable).read_bytes()) if not is_read(changed)]
    # Of JUnit only elements are counted, so that no value can be wrong.
    assert refused or usable == "junit.xml", "no field is checked at all"


@pytest.mark.parametrize("kind", importers.KINDS)
@pytest.mark.parametrize("name", FORMATS)
def test_the_matrix_holds_and_is_the_one_in_the_documentation(name, kind):
    done = list(importers.trials(name, kind))
    assert done
    assert [one for one in done if one.fault] == []
    page = (Path(__file__).resolve().parents[3] / "docs" / "importing.md").read_text(encoding="utf-8")
    line = next(line for line in page.splitlines() if line.startswith(f"| `{name}` | {importers.origin(name)} | "))
    assert line.split(" | ")[2 + list(importers.KINDS).index(kind)].rstrip(" |") == f"{len(done)} of {len(done)}"


BOMB = '<!DOCTYPE {root} [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><{root} line-rate="1">&b;</{root}>'
OUTSIDE = '<!DOCTYPE {root} [<!ENTITY a SYSTEM "file:///etc/passwd">]><{root} line-rate="1">&a;</{root}>'
UNDECLARED = '<!DOCTYPE {root} SYSTEM "http://example.com/a.dtd"><{root} line-rate="1">&a;</{root}>'


@pytest.mark.parametrize("root", ["coverage", "testsuites"])
@pytest.mark.parametrize("text", [BOMB, OUTSIDE, UNDECLARED])
def test_an_entity_is_refused(root, text):
    with pytest.raises(NotUsable, match=r"DOCTYPE declares|entity"):
        read(text.format(root=root).encode())


def test_a_named_dtd_alone_is_no_harm():
    """Istanbul and gcovr write one. Nothing fetches it."""
    named = '<?xml version="1.0"?><!DOCTYPE coverage SYSTEM "http://example.com/coverage-04.dtd">'
    record = read(f'{named}<coverage line-rate="0.5" lines-valid="4" lines-covered="2" timestamp="0"/>'.encode())
    assert record.summary == "50.0 % of lines covered: 2 of 4"


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"version": "2.1.0", "runs": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001,
        b"[" + b"0," * 3_000_001 + b"0]",
        b"<testsuite>" * 200,
        b"<testsuites>" + b"<a/>" * 310_000 + b"</testsuites>",
        b'{"version": "2.1.0", "runs": NaN}',
        b'{"version": ' + b"9" * 5000 + b', "runs": []}',
        b"\xff\xfe{\0}\0",
        b"TN:\n\xc3\x28",
        b'<?xml version="1.0" encoding="no-such"?><testsuites/>',
        b"",
        b"[]",
        b"hello",
        b"{}",
        b"<html/>",
        b'\x00\x01{"version"',
    ],
    ids=range(16),
)
def test_what_is_no_report_is_refused_in_one_line(content):
    assert not is_read(content)


@pytest.mark.parametrize("name", ["gitleaks", "trufflehog"])
def test_a_scanner_that_found_nothing_needs_its_name(name):
    for content in (b"[]", b" [] \n", b""):
        assert read(content, name).summary == "no secret found"
    with pytest.raises(NotUsable, match="does not look like one"):
        read(b"[]", "sarif")


def test_a_scan_that_failed_is_no_scan(data):
    whole = json.loads((data / "scanner.sarif").read_text())
    whole["runs"][0]["invocations"][0]["executionSuccessful"] = False
    with pytest.raises(NotUsable, match="its run failed"):
        read(json.dumps(whole).encode())
    del whole["runs"][0]["results"]
    with pytest.raises(NotUsable, match="nothing was scanned"):
        read(json.dumps(whole).encode())


def test_totals_of_a_suite_are_not_believed():
    record = read(b'<testsuite tests="90" failures="0"><testcase/><testcase><error/></testcase></testsuite>')
    assert record.summary == "1 tests passed, 1 failed, 0 skipped"


def test_a_secret_in_a_name_is_not_kept(data):
    secret = "ghp_" + "a1B2c3D4e5F6" * 3
    whole = json.loads((data / "gitleaks.json").read_text())
    whole[0]["File"] = f"keys/{secret}"
    record = read(json.dumps(whole).encode())
    assert secret not in repr(record)
    assert record.places[0].path.startswith("keys/")


def test_what_pytest_and_ruff_write_today_is_read(tmp_path):
    (tmp_path / "test_it.py").write_text("import os\n\n\ndef test_a():\n    pass\n\n\ndef test_b():\n    assert 0\n")
    run = [sys.executable, "-P", "-m"]
    plain = ["-p", "no:cacheprovider", "-p", "no:xdist", "-q", "--rootdir", ".", "-c", "/dev/null"]
    subprocess.run(
        [*run, "pytest", *plain, "--junitxml=junit.xml", "test_it.py"], cwd=tmp_path, capture_output=True, check=False
    )
    assert read((tmp_path / "junit.xml").read_bytes()).summary == "1 tests passed, 1 failed, 0 skipped"
    pytest.importorskip("ruff")
    lint = [*run, "ruff", "check", "--isolated", "--no-cache", "--output-format", "sarif", "test_it.py"]
    done = subprocess.run(lint, cwd=tmp_path, capture_output=True, check=False)
    record = read(done.stdout)
    assert (record.tool, [(one.rule, one.line) for one in record.places]) == ("ruff", [("F401", 1)])


def test_a_report_with_as_many_rules_as_results_is_read_in_one_pass():
    rules = [{"id": f"r{number}", "defaultConfiguration": {"level": "note"}} for number in range(20_000)]
    results = [{"ruleId": f"r{number}"} for number in range(20_000)]
    run = {"tool": {"driver": {"name": "any", "rules": rules}}, "results": results}
    assert read(json.dumps({"version": "2.1.0", "runs": [run]}).encode()).summary == "results: 20000 low"
