"""Check that this machine has what the workbook needs: each line is fine, or says what to do."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from workbook.cli.context import Context
from workbook.text import terminal

MISSING_SOMETHING: Final = 2
ADVISED_PYTHON: Final = (3, 12)


@dataclass(frozen=True, slots=True)
class Checkup:
    """One line: what was looked at, what was found, and what to do where that is not fine."""

    what: str
    found: str
    remedy: str = ""


def arguments(_: argparse.ArgumentParser) -> None:
    """The command has no arguments."""


def run(context: Context, _: argparse.Namespace) -> int:
    """Check everything; 2 when something is missing."""
    checks: tuple[Callable[[Path], Checkup], ...] = (_python, _git, _name, _semgrep, _kernel)
    missing = 0
    for check in checks:
        one = check(context.root)
        missing += bool(one.remedy)
        mark = "to do" if one.remedy else "ok"
        advice = f"; {one.remedy}" if one.remedy else ""
        context.out(f"{mark:<6} {one.what:<9} {terminal(one.found + advice)}")
    return MISSING_SOMETHING if missing else 0


def _python(_: Path) -> Checkup:
    note = "" if sys.version_info >= ADVISED_PYTHON else " (3.12 or newer reads newer Python code)"
    return Checkup("python", f"{platform.python_version()}{note}")


def _git(root: Path) -> Checkup:
    from checks.git import Git, GitProblem
    from checks.git.program import base_environment, run_git

    try:
        # Outside of `root`: the repository must not supply the git that is asked.
        done = run_git(["--version"], cwd=Path(root.anchor), env=base_environment(outside=root))
        version = done.stdout.decode("utf-8", "replace").strip().removeprefix("git version ")
        with Git.open(root) as git:
            commit, count = (git.head() or "none yet")[:8], len(git.files())
            return Checkup("git", f"{version}, commit {commit}, {count} files")
    except GitProblem as problem:
        return Checkup("git", "this folder cannot be read with git", str(problem))


def _name(root: Path) -> Checkup:
    from workbook.places import Place

    if name := Place.of(root).identity:
        return Checkup("name", name)
    return Checkup("name", "git does not know yours", "set user.name and user.email with git config")


def _semgrep(_: Path) -> Checkup:
    """Run the code rules over one file of our own; the run proves by its own examples that the rules fire."""
    from checks.semgrep import scan
    from checks.temporary import PrivateFolder
    from checks.tree import Tree

    with PrivateFolder("doctor") as folder:
        (folder.path / "example.py").write_text("value = 1\n", encoding="utf-8")
        found = scan(Tree.read(folder.path, None))
    if found.trouble:
        return Checkup("semgrep", "the code rules do not run", found.trouble)
    return Checkup("semgrep", f"{found.tool}: finds its own examples")


def _kernel(_: Path) -> Checkup:
    absent = [name for name in ("jupyterlab", "ipywidgets", "ipykernel") if find_spec(name) is None]
    if absent:
        return Checkup("notebook", f"{', '.join(absent)} not installed", "run make setup again")
    return Checkup("notebook", f"JupyterLab with the kernel of {sys.executable}")
