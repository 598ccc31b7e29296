"""Fake secrets of every kind in every place, then every output: not one of the values may be in any of them."""

from __future__ import annotations

import importlib.util
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from textual.widgets import Input

from checks.secrets.shapes import redact
from workbook.answers import Evidence, Gap, Status
from workbook.crash import recorded
from workbook.errors import Refused
from workbook.ledger.half_typed import Field
from workbook.session import Session

ANA = "Ana Example <ana@example.com>"
CONTROL = "dependency-scanning"

QUERY = """import sqlite3

NOTE = {0}


def one(name):
    query = f"SELECT * FROM users WHERE name = '{{name}}'"  # {0}
    return sqlite3.connect("app.db").execute(query)  # {0}
"""


def _module():
    path = Path(__file__).with_name("fake_secrets.py")
    spec = importlib.util.spec_from_file_location("fake_secrets", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FAKES = _module().fakes()


def values() -> list[tuple[str, bytes]]:
    """What no output may hold, with its kind."""
    return [(one.kind, core.encode()) for one in FAKES for core in one.cores]


def found_in(*outputs: bytes) -> list[str]:
    whole = b"\n".join(outputs)
    # A value counts also where a line was broken for the screen, or JSON put a backslash before a slash.
    tight = whole.replace(b"\n", b"").replace(b" ", b"").replace(b"\\/", b"/")
    return [kind for kind, value in values() if value in whole or value in tight]


def tokens() -> list[str]:
    """Secrets that are one word without a slash, fit for a name of a file, a branch or a person."""
    return [
        one.cores[0] for one in FAKES if one.kind in ("github p", "openai", "npm", "gitlab", "hugging face", "groq")
    ]


@pytest.fixture
def leaky(tmp_path, plain_git) -> Path:
    """A repository with every fake in code, configuration and documents, and some in names, branches and history."""
    root = tmp_path / "leaky"
    (root / "api").mkdir(parents=True)
    plain_git(root, "init", "-q", "-b", "main")
    plain_git(root, "config", "user.name", "Ana Example")
    plain_git(root, "config", "user.email", "ana@example.com")
    for number, one in enumerate(FAKES):
        name = ("api/part{}.py", "web/part{}.ts", "config{}.yaml", "docs/page{}.md", ".env.part{}", "set{}.toml")[
            number % 6
        ]
        path = root / name.format(number)
        path.parent.mkdir(exist_ok=True)
        body = one.text
        if path.suffix == ".py":
            # Beside something that the code rules complain about, so that the line is shown as a snippet.
            body = QUERY.format(repr(one.text))
        path.write_text(body + "\n")
    first, second, third, fourth, *_ = tokens()
    (root / "api" / f"{first}.py").write_text(QUERY.format("'nothing here'"))
    (root / f"{second}.pem").write_text("x\n")
    cells = [{"cell_type": "code", "source": [one.text for one in FAKES[:9]], "outputs": [{"text": [FAKES[9].text]}]}]
    (root / "work.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    plain_git(root, "add", "-A")
    for one in FAKES[:20]:
        plain_git(root, "commit", "-q", "--allow-empty", "-m", f"Use {one.text}")
    plain_git(root, "commit", "-q", "--allow-empty", "-m", "Go on", f"--author={third} <{third.lower()}@example.com>")
    plain_git(root, "checkout", "-q", "-b", f"fix-{fourth}")
    return root


def command(root: Path, *arguments: str, home: Path, text: str = "") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "workbook", "-C", str(root), *arguments],
        env={**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "TMPDIR": str(home / "tmp")},
        input=text.encode(), capture_output=True, check=False, timeout=300,
    )  # fmt: skip


def left_behind(*folders: Path) -> list[bytes]:
    """Every file below the folders, and every name."""
    files = [path for folder in folders for path in folder.rglob("*")]
    return [os.fsencode(path.name) for path in files] + [
        path.read_bytes() for path in files if path.is_file() and not path.is_symlink()
    ]


@pytest.mark.stress
def test_what_a_repository_holds_reaches_no_output(leaky, tmp_path, scale, figure):
    home = tmp_path / "home"
    (home / "tmp").mkdir(parents=True)
    outputs: dict[str, bytes] = {}

    def run(*arguments: str, text: str = "", codes: tuple[int, ...] = (0,)) -> None:
        done = command(leaky, *arguments, home=home, text=text)
        assert done.returncode in codes, done.stderr.decode()
        outputs[" ".join(arguments)] = done.stdout + done.stderr

    run("probe")
    run("init", "--checklist", "fifty-point", "--yes")
    run("status", "--probe", "--format", "json", codes=(0, 1, 3))
    run("guide", "--plain", "--no-probe", text="y\n\nn\n\nd\n\nq\n")
    run("pr", "write")
    if scale(0, 1):
        run("probe", "--format", "json")
        run("status", "--probe", codes=(0, 1, 3))
        run()
        run("guide", "--plain", text="y\ny\n\nn\n\nd\n\nq\n")
        run("plan", codes=(0, 1, 3))
        run("commit", "--dry-run")
        run("history", codes=(0, 1))
        run("doctor", codes=(0, 1, 2))
        run("explain", "no-hardcoded-secrets")
        run("notebook", "sync")
    run("commit", "--yes")
    outputs["commit message"] = subprocess.run(
        ["git", "log", "-1", "--format=%B%n%an", "-p"], cwd=leaky, capture_output=True, check=True
    ).stdout
    # The report did look where the secrets are.
    assert outputs["probe"].count(b"key-shaped string") > 20
    assert b"[redacted]" in outputs["probe"]
    own = [leaky / "readiness.toml", leaky / ".github", leaky / ".readiness", leaky / ".git" / "readiness"]
    files = [path for one in own for path in ([one] if one.is_file() else one.rglob("*")) if path.is_file()]
    outputs["our files"] = b"\n".join(path.read_bytes() for path in files)
    outputs["caches and temporary folders"] = b"\n".join(left_behind(home))
    leaks = {name: kinds for name, output in outputs.items() if (kinds := found_in(output))}
    figure(
        "secrets of a repository in every output",
        "0 occurrences",
        f"{len(FAKES)} kinds, {len(outputs)} outputs: {sum(map(len, leaks.values()))}",
    )
    assert not leaks


@pytest.mark.stress
async def test_what_a_repository_holds_reaches_no_screen(leaky, scale, figure):
    from textual.geometry import Size

    from tui.app import ReadinessApp
    from tui.screens.code_view import CodeView
    from tui.wording import said

    session = Session(leaky)
    session.probe()
    app = ReadinessApp(session)
    shown: list[bytes] = []
    size = (200, 120)
    assert Size(*size)

    async with app.run_test(size=size) as pilot:

        async def take(*keys: str) -> None:
            await pilot.press(*keys)
            await pilot.pause()
            strips = app.screen._compositor.render_strips()
            shown.append("\n".join("".join(segment.text for segment in strip) for strip in strips).encode())

        await take()
        await take("m")
        await take("o")
        await take("escape")
        places = [one.location for one in session.report.findings][:: scale(6, 1)]
        for start in range(0, len(places), 15):
            app.push_screen(CodeView(places[start : start + 15], said("every finding")))
            await take()
            app.pop_screen()
        await take("enter")
        await take("enter")
        for _ in range(scale(2, 12)):
            await take("i")
            await take("escape", "right")
        await take("b")
        await take("c")
        app.exit(0)
    assert any(b"[redacted]" in one for one in shown)
    leaks = sorted({f"{kind} on screen {number}" for number, one in enumerate(shown) for kind in found_in(one)})
    figure(
        "secrets of a repository on every screen",
        "0 occurrences",
        f"{len(FAKES)} kinds, {len(shown)} screens: {len(leaks)}",
    )
    assert not leaks


def test_what_a_repository_holds_reaches_no_notebook(leaky):
    from workbook.notebook.book import PillarBook

    session = Session(leaky)
    session.start(["fifty-point"])
    session.save()
    session.probe()
    shown = []
    for pillar in session.checklist.scored_pillars:
        book = PillarBook(session, pillar.id)
        form = book.form()
        for control in form.entries:
            form.open(control)
            shown += [repr(form.widget.get_state()), form.panel._seen.value, form.panel._asked.value, form.guard.status]
        for page in (book.questions(), book.findings(), book.summary(), book):
            shown += page._repr_mimebundle_().values()
        form.close()
    assert any("key-shaped string" in one for one in shown)
    assert not found_in(repr(session.report).encode()), "the report itself holds none, whatever shows it"
    assert not found_in(*(one.encode() for one in shown))


@pytest.fixture
def workbook(victim) -> Session:
    session = Session(victim)
    session.start(["fifty-point"])
    session.save()
    return session


def typed_places(session: Session, text: str):
    """Every operation that takes words, with the words."""
    one_line = " ".join(text.split())
    yield "note", lambda: session.note(CONTROL, text)
    yield "answer note", lambda: session.answer(CONTROL, Status.READY, note=text)
    yield "reason", lambda: session.answer(CONTROL, Status.NOT_APPLICABLE, reason=text)
    yield "elsewhere", lambda: session.attach(CONTROL, Evidence("elsewhere", {"where": text}))
    yield "link", lambda: session.attach(CONTROL, Evidence("link", {"url": "https://ci.example.com/run", "saw": text}))
    yield "watch", lambda: session.answer(CONTROL, Status.READY, watch=[text])
    yield "tool", lambda: session.answer(CONTROL, Status.NEEDS_REVIEW, gap=Gap.PARTIAL, proposed_by=one_line)
    yield "measure", lambda: session.measure("coverage.percent", 80, "%", text)
    yield "attest", lambda: session.attest("core-logic-sound", holds=True, note=text)
    yield "override", lambda: session.override("fifty-point.4.31", Status.READY, text)


@pytest.mark.stress
def test_what_people_type_is_refused_by_kind_and_field_and_stored_nowhere(workbook, scale, figure):
    before = workbook.state_path.read_bytes()
    tried, taken, said = 0, [], []
    for one in FAKES[:: scale(5, 1)]:
        for place, operation in typed_places(workbook, one.text):
            tried += 1
            try:
                operation()
            except Refused as refused:
                said.append(str(refused))
                if not any(word in str(refused) for word in ("secret", "not a path pattern")):
                    taken.append((one.kind, place, str(refused)[:80]))
            else:
                taken.append((one.kind, place, "stored"))
    assert not workbook.unsaved
    assert workbook.state_path.read_bytes() == before
    on_disk = left_behind(workbook.place.private)
    figure(
        "secrets typed into every field",
        "all refused, 0 stored",
        f"{tried - len(taken)} of {tried} refused, {len(found_in(*on_disk))} on disk",
    )
    assert not taken
    assert not found_in(*on_disk, *(one.encode() for one in said))
    assert any("the note holds what looks like a secret (AWS access key id)" in one for one in said)


def test_what_people_type_is_not_in_the_half_typed_draft_either(workbook):
    for number, one in enumerate(FAKES):
        workbook.typed.keep(Field("note", f"control-{number}"), f"before {one.text} after")
    held = left_behind(workbook.place.private)
    assert sum(b"after" in one for one in held) == 1
    assert not found_in(*held)


def test_links_with_tokens_in_the_query_are_refused_and_those_without_are_kept(workbook):
    from workbook.evidence import recognized

    leaks = [one for one in FAKES if one.kind.startswith("query")]
    assert leaks
    for one in leaks:
        with pytest.raises(Refused, match="evidence"):
            workbook.attach(CONTROL, recognized(one.text, workbook.root))
    sha = "4f2c9e1a7b3d5c6e8f9a0b1c2d3e4f5a6b7c8d9e"
    workbook.attach(CONTROL, recognized(f"https://ci.example.com/acme/commit/{sha}?run=195&page=2", workbook.root))
    assert workbook.state.answer(CONTROL).evidence[0].label.endswith("page=2")


def test_the_command_line_refuses_with_a_line(workbook, tmp_path):
    for one in FAKES[:: len(FAKES) // 3]:
        done = command(workbook.root, "answer", CONTROL, "ready", "--note", one.text, home=tmp_path)
        assert done.returncode == 2
        assert done.stderr.count(b"\n") == 1
        assert b"the note holds what looks like a secret" in done.stderr
        assert not found_in(done.stdout, done.stderr)
    done = command(workbook.root, "commit", "--yes", "--message", f"Use {tokens()[0]}", home=tmp_path)
    assert done.returncode == 2
    assert b"the commit message holds what looks like a secret" in done.stderr


async def test_the_terminal_face_keeps_refused_text_in_the_field(workbook):
    from tui.app import ReadinessApp
    from tui.screens.prompts import TextPrompt

    app = ReadinessApp(workbook)
    app.look = lambda: None
    secret = tokens()[0]
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("g", "t")
        await pilot.pause()
        app.screen.query_one(Input).value = f"it is {secret} for now"
        await pilot.press("enter")
        await pilot.pause(0.3)
        assert isinstance(app.screen, TextPrompt)
        assert app.screen.query_one(Input).value == f"it is {secret} for now"
        assert secret not in str(app.screen.query_one(".hint").content)
        assert not found_in(*left_behind(workbook.place.private))
        app.exit(0)


def test_the_notebook_keeps_refused_text_in_the_field(workbook):
    from workbook.notebook.book import PillarBook

    pillar = next(item.pillar for item in workbook.checklist.scored if CONTROL in item.controls)
    form = PillarBook(workbook, pillar).form()
    form.open(CONTROL)
    secret = tokens()[0]
    form.panel.note.value = f"it is {secret}"
    form.panel.choices["y"].click()
    assert form.guard.trouble
    assert "note" in form.guard.status
    assert secret not in form.guard.status
    assert form.panel.note.value == f"it is {secret}"
    assert not workbook.unsaved
    assert not found_in(*left_behind(workbook.place.private))


def test_a_secret_written_into_the_file_by_hand_is_on_no_output(workbook, tmp_path):
    """An author of a pull request can put one there; then it is theirs to take out, and ours not to spread it."""
    lines = "".join(f"[[x]]\nvalue = {json.dumps(one.text)}\n" for one in FAKES)
    text = workbook.state_path.read_text()
    at = text.index(f"[controls.{CONTROL}]") + len(f"[controls.{CONTROL}]\n")
    note = json.dumps("\n".join(one.text for one in FAKES))
    text = (
        text[:at]
        + f'status = "not-applicable"\nby = ["{ANA}"]\nat = 2026-11-01\nrung = "attested"\n'
        + f"note = {note}\nreason = {note}\n"
        + text[at:].replace('status = "unanswered"\n', "", 1)
        + lines
    )
    workbook.state_path.write_text(text)
    outputs = []
    for arguments in (("status", "--format", "json"), ("plan",), ("commit", "--dry-run"), ("pr", "write")):
        done = command(workbook.root, *arguments, home=tmp_path)
        assert done.returncode in (0, 1, 3), done.stderr
        outputs += [done.stdout, done.stderr]
    again = Session(workbook.root)
    assert FAKES[0].cores[0] in again.state.answer(CONTROL).note, "the file itself was read"
    assert not found_in(*outputs)


def test_logs_of_crashes_hold_no_secret_and_are_private(workbook):
    before = os.umask(0)
    try:
        for one in FAKES:
            try:
                raise RuntimeError(f"cannot use {one.text}")
            except RuntimeError as error:
                told = recorded(error, workbook.root)
            assert not found_in(told.encode()), one.kind
    finally:
        os.umask(before)
    logs = list(workbook.place.private.glob("error-*.log"))
    assert len(logs) == len(FAKES)
    assert all(b"RuntimeError" in log.read_bytes() for log in logs)
    assert not found_in(*left_behind(workbook.place.private))
    assert {stat.S_IMODE(log.stat().st_mode) for log in logs} == {0o600}


CARELESS = """
import os, sys
from pathlib import Path
os.umask(0)
from workbook.answers import Status
from workbook.crash import recorded
from workbook.ledger.half_typed import Field
from workbook.people import People
from workbook.session import Session

session = Session(Path(sys.argv[1]), People("Ana Example <ana@example.com>"))
session.start(["fifty-point"])
session.save()
session.typed.keep(Field("note", "x"), "half")
session.answer(session.questions()[0].control.id, Status.READY)
recorded(RuntimeError("x"), session.root)
print(session.place.private)
"""


@pytest.mark.parametrize("in_git", [True, False])
def test_private_files_are_private_under_a_careless_umask(tmp_path, plain_git, in_git):
    root, home = tmp_path / "work", tmp_path / "home"
    root.mkdir()
    home.mkdir()
    config = home / "gitconfig"
    config.write_text("[user]\n\tname = Ana Example\n\temail = ana@example.com\n")
    if in_git:
        plain_git(root, "init", "-q")
        plain_git(root, "config", "user.name", "Ana Example")
        plain_git(root, "config", "user.email", "ana@example.com")
    environment = {**os.environ, "HOME": str(home), "GIT_CONFIG_GLOBAL": str(config)}
    environment.pop("XDG_STATE_HOME", None)
    done = subprocess.run(
        [sys.executable, "-P", "-c", CARELESS, str(root)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    private = Path(done.stdout.strip())
    made = [private, *private.rglob("*")]
    if not in_git:
        made += [one for one in private.parents if one.is_relative_to(home) and one != home]
    open_to_others = [str(one) for one in made if one.lstat().st_mode & 0o077]
    assert len(list(private.iterdir())) >= 3
    assert not open_to_others


def test_the_naive_output_would_leak(leaky):
    """The sieve bites: without redaction the same search finds nearly every kind."""
    plain = b"\n".join(path.read_bytes() for path in leaky.rglob("*") if path.is_file() and ".git" not in path.parts)
    assert len(set(found_in(plain))) == len({one.kind for one in FAKES})
    assert not found_in(redact(plain.decode()).encode())
