"""One JupyterLab for all browser tests of a process, one browser a module, one repository a test."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from workbook.notebook.documents import sync
from workbook.people import People
from workbook.sample import materialize
from workbook.session import Session


def _driving() -> ModuleType:
    """The module beside this one; tests/ is no package."""
    spec = importlib.util.spec_from_file_location("notebook_driving", Path(__file__).with_name("driving.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # data classes look themselves up there
    spec.loader.exec_module(module)
    return module


driving = _driving()


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One JupyterLab for all tests of this process; each has a repository of its own below the folder it shows."""
    with driving.running_lab(tmp_path_factory.mktemp("jupyter"), tmp_path_factory.mktemp("home")) as lab:
        yield lab


@pytest.fixture
def lab(jupyter: Any) -> Iterator[Any]:
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
def workbook(lab: Any, tmp_path: Path, git: Callable[..., str]) -> Session:
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
        browser = driving.launched(playwright, chromium)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, lab: Any) -> Iterator[Any]:
    """A window with a memory of its own."""
    with driving.window(browser, lab) as page:
        yield page


@pytest.fixture
def opened(lab: Any, workbook: Session, page: Any) -> Callable[..., Any]:
    """Write and open one of the workbook's notebooks: "overview", "explore" or a pillar; with code that runs first."""

    def open_one(name: str, first: str = "") -> Any:
        path = sync(workbook, name)[0]
        notebook = json.loads(path.read_text())
        cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
        cell["source"] = [first, *cell["source"]]
        if first:
            path.write_text(json.dumps(notebook))
        return driving.Sheet(page, lab, path).open()

    return open_one
