"""A real JupyterLab, started as our launcher starts it, in a real browser; whatever leaves the machine is counted."""

from __future__ import annotations

import json
import os
import socket
import socketserver
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from workbook.notebook.documents import sync
from workbook.notebook.launch import LAB, command, environment
from workbook.people import People
from workbook.sample import materialize
from workbook.session import Session

TOKEN = "readiness-test"
FOLDERS = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
WAIT_MS = 90_000
"""Only how long a hang may last; nothing is asserted of it."""

SIZE = {"width": 1280, "height": 1000}
TARGETS = ".jp-Notebook .jp-CodeCell .jp-InputArea-prompt"


class Outside(socketserver.ThreadingTCPServer):
    """A proxy that lets nothing through and remembers what a server or a kernel asked of it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Refusal)
        self.asked: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """Where the proxy listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Refusal(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.server.asked.append(self.rfile.readline(4096).decode(errors="replace").strip())
        self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@dataclass
class Lab:
    """A running JupyterLab: its address, the folder it shows, its log, and what was asked of the world outside."""

    base: str
    home: Path
    log: Path
    outside: Outside
    process: subprocess.Popen[bytes]

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Ask JupyterLab's own interface."""
        request = urllib.request.Request(  # noqa: S310  our own http address
            f"{self.base}/api/{path}",
            json.dumps(body).encode() if body is not None else None,
            {"Authorization": f"token {TOKEN}"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  the same
            raw = answer.read()
        return json.loads(raw) if raw else None

    def forget(self) -> None:
        """End all kernels and terminals."""
        for what, key in (("sessions", "id"), ("terminals", "name")):
            for one in self.call("GET", what):
                self.call("DELETE", f"{what}/{one[key]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _started(lab: Lab) -> Lab:
    while True:
        if lab.process.poll() is not None:
            pytest.fail(f"JupyterLab ended at once:\n{lab.log.read_text()}")
        try:
            lab.call("GET", "status")
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return lab


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One JupyterLab for all tests of this process; each has a repository of its own below the folder it shows."""
    own, home = tmp_path_factory.mktemp("jupyter"), tmp_path_factory.mktemp("home")
    outside = Outside()
    folders = {f"JUPYTER_{name}": str(own / name.lower()) for name in FOLDERS}
    folders |= {f"JUPYTERLAB_{name}_DIR": str(own / f"lab_{name.lower()}") for name in ("SETTINGS", "WORKSPACES")}
    folders |= {"IPYTHONDIR": str(own / "ipython"), "HOME": str(own)}
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), outside.address)
    local = dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost")
    port = _free_port()
    arguments = [
        *command(home, home / "none.ipynb"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--no-browser"),
        *(f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True"),
    ]
    log = own / "lab.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            arguments,
            cwd=LAB,
            env=environment(os.environ) | folders | proxies | local,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    yield _started(Lab(f"http://127.0.0.1:{port}", home, log, outside, process))
    _end(process)
    outside.shutdown()
    outside.server_close()


@pytest.fixture
def lab(jupyter: Lab) -> Iterator[Lab]:
    """The running JupyterLab; kernels and terminals of the test are ended after it, and nothing may have left."""
    jupyter.outside.asked.clear()
    yield jupyter
    jupyter.forget()
    assert jupyter.outside.asked == []


@pytest.fixture(scope="session")
def git() -> Callable[..., str]:
    """What git says in a folder."""

    def run(root: Path, *arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True
        ).stdout.strip()

    return run


@pytest.fixture
def workbook(lab: Lab, tmp_path: Path, git: Callable[..., str]) -> Session:
    """The sample with a workbook of the fifty points, below the folder that JupyterLab shows."""
    root = materialize(lab.home / tmp_path.name / "acme-chat")
    for key, value in {"user.name": "Ana Example", "user.email": "ana@example.com"}.items():
        git(root, "config", key, value)
    session = Session(root, People("Ana Example <ana@example.com>"))
    session.start(["fifty-point"])
    session.save()
    return session


# One browser for a module, never longer: while it lives, the loop of its driver counts as running in this thread, and
# asynchronous tests of another module would not start.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            # Nothing has an address but this machine: what Chromium asks its makers of its own accord fails too.
            args=[
                *("--no-sandbox", "--disable-dev-shm-usage"),
                "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            ],
            timeout=WAIT_MS,
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, lab: Lab) -> Iterator[Any]:
    """A window with a memory of its own. What a page asks of the world outside is refused and counted."""
    context = browser.new_context(viewport=SIZE)

    def answer(route: Any) -> None:
        if route.request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            route.continue_()
        else:
            lab.outside.asked.append(route.request.url)
            route.abort()

    context.route("**/*", answer)
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    yield page
    context.close()


class Sheet:
    """A notebook in the browser."""

    def __init__(self, page: Any, lab: Lab, path: Path) -> None:
        self.page, self.lab, self.path = page, lab, path
        self.outputs = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea")
        self.form = page.locator(".jp-OutputArea .readiness-form").filter(has=page.locator("button.readiness-choice"))
        self.probes = page.locator(".jp-OutputArea .readiness-form").filter(has_text="Look again").first
        self.status = self.form.locator("[role=status]")

    def open(self) -> Sheet:
        """Load the page and wait for the kernel."""
        self.page.goto(f"{self.lab.base}/lab/tree/{self.path.relative_to(self.lab.home)}?token={TOKEN}&reset")
        self.ready()
        return self

    def ready(self) -> None:
        """Wait for the notebook and its kernel; before that a run opens a dialog that asks for one."""
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        kernel = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
        self.page.wait_for_function(f"() => {kernel}?.connectionStatus === 'connected' && {kernel}?.status === 'idle'")

    def command(self, name: str) -> None:
        """Start a JupyterLab command. Its promise is not waited for: that of a lost run never resolves."""
        self.page.evaluate(f"() => {{ window.jupyterapp.commands.execute('{name}'); }}")

    def begin(self) -> None:
        """Run all cells. The first run is now and then lost while the kernel connects; then no cell waits or ran."""
        taken = f"() => [...document.querySelectorAll('{TARGETS}')].some(one => /\\[[*\\d]/.test(one.textContent))"
        self.command("notebook:clear-all-cell-outputs")
        for _ in range(5):
            self.command("notebook:run-all-cells")
            try:
                self.page.wait_for_function(taken, timeout=5_000)
            except Exception:  # noqa: BLE001, S112  the next turn asks again; the wait below has the last word
                continue
            return
        self.page.wait_for_function(taken)

    def run(self) -> None:
        """Run all cells and wait until each has its number."""
        self.begin()
        ended = f"() => [...document.querySelectorAll('{TARGETS}')].every(one => /\\[\\d/.test(one.textContent))"
        self.page.wait_for_function(ended)

    def says(self, text: str) -> None:
        """Wait until the form's status says this."""
        self.status.filter(has_text=text).wait_for()

    def save(self) -> None:
        """Save the notebook's file, as Ctrl+S does."""
        self.command("docmanager:save")
        self.stored()

    def stored(self) -> None:
        """Wait until the file holds what the page shows."""
        self.page.wait_for_function("() => window.jupyterapp.shell.currentWidget.context.model.dirty === false")

    def theme(self, name: str) -> None:
        """Change JupyterLab's theme and wait until the page has it."""
        self.page.evaluate(
            "(name) => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })", name
        )
        self.page.wait_for_function(
            "(name) => document.body.dataset.jpThemeName === name && !document.getElementById('jupyterlab-splash')",
            arg=name,
        )

    def tab_to(self, selector: str, *, back: bool = False) -> Any:
        """Press Tab until the focus is there, as somebody without a mouse does."""
        for _ in range(200):
            if self.page.evaluate("(wanted) => document.activeElement?.matches(wanted)", selector):
                return self.page.locator(":focus")
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        return pytest.fail(f"Tab never came to {selector}")

    def shot(self, name: str) -> None:
        """Keep a picture for a person to look at, where one is asked for."""
        if folder := os.environ.get("READINESS_SHOTS"):
            self.page.set_viewport_size({"width": 1280, "height": 2600})
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"))
            self.page.set_viewport_size(SIZE)


@pytest.fixture
def opened(lab: Lab, workbook: Session, page: Any) -> Callable[[str], Sheet]:
    """Write and open one of the workbook's notebooks: "overview", "explore" or a pillar."""

    def open_one(name: str) -> Sheet:
        return Sheet(page, lab, sync(workbook, name)[0]).open()

    return open_one
