"""What the cache holds never shows in a result: warm and cold looks are the same, to the order of the findings."""

from __future__ import annotations

import json
import os
import random
import subprocess
from dataclasses import asdict
from pathlib import Path

import pytest

from checks import run
from checks.cache.place import DATABASE
from checks.cache.store import Store
from checks.isolated import CACHE, look_over
from checks.observation import Outcome
from checks.report_wire import pack
from checks.run import Progress

ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
EDITS = 14
ASKED = [None, None, {"code.no-complex-hotspots"}, {"errors.not-swallowed"}, {"secrets.none-in-code", "ci.on-change"}]

MAIN = """from fastapi import FastAPI
from app import users

app = FastAPI()
app.include_router(users.router)
"""
USERS = """import requests
from fastapi import APIRouter

router = APIRouter()


@router.get("/users/{name}")
def user(name: str, db):
    db.execute(f"SELECT * FROM users WHERE name = '{name}'")
    return requests.get("https://example.com/" + name).json()
"""
WEB = """export async function load(name) {
  try { return await fetch("/users/" + name) } catch (error) {}
}
"""
ASK = "def ask(q):\n    return client.chat.completions.create(model='m', messages=[q])\n"
SECRET = "ghp_" + "a8Kd02LmQz91XcVb47TyUi63OpWe58RtNj20"
PIECES = {
    "app/extra.py": [USERS, MAIN, "def broken(:\n", "", "import subprocess\nsubprocess.run('ls ' + x, shell=True)\n"],
    "app/users.py": [USERS, USERS.replace("requests.get", "httpx.get"), "\n\n" + USERS, "x = [\n"],
    "web/load.ts": [WEB, "\n" + WEB, "const = 1", "export const x = eval(y)\n"],
    "app/__init__.py": ["", "from app.users import router\n"],
    "users.py": ["router = None\n", "import openai\nclient = openai.OpenAI()\n"],
    "app/model.py": [f"from app.extra import client\n{ASK}", f"from users import client\n{ASK}"],
    "tsconfig.json": ['{"compilerOptions": {"paths": {"@/*": ["./web/*"]}}}', '{"compilerOptions": {}}', "{"],
    "web/page.tsx": ['import { load } from "@/load";\nexport default () => <a onClick={() => load("x")}>y</a>;\n'],
    "package.json": ['{"dependencies": {"react": "19"}}', '{"main": "web/load.ts"}'],
    "app/latin.py": [b"# \xe9\nx = 1\n", b"# coding: latin-1\n# \xe9\n"],
    "Dockerfile": ["FROM python:3.12\nCMD python app/main.py\n", "FROM python\nUSER app\n"],
    "requirements.txt": ["fastapi\n", "fastapi==0.1\nrequests\n"],
    "pyproject.toml": ['[project]\nname = "acme"\ndependencies = ["flask"]\n', "[tool.pytest.ini_options]\n", "[\n"],
    "packages/ui/package.json": ['{"name": "@acme/ui", "main": "index.js"}', '{"name": "ui"}', "{"],
    "packages/ui/index.js": [WEB, 'import { load } from "../../web/load"\nload("x")\n'],
    "web/shop.vue": ['<script setup>\nimport { load } from "@acme/ui"\nload("x")\n</script>\n', "<script>\n"],
    "tests/test_users.py": ["def test_user():\n    assert user('x')\n", "from app.users import user\n", "def (\n"],
    "web/load.test.ts": ['import { load } from "./load"\ntest("x", () => expect(load("x")))\n', "test.skip()\n"],
    "docs/runbook.md": ["# Runbook\n\n## Rollback\n\n1. Deploy the release before.\n", "# Notes\n"],
    ".env.example": ["TOKEN=\n", "DATABASE_URL=postgres://db.example.com/x\n"],
    "app/settings.py": ["import os\nTOKEN = os.environ['TOKEN']\n", f"TOKEN = '{SECRET}'\n"],
    "docker-compose.yml": ["services:\n  db:\n    image: postgres\n", "services: [\n"],
    ".github/workflows/ci.yml": ["on: push\njobs:\n  test:\n    steps:\n      - run: pytest\n", "on: [\n"],
}


def git(root: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ana Example", "-c", "user.email=ana@example.com")
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True, env=ENVIRONMENT)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "acme"
    for path, text in {"app/main.py": MAIN, "app/users.py": USERS, "web/load.ts": WEB, "README.md": "# Acme\n"}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Begin")
    return root


def edit(root: Path, chance: random.Random) -> str:
    path = chance.choice(sorted(PIECES))
    place = root / path
    if place.exists() and chance.random() < 0.2:
        place.unlink()
        return f"without {path}"
    content = chance.choice(PIECES[path])
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content if isinstance(content, bytes) else content.encode())
    if chance.random() < 0.3:
        git(root, "add", "-A")
        git(root, "commit", "-qm", "Go on", "--allow-empty")
    return f"{path}: {content!r}"


def test_random_edits_leave_warm_and_cold_looks_the_same(repository: Path, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)  # noqa: S311  # which edits, no secret
    done = []
    with Store(tmp_path / "looks.sqlite3") as store:
        for _ in range(EDITS):
            done.append(edit(repository, chance))
            # What some signals need is read as often as ever, whatever is kept of the others.
            signals = chance.choice(ASKED)
            warm = run.look_over(repository, signals=signals, store=store)
            cold = run.look_over(repository, signals=signals)
            assert json.dumps(pack(warm)) == json.dumps(pack(cold)), (seed, done, signals)


def test_what_decides_where_imports_lead_is_examined_though_none_is_looked_up_again(
    repository: Path, tmp_path: Path
) -> None:
    (repository / "web" / "load.ts").unlink()
    (repository / "web" / "page.ts").write_text('import { gone } from "@/gone";\ngone("x");\n')
    (repository / "tsconfig.json").write_text("{")
    with Store(tmp_path / "looks.sqlite3") as store:
        for added in ("first.py", "second.py"):
            (repository / "app" / added).write_text("x = 1\n")
            warm = run.look_over(repository, signals={"errors.not-swallowed"}, store=store)
            assert pack(warm) == pack(run.look_over(repository, signals={"errors.not-swallowed"}))
            assert [one.path for one in warm.files.partial] == ["tsconfig.json"]


def test_what_decides_where_imports_lead_counts_for_nothing_where_no_web_code_is_left(
    repository: Path, tmp_path: Path
) -> None:
    (repository / "users.py").write_text("router = None\n")
    (repository / "tsconfig.json").write_text("{")
    with Store(tmp_path / "looks.sqlite3") as store:
        assert [one.path for one in run.look_over(repository, store=store).files.partial] == ["tsconfig.json"]
        (repository / "web" / "load.ts").unlink()
        warm = run.look_over(repository, store=store)
        assert pack(warm) == pack(run.look_over(repository))
        assert not warm.files.partial


def test_the_second_look_is_the_first_without_looking(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    cold_steps: list[Progress] = []
    warm_steps: list[Progress] = []
    cold = look_over(repository, on_progress=cold_steps.append)
    warm = look_over(repository, on_progress=warm_steps.append)
    assert pack(warm) == pack(cold)
    assert cold_steps
    assert not warm_steps
    (repository / "app" / "users.py").write_text(USERS.replace("SELECT", "SELECT DISTINCT"))
    changed = look_over(repository, on_progress=warm_steps.append)
    assert warm_steps
    git(repository, "checkout", "-q", ".")
    assert pack(look_over(repository)) == pack(cold)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "empty"))
    (repository / "app" / "users.py").write_text(USERS.replace("SELECT", "SELECT DISTINCT"))
    assert pack(look_over(repository)) == pack(changed)


def test_some_signals_are_kept_apart_from_all(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert set(look_over(repository, signals={"release.changelog"}).observations) == {"release.changelog"}
    assert set(look_over(repository, signals={"release.feature-flags"}).observations) == {"release.feature-flags"}


def test_a_spoiled_cache_is_said_and_changes_nothing(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    signals = {"release.changelog", "errors.not-swallowed"}
    cold = look_over(repository, signals=signals)
    place = next((tmp_path / "cache").rglob(DATABASE))
    place.write_bytes(b"not a database " * 1000)
    steps: list[Progress] = []
    assert pack(look_over(repository, signals=signals, on_progress=steps.append)) == pack(cold)
    assert [step.note for step in steps if step.stage == CACHE] == ["the cache was made anew: it was damaged"]
    steps.clear()
    look_over(repository, signals=signals, on_progress=steps.append)
    assert not steps


def test_what_was_owed_to_chance_is_not_kept(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("checks.children.allowance.SECONDS", 0.000001)
    signal = "errors.not-swallowed"
    assert look_over(repository, signals={signal}).observations[signal].outcome is Outcome.UNKNOWN
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert look_over(repository, signals={signal}).observations[signal].outcome is not Outcome.UNKNOWN


def test_no_secret_reaches_the_cache(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (repository / "app" / "settings.py").write_text(f'GITHUB_TOKEN = "{SECRET}"\nrequests.get(url, auth="{SECRET}")\n')
    report = look_over(repository)
    assert any(one.location.path == "app/settings.py" for one in report.findings)
    place = next((tmp_path / "cache").rglob(DATABASE))
    with Store(place) as store:
        rows = [row for (row,) in store._rows("SELECT key FROM kept", ())]
        kept = json.dumps(list(store.get(rows).values()))
    assert rows
    assert SECRET not in kept
    assert SECRET.encode() not in place.read_bytes()


def test_what_findings_show_follows_the_file(repository: Path, tmp_path: Path) -> None:
    leaky = 'SELECT * FROM users WHERE note = "postgres://ana:9fQ2xLmT7vRk@db.example.com/x" AND name'
    texts = [
        USERS,
        "\n\n" + USERS,
        USERS.replace("name}'", "name}' LIMIT 1"),
        USERS.replace("SELECT * FROM", leaky),
        USERS,
    ]
    other = repository / "app" / "extra.py"
    with Store(tmp_path / "looks.sqlite3") as store:
        for text in texts:
            (repository / "app" / "users.py").write_text(text)
            for again in (USERS, USERS.replace("SELECT", "SELECT DISTINCT")):
                other.write_text(again)
                warm, cold = run.look_over(repository, store=store), run.look_over(repository)
                assert json.dumps(pack(warm)) == json.dumps(pack(cold))
                assert pack(cold) == asdict(cold)
                assert any("DISTINCT" in one.snippet for one in warm.findings) == (again != USERS)
        kept = store.get(bytes(key) for (key,) in store._rows("SELECT key FROM kept", ()))
    assert kept
    assert "9fQ2xLmT7vRk" not in json.dumps(list(kept.values()))
