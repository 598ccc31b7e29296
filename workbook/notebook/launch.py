"""Starts JupyterLab on the notebooks: our own interpreter and kernel, reachable from this machine only."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from workbook.notebook.documents import sync
from workbook.notebook.stripping import NOTEBOOKS
from workbook.session import Session

LAB = Path(__file__).parent / "lab"
"""Configuration and kernel that are laid over the user's own, which stay in force."""

GRACE_SECONDS = 15
"""How long JupyterLab may take to end its kernels after Ctrl-C before it is ended itself."""


def open_lab(root: Path, name: str | None = None, *, browser: bool = True) -> int:
    """Write the notebooks and start JupyterLab on one; returns its exit code when it ends, 0 after Ctrl-C.

    Without `browser` it only says its address.

    Raises:
        Refused: there is no workbook or such notebook here, or a notebook cannot be written.
    """
    session = Session(root)
    first = sync(session, name)[0]
    # The current folder is ours: a reviewed repository may hold a folder called `checks`, or Jupyter's configuration.
    print(f"Starting JupyterLab on {NOTEBOOKS}/{first.name}; Ctrl-C stops it.", file=sys.stderr)  # noqa: T201  a command's talk
    quiet = [] if browser else ["--no-browser"]
    process = subprocess.Popen([*command(session.root, first), *quiet], cwd=LAB, env=environment(os.environ))
    return _until_ended(process)


def command(root: Path, notebook: Path) -> list[str]:
    """The argument list that starts JupyterLab on a notebook of this root."""
    page = quote(f"{NOTEBOOKS}/{notebook.name}")
    return [
        *(sys.executable, "-P", "-m", "jupyterlab"),
        # On the command line, because nothing of the user's configuration may open this to other machines.
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{page}",
    ]


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment JupyterLab gets: the user's, with our configuration and kernel found first."""
    laid = {"JUPYTER_CONFIG_PATH": LAB, "JUPYTER_PATH": LAB}
    paths = {name: os.pathsep.join(filter(None, (str(path), inherited.get(name)))) for name, path in laid.items()}
    # With 0 here a stale kernel specification of the user would win over our own interpreter's.
    return {**inherited, **paths, "JUPYTER_PREFER_ENV_PATH": "1"}


def _until_ended(process: subprocess.Popen[bytes]) -> int:
    """Wait; Ctrl-C and a request to end reach JupyterLab, and no process is left behind."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)
