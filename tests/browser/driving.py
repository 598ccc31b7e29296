"""Drives a real JupyterLab, started as our launcher starts it, in a real browser; what leaves the machine is counted.

The browser tests use it, and the figures of `python -P -m benchmarks.notebooks`.
"""

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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook.notebook.launch import LAB, command, environment

TOKEN = "readiness-test"
FOLDERS = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
WAIT_MS = 180_000
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
            raise RuntimeError(f"JupyterLab ended at once:\n{lab.log.read_text()}")
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


@contextmanager
def running_lab(own: Path, home: Path) -> Iterator[Lab]:
    """JupyterLab on the folder `home`, with settings, caches and kernels of its own in `own`."""
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
    try:
        yield _started(Lab(f"http://127.0.0.1:{port}", home, log, outside, process))
    finally:
        _end(process)
        outside.shutdown()
        outside.server_close()


def launched(playwright: Any, chromium: str) -> Any:
    """A Chromium for which nothing has an address but this machine: what it asks its makers for fails too."""
    return playwright.chromium.launch(
        executable_path=chromium,
        args=["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
        timeout=WAIT_MS,
    )


@contextmanager
def window(browser: Any, lab: Lab) -> Iterator[Any]:
    """A page with a memory of its own. What it asks of the world outside is refused and counted."""
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
        choice = page.locator("button.readiness-choice:visible")
        self.form = page.locator(".jp-OutputArea .readiness-form").filter(has=choice)
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
        """Run all cells and wait for them."""
        self.begin()
        self.ran()

    def ran(self) -> None:
        """Wait until each cell has its number."""
        ended = f"() => [...document.querySelectorAll('{TARGETS}')].every(one => /\\[\\d/.test(one.textContent))"
        self.page.wait_for_function(ended)

    def says(self, text: str) -> None:
        """Wait until the form's status says this."""
        try:
            self.status.filter(has_text=text).wait_for()
        except Exception as error:
            focus = self.page.evaluate("document.activeElement?.outerHTML.slice(0, 300)")
            raise AssertionError(f"it says {self.status.all_text_contents()}, and the focus is on {focus}") from error

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
        raise AssertionError(f"Tab never came to {selector}")

    def shot(self, name: str) -> None:
        """Keep a picture for a person to look at, where one is asked for."""
        if folder := os.environ.get("READINESS_SHOTS"):
            self.page.set_viewport_size({"width": 1280, "height": 2600})
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"))
            self.page.set_viewport_size(SIZE)
