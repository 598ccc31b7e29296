"""Check that this machine has what the workbook needs: each line is fine, or says what to do."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable, Iterator
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
    note: str = ""
    """What to look at that may be as it should: nothing is missing for it."""


def arguments(_: argparse.ArgumentParser) -> None:
    """The command has no arguments."""


def run(context: Context, _: argparse.Namespace) -> int:
    """Check everything; 2 when something is missing."""
    checks: tuple[Callable[[Path], Checkup], ...] = (_python, _git, _name, _workbook, _semgrep, _kernel)
    missing = 0
    for one in (*(check(context.root) for check in checks), *_plugins(context.root)):
        missing += bool(one.remedy)
        mark = "to do" if one.remedy else "note" if one.note else "ok"
        advice = "".join(f"; {text}" for text in (one.remedy, one.note) if text)
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


def _workbook(root: Path) -> Checkup:
    """The state file as it is on disk: whether it can be saved, and how it will merge."""
    from workbook.answers import STATE_FILE
    from workbook.catalogue import load_catalogue
    from workbook.merge.aftermath import misplaced
    from workbook.merge.driver import is_installed
    from workbook.skeleton import table_order
    from workbook.store import read

    document = read(root / STATE_FILE)
    if trouble := document.trouble:
        line = f":{trouble.line}" if trouble.line else ""
        return Checkup("workbook", f"{STATE_FILE}{line} is opened read-only: {trouble.what}", trouble.remedy)
    if not document.digest:
        return Checkup("workbook", "none here yet; start one with: readiness init")
    notes = []
    if stray := misplaced(document.raw, table_order(load_catalogue())):
        notes.append(f"[{'.'.join(stray)}] and perhaps others are out of catalogue order, so hosts meet more conflicts")
    if not is_installed(root):
        notes.append("git merges it line by line; field by field with: readiness init --merge-driver")
    return Checkup("workbook", "; ".join([f"{STATE_FILE} can be read and saved", *notes]))


def _semgrep(_: Path) -> Checkup:
    """Run the code rules over one file of our own; the run proves by its own examples that the rules fire."""
    from checks.files.temporary import PrivateFolder
    from checks.semgrep import scan
    from checks.tree import Tree

    with PrivateFolder("doctor") as folder:
        (folder.path / "example.py").write_text("value = 1\n", encoding="utf-8")
        found = scan(Tree.read(folder.path, None))
    if found.trouble:
        return Checkup("semgrep", "the code rules do not run", found.trouble)
    return Checkup("semgrep", f"{found.tool}: finds its own examples")


def _plugins(root: Path) -> Iterator[Checkup]:
    """Each installed plug-in: what it brings, loaded once to see that it can be, and what of it is not used."""
    from checks.plugins.installed import plugins

    if not plugins():
        return
    from workbook.catalogue.own import catalogue_of
    from workbook.cli.report import FORMATS
    from workbook.plugin_checkup import checkup

    for one in checkup(catalogue_of(root)[1], FORMATS):
        remedy = f"{'; '.join(one.trouble)}; update or uninstall it" if one.trouble else ""
        advice = "correct `feeds` in signals.toml, unless a checklist of another repository defines it"
        note = f"{'; '.join(one.notes)}; {advice}" if one.notes else ""
        yield Checkup("plug-in", f"{one.title}: {'; '.join(one.brings) or 'nothing that can be used'}", remedy, note)


def _kernel(_: Path) -> Checkup:
    absent = [name for name in ("jupyterlab", "ipywidgets", "ipykernel") if find_spec(name) is None]
    if absent:
        return Checkup("notebook", f"{', '.join(absent)} not installed", "run make setup again")
    return Checkup("notebook", f"JupyterLab with the kernel of {sys.executable}")
