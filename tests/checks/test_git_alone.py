"""Git is started in one place for reading, and in two named ones with the user's own settings, at their request."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("checks", "workbook", "tui")

READS = "checks/git/program.py"
GIT_PYTHON = "checks/git/history_child.py"
THE_USERS_OWN = {"workbook/commit/user_git.py", "workbook/merge/driver.py"}
RUN_GIT = {
    *("checks/git/config.py", "checks/git/identity.py", "checks/git/repository.py"),
    # Its version, asked in no repository; and the sample and the scratch copy, repositories of our own making.
    *("workbook/cli/doctor.py", "workbook/sample.py", "checks/challenge/scratch.py"),
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def is_git(node: ast.AST | None) -> bool:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    return Path(node.value.partition(" ")[0]).name == "git"


def starts_git(tree: ast.AST) -> bool:
    """Whether git stands where a program is named: the first of a list, or an argument of a call that finds or runs."""
    runs = {"which", "run", "Popen", "call", "check_call", "check_output", "getoutput", "execv", "execvp", "execlp",
            "spawnvp", "system", "popen", "create_subprocess_exec", "create_subprocess_shell"}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.List | ast.Tuple) and node.elts and is_git(node.elts[0]) and len(node.elts) > 1:
            return True
        if isinstance(node, ast.Call) and any(is_git(argument) for argument in node.args):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in runs:
                return True
    return False


def imported(tree: ast.AST) -> set[str]:
    """The names of what is imported, `from a import b` as both a and a.b."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {node.module or "", *(f"{node.module}.{one.name}" for one in node.names)}
    return found


@pytest.mark.parametrize(
    "source",
    ['run(["git", "status"])', 'shutil.which("git")', 'os.system("git status")', 'x = ("/usr/bin/git", "log")'],
)
def test_the_search_finds_what_it_looks_for(source: str) -> None:
    assert starts_git(ast.parse(source))


def test_only_one_module_starts_git_for_reading_and_two_the_users_own() -> None:
    assert {name for name, tree in modules() if starts_git(tree)} == {READS, *THE_USERS_OWN}


def test_only_the_child_of_history_imports_gitpython() -> None:
    names = {name for name, tree in modules() if {"git", "gitdb"} & {one.split(".")[0] for one in imported(tree)}}
    assert names == {GIT_PYTHON}


def test_what_runs_git_is_called_from_known_places_only() -> None:
    names = {name for name, tree in modules() if "checks.git.program.run_git" in imported(tree)}
    assert names == RUN_GIT


def test_nothing_of_ours_runs_a_shell_by_a_line_of_text() -> None:
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                assert not any(
                    one.arg == "shell" and isinstance(one.value, ast.Constant) and one.value.value
                    for one in node.keywords
                ), f"{name}:{node.lineno}"
                called = ast.unparse(node.func)
                assert called not in {"os.system", "os.popen", "subprocess.getoutput"}, f"{name}:{node.lineno}"
