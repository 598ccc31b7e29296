"""Small things people read: who confirms, where was searched, lines that end between words."""

import pytest

from checks.observation import Examined, Observation, Outcome, ProbeReport
from workbook.catalogue import load_catalogue
from workbook.cli.due import WIDTH
from workbook.cli.looking import observation_line
from workbook.cli.main import main
from workbook.first_look import worst_first
from workbook.session import Session


@pytest.fixture
def call(repository, capsys):
    session = Session(repository)
    session.start(["fifty-point", "six-gates"])
    session.save()

    def run(*arguments):
        code = main(["-C", str(repository), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_what_comes_back_is_told_in_lines_that_end_between_words(call):
    out = call("due")[1]
    told = out.partition("Comes back with:")[2].splitlines()
    assert max(map(len, told)) <= WIDTH
    known = load_catalogue().controls
    named = {word.strip(",") for line in told for word in line[27:].split()}
    assert named <= known.keys()
    assert len(told) > len({line[:27] for line in told if line[:3].strip()}), "nothing was wrapped"


def test_verify_says_as_whom(call, capsys):
    assert "You confirm as Ana Example <ana@example.com>." in call("verify", "runbooks")[2]
    assert main(["verify", "--help"]) == 0
    assert "user.email" in capsys.readouterr().out


def test_what_has_no_place_says_where_was_searched():
    places = ("README*", "docs/**", "a", "b", "c", "d")
    seen = Observation("ops.runbooks", Outcome.UNMET, "no runbooks", places)
    assert "searched README*, docs/**, a, b and 2 more" in observation_line(seen)
    (line,) = worst_first(load_catalogue(), ProbeReport(None, {seen.signal: seen}, (), Examined(1)))
    assert line.looked == "searched README*, docs/**, a, b and 2 more"
    assert "searched" not in observation_line(Observation("ops.runbooks", Outcome.MET, "there", places))
