"""What several test folders share."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

# No test asserts a time: on a busy machine any example may be slow.
settings.register_profile("untimed", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "untimed"))

# A shell that started us in the background has us ignore Ctrl-C, and every program that a test starts inherits that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests neither read what the developer's own looks have kept nor leave anything there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        # A terminal that a test opens says itself how large it is; the library of line editing sets these for children.
        patch.delenv("COLUMNS", raising=False)
        patch.delenv("LINES", raising=False)
        yield


@pytest.fixture(scope="session")
def chromium() -> str:
    """The Chromium on this machine; without one the test is skipped, or fails where a browser is required."""
    for name in CHROMIUM_NAMES:
        if found := shutil.which(name):
            return found
    missing = "no Chromium on this machine; install one with: apt-get install chromium"
    if os.environ.get("READINESS_REQUIRE_BROWSER") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


def _helper(*path: str) -> ModuleType:
    """A module of helpers below tests/, which is no package."""
    file = Path(__file__).parent.joinpath(*path)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def payloads() -> ModuleType:
    """The corpus of hostile texts."""
    return _helper("workbook", "payloads.py")


@pytest.fixture(scope="session")
def hostile_team() -> ModuleType:
    """Puts the corpus into every untrusted field of a session."""
    return _helper("hostile", "hostile_team.py")


@pytest.fixture(scope="session")
def plugin_site() -> ModuleType:
    """Lays out plug-ins as an installer does."""
    return _helper("plugin_site.py")


@pytest.fixture(scope="session")
def doc_pages() -> ModuleType:
    """Runs the code blocks of a page as its reader would."""
    return _helper("doc_pages.py")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder where distributions are installed, for this process."""
    from checks.plugins import installed

    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.setattr(installed, "sites", lambda: (folder,))
    return folder


@pytest.fixture
def python_with(tmp_path: Path) -> Callable[..., Path]:
    """Makes a Python that has all of our packages and, beside it, another semgrep: the given script, or none."""

    def make(semgrep: str | None) -> Path:
        folder = tmp_path / "other-python"
        (folder / "bin").mkdir(parents=True)
        real = Path(sys.executable).parent.parent
        (folder / "pyvenv.cfg").write_bytes((real / "pyvenv.cfg").read_bytes())
        (folder / "lib").symlink_to(real / "lib")
        (folder / "bin" / "python").symlink_to(sys.executable)
        if semgrep is not None:
            program = folder / "bin" / "semgrep"
            program.write_text(f"#!{sys.executable}\nimport json, os, sys, time\n{semgrep}\n")
            program.chmod(0o755)
        return folder / "bin" / "python"

    return make


# The figures of the promises. Each is measured by an ordinary test that is small in `make test` and full size under
# `--stress` (`make stress`); what it counted is collected here and printed as one table at the end.


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--stress", action="store_true", help="measure the promises at full size and print their figures")


@pytest.fixture
def scale(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """How often to do a thing: `scale(quick, full)`, the second under `--stress`."""
    stress = bool(request.config.getoption("--stress"))
    return lambda quick, full: full if stress else quick


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str, str, str], None]:
    """Report what was counted: `figure(what, bar, measured)`. The test itself still asserts the bar."""
    return lambda what, bar, measured: record_property("figure", [what, bar, measured])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.getoption("--stress"):
        return
    rows = [
        [*value, report.outcome]
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == "figure"
    ]
    terminalreporter.section("figures of the promises")
    for row in [["test", "bar", "measured", "outcome"], ["---"] * 4, *sorted(rows)]:
        terminalreporter.write_line(f"| {' | '.join(row)} |")
