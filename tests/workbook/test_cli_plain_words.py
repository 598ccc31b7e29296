"""Small things people read: who confirms, where was searched, lines that end between words."""

import pytest

from checks.observation import Examined, Finding, Location, Observation, Outcome, ProbeReport, Severity
from workbook.catalogue import load_catalogue
from workbook.cli.due import WIDTH
from workbook.cli.main import main
from workbook.cli.seen import observation_line, report_lines
from workbook.explain.found import longer_names
from workbook.first_look import worst_first
from workbook.session import Session
from workbook.text import terminal


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


def test_of_several_places_the_first_is_shown_and_the_others_are_counted():
    places = (Location("a.py", 3), Location("b.py"), Location("c.py"))
    assert observation_line(Observation("ops.runbooks", Outcome.PARTIAL, "some", (), places)).endswith(
        "  a.py:3 +2 more"
    )
    assert observation_line(Observation("ops.runbooks", Outcome.PARTIAL, "some", (), places[:1])).endswith("  a.py:3")


def test_what_to_do_stands_under_what_is_not_met():
    seen = (Observation(f"ops.{one}", one, "said", fix=f"do\x1b[31m {one}") for one in (Outcome.MET, Outcome.UNMET))
    report = ProbeReport(None, {one.signal: one for one in seen}, (), Examined())
    lines = list(report_lines(report))
    assert [line.strip() for line in lines if "To do" in line] == [f"To do: {terminal('do' + chr(27) + '[31m unmet')}"]
    assert lines.index(next(line for line in lines if "ops.unmet" in line)) + 1 == lines.index(
        next(line for line in lines if "To do" in line)
    )


def test_a_finding_named_by_the_end_of_its_path_is_offered_with_the_whole():
    seen = (
        Finding("a.rule", "code.eval", Location(path, 88), Severity.HIGH, "said") for path in ("api/users.py", "b.py")
    )
    report = ProbeReport(None, {}, tuple(seen), Examined())
    assert longer_names("users.py:88", report) == ("api/users.py:88",)
    assert longer_names("a.rule@users.py:88", report) == ("a.rule@api/users.py:88",)
    assert longer_names("users.py", report) == ("api/users.py",)
    assert longer_names("users.py:87", report) == longer_names("sers.py:88", report) == ()


def test_the_hint_at_own_checklists_is_for_who_has_none(call, repository):
    assert "A checklist of your own" in call("checklists")[2]
    (repository / ".readiness" / "checklists").mkdir(parents=True)
    (repository / ".readiness" / "checklists" / "acme.toml").write_text(
        'name = "Acme"\n[[pillars]]\nid = "people"\ntitle = "People"\n[[items]]\nid = "acme.people.one"\n'
        'pillar = "people"\ntitle = "One"\nasks = "Is it?"\ncontrols = ["runbooks"]\n'
    )
    _, out, err = call("checklists")
    assert "acme " in out
    assert "A checklist of your own" not in err


def test_the_opposite_of_ready_is_no_and_not_ready(call):
    assert "did you mean 'no'?" in call("answer", "runbooks", "not-ready")[2]
    assert "did you mean 'not-applicable'?" in call("answer", "runbooks", "not-aplicable")[2]
