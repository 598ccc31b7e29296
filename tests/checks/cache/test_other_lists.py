"""Files that come, go and move: what is known of the others is said again, and never what a cold look would not say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checks import run
from checks.cache.answers import Answers
from checks.cache.store import Store
from checks.probe import Stage, probes
from checks.report_wire import pack
from checks.tree import Tree

FILES_ONLY = {signal for one in probes() if one.stage is Stage.FILES for signal in one.signals}
"""Semgrep has its own tests of what is kept, and would take most of the time."""

MAIN = """from fastapi import FastAPI
from app import inner

app = FastAPI()


@app.get("/")
def get():
    return inner.one(1)
"""
SILENT = "def added(value):\n    return value\n"
SAYING = 'import httpx\n\n\ndef added(value):\n    return httpx.get("https://example.com/" + value)\n'


@pytest.fixture
def product(tmp_path: Path) -> Path:
    root = tmp_path / "acme"
    (root / "app").mkdir(parents=True)
    (root / "web").mkdir()
    (root / "app" / "main.py").write_text(MAIN)
    (root / "app" / "inner.py").write_text("def one(value):\n    return value + 1\n")
    (root / "web" / "main.ts").write_text('import { two } from "./two";\n\ntwo(1);\n')
    (root / "web" / "two.ts").write_text("export const two = (value) => value;\n")
    (root / "package.json").write_text('{"name": "acme"}\n')
    return root


def looked(root: Path, store: Store | None, signals: set[str] = FILES_ONLY) -> str:
    return json.dumps(pack(run.look_over(root, signals=signals, store=store)))


def test_a_file_that_says_nothing_runs_few_steps_again(
    product: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    keep = Answers.keep
    # That a file is no text turns out on reading it: it is no matter of the list.
    (product / "app" / "logo.txt").write_bytes(b"\0\1\2")
    (product / "app" / "torn.md").write_bytes(b"# caf\xe9 \xff\n")
    monkeypatch.setattr(Answers, "keep", lambda self, name, value: (ran.append(name), keep(self, name, value))[1])
    with Store(tmp_path / "looks.sqlite3") as store:
        looked(product, store)
        every = len(ran)
        for path, most in (("app/added.py", 10), ("app/added.css", 3), ("web/added.ts", 20), ("notes/added.md", 15)):
            ran.clear()
            (product / path).parent.mkdir(exist_ok=True)
            (product / path).write_text("" if path.endswith((".css", ".ts")) else SILENT)
            assert looked(product, store) == looked(product, None)
            assert len(ran) <= most, path
    assert every > 60


@pytest.mark.parametrize(
    ("path", "later"),
    [
        ("app/added.py", SAYING),
        ("app/added.py", "def broken(:\n"),
        ("app/settings.py", "DEBUG = True\n"),
        ("web/added.ts", 'import axios from "axios";\n\naxios.get("https://example.com");\n'),
        ("notes.txt", 'password = "hunter2-hunter2-hunter2"\n'),
    ],
)
def test_a_file_that_said_nothing_when_it_came_is_heard_later(
    product: Path, tmp_path: Path, path: str, later: str
) -> None:
    with Store(tmp_path / "looks.sqlite3") as store:
        looked(product, store)
        (product / path).write_text("")
        first = looked(product, store)
        assert first == looked(product, None)
        for text in (later, "", later):
            (product / path).write_text(text)
            assert looked(product, store) == looked(product, None)
        (product / path).unlink()
        assert looked(product, store) == looked(product, None)


@pytest.mark.parametrize("path", ["app/inner.py", "web/two.ts", "notes.txt", "package.json", "docs/guide.md"])
def test_a_file_that_was_no_text_is_one_later(product: Path, tmp_path: Path, path: str) -> None:
    file = product / path
    file.parent.mkdir(exist_ok=True)
    text = file.read_bytes() if file.exists() else b"Notes\n"
    with Store(tmp_path / "looks.sqlite3") as store:
        for number, content in enumerate([b"\0\1", text, b"\xff\xfe\xfa", text, text + b"\xe9\n", text]):
            file.write_bytes(content)
            assert looked(product, store) == looked(product, None)
            (product / "app" / f"added_{number}.py").write_text(SILENT)
            assert looked(product, store) == looked(product, None)


@pytest.mark.parametrize(
    ("there", "other"),
    [
        ("app/inner.py", "app/outer.py"),
        ("app/inner.py", "app/inner/__init__.py"),
        ("app/main.py", "src/app/main.py"),
        ("web/two.ts", "web/two/index.ts"),
        ("package.json", "web/package.json"),
    ],
)
def test_what_a_name_leads_to_may_move(product: Path, tmp_path: Path, there: str, other: str) -> None:
    with Store(tmp_path / "looks.sqlite3") as store:
        looked(product, store)
        (product / other).parent.mkdir(parents=True, exist_ok=True)
        (product / there).rename(product / other)
        assert looked(product, store) == looked(product, None)
        (product / other).rename(product / there)
        assert looked(product, store) == looked(product, None)


def test_where_web_imports_lead_may_change_without_a_new_file(product: Path, tmp_path: Path) -> None:
    (product / "web" / "main.ts").write_text('import { get } from "@lib/client";\n\nget("https://example.com");\n')
    (product / "web" / "lib").mkdir()
    (product / "web" / "lib" / "client.ts").write_text('import axios from "axios";\n\nexport const get = axios.get;\n')
    (product / "tsconfig.json").write_text("{}\n")
    led = '{"compilerOptions": {"paths": {"@lib/*": ["./web/lib/*"]}}}\n'
    with Store(tmp_path / "looks.sqlite3") as store:
        for text in ("{}\n", led, "{}\n", led):
            (product / "tsconfig.json").write_text(text)
            assert looked(product, store) == looked(product, None)


def test_unchanged_files_are_not_read_again_where_one_is_added(
    product: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signals = {"code.maintainability", "calls.timeouts", "llm.call-limits"}
    with Store(tmp_path / "looks.sqlite3") as store:
        looked(product, store, signals)
        (product / "app" / "added.py").write_text(SAYING)
        cold = looked(product, None, signals)
        read: list[str] = []
        text = Tree.text
        monkeypatch.setattr(Tree, "text", lambda tree, path: (read.append(path), text(tree, path))[1])
        assert looked(product, store, signals) == cold
        assert "app/added.py" in read
        assert {path for path in read if path.endswith((".py", ".ts"))} == {"app/added.py"}


@pytest.mark.parametrize("path", ["tests/test_main.py", "tests/__init__.py", "tests/helper.py", "app/added.py"])
def test_a_file_that_no_longer_parses_is_said_to(product: Path, tmp_path: Path, path: str) -> None:
    (product / "tests").mkdir()
    (product / "tests" / "test_main.py").write_text("from app.main import get\n\n\ndef test_it():\n    assert get()\n")
    broken = "    def broken(:\n"
    file = product / path
    with Store(tmp_path / "looks.sqlite3") as store:
        looked(product, store)
        for text in ("", broken, "x = 1\n", broken):
            file.write_text(text)
            assert looked(product, store) == looked(product, None)
            # Nor is it forgotten where another changes, or is added.
            (product / "app" / "inner.py").write_text(f"def one(value):\n    return value + {len(text)}\n")
            (product / "tests" / f"fresh_{len(text)}.py").write_text("")
            assert looked(product, store) == looked(product, None)
