import json
import re
import sys
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pandas
import pytest

from workbook.answers import Status
from workbook.errors import Refused
from workbook.launch import main
from workbook.metrics import metrics
from workbook.notebook import Workbook
from workbook.notebook.attaching import EVIDENCE
from workbook.notebook.documents import sync
from workbook.notebook.headless_mode import HEADLESS
from workbook.notebook.recorded import Attached, Measured
from workbook.notebook.table import Table
from workbook.notebook.verifying import compared, verify
from workbook.pictures import complexity_histogram
from workbook.session import Session

CONTROL = "rate-limiting"


@pytest.fixture
def book(opened):
    return Workbook(opened)


def test_tables_say_what_the_session_says(book, opened):
    control = opened.questions()[0].control.id
    controls = book.controls
    assert controls.column("control") == opened.catalogue.controls_of(opened.state.checklists)
    assert {row["standing"] for row in controls} == {"unanswered"}
    assert len(book.items) == len(opened.checklist.scored)
    assert {row["state"] for row in book.items} == {"unanswered"}
    (row,) = controls.where(control=control)
    assert (row["severity"], row["asked_by"]) == (opened.catalogue.controls[control].severity, ("fifty-point",))


def test_before_the_probes_looked_the_tables_say_so_and_are_empty(book):
    for table in (book.signals, book.findings, book.hotspots):
        assert len(table) == 0
        assert "have not looked yet" in repr(table)
    assert book.churn().said == "no functions measured"


def test_after_the_probes_looked_tables_and_pictures_hold_what_they_saw(book, opened, monkeypatch):
    (opened.root / "app.py").write_text(
        "def twisted(a):\n" + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(30))
    )
    monkeypatch.setenv(HEADLESS, "1")
    book.probe()
    assert set(book.signals.column("signal")) == set(opened.report.observations)
    assert len(book.findings) == len(opened.report.findings)
    assert ("app.py", "twisted", 31) in {(row["path"], row["function"], row["complexity"]) for row in book.hotspots}
    assert book.complexity().lines[4] == "rank E, complexity 31 to 40: 1 functions"


def test_a_table_is_walked_chosen_from_and_shown():
    table = Table("Rows", ("name", "size"), tuple((f"n{i}", i % 3) for i in range(250)))
    assert len(table.where(size=1)) == 83
    assert next(iter(table)) == {"name": "n0", "size": 0}
    assert "250 rows; the first 100 are shown" in repr(table)
    assert "n100" not in repr(table)
    with pytest.raises(Refused, match="no column 'sizes'"):
        table.where(sizes=1)


def test_every_table_becomes_a_data_frame(book, opened, monkeypatch):
    (opened.root / "app.py").write_text("password = 'hunter2hunter2'\neval(input())\n")
    monkeypatch.setenv(HEADLESS, "1")
    book.probe()
    control = opened.questions()[0].control.id
    opened.answer(control, Status.READY, note="at the gateway")
    for name in ("controls", "items", "answers", "signals", "findings", "hotspots", "history"):
        table = getattr(book, name)
        frame = table.to_pandas()
        assert isinstance(frame, pandas.DataFrame)
        assert tuple(frame.columns) == table.columns, name
        assert len(frame) == len(table), name
    frame = book.controls.to_pandas()
    assert list(frame[frame.standing != "unanswered"].control) == [control]
    assert frame.groupby("severity").size().sum() == len(book.controls)


def test_a_data_frame_becomes_evidence_row_by_row(book, opened):
    frame = book.controls.to_pandas().groupby("area").size().reset_index(name="controls")
    piece = book.attach(CONTROL, frame, name="by area")
    rows = json.loads((opened.root / str(piece.values["path"])).read_text())
    assert sum(row["controls"] for row in rows) == len(book.controls)


def test_without_pandas_the_table_says_what_works(book, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(Refused, match="walk the table itself"):
        book.controls.to_pandas()


@pytest.mark.parametrize(
    ("thing", "ending"),
    [({"p95_ms": 183.2, "runs": [1, 2]}, ".json"), (complexity_histogram([(3, 1)]), ".svg"), ("in words", ".json")],
)
def test_a_value_or_figure_becomes_a_file_of_evidence(book, opened, thing, ending):
    piece = book.attach(CONTROL, thing, name="Load run", note="holds at ten times the load")
    path = opened.root / str(piece.values["path"])
    assert path.parent == opened.root / EVIDENCE
    assert path.name == f"{CONTROL}-load-run{ending}"
    assert sha256(path.read_bytes()).hexdigest() == piece.values["sha256"]
    book.save()
    answer = Session(opened.root).state.answer(CONTROL)
    assert answer.evidence == (piece,)
    assert answer.note == "holds at ten times the load"
    assert (answer.watch, answer.pins) == ((), "")


def test_a_value_of_the_same_name_takes_the_place_of_the_one_before(book, opened):
    book.attach(CONTROL, {"p95": 1}, name="load")
    book.attach(CONTROL, {"p95": 2}, name="load")
    book.attach(CONTROL, {"p95": 3}, name="other")
    pieces = opened.state.answer(CONTROL).evidence
    assert [Path(str(piece.values["path"])).name for piece in pieces] == [
        f"{CONTROL}-load.json",
        f"{CONTROL}-other.json",
    ]
    assert json.loads((opened.root / EVIDENCE / f"{CONTROL}-load.json").read_text()) == {"p95": 2}


def test_a_file_of_the_repository_stays_where_it_is(book, opened):
    (opened.root / "report.html").write_text("fine")
    piece = book.attach(CONTROL, Path("report.html"))
    assert piece.values["path"] == "report.html"
    assert not (opened.root / EVIDENCE).exists()
    with pytest.raises(Refused, match="outside the repository"):
        book.attach(CONTROL, Path("../elsewhere.txt"))


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        (object(), "cannot be kept as a value"),
        (float("nan"), "cannot be kept as a value"),
        ({"key": "AKIA" + "IOSFODNN7EXAMPLQ"}, "looks like a secret"),
        ("x" * 5_000_000, "larger than 4 MiB"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(book, opened, thing, said):
    with pytest.raises(Refused, match=said):
        book.attach(CONTROL, thing)
    assert not (opened.root / ".readiness").exists()


def test_a_linked_evidence_folder_is_not_written(book, opened, tmp_path):
    (opened.root / ".readiness").mkdir()
    (opened.root / EVIDENCE).symlink_to(tmp_path)
    with pytest.raises(Refused, match="is a link"):
        book.attach(CONTROL, 3)


def test_an_unknown_control_is_refused_with_the_nearest(book):
    with pytest.raises(Refused, match="rate-limiting"):
        book.attach("rate-limitin", 3)


def test_a_measurement_is_stored_once_and_saved(book, opened):
    name = next(iter(metrics()))
    book.measure(name, 12, metrics()[name].unit, "a load run")
    book.save()
    stored = Session(opened.root).state.measurements[name]
    assert (stored.value, stored.source) == (12, "a load run")


def test_a_run_without_a_person_writes_nothing(book, opened, monkeypatch):
    monkeypatch.setenv(HEADLESS, "1")
    book.attach(CONTROL, {"p95": 1})
    book.measure("p95_ms", 3, "ms")
    assert "Nothing saved" in repr(book.save())
    assert not opened.unsaved
    assert not (opened.root / ".readiness").exists()


def write_cells(opened, *sources):
    (path,) = sync(opened, "explore")
    notebook = nbformat.read(path, as_version=4)
    keep = [cell for cell in notebook.cells if cell["id"] in {"readiness-title", "readiness-open"}]
    own = [nbformat.v4.new_code_cell(source, id=f"mine-{number}") for number, source in enumerate(sources)]
    notebook.cells = [*keep, *own]
    nbformat.write(notebook, path)


def test_verify_reproduces_values_and_says_which_no_longer_hold(book, opened):
    name = next(iter(metrics()))
    unit = metrics()[name].unit
    book.attach(CONTROL, {"limit": 60}, name="limit")
    book.attach(CONTROL, {"stale": True}, name="stale")
    book.attach(CONTROL, {"gone": 1}, name="gone")
    book.measure(name, 100, unit)
    book.save()
    write_cells(
        opened,
        f'book.attach("{CONTROL}", {{"limit": 60}}, name="limit")',
        f'book.attach("{CONTROL}", {{"stale": False}}, name="stale")',
        f'book.measure("{name}", 105, "{unit}", within=0.1)',
    )
    before = (opened.root / "readiness.toml").read_bytes()
    runs, checks = verify(opened.root)
    assert [one.error for one in runs] == [""] * 7
    assert {(one.what.rpartition("/")[2], one.holds, one.said) for one in checks} == {
        (f"{CONTROL}-limit.json", True, "the same as recorded"),
        (f"{CONTROL}-stale.json", False, "it comes out differently now"),
        (f"{CONTROL}-gone.json", False, "no notebook makes it"),
        (name, True, f"105 {unit} now, 100 recorded"),
    }
    assert (opened.root / "readiness.toml").read_bytes() == before
    assert json.loads((opened.root / EVIDENCE / f"{CONTROL}-stale.json").read_text()) == {"stale": True}


def test_a_number_holds_within_the_share_its_cell_allows(opened):
    name = next(iter(metrics()))
    unit = metrics()[name].unit
    opened.measure(name, 100, unit)
    for now, within, holds in ((100, 0, True), (101, 0, False), (110, 0.1, True), (111, 0.1, False)):
        (check,) = compared(opened.state, [Measured(name, now, unit, within)], everything=True)
        assert check.holds is holds, now


def test_what_is_not_recorded_yet_is_no_failure(opened):
    (check,) = compared(opened.state, [Attached(CONTROL, f"{EVIDENCE}/x.json", "0")], everything=True)
    assert (check.holds, check.said) == (True, "not recorded yet")


def test_a_refusal_in_a_cell_is_one_line(book):
    with pytest.raises(Refused) as refused:
        book.attach("nothing-like-it\x1b[2J", 3)
    (line,) = refused.value._render_traceback_()
    assert line.startswith("Refused: ")
    assert "\x1b" not in line


def test_history_is_a_table_of_what_was_committed(book, opened, git):
    git(opened.root, "add", ".")
    git(opened.root, "commit", "-m", "Begin")
    table = book.history
    assert [row["highest"] for row in table] == [50]
    assert book.trend().lines[-1].endswith("of 50")


def test_the_command_tells_what_holds_and_fails_where_something_does_not(book, opened, capsys):
    book.attach(CONTROL, {"limit": 60}, name="limit")
    book.save()
    write_cells(opened, f'book.attach("{CONTROL}", {{"limit": 60}}, name="limit")')
    run = ["-C", str(opened.root), "notebook", "run", "--verify", "--yes", "--pillar", "explore"]
    assert main(run) == 0
    assert f"holds     {CONTROL}: {EVIDENCE}/{CONTROL}-limit.json: the same as recorded" in capsys.readouterr().out
    write_cells(opened, f'book.attach("{CONTROL}", {{"limit": 30}}, name="limit")')
    assert main(run) == 1
    assert "no longer " in capsys.readouterr().out


def test_the_command_checks_what_is_stored(opened, capsys):
    check = ["-C", str(opened.root), "notebook", "check"]
    path = sync(opened)[0]
    assert main(check) == 0
    path.write_text("{}")
    assert main(check) == 1
    told = capsys.readouterr()
    assert path.name in told.out
    assert "readiness notebook sync" in told.err


def test_running_needs_a_yes_and_nothing_is_executed_without_one(opened, capsys):
    write_cells(opened, "open('ran', 'w').close()")
    assert main(["-C", str(opened.root), "notebook", "run", "--pillar", "explore"]) == 2
    assert "--yes" in capsys.readouterr().err
    assert not (opened.root / "ran").exists()
    assert main(["-C", str(opened.root), "notebook", "run", "--pillar", "explore", "--yes"]) == 0
    assert (opened.root / "ran").exists()


@pytest.mark.parametrize("wrong", [["sync", "--verify"], ["run", "--no-browser"]])
def test_an_option_of_another_action_is_refused(opened, capsys, wrong):
    assert main(["-C", str(opened.root), "notebook", *wrong]) == 2
    assert "belongs to" in capsys.readouterr().err


class Bare(HTMLParser):
    """The text of a page whose styles, scripts and attributes were taken away, as in a notebook nobody trusts."""

    def __init__(self):
        super().__init__()
        self.text, self._skipped = [], 0

    def handle_starttag(self, tag, _):
        self._skipped += tag in ("style", "script", "svg")

    def handle_endtag(self, tag):
        self._skipped -= tag in ("style", "script", "svg")

    def handle_data(self, data):
        if not self._skipped:
            self.text.append(data)


OBJECTS = ("controls", "items", "answers", "signals", "findings", "hotspots", "history")
PICTURES = ("verdicts", "pillars", "complexity", "churn", "trend", "timeline")


def test_everything_a_cell_shows_has_a_plain_and_an_html_form_that_say_the_same_without_styles(
    book, opened, monkeypatch
):
    (opened.root / "app.py").write_text("password = 'hunter2hunter2'\neval(input())\n")
    monkeypatch.setenv(HEADLESS, "1")
    book.probe()
    pillar = book.pillar("4")
    shown = [book, *(getattr(book, name) for name in OBJECTS), *(getattr(book, name)() for name in PICTURES)]
    shown += [pillar, pillar.form(), pillar.probes(), pillar.summary()]
    for one in shown:
        bundle = one._repr_mimebundle_()
        reader = Bare()
        reader.feed(bundle["text/html"])
        read = set(re.findall(r"\w+", " ".join(reader.text)))
        said = set(re.findall(r"\w+", bundle["text/plain"]))
        assert said
        assert not said - read, (type(one).__name__, bundle["text/plain"][:80])
