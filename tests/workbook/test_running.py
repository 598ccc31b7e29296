"""Commands as evidence: what is recorded, what is not, and running them again."""

from __future__ import annotations

import sys
from datetime import date

import pytest

from workbook.answers import Evidence
from workbook.errors import Refused
from workbook.running import record_command, record_drill, reproduced

PRINTS = [sys.executable, "-c", "print('12 passed')"]


def test_a_command_is_recorded_with_how_it_ended_and_what_it_said(tmp_path):
    done = record_command(PRINTS, tmp_path, "4f2c9e1" * 3)
    facts = done.evidence.values
    assert (facts["argv"], facts["exit"], facts["excerpt"], facts["commit"]) == (PRINTS, 0, "12 passed", "4f2c9e14f2c9")
    assert len(facts["output_sha256"]) == 64
    assert done.output.strip() == "12 passed"


def test_a_failing_command_says_so(tmp_path):
    done = record_command([sys.executable, "-c", "raise SystemExit(3)"], tmp_path, "")
    assert done.exit == 3
    assert "excerpt" not in done.evidence.values


def test_secrets_a_command_prints_are_not_kept(tmp_path):
    secret = "ghp_" + "a1B2c3D4e5" * 4
    done = record_command([sys.executable, "-c", f"print('token', '{secret[:9]}' + '{secret[9:]}')"], tmp_path, "")
    assert secret not in done.output
    assert secret not in str(done.evidence.values["excerpt"])


def test_only_the_end_of_a_long_output_is_kept(tmp_path):
    done = record_command([sys.executable, "-c", "print('\\n'.join(map(str, range(10000))))"], tmp_path, "")
    assert done.evidence.values["excerpt"].splitlines()[-1] == "9999"
    assert len(done.evidence.values["excerpt"]) <= 600


def test_a_command_that_cannot_be_started_or_does_not_end_is_no_evidence(tmp_path):
    with pytest.raises(Refused, match="could not be started"):
        record_command(["no-such-program-here"], tmp_path, "")
    with pytest.raises(Refused, match="did not end"):
        record_command([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, "", timeout_s=0.3)


def test_a_recorded_command_can_be_run_again(tmp_path):
    flag = tmp_path / "flag"
    argv = [sys.executable, "-c", f"import pathlib, sys; sys.exit(pathlib.Path({str(flag)!r}).exists())"]
    first = record_command(argv, tmp_path, "")
    assert reproduced(first.evidence, tmp_path, "")[0]
    flag.touch()
    assert not reproduced(first.evidence, tmp_path, "")[0]
    with pytest.raises(Refused, match="no recorded command"):
        reproduced(Evidence("link", {"url": "https://example.com"}), tmp_path, "")


def test_a_drill_has_a_start_an_end_and_a_last_day(tmp_path):
    done = record_drill("restore a backup", PRINTS, tmp_path, "", expires=date(2027, 5, 1))
    facts = done.evidence.values
    assert facts["start"] <= facts["end"]
    assert (done.evidence.kind, facts["what"], facts["expires"]) == ("drill", "restore a backup", date(2027, 5, 1))


def test_a_command_that_holds_a_secret_is_not_even_run(tmp_path):
    ran = tmp_path / "ran"
    argv = [sys.executable, "-c", f"open({str(ran)!r}, 'w')", "--token", "ghp_" + "a1B2c3D4e5" * 4]
    with pytest.raises(Refused, match="looks like a secret"):
        record_command(argv, tmp_path, "")
    assert not ran.exists()
