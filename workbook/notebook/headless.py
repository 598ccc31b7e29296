"""Runs notebooks without a person or a browser. Copies are run; nothing is written into the repository."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook.notebook.documents import document, sheets
from workbook.notebook.headless_mode import HEADLESS
from workbook.notebook.recorded import RECORDS
from workbook.session import Session
from workbook.text import terminal

KERNELS = Path(__file__).parent / "lab" / "kernels"
"""Our own kernel specification: this interpreter, the current folder off the import path."""

CELL_SECONDS = 600
"""How long one cell may run. The probe run of a large repository is the longest."""


@dataclass(frozen=True, slots=True)
class Run:
    """One notebook's run. `error` is one line for people, "" when every cell ran."""

    path: Path
    seconds: float
    ok: bool
    error: str


def run(root: Path, name: str | None = None, records: Path | None = None) -> list[Run]:
    """Run all notebooks, or the named one, as they are stored or as `sync` would write them.

    Stored notebooks may hold cells of the repository's authors: ask before calling this. With `records`, what their
    cells attach and measure is told there; into the repository nothing is written either way.

    Raises:
        Refused: there is no such notebook, or a stored one is damaged.
    """
    session = Session(root)
    prepared = [(one.path(session.root), document(session, one)) for one in sheets(session.checklist, name)]
    return [_run(path, raw, session.root, records) for path, raw in prepared]


def executed(raw: bytes, root: Path, records: Path | None = None) -> Any:
    """A copy of the notebook with its outputs.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell failed.
        TimeoutError: a cell took longer than `CELL_SECONDS`.
        RuntimeError: the kernel died or did not start.
    """
    import nbformat
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    manager = AsyncKernelManager(
        kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(KERNELS)])
    )
    if manager.has_trait("transport_encryption"):
        # Without it a newer kernel warns of its plain TCP transport on the terminal.
        manager.transport_encryption = "auto"
    notebook = nbformat.reads(raw.decode(), as_version=4)  # type: ignore[no-untyped-call]  # the library has no types
    client = NotebookClient(notebook, km=manager, timeout=CELL_SECONDS, store_widget_state=False)
    environment = os.environ | {HEADLESS: "1", RECORDS: str(records or "")}
    # A manager that is handed in would otherwise outlive the run with its kernel.
    return client.execute(cwd=str(root), env=environment, cleanup_kc=True)


def _run(path: Path, raw: bytes, root: Path, records: Path | None) -> Run:
    from nbclient.exceptions import CellExecutionError

    begun = time.monotonic()
    error = ""
    try:
        executed(raw, root, records)
    except CellExecutionError as failed:
        error = terminal(f"{failed.ename}: {failed.evalue}")
    except (TimeoutError, RuntimeError) as failed:
        error = terminal(f"the kernel gave up ({type(failed).__name__}: {failed})")
    return Run(path, time.monotonic() - begun, not error, error)
