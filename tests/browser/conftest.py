"""A real JupyterLab, started as our launcher starts it, with folders of its own and every outside request refused."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from workbook.notebook.launch import LAB, command, environment

TOKEN = "readiness-test"
FOLDERS = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")


@dataclass
class Lab:
    """A running JupyterLab."""

    url: str
    log: Path
    outside: list[str] = field(default_factory=list)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            pytest.fail(f"JupyterLab ended at once:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  our own http address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not answer:\n{log.read_text()}")


@pytest.fixture
def start_lab(tmp_path: Path) -> Iterator[Callable[[Path, Path], Lab]]:
    """Start JupyterLab on a root and a notebook; it is ended after the test."""
    running: list[subprocess.Popen[bytes]] = []

    def start(root: Path, notebook: Path) -> Lab:
        port = _free_port()
        own = {f"JUPYTER_{name}": str(tmp_path / f"jupyter_{name.lower()}") for name in FOLDERS}
        own |= {f"JUPYTERLAB_{name}_DIR": str(tmp_path / f"lab_{name.lower()}") for name in ("SETTINGS", "WORKSPACES")}
        own |= {"IPYTHONDIR": str(tmp_path / "ipython"), "HOME": str(tmp_path)}
        arguments = [
            *command(root, notebook),
            *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--no-browser"),
            *(f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True"),
        ]
        log = tmp_path / "lab.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                arguments, cwd=LAB, env=environment(os.environ) | own, stdout=output, stderr=subprocess.STDOUT
            )
        running.append(process)
        base = f"http://127.0.0.1:{port}"
        _wait(f"{base}/api?token={TOKEN}", process, log)
        page = f"{base}/lab/tree/{notebook.relative_to(root).as_posix()}?token={TOKEN}&reset"
        return Lab(page, log)

    yield start
    for process in running:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
