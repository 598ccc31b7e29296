"""A CI host on this machine: checkouts as it makes them, its files, its variables, and the API that keeps comments."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from workbook.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
EVENTS = Path(__file__).parent / "events"
SYSTEM = "/usr/local/bin:/usr/bin:/bin"
KEY = "AKIA" + "Z7QX4M2N8P5R3T6V"
"""Looks like a key, and is none."""
BASH = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")
"""What the host runs a script with."""
SECONDS = 300
"""A step that takes longer hangs."""


def git(root: Path, *arguments: str) -> str:
    environment = {"PATH": SYSTEM, "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(["git", *arguments], cwd=root, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def recorded_event(name: str, **changes: Any) -> dict[str, Any]:
    """A recorded event; `pull_request` changes what stands below that."""
    found: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    below = changes.pop("pull_request", {})
    return found | changes | ({"pull_request": found["pull_request"] | below} if below else {})


@pytest.fixture
def recorded() -> Callable[..., dict[str, Any]]:
    """`recorded("push")`: an event as its host sends it."""
    return recorded_event


class Origin:
    """A team's repository as its host has it, with a workbook on `main`."""

    key = KEY

    def __init__(self, root: Path, folder: str = ".") -> None:
        self.root, self.home = root, root / folder

    def begin(self) -> Origin:
        """Make it."""
        (self.home / "api").mkdir(parents=True)
        (self.home / "api" / "main.py").write_text("import os\n\nKEY = os.environ['KEY']\nprint(len(KEY))\n")
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "Ana Example")
        self.git("config", "user.email", "ana@example.com")
        self.git("config", "uploadpack.allowAnySHA1InWant", "true")
        self.commit("Start")
        self.do("init", "--yes")
        self.do("answer", "secrets-manager", "ready", "--evidence", "https://example.com/vault")
        self.do("pr", "write")
        self.commit("Workbook")
        return self

    def do(self, *arguments: str) -> None:
        assert main(["-C", str(self.home), *arguments]) == 0

    def commit(self, message: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", message)

    def branch(self, name: str = "topic") -> None:
        self.git("switch", "-qc", name, "main")

    def leak(self) -> None:
        """A key in the code, which the workbook says there is none of."""
        (self.home / "api" / "client.py").write_text(f'KEY = "{KEY}"\n')
        self.commit("Client")

    def mend(self) -> None:
        (self.home / "api" / "client.py").write_text("import os\n\nKEY = os.environ['KEY']\n")
        self.commit("Take the key from the environment")

    def git(self, *arguments: str) -> str:
        return git(self.root, *arguments)

    def request(self, base: str = "main") -> str:
        """The merge commit that a host makes of a request, as refs/pull/7/merge."""
        head = self.git("rev-parse", "HEAD")
        tree = self.git("merge-tree", "--write-tree", base, head).splitlines()[0]
        merge = self.git("commit-tree", tree, "-p", base, "-p", head, "-m", f"Merge {head} into {base}")
        self.git("update-ref", "refs/pull/7/merge", merge)
        return merge

    def checkout(self, folder: Path, ref: str, *, depth: int = 0) -> Path:
        """A checkout as actions/checkout makes one: detached for a request, with all of the history or a piece."""
        folder.mkdir(parents=True)
        git(folder, "init", "-q", "-b", "main")
        git(folder, "remote", "add", "origin", f"file://{self.root}")
        local = ref.replace("refs/heads/", "refs/remotes/origin/").replace("refs/pull/", "refs/remotes/pull/")
        if depth:
            git(folder, "fetch", "-q", f"--depth={depth}", "--no-tags", "origin", f"+{ref}:{local}")
        else:
            git(folder, "fetch", "-q", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*", f"+{ref}:{local}")
        branch = ref.removeprefix("refs/heads/")
        git(folder, "checkout", "-q", *(["--detach", local] if branch == ref else ["-B", branch, local]))
        return folder


@dataclass
class Api:
    """The comments of request 7, behind HTTP on the loopback."""

    url: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    refuses: int = 0
    """The code writing is refused with, as on a fork; 0 where it is allowed."""

    def written(self) -> list[str]:
        return [call for call in self.calls if not call.startswith("GET")]


@pytest.fixture
def api() -> Iterator[Api]:
    state = Api()

    class Handler(BaseHTTPRequestHandler):
        def answer(self, code: int, data: object) -> None:
            raw = json.dumps(data).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def asked(self) -> dict[str, Any]:
            state.calls.append(f"{self.command} {self.path}")
            assert self.headers["Authorization"] == "Bearer token-of-the-run"
            length = int(self.headers.get("Content-Length") or 0)
            return json.loads(self.rfile.read(length)) if length else {}

        def do_GET(self) -> None:
            self.asked()
            found = re.fullmatch(r"/repos/example/acme/issues/7/comments\?per_page=(\d+)&page=(\d+)", self.path)
            assert found
            size, page = int(found[1]), int(found[2])
            self.answer(200, state.comments[(page - 1) * size : page * size])

        def do_POST(self) -> None:
            body = self.asked()["body"]
            if state.refuses:
                self.answer(state.refuses, {"message": "Resource not accessible by integration"})
                return
            assert self.path == "/repos/example/acme/issues/7/comments"
            state.comments.append({"id": 900 + len(state.comments), "user": {"type": "Bot"}, "body": body})
            self.answer(201, state.comments[-1])

        def do_PATCH(self) -> None:
            body = self.asked()["body"]
            if state.refuses:
                self.answer(state.refuses, {"message": "Resource not accessible by integration"})
                return
            (one,) = [one for one in state.comments if self.path == f"/repos/example/acme/issues/comments/{one['id']}"]
            one["body"] = body
            self.answer(200, one)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def action_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The action as its host unpacks it, with the tool installed already so that no test needs a network."""
    folder = tmp_path_factory.mktemp("actions") / "readiness workbook"
    for name in ("action.yml", "Makefile", "pyproject.toml", "requirements", ".github"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        folder.mkdir(exist_ok=True)
        copy(source, folder / name)
    (folder / ".venv" / "bin").mkdir(parents=True)
    for name in ("python", "readiness"):
        (folder / ".venv" / "bin" / name).symlink_to(Path(sys.executable).parent / name)
    for stamp in (".python", ".run-ready"):
        (folder / ".venv" / stamp).touch()
    return folder


@dataclass
class Ran:
    """What a run left: the steps that ran with their logs, its code, outputs and summary."""

    steps: dict[str, str] = field(default_factory=dict)
    code: int = 0
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""

    @property
    def log(self) -> str:
        return "".join(self.steps.values())

    @property
    def orders(self) -> list[str]:
        """The workflow commands in the log."""
        return [line for line in self.log.splitlines() if line.lstrip().startswith("::")]


def looked_up(text: str, contexts: dict[str, Any]) -> str:
    """An expression of the few forms that action.yml uses."""

    def value(match: re.Match[str]) -> str:
        found: Any = contexts
        for part in match[1].split("."):
            found = found.get(part, {}) if isinstance(found, dict) else {}
        return found if isinstance(found, str) else ""

    return re.sub(r"\$\{\{ ([a-z_.]+) \}\}", value, text)


def holds(condition: str, contexts: dict[str, Any]) -> bool:
    def one(part: str) -> bool:
        name, sign, wanted = re.fullmatch(r"([a-z_.]+) (==|!=) '([^']*)'", part.strip()).groups()
        return (looked_up(f"${{{{ {name} }}}}", contexts) == wanted) is (sign == "==")

    return all(map(one, condition.split("&&")))


def _variables(temporary: Path, action_path: Path, workspace: Path, event_name: str) -> dict[str, str]:
    return {
        "PATH": SYSTEM,
        "HOME": str(temporary),
        "LANG": "C.UTF-8",
        "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],
        "RUNNER_TEMP": str(temporary),
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(action_path),
        "GITHUB_WORKSPACE": str(workspace),
        "GITHUB_EVENT_NAME": event_name,
        "GITHUB_EVENT_PATH": str(temporary / "event.json"),
        "GITHUB_REPOSITORY": "example/acme",
        "GITHUB_REF": "refs/heads/main",
    }


@pytest.fixture
def act(action_path: Path, api: Api, tmp_path: Path) -> Callable[..., Ran]:
    """Runs action.yml in a workspace, step after step, as its host would."""
    manifest = yaml.safe_load((action_path / "action.yml").read_text())

    def run(
        workspace: Path,
        name: str,
        told: dict[str, Any] | str,
        *,
        inputs: dict[str, str] | None = None,
        **environment: str,
    ) -> Ran:
        temporary = tmp_path / "temporary"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        payload = temporary / "event.json"
        payload.write_text(told if isinstance(told, str) else json.dumps(told))
        given = {one: about["default"] for one, about in manifest["inputs"].items()} | (inputs or {})
        contexts = {"inputs": given, "github": {"event_name": name, "token": "token-of-the-run"}, "steps": {}}
        ran = Ran()
        for number, step in enumerate(manifest["runs"]["steps"]):
            if ran.code or not holds(step.get("if", "github.event_name != ''"), contexts):
                continue
            files = {one: temporary / f"{number}-{one}" for one in ("output", "summary")}
            for file in files.values():
                file.touch()
            env = {
                **_variables(temporary, action_path, workspace, name),
                "GITHUB_API_URL": api.url,
                "GITHUB_OUTPUT": str(files["output"]),
                "GITHUB_STEP_SUMMARY": str(files["summary"]),
                **environment,
                **{key: looked_up(value, contexts) for key, value in step.get("env", {}).items()},
            }
            script = temporary / f"{number}.sh"
            script.write_text(step["run"])
            done = subprocess.run(
                [*BASH, script], cwd=workspace, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, timeout=SECONDS, check=False,
            )  # fmt: skip
            ran.steps[step["name"]] = done.stdout.decode()
            ran.code = done.returncode
            ran.summary += files["summary"].read_text()
            outputs = dict(line.split("=", 1) for line in files["output"].read_text().splitlines())
            contexts["steps"][step.get("id", str(number))] = {"outputs": outputs}
        for key, about in manifest["outputs"].items():
            ran.outputs[key] = looked_up(about["value"], contexts)
        return ran

    return run


@pytest.fixture(autouse=True)
def _outside_of_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own CI must not tell the gate under test what it is for."""
    for name in list(os.environ):
        if name.startswith(("GITHUB_", "CI_", "GITLAB_")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("GITHUB_", "CI_", "GITLAB_")):
                patch.delenv(name)
        return Origin(tmp_path_factory.mktemp("origins") / "acme").begin().root


@pytest.fixture
def origin(_made: Path, tmp_path: Path) -> Origin:
    """A team's repository of one's own."""
    shutil.copytree(_made, tmp_path / "origin", symlinks=True)
    return Origin(tmp_path / "origin")


@pytest.fixture
def origin_below(tmp_path: Path) -> Origin:
    """The same with its workbook in a folder below the top."""
    return Origin(tmp_path / "origin", "services/api").begin()
