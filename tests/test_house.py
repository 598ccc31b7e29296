"""The house: what lies where, who may know whom, and what must not be written anywhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = {"benchmarks", "checks", "docs", "requirements", "templates", "tests", "tui", "workbook", ".ci", ".github"}
PAPERS = {"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "SECURITY.md"} | {
    *("pyproject.toml", "readiness.toml", ".gitignore"),
    # CI hosts and pre-commit look for them here and nowhere else.
    *("action.yml", ".pre-commit-hooks.yaml"),
}
HEAVY = {"git", "ipywidgets", "jupyterlab", "pydantic", "semgrep", "textual", "tomlkit"}
LONGEST_MODULE = 500

# Put together from pieces, so that this file does not hold what it looks for.
HOSTS = tuple(host + end for host, end in (("pypi", ".org"), ("pythonhosted", ".org"), ("npmjs", ".org")))
MACHINE_PATH = re.compile(r"(?<![\w.~$}])/(?:work/(?:main|shared)|root|home/[a-z]\w*|Users/[A-Za-z]\w*)/")


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [Path(name) for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked():
        try:
            found.append((path, (ROOT / path).read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    assert len(found) > 50
    return found


def test_top_level_holds_the_rooms_and_papers_only() -> None:
    assert {path.parts[0] for path in tracked()} <= ROOMS | PAPERS


def test_import_contract_holds() -> None:
    tool = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "KEPT" in done.stdout


@pytest.mark.parametrize("module", ["workbook", "workbook.session", "checks", "checks.look"])
def test_importing_the_core_loads_no_heavy_library(module: str, tmp_path: Path) -> None:
    program = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not HEAVY & set(json.loads(done.stdout))


def test_no_module_is_too_long() -> None:
    long = {str(path): text.count("\n") for path, text in texts() if path.suffix == ".py"}
    assert not {path: lines for path, lines in long.items() if lines > LONGEST_MODULE}


def test_no_file_names_a_package_registry() -> None:
    assert not [str(path) for path, text in texts() if any(host in text for host in HOSTS)]


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    found = {str(path): MACHINE_PATH.findall(text) for path, text in texts()}
    assert not {path: hits for path, hits in found.items() if hits}
