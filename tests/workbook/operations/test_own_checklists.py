"""A team's own checklists, and a catalogue that moves on."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from workbook.answers import Status
from workbook.assess import Standing
from workbook.catalogue.own import catalogue_of
from workbook.cli.main import main
from workbook.errors import Refused

ACME = """\
name = "Acme launch list"
summary = "What we ask of every service."

[[pillars]]
id = "people"
title = "People"

[[items]]
id = "acme.people.on-call"
pillar = "people"
title = "Somebody is on call"
asks = "Is somebody on call, and is the rota written down?"
controls = ["runbooks", "acme-rota"]

[controls.acme-rota]
title = "The rota is written down"
ready_when = "The rota names a person for every hour of the next four weeks."
severity = "high"
"""


def write(made, text, name="acme.toml"):
    folder = made.root / ".readiness" / "checklists"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return made


def test_a_checklist_of_ones_own_is_chosen_answered_and_judged(bench):
    made = write(bench(), ACME)
    session = made.open()
    session.choose("acme", ["fifty-point", "six-gates"])
    session.save()
    session = made.open()
    assert session.state.checklists == ("acme", "fifty-point", "six-gates")
    assert "acme-rota" in tomllib.loads(session.state_path.read_text())["controls"]
    assert session.headline.startswith("No decision yet: 1 item unanswered")
    assert {question.control.id for question in session.questions()} == {"runbooks", "acme-rota"}
    session.answer("runbooks", Status.READY)
    session.answer("acme-rota", Status.READY)
    session.save()
    assert made.open().headline == "Everything on the list holds: 1 of 1 items."
    session.answer("acme-rota", Status.BLOCKER)
    assert session.headline.startswith("Hold")
    # One answer serves every list: the shared control counts in the published ones too.
    assert session.assessment.items["fifty-point.5.46"].status is Status.READY


def test_a_reworded_question_of_ones_own_is_asked_again(bench):
    made = write(bench("fifty-point"), ACME)
    session = made.open()
    session.choose("acme", [])
    session.answer("acme-rota", Status.READY)
    session.save()
    write(made, ACME.replace("next four weeks", "next eight weeks"))
    fresh = made.open()
    assert fresh.assessment.standings["acme-rota"].standing is Standing.LAPSED
    assert fresh.upgrade().reworded == ("acme-rota",)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name = ", "acme.toml: not valid TOML"),
        (ACME.replace('severity = "high"', 'severity = "hihg"'), "controls.acme-rota.severity"),
        (ACME.replace('"runbooks"', '"runboks"'), "did you mean 'runbooks'"),
        (ACME.replace("acme.people.on-call", "people.on-call"), "begin with 'acme' and a dot"),
        (ACME.replace("acme-rota", "rota"), "begin with acme- and are new"),
        (ACME.replace('pillar = "people"', 'pillar = "poeple"'), "there is no pillar 'poeple'"),
        ('model = "fifty-point"\n' + ACME, "decides by 'every-item'"),
        ('slug = "other"\n' + ACME, "the file is called 'acme'"),
        (ACME.replace("[[items]]", "[[rows]]"), "rows"),
        (ACME + ACME[ACME.index("[[items]]") : ACME.index("[controls")].replace("[[items]]", ""), "not valid TOML"),
        ("x = " + "[" * 5000, "not valid TOML"),
        (ACME.replace('asks = "', 'asks = 3 # "'), "asks"),
    ],
)
def test_what_is_wrong_with_one_is_told_with_file_and_key_and_stops_nothing(bench, text, complaint):
    session = write(bench(), text).open()
    told = [str(problem) for problem in session.state.problems]
    assert any(complaint in one and ".readiness/checklists/acme.toml" in one for one in told), told
    assert "acme" not in session.catalogue.checklists
    assert session.headline


def test_a_name_that_is_taken_a_link_and_a_huge_file_are_left_out(bench, tmp_path):
    made = write(bench(), ACME, "fifty-point.toml")
    (tmp_path / "outside.toml").write_text(ACME)
    (made.root / ".readiness" / "checklists" / "acme.toml").symlink_to(tmp_path / "outside.toml")
    write(made, "# " + "x" * (1 << 21), "big.toml")
    catalogue, problems = catalogue_of(made.root)
    assert list(catalogue.checklists) == ["fifty-point", "prototype-gap", "seven-steps", "six-gates", "ten-gates"]
    assert len(problems) == 3


def test_a_linked_folder_of_checklists_is_not_followed(bench, tmp_path):
    made = bench()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "acme.toml").write_text(ACME)
    (made.root / ".readiness").mkdir()
    (made.root / ".readiness" / "checklists").symlink_to(tmp_path / "elsewhere")
    catalogue, problems = catalogue_of(made.root)
    assert "acme" not in catalogue.checklists
    assert problems


def newer(session, **renamed):
    """The same catalogue a version later, in which controls were renamed."""
    controls = {renamed.get(name, name): replace(one, id=renamed.get(name, name)) for name, one in
                session.catalogue.controls.items()}  # fmt: skip
    checklists = {
        slug: replace(one, items=tuple(
            replace(item, controls=tuple(renamed.get(name, name) for name in item.controls)) for item in one.items
        ))
        for slug, one in session.catalogue.checklists.items()
    }  # fmt: skip
    signals = {
        name: replace(one, feeds=tuple(renamed.get(control, control) for control in one.feeds))
        for name, one in session.catalogue.signals.items()
    }
    session.catalogue = replace(
        session.catalogue, version="1.1", controls=controls, checklists=checklists, signals=signals, redirects=renamed
    )
    session._cache.clear()
    return session


def test_an_answer_under_an_old_id_counts_and_moves_whole(bench):
    made = bench()
    session = made.open()
    session.answer("runbooks", Status.READY, note="in the wiki")
    session.save()
    text = session.state_path.read_text()
    session.state_path.write_text(text.replace("[controls.runbooks]\n", "[controls.runbooks]\nours = true\n"))
    later = newer(made.open(), runbooks="incident-runbooks")
    assert later.assessment.standings["incident-runbooks"].standing is Standing.CLAIMED
    assert "readiness.toml: [controls.runbooks]: is called incident-runbooks now" in str(later.state.problems[0])
    found = later.upgrade()
    assert (found.renamed, found.added) == ((("controls.runbooks", "controls.incident-runbooks"),), ())
    later.take_upgrade()
    later.save()
    tables = tomllib.loads(later.state_path.read_text())
    assert tables["catalogue"] == "1.1"
    assert "runbooks" not in tables["controls"]
    assert tables["controls"]["incident-runbooks"]["note"] == "in the wiki"
    assert tables["controls"]["incident-runbooks"]["ours"] is True
    assert not later.upgrade().needed


def test_what_stands_under_the_new_id_wins(bench):
    made = bench()
    session = made.open()
    session.answer("runbooks", Status.READY)
    session.save()
    path = session.state_path
    path.write_text(
        path.read_text() + '\n[controls.incident-runbooks]\nstatus = "blocker"\nby = ["Bo <bo@example.com>"]\n'
    )
    later = newer(made.open(), runbooks="incident-runbooks")
    assert later.assessment.standings["incident-runbooks"].standing is Standing.BLOCKER
    later.take_upgrade()
    later.save()
    tables = tomllib.loads(path.read_text())["controls"]
    assert tables["incident-runbooks"]["status"] == "blocker"
    assert "runbooks" not in tables


def test_controls_a_newer_catalogue_adds_get_their_place(bench):
    made = bench()
    path = made.root / "readiness.toml"
    text = path.read_text()
    start = text.index("# ", text.rindex("\n\n", 0, text.index("[controls.runbooks]")))
    end = text.index("\n\n", start) + 2
    path.write_text(text[:start] + text[end:])
    session = made.open()
    assert session.upgrade().added == ("runbooks",)
    session.take_upgrade()
    session.save()
    assert path.read_text() == text


def test_choosing_what_is_not_there_is_refused_and_nothing_answered_goes_away(bench):
    made = bench()
    session = made.open()
    session.answer("sast-scanning", Status.READY)  # only in the six gates
    with pytest.raises(Refused, match="did you mean 'ten-gates'"):
        session.choose("ten-gate", [])
    session.choose("fifty-point", [])
    session.save()
    fresh = made.open()
    assert fresh.state.checklists == ("fifty-point",)
    assert fresh.state.answer("sast-scanning").status is Status.READY


def test_commands_list_choose_and_upgrade(bench, capsys):
    made = write(bench(), ACME)

    def call(*arguments):
        code = main(["-C", str(made.root), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    code, out, _ = call("checklists")
    assert (code, "acme" in out, "What we ask of every service" in out) == (0, True, True)
    assert call("checklists", "--add", "acme", "--decides", "six-gates")[0] == 0
    assert made.open().state.checklists == ("six-gates", "fifty-point", "acme")
    code, _, err = call("checklists", "--drop", "six-gates")
    assert (code, "decides and cannot be left out" in err) == (2, True)
    assert call("checklists", "--drop", "acme")[0] == 0
    code, out, _ = call("upgrade")
    assert (code, "up to date" in out) == (0, True)
    assert "Somebody is on call" in call("explain", "acme.people.on-call")[1]
