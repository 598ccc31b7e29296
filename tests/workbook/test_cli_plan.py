"""What `readiness plan` prints, and that every block of the articles can be met where the handbook says."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checks.observation import Examined, Location, Observation, Outcome, ProbeReport
from workbook.catalogue import load_catalogue
from workbook.catalogue.plans import load_plans
from workbook.cli.main import main
from workbook.session import Session

ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"
CATALOGUE, PLANS = load_catalogue(), load_plans()
TODAY = datetime.now(UTC).date()
HANDBOOK = Path(__file__).parents[2] / "docs" / "planning.md"
ESC = "\x1b[2J\u202e"


@pytest.fixture
def call(repository, capsys):
    def run(*arguments):
        code = main(["-C", str(repository), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def book(repository):
    """Writes a workbook: one status for all controls but the named ones, each of which is a table of its own."""

    def write(status="needs-review", head="", waivers="", **named):
        lines = ["schema = 1", f'catalogue = "{CATALOGUE.version}"', "[workbook]", head or 'decides = "fifty-point"']
        for name in CATALOGUE.controls:
            lines += [f"[controls.{name}]", *(named.get(name.replace("-", "_")) or said(status))]
        (repository / "readiness.toml").write_text("\n".join(lines) + "\n")
        if waivers:
            (repository / "readiness-waivers.toml").write_text(f"schema = 1\n{waivers}")
        return repository

    return write


def said(status, *more):
    return [f'status = "{status}"', 'rung = "attested"', f'by = ["{ANA}"]', f"at = {TODAY}", *more]


def test_without_a_workbook_it_says_how_to_start(call):
    code, out, err = call("plan")
    assert (code, out) == (2, "")
    assert "readiness init" in err


def test_nearly_everything_red_shows_only_the_next_three(call, book):
    book()
    code, out, _ = call("plan")
    assert code == 0
    assert "0 of 50 items hold" in out
    assert "starts near 15 % (Seven steps)" in out
    assert [line[:2] for line in out.splitlines() if re.match(r"\d\. ", line)] == ["1.", "2.", "3."]
    assert "Shortest way" not in out
    assert "Shortest way" in call("plan", "--all")[1]


def test_a_step_says_what_to_do_what_it_moves_and_what_the_verdict_becomes(call, book):
    book("ready", no_hardcoded_secrets=said("blocker"))
    _, out, _ = call("plan")
    assert "1. no-hardcoded-secrets: No secrets in code or repository" in out
    assert "Then: readiness answer no-hardcoded-secrets ready --evidence WHAT" in out
    assert "Settles: Fifty points 4.31" in out
    assert "Verdict: Ship: 50 of 50" in out
    assert 'Shortest way from "Do not launch" to "Ship": 1 control, 1 day (no shorter one exists)' in out
    assert "starts near 15 %" not in out


def test_owner_due_date_lateness_accepted_risk_and_lapse_are_told(call, book):
    past = TODAY - timedelta(days=2)
    book(
        "ready",
        runbooks=said("needs-review", f'owner = "{BO}"', f"due = {past}"),
        secrets_manager=said("needs-review"),
        pii_handling=said("ready", 'text = "000000000000"'),
        waivers=f'[waivers.secrets-manager]\nreason = "small"\nowner = "{BO}"\napproved_by = "{ANA}"\n'
        f"at = {past}\nexpires = {past + timedelta(days=60)}\n",
    )
    _, out, _ = call("plan")
    assert f"Bo Sample <bo@example.com> · due {past}, OVERDUE" in out
    assert "All 3 open or unanswered controls in the order of work, 1 overdue" in out
    assert re.search(r"secrets-manager .*risk accepted \(waived\)", out)
    assert re.search(r"pii-handling .*needs a fresh look \(lapsed\)", out)
    assert "1. secrets-manager" not in out.partition("Shortest way")[0]


def test_with_a_probe_it_says_where_to_begin_and_which_stack(call, book, monkeypatch):
    book("ready", no_hardcoded_secrets=said("needs-review"))
    seen = Observation(
        "secrets.none-in-code", Outcome.UNMET, f"a key {ESC}", locations=(Location(f"api/{ESC}.py", 12),)
    )
    made = ProbeReport(None, {seen.signal: seen}, (), Examined(1))
    monkeypatch.setattr(Session, "probe", lambda self, **_: self.accept(made) or made)
    _, out, _ = call("plan", "--probe")
    assert "Do: a key \\x1b[2J\\u202e  api/\\x1b[2J\\u202e.py:12" in out
    assert "Your stack as probes saw it: Python" in out
    assert "\x1b" not in out
    code, told, _ = call("plan", "--probe", "--format", "json")
    assert (code, json.loads(told)["gaps"][0]["action"]["place"]["line"]) == (0, 12)


def test_untrusted_texts_of_the_state_file_are_only_text(call, book):
    bad = "\\u001b[2J\\u202e"
    book(runbooks=said("blocker", f'note = "{bad}"', f'owner = "{bad}"'))
    _, out, _ = call("plan", "--all")
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_a_forecast_is_called_one(call, book):
    book()
    _, out, _ = call("plan", "--prototype-days", "4")
    assert "A forecast by the article's rule of thumb, not a fact about this repository" in out
    assert "4 days of prototype, 36 days to come" in out
    assert "from Six gates" in out


@pytest.mark.parametrize("days", ["0", "-2", "nan", "inf", "many", "99999"])
def test_a_prototype_of_no_sensible_length_is_refused_in_one_line(call, book, days):
    book()
    code, out, err = call("plan", f"--prototype-days={days}")
    assert (code, out) == (2, "")
    assert "is not a number of days" in err
    assert len(err.splitlines()) == 1


def test_json_is_versioned_and_whole_even_where_text_is_short(call, book):
    book()
    told = json.loads(call("plan", "--format", "json")[1])
    assert told["version"] == 1
    assert told["nearly_all_open"] is True
    assert len(told["gaps"]) == len(CATALOGUE.controls_of(("fifty-point",)))
    assert told["way"]["to"] == "harden"
    assert told["forecast"] is None
    assert {key for key, value in told.items() if value} >= {"next", "way", "gaps", "weeks", "signs", "aids", "tools"}


def test_a_finished_workbook_has_nothing_next(call, book):
    book("ready")
    _, out, _ = call("plan")
    assert "Nothing to do next" in out
    assert 'there is no better verdict than "Ship"' in out


def rows():
    table = HANDBOOK.read_text(encoding="utf-8").partition("## Where each block")[2]
    return re.findall(r"^\| ([a-z-]+) \| `readiness ([^`]+)` \|", table, flags=re.MULTILINE)


def test_the_handbook_has_a_place_for_every_block():
    assert [block for block, _ in rows()] == list(PLANS.blocks)


@pytest.mark.parametrize(("block", "command"), rows())
def test_each_block_is_met_where_the_handbook_says(call, book, block, command):
    lists = 'decides = "fifty-point"\nalso = ["six-gates", "seven-steps", "ten-gates", "prototype-gap"]'
    head = f'{lists}\nprofiles = ["pre-launch"]\nframeworks = ["SOC 2"]\n[scope]\nby = "{ANA}"\nmodel = true'
    book(head=head)
    code, out, _ = call(*command.split())
    assert code == 0
    assert f"explain {block})" in out or f"[{block}]" in out
    whole = call("explain", block)[1]
    for fact in PLANS.blocks[block].facts:
        assert fact.text in whole


def test_explain_tells_the_proposed_effort_and_the_facts_of_a_control(call):
    _, out, _ = call("explain", "rate-limiting")
    assert "Effort, our proposal: 1 day (one bounded change in one place, with its test)" in out
    assert "Comes after, our proposal: nothing" in out
    assert "login 5 a minute" in out
    assert "(Six gates)" in out


def test_explain_names_the_nearest_block(call):
    code, _, err = call("explain", "four-week")
    assert code == 2
    assert "four-weeks" in err
