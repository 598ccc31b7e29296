"""The payload corpus through everything that leaves the workbook, found by its registries and read by real parsers."""

import ast
import importlib
import importlib.util
import io
import json
import pkgutil
import random
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

import nbformat
import pytest

import workbook.cli.doctor
import workbook.exports
import workbook.notebook
from workbook.cli.commands import COMMANDS
from workbook.cli.looking import Looked
from workbook.commit import CommitFailed, commit, preview
from workbook.errors import Refused
from workbook.explain.found import name_of
from workbook.exports import EXPORTS, Format
from workbook.launch import main
from workbook.notebook.book import PillarBook
from workbook.notebook.clash import ClashPanel
from workbook.notebook.documents import document, sheets
from workbook.notebook.guard import Guard
from workbook.notebook.opened import Workbook
from workbook.notebook.probing import ProbePanel
from workbook.session import Session
from workbook.store import Clash


def _load(name):
    spec = importlib.util.spec_from_file_location(name.partition(".")[0], Path(__file__).with_name(name))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_calls = _load("sink_calls.py")
ARGUMENT, CALLS, CONTROL = _calls.ARGUMENT, _calls.CALLS, _calls.CONTROL

FIGURES_ONLY = {"badge_json", "badge_svg"}
"""Exports with room for figures and words of ours, and for nothing that a team or a tree brings."""

CUT = {"memo"}
"""Exports that cut long texts, so that their ends are not seen: they have a test with one payload at a time."""

SHOWING = {"probe": "summary", "guide": "asks", "status": "pillar", "pr": "", "gate": "note", "init": "fact"}
SHOWING |= {"sheet": "sheet", "brief": "summary"}
"""Commands that must have shown a kind of hostile field, so that the test is known to look at something."""

VIEWS = {
    *("PillarBook", "Page", "PillarForm", "ProbePanel", "QuestionPanel", "ClashPanel", "Script"),
    *("CommitPanel", "Workbook", "Table", "ReportPanel", "Told"),
}
"""The views of the notebook face that `test_notebook_views…` renders. A new one is rendered there and named here."""


@pytest.fixture(scope="session")
def readers():
    return _load("sink_readers.py")


@pytest.fixture
def teams(payloads, hostile_team, scale):
    """Teams that together deal out the whole corpus, each in another order."""
    corpus = payloads.corpus(scale(300, 2400))

    def deal(times, each=6):
        for seed in range(times):
            yield hostile_team.Team(random.Random(seed).sample(corpus, len(corpus)), each)  # noqa: S311  # an order

    deal.corpus = corpus
    return deal


class Count:
    """Which payloads each sink has shown, and what came alive there."""

    def __init__(self, corpus):
        self.corpus, self.seen, self.live = corpus, {}, []

    def add(self, sink, team, text, found):
        self.live += [(sink, one) for one in found]
        shown = {payload for number in team.shown(text) for payload in team.groups[number][1]}
        self.seen.setdefault(sink, set()).update(shown)

    def report(self, figure, what):
        fewest = min(self.seen, key=lambda name: len(self.seen[name]))
        counts = f"{len(self.corpus)} x {len(self.seen)}: {len(self.live)} live"
        figure(what, ">= 2,000: 0 live", f"{counts}; fewest seen whole: {len(self.seen[fewest])} by {fewest}")
        assert not self.live, self.live[:5]


# --- exports ---


def test_every_export_is_listed(readers):
    modules = {one.name for one in pkgutil.iter_modules(workbook.exports.__path__)}
    unlisted = modules - EXPORTS.keys()
    assert not unlisted, (
        f"add {sorted(unlisted)} to EXPORTS in workbook/exports/__init__.py, each as "
        'Export("function from session to text or data", "format"); the corpus then goes through it by itself'
    )
    assert not EXPORTS.keys() - modules, "take what is gone out of EXPORTS"
    assert readers.READERS.keys() == set(get_args(Format)), (
        "a new format needs a reader in tests/hostile/sink_readers.py"
    )


@pytest.mark.stress
def test_no_export_lets_a_payload_come_alive(teams, readers, tmp_path, monkeypatch, scale, figure):
    count = Count(teams.corpus)
    for turn, team in enumerate(teams(scale(1, 10), 12)):
        session = team.session(tmp_path / f"acme{turn}", monkeypatch)
        for name, export in EXPORTS.items():
            module = importlib.import_module(f"workbook.exports.{name}")
            left = getattr(module, export.render)(session)
            text = left if isinstance(left, str) else json.dumps(left)
            found = readers.READERS[export.format](left)
            if name in FIGURES_ONLY | CUT:
                count.live += [(name, one) for one in found]
                assert name in CUT or not team.kinds(text)
                continue
            count.add(name, team, text, found)
            assert "q" in text
    assert len(count.seen["pr_template"]) >= min(len(teams.corpus), scale(200, 2000))
    count.report(figure, "payload corpus x every export")


def test_no_summary_of_a_gate_lets_a_payload_come_alive(teams, readers, tmp_path, monkeypatch):
    from workbook.change.base import base_of
    from workbook.change.compared import compared
    from workbook.ci import Description, Occasion
    from workbook.gate import summary
    from workbook.gate.judge import judge
    from workbook.gate.ticked import ticked

    count = Count(teams.corpus)
    for turn, team in enumerate(teams(2, 12)):
        session = team.session(tmp_path / f"acme{turn}", monkeypatch)
        base = base_of(session, "HEAD")
        for change in (None, compared(session, base, session.report)):
            for cap in (10**9, summary.CAP):
                monkeypatch.setattr(summary, "CAP", cap)
                ruling = judge(session, Occasion.PULL_REQUEST, change)
                body = "".join(f"- [x] {team.text('body')} <!-- readiness:control {CONTROL} -->\n" for _ in range(3))
                claims = [*ticked(session, Description(body, "event")), team.text("claim")]
                noted = replace(ruling, notes=(*ruling.notes, team.text("note")))
                text = summary.markdown(noted, change, f"{team.text('folder')}/", claims)
                count.add("gate summary", team, text, readers.markdown(text))
                assert len(text.encode()) <= cap
    assert len(count.seen["gate summary"]) > len(count.corpus) / 2
    assert not count.live, count.live[:5]


def test_no_payload_ticks_a_box_or_moves_the_markers(teams, tmp_path, monkeypatch):
    from workbook.exports import pr_template
    from workbook.pull_request import template

    (team,) = teams(1)
    session = team.session(tmp_path / "acme", monkeypatch)
    block = pr_template.block(session)
    items = [item for pillar in session.checklist.scored_pillars for item in session.checklist.in_pillar(pillar.id)]
    assert block.count("\n- [") == len(items)
    assert [one.current for one in template.write(session)] == [False]
    assert [one.current for one in template.write(session)] == [True], "what was written is found again, whole"


def test_no_explanation_of_a_finding_lets_a_payload_come_alive(teams, readers, tmp_path, monkeypatch):
    from workbook.explain import as_html, as_json, as_markdown, as_text, explain
    from workbook.text import ci_log

    count = Count(teams.corpus)
    for turn, team in enumerate(teams(2, 12)):
        session = team.session(tmp_path / f"acme{turn}", monkeypatch)
        for name in {name_of(one) for one in session.report.findings}:
            for one in explain(session.catalogue, name, report=session.report):
                text = "\n".join(ci_log(line) for line in as_text.lines(one))  # as every line a command prints
                count.add("text", team, text, readers.log(text))
                page = "\n".join(as_markdown.lines(one))
                ours = {f"fence: {code}" for shown in one.examples for code in shown.files.values()}
                count.add("markdown", team, page, [live for live in readers.markdown(page) if live not in ours])
                cell = as_html.explain_html(one)
                count.add("html", team, cell, readers.html(cell))
                assert json.loads(json.dumps(as_json.explain_json([one])))["explained"][0]["id"] == one.id
    assert len(count.seen["text"]) > len(teams.corpus) // 4
    assert not count.live, count.live[:5]


# --- the command line ---


def test_every_command_is_called():
    missing = COMMANDS.keys() - CALLS.keys()
    assert not missing, f"add calls of {sorted(missing)} to CALLS in sink_calls.py, with every format"


@pytest.fixture
def call(monkeypatch, capsys, tmp_path):
    """Run one command on a folder; what it printed."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(workbook.cli.doctor, "_semgrep", lambda _: workbook.cli.doctor.Checkup("semgrep", "not asked"))

    def run(root, arguments):
        monkeypatch.setattr(sys, "stdin", io.StringIO("p\nnote\nn\n\nx\nreason\n\ny\nn\nnote\nu\nd\n\nq\n"))
        code = main(["-C", str(root), *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.mark.stress
def test_no_command_lets_a_payload_come_alive(teams, hostile_team, readers, call, tmp_path, monkeypatch, scale, figure):
    count, kinds = Count(teams.corpus), {}
    for turn, team in enumerate(teams(scale(1, 4), 10)):
        # A folder's own name is hostile too.
        root = tmp_path / f"acme{turn}\x1b]0;x\x07\u202e[/]"
        catalogue = team.prepare(root, monkeypatch)
        fresh = tmp_path / f"fresh{turn}"
        fresh.mkdir()
        for words in (("init", "-q"), ("config", "user.name", "Ana"), ("config", "user.email", "ana@example.com")):
            hostile_team.git(fresh, *words)

        (root / "hostile.sarif").write_text(json.dumps(team.scanner_report()), encoding="utf-8")
        (root / "sheet.md").write_text(_filled_in(team, Session(root)), encoding="utf-8", errors="replace", newline="")

        def probe(self, *, team=team, catalogue=catalogue, **_):
            self.accept(team.report(catalogue, self.place.commit))
            return self.report

        def look_at(folder, *_, team=team, catalogue=catalogue):
            return Looked(team.report(catalogue, Session(folder).place.commit), lasting=False, after="")

        monkeypatch.setattr(Session, "probe", probe)
        monkeypatch.setattr("workbook.cli.probe.look_at", look_at)
        for name in COMMANDS:
            for arguments in CALLS.get(name, ()):
                given = [team.argument() if one is ARGUMENT else one for one in arguments]
                given = [str(root / one) if one == "sheet.md" else one for one in given]
                code, out, err = call(fresh if name == "init" else root, given)
                assert code != 70, (arguments, err)
                if "json" in arguments and out.startswith(("{", "[")):
                    json.loads(out)
                read = readers.annotated if "github" in arguments else readers.log
                live = read(out) + readers.log(err)
                count.add(name, team, out + err, live + team.broken(out + err))
                kinds.setdefault(name, set()).update(team.kinds(out + err))
    for name, kind in SHOWING.items():
        assert not kind or kind in kinds[name], f"{name} showed no {kind}, so nothing was tested"
    count.report(figure, "payload corpus x every command")


def _filled_in(team, session):
    """A worksheet with hostile texts in every place where somebody can write; its lines are told line by line."""
    from workbook.exports.worksheet import to_markdown

    head, *blocks = to_markdown(session).split("\n## ")
    for number, clean in enumerate(blocks):
        block = clean.replace("- [ ]", "- [x]", 1 + number % 2)
        for label in re.findall(r"(?m)^- [A-Z][^\n]*:$", clean)[number % 2 :: 2]:
            block = block.replace(f"{label}\n", f"{label} {team.text('sheet', one_line=True)}\n")
        blocks[number] = f"{block}\n{team.text('sheet', one_line=True)}\n" if number % 3 == 0 else block
    return "\n## ".join([head.replace("Filled in by:", f"Filled in by: {team.text('sheet', one_line=True)}"), *blocks])


def test_a_terminal_gets_no_sequence_of_a_payload(teams, tmp_path, monkeypatch):
    """Real bytes of a real process on a real terminal."""
    pexpect = pytest.importorskip("pexpect")
    (team,) = teams(1)
    root = tmp_path / "acme\x1b]0;x\x07"
    team.prepare(root, monkeypatch)
    for arguments in (["status"], ["explain", "\x1b]0;x\x07"], ["status", "--format", "json"]):
        child = pexpect.spawn(
            sys.executable, ["-P", "-m", "workbook", "-C", str(root), *arguments], timeout=60, dimensions=(50, 500)
        )
        raw = child.read()
        child.close()
        assert b"Traceback" not in raw
        text = raw.decode("utf-8").replace("\r\n", "\n")
        assert not [one for one in text if (one < " " and one not in "\n\t") or "\x7f" <= one <= "\x9f"]
        assert len(text) > 50


# --- notebooks ---


def test_every_view_of_the_notebook_face_is_rendered():
    found = set()
    for one in pkgutil.iter_modules(workbook.notebook.__path__):
        source = Path(workbook.notebook.__path__[0], f"{one.name}.py").read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            shows = isinstance(node, ast.ClassDef) and ast.unparse(node)
            if shows and ("_repr_" in shows or "self.widget =" in shows or "anywidget" in shows):
                found.add(node.name)
    assert not found - VIEWS, (
        f"render {sorted(found - VIEWS)} in test_notebook_views_hold_no_live_payload, then name it in VIEWS"
    )
    assert not VIEWS - found


def _widgets(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _widgets(child)


def _looked_at(widget, readers):
    """What a widget shows of its own accord; what stands in an input is the person's to edit and stays as it is."""
    import ipywidgets

    for one in _widgets(widget):
        if isinstance(one, ipywidgets.HTML):
            yield one.value, readers.html(one.value)
        for trait in ("description", "tooltip", "placeholder", "status"):
            # An empty placeholder of ipywidgets is a space of no width.
            if (text := getattr(one, trait, None)) and text != "\u200b":
                yield text, readers.controls(text, "")
        assert not getattr(one, "description_allow_html", False)


@pytest.mark.stress
def test_notebook_views_hold_no_live_payload(teams, readers, tmp_path, monkeypatch, scale, figure):
    count = Count(teams.corpus)
    for turn, team in enumerate(teams(scale(1, 6), 10)):
        session = team.session(tmp_path / f"acme{turn}", monkeypatch)
        shown = [
            Clash(("controls", team.text("clash")), {team.text("field"): tuple(team.text("side") for _ in range(3))})
        ]
        for pillar in session.checklist.scored_pillars[: scale(2, 9)]:
            book = PillarBook(session, pillar.id)
            form = book.form()
            clashes = ClashPanel(session, Guard(), lambda: None)
            clashes.show(tuple(shown))
            panel = ProbePanel(session, book.signals, book.findings, lambda: None)
            panel._finish(team.text("said"), trouble=True)
            for control in list(form.entries)[:8]:
                form.open(control)
                for name, widget in (("form", form.widget), ("clash", clashes.widget), ("probes", panel.widget)):
                    for text, found in _looked_at(widget, readers):
                        count.add(name, team, text, found)
            (session.root / "hostile.sarif").write_text(json.dumps(team.scanner_report()), encoding="utf-8")
            form.panel.reports.read(control, "hostile.sarif", "", session.on_disk)
            for text, found in _looked_at(form.panel.reports.widget, readers):
                count.add("report", team, text, found)
            form.committing.open()
            for text, found in _looked_at(form.committing.widget, readers):
                count.add("commit", team, text, found)
            form.committing._refused(CommitFailed(team.text("refusal"), team.text("output")))
            for text, found in _looked_at(form.widget, readers):
                count.add("commit", team, text, found)
            for name in ("summary", "questions", "findings", "_cover"):
                page = getattr(book, name)()
                bundle = page._repr_mimebundle_()
                count.add(name, team, bundle["text/html"], readers.html(bundle["text/html"]))
                count.add(name, team, bundle["text/plain"], readers.controls(bundle["text/plain"]))
            form.close()
        book = Workbook(session)
        views = ("_cover", "verdicts", "pillars", "complexity", "churn", "timeline")
        tables = (book.controls, book.items, book.answers, book.signals, book.findings, book.hotspots)
        told = [book.explain(name_of(one)) for one in session.report.findings[:12]]
        for view in (*(getattr(book, name)() for name in views), *tables, *told):
            bundle = view._repr_mimebundle_()
            count.add("workbook", team, bundle["text/html"], readers.html(bundle["text/html"]))
            count.add("workbook", team, bundle["text/plain"], readers.controls(bundle["text/plain"]))
    count.report(figure, "payload corpus x every notebook view")


def test_stored_notebooks_hold_no_live_payload(teams, readers, tmp_path, monkeypatch):
    """The cells of ours, as nbformat reads them: Markdown without life, Python that is one call of ours."""
    (team,) = teams(1, 20)
    session = team.session(tmp_path / "acme", monkeypatch)
    for pillar in session.checklist.scored_pillars:
        (sheet,) = sheets(session.checklist, pillar.id)
        notebook = nbformat.reads(document(session, sheet).decode(), as_version=4)
        nbformat.validate(notebook)
        markdown, *code = notebook.cells
        assert not readers.markdown(markdown.source)
        assert team.kinds(markdown.source) >= {"pillar"}
        for cell in code:
            assert not readers.controls(cell.source)
            ast.parse(cell.source)
            assert not cell.source.lstrip().startswith(("%", "!", "?"))
        (opened,) = [one for one in ast.walk(ast.parse(code[0].source)) if getattr(one, "args", None) and _calls(one)]
        assert opened.args[0].value == f"{session.checklist.slug}.{pillar.id}"


def _calls(node):
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "open_pillar"


# --- commits ---


def test_git_reads_only_our_trailers_in_a_commit(teams, hostile_team, tmp_path, monkeypatch):
    (team,) = teams(1)
    session = team.session(tmp_path / "acme", monkeypatch)
    hostile_team.git(session.root, "config", "user.name", "Ana Example")
    proposed = preview(session, ["Bo Sample <bo@example.com>"])
    made = commit(session, navigators=["Bo Sample <bo@example.com>"])
    done = subprocess.run(
        ["git", "log", "-1", "--format=%(trailers)%x00%B"], cwd=session.root, capture_output=True, check=True
    )
    trailers, _, message = done.stdout.decode().partition("\0")
    assert trailers.strip() == "Co-authored-by: Bo Sample <bo@example.com>"
    assert message.strip() == proposed.strip() == made.message.strip()


@pytest.mark.parametrize(
    "name", ["Eve <eve@example.com>\nCo-authored-by: X <x@example.com>", "Eve\x1b <e@example.com>", "[/]"]
)
def test_nobody_forges_a_co_author_by_a_name(teams, tmp_path, monkeypatch, name):
    (team,) = teams(1)
    session = team.session(tmp_path / "acme", monkeypatch)
    with pytest.raises(Refused):
        preview(session, [name])
