"""The embedded sample project, made into a git repository of the user's own.

`python -P -m workbook.sample` prints where it is, making it first where there is none.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from checks.git.problem import GitProblem
from checks.git.program import base_environment, run_git
from workbook.data import templates
from workbook.errors import Refused

NAME = "acme-chat"

# A fixed author and moment make the commit id the same everywhere, so that tests and documents can name it.
_AUTHOR = {"NAME": "Ana Example", "EMAIL": "ana@example.com", "DATE": "2026-11-02T09:00:00+00:00"}
_COMMIT_ENVIRONMENT = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _AUTHOR.items()}


def materialize(folder: Path | None = None) -> Path:
    """The sample as a git repository, made on first use and never touched again.

    Args:
        folder: Where it shall be; in the user's data folder when None.

    Raises:
        Refused: something else is in the way, git is missing, or the folder cannot be written.
    """
    target = _home() if folder is None else folder
    if (target / ".git").exists():
        return target
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refused(f"{target} is in the way of the sample project", "move it elsewhere and try again")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Made beside its place and renamed whole: an interruption never leaves half a repository there.
        with tempfile.TemporaryDirectory(prefix=f".{NAME}-", dir=target.parent) as workshop:
            made = Path(workshop) / NAME
            _copy(templates() / "sample", made)
            _commit(made)
            made.replace(target)
    except OSError as error:
        raise Refused(f"the sample project cannot be written to {target}: {error.strerror}") from error
    except GitProblem as problem:
        raise Refused(str(problem)) from problem
    return target


def _home() -> Path:
    import platformdirs

    return platformdirs.user_data_path("readiness-workbook") / NAME


def _copy(source: Path, target: Path) -> None:
    """Copy contents only: modes and times of an installation are not the sample's."""
    for path in sorted(source.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def _commit(root: Path) -> None:
    """Make `root` a repository with one commit whose id depends on nothing but the files."""
    _git(root, "init", "--quiet", "--template=", "--object-format=sha1", "--initial-branch=main")
    _git(root, "add", "--all")
    _git(root, "commit", "--quiet", "--no-gpg-sign", "--message=Support chat as shown in the demo")
    if not _user_is_known(root):
        # An answer needs a name; on a machine where git has none, the sample's author lends hers.
        _git(root, "config", "user.name", _AUTHOR["NAME"])
        _git(root, "config", "user.email", _AUTHOR["EMAIL"])


def _user_is_known(root: Path) -> bool:
    """Whether the user's own git settings name them; the only question that is asked with their environment."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = [run_git(["config", "--get", key], cwd=root, env={"PATH": ""} | own) for key in ("user.name", "user.email")]
    return all(one.ok and one.stdout.strip() for one in done)


def _git(root: Path, *arguments: str) -> None:
    done = run_git(arguments, cwd=root, env=base_environment() | _COMMIT_ENVIRONMENT)
    if not done.ok:
        raise GitProblem(done.stderr.decode(errors="replace").strip() or f"git {arguments[0]} failed in {root}")


def main() -> int:
    """Print the sample's folder; 2 and one line on standard error where it cannot be had."""
    try:
        sys.stdout.write(f"{materialize()}\n")
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
        return refused.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
