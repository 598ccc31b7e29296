"""What commands ask before, say after, and say of a mistake."""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime, timedelta

import pytest

from workbook.cli.main import main
from workbook.session import Session


@pytest.fixture
def book(repository):
    session = Session(repository)
    session.start(["fifty-point", "six-gates", "ten-gates"])
    session.save()
    return repository


@pytest.fixture
def call(book, capsys):
    def run(*arguments):
        code = main(["-C", str(book), *arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out, said.err

    return run


@pytest.fixture
def typed(monkeypatch):
    """What a person types, line by line; without `terminal` nobody can be asked."""

    def lines(*texts, terminal=True):
        source = io.StringIO("".join(f"{text}\n" for text in texts))
        source.isatty = lambda: terminal
        monkeypatch.setattr(sys, "stdin", source)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)

    return lines


@pytest.mark.parametrize(("texts", "terminal", "expected"), [((), False, 2), (("n",), True, 1), (("y",), True, 0)])
def test_git_is_configured_only_after_a_yes(call, book, typed, texts, terminal, expected):
    config = (book / ".git" / "config").read_bytes()
    typed(*texts, terminal=terminal)
    code, _, err = call("init", "--merge-driver")
    assert (code, "merge.readiness" in err) == (expected, True)
    assert ((book / ".git" / "config").read_bytes() != config) == (expected == 0)
    assert (book / ".gitattributes").exists() == (expected == 0)


def test_without_a_yes_a_new_workbook_is_not_written_either(repository, typed):
    typed(terminal=False)
    assert main(["-C", str(repository), "init", "--merge-driver"]) == 2
    assert not (repository / "readiness.toml").exists()
    assert not (repository / ".gitattributes").exists()


def settle(book, line):
    """Put one more line under `[workbook]`."""
    path = book / "readiness.toml"
    path.write_text(path.read_text().replace("[workbook]\n", f"[workbook]\n{line}\n"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('four-eyes = ["blocker"]', "[workbook] four-eyes: nothing reads this key, did you mean 'four_eyes'?"),
        ("owner = 3", "[workbook] owner: nothing reads this key"),
        ('four_eyes = ["Blocker"]', "did you mean 'blocker'?"),
        ("four_eyes = true", 'as in ["blocker"]'),
        ("four_eyes = [1]", 'as in ["blocker"]'),
        ("adopted = 7", 'as in ["runbooks"]'),
    ],
)
def test_a_setting_that_does_nothing_is_told(call, book, line, said):
    settle(book, line)
    code, _, err = call("status")
    assert (code, said in err) == (0, True)


def test_every_setting_we_read_is_known(call, book):
    settle(book, 'release = "v*"\nadopted = ["all"]\nfour_eyes = ["blocker"]')
    assert "warning" not in call("status")[2]


def test_what_the_team_adopted_is_not_called_proposed(call, book):
    assert "proposed" in call("due")[1]
    settle(book, 'adopted = ["all"]')
    out = call("due")[1]
    assert ("adopted" in out, "proposed" in out) == (True, False)


def test_an_upgrade_with_only_reworded_texts_says_what_waits(call, book):
    call("answer", "runbooks", "yes")
    assert "Everything is up to date." in call("upgrade")[1]
    path = book / "readiness.toml"
    lines = path.read_text().splitlines()
    path.write_text("\n".join('text = "000000000000"' if one.startswith("text = ") else one for one in lines))
    out = call("upgrade")[1]
    assert "reworded: runbooks" in out
    assert out.endswith("Nothing has to be written; 1 answer waits for a look.\n")


def test_the_output_of_a_command_is_printed_line_by_line(call):
    call("answer", "runbooks", "yes")
    program = "print('one'); print('12 passed \\x1b[2J')"
    _, _, err = call("evidence", "run", "runbooks", "--yes", "--", sys.executable, "-c", program)
    assert err.endswith("one\n12 passed \\x1b[2J\n")


@pytest.mark.parametrize(("days", "remarked"), [(366, False), (367, True)])
def test_a_risk_accepted_for_years_is_remarked_on(call, days, remarked):
    call("answer", "runbooks", "no")
    until = str(datetime.now(UTC).date() + timedelta(days=days))
    bo = "Bo Sample <bo@example.com>"
    code, _, err = call("waive", "runbooks", "--reason", "small", "--approved-by", bo, "--expires", until)
    assert (code, "more than a year" in err) == (0, remarked)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("score", "security", "four"), "'four' is no level; levels are whole numbers from 0 to 5"),
        (("answer", "runbooks", "partly", "--gap", "some"), "choose from partial, absent, unknown"),
        (("measure", "coverage.percent", "130%"), "a share lies between 0 and 100 %, and 130 % does not"),
        (("measure", "coverage.procent", "13%"), "did you mean 'coverage.percent'?"),
        (("measure", "qqqqqqq", "13%"), "the numbers a checklist compares: readiness explain fifty-point"),
        (("answer", "fifty-point.9.99", "ready", "--item", "--reason", "x"), "readiness explain fifty-point"),
    ],
)
def test_a_mistake_is_told_in_plain_words(call, arguments, says):
    code, _, err = call(*arguments)
    assert (code, err.count("\n")) == (2, 1)
    assert says.replace("'", "") in err.replace("'", "")
    assert len(err) < 400


def test_the_levels_of_the_help_are_those_of_the_docs(call):
    import re
    from pathlib import Path

    from workbook.cli.score import LEVELS

    docs = (Path(__file__).parents[2] / "docs" / "verdicts.md").read_text()
    printed = " ".join(docs.split("Ours: ")[1].split("\n- ")[0].split()).rstrip(".")
    assert [re.sub(r"^\d ", "", one) for one in printed.split("; ")] == list(LEVELS)
    assert all(level in call("score", "--help")[1] for level in LEVELS)


LIST = """\
name = "Acme"
[[pillars]]
id = "people"
title = "People"
[[items]]
id = "acme.1"
pillar = "people"
title = "On call"
asks = "Is somebody on call?"
controls = ["runbooks"]
"""


def test_a_checklist_that_cannot_be_read_is_named_stays_listed_and_can_be_dropped(call, book):
    file = book / ".readiness" / "checklists" / "acme.toml"
    file.parent.mkdir(parents=True)
    file.write_text(LIST.replace('"people"\ntitle = "On', '"poeple"\ntitle = "On'))
    code, _, err = call("checklists", "--add", "acme")
    assert (code, "acme.toml: acme.1.pillar: there is no pillar 'poeple'" in err) == (2, True)
    file.write_text(LIST)
    assert call("checklists", "--add", "acme")[0] == 0
    file.unlink()
    also = 'also = ["six-gates", "ten-gates", "acme"]'
    assert call("checklists", "--drop", "ten-gates")[0] == 0
    assert also.replace('"ten-gates", ', "") in (book / "readiness.toml").read_text()
    assert call("checklists", "--drop", "acme")[0] == 0
    assert 'also = ["six-gates"]' in (book / "readiness.toml").read_text()
    assert call("checklists", "--drop", "acme")[0] == 2


def test_a_deciding_checklist_that_is_gone_is_not_replaced_in_silence(call, book):
    file = book / ".readiness" / "checklists" / "acme.toml"
    file.parent.mkdir(parents=True)
    file.write_text(LIST)
    assert call("checklists", "--decides", "acme")[0] == 0
    file.unlink()
    code, _, err = call("checklists", "--drop", "ten-gates")
    assert (code, "there is no checklist 'acme'" in err) == (2, True)
    assert 'decides = "acme"' in (book / "readiness.toml").read_text()
    assert call("checklists", "--decides", "six-gates", "--drop", "acme")[0] == 0
    assert "acme" not in (book / "readiness.toml").read_text()


def test_a_number_is_explained_with_its_unit_its_items_and_what_is_stored(call, tmp_path, capsys):
    code, out, _ = call("explain", "coverage.percent")
    assert (code, out.splitlines()[0]) == (0, "coverage.percent: a number, compared in %")
    assert "Stands in where nothing is stored under this name: coverage_pct" in out
    assert "    six-gates.pr.testing.unit-coverage: coverage_pct > 80" in out
    assert "Stored: nothing" in out
    call("measure", "coverage.percent", "83.4%", "--source", "coverage.xml")
    for name in ("coverage.percent", "coverage_pct"):
        assert "Stored: coverage.percent = 83.4 %, from coverage.xml, on " in call("explain", name)[1]
    (tmp_path / "bare").mkdir()
    assert main(["-C", str(tmp_path / "bare"), "explain", "p95_ms"]) == 0
    assert "Stored" not in capsys.readouterr().out


def test_the_limit_of_an_alert_is_explained_apart_from_the_metric(call):
    out = call("explain", "alert.p95_ms")[1]
    assert "six-gates.g4.signal-latency" in out
    assert "seven-steps.accept.p95" not in out  # that one asks for the number itself
    assert "seven-steps.accept.p95" in call("explain", "p95_ms")[1]


def test_every_number_that_can_be_stored_is_explained():
    from workbook.catalogue import load_catalogue
    from workbook.explain.numbers import explained_number
    from workbook.metrics import metrics

    catalogue = load_catalogue()
    for name in {*metrics(), *catalogue.compared}:
        assert [one.id for one in explained_number(catalogue, None, name)] == [name]


def test_an_item_is_explained_with_its_state_its_number_and_its_decision(call, tmp_path, capsys):
    item = "six-gates.pr.testing.unit-coverage"
    assert "Now: not answered: " in call("explain", item)[1]
    call("measure", "coverage.percent", "70%")
    assert "Number: falls short: measured coverage.percent 70 %" in call("explain", item)[1]
    call("answer", item, "ready", "--item", "--reason", "the rest is generated")
    out = call("explain", item)[1]
    assert "Now: ready: " in out
    assert "Decided for this item: ready, by Ana Example <ana@example.com> on " in out
    assert "the rest is generated" in out
    assert f"    {item}: " in call("explain", "six-gates")[1]
    (tmp_path / "bare").mkdir()
    assert main(["-C", str(tmp_path / "bare"), "explain", item]) == 0
    assert "Now:" not in capsys.readouterr().out


def test_a_stored_number_is_echoed_with_the_items_it_moved(call):
    item = "six-gates.pr.testing.unit-coverage"
    assert "No item of the chosen checklists moved." in call("measure", "coverage.percent", "70%")[1]
    call("measure", "coverage.percent", "83%")
    from workbook.catalogue import load_catalogue

    for control in load_catalogue().items[item].controls:
        call("answer", control, "yes")
    out = call("measure", "coverage.percent", "70%", "--source", "coverage.xml")[1].splitlines()
    assert out[0] == "Stored: coverage.percent = 70 %, from coverage.xml."
    assert f"{item} (ready → open gap)" in out[1]
    assert len(out) == 3


def test_at_most_six_moved_items_are_named(call):
    out = call("scope", "database", "no")[1].splitlines()
    assert out[0].startswith("database: no. ")
    assert out[1].count("(not answered → doesn't apply)") == 6
    assert out[1].endswith(" more.")


def test_a_new_checklist_says_in_which_states_its_items_come_along(call):
    out = call("checklists", "--add", "seven-steps")[1].splitlines()
    assert out[0].startswith("fifty-point decides; advisory: six-gates, ten-gates, seven-steps. New: seven-steps, ")
    assert out[0].endswith(" not answered.")


def test_levels_and_facts_are_echoed(call):
    assert call("score", "security", "4")[1].startswith("Stored: security is at level 4: done throughout")
    assert call("attest", "core-logic-sound", "no")[1].startswith("Stored: core-logic-sound: no.\n")
