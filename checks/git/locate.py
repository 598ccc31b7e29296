"""Where a repository is, found without asking git: git would read, and obey, the repository's own configuration."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from checks.files.regular import read_small
from checks.git.config import read_config
from checks.git.problem import BareRepository, NoRepository, UnsafeRepository
from checks.git.supplied import resolved, supplied


class Place(NamedTuple):
    """A repository with a work tree.

    `git_dir` holds HEAD and the index; `common_dir` holds refs and objects. They differ in a linked worktree.
    """

    top: Path
    git_dir: Path
    common_dir: Path


def locate(root: Path) -> Place:
    """Find the repository that `root` belongs to.

    Raises:
        NoRepository: Neither `root` nor a folder above it, up to the edge of the file system, is a work tree.
        BareRepository: `root` is a repository without a work tree.
        UnsafeRepository: The `.git` entry leads outside the work tree to a repository that does not know of it.
    """
    start = root.resolve()
    if not start.is_dir():
        raise NoRepository(f"{root} is not a folder. Give the folder of a repository.")
    device = start.stat().st_dev
    for folder in (start, *start.parents):
        if folder.stat().st_dev != device:
            break
        entry = folder / ".git"
        if os.path.lexists(entry) and (folder == start or _is_trusted(entry, start)):
            return _place(folder, entry)
        if _is_git_dir(folder):
            raise BareRepository(
                f"{folder} is a git directory without files. Open a work tree of it (git worktree add)."
            )
    raise NoRepository(f"{root} is in no git repository. Run git init there, or give another folder.")


def _is_trusted(entry: Path, start: Path) -> bool:
    """Whether a repository found above `start` may be used: ours, or of whoever owns the folder we were given.

    Otherwise anyone who can write to a shared folder above could tell us what our files are.
    """
    return entry.lstat().st_uid in {os.geteuid(), start.stat().st_uid}


def _place(top: Path, entry: Path) -> Place:
    mode = entry.lstat().st_mode
    if stat.S_ISREG(mode):
        git_dir = _follow_pointer(top, entry)
    elif stat.S_ISDIR(mode):
        git_dir = entry
    elif stat.S_ISLNK(mode) and resolved(entry).is_relative_to(top) and entry.is_dir():
        git_dir = resolved(entry)
    else:
        raise UnsafeRepository(f"{entry} is neither a folder nor a git file. Check the repository out again.")
    common_dir = _common_dir(top, git_dir)
    if not _is_git_dir(git_dir, common_dir):
        raise NoRepository(f"{entry} is not a complete git directory. Run git init in {top}, or clone again.")
    if git_dir == common_dir and not git_dir.is_relative_to(top):
        _require_back_pointer(top, git_dir)
    return Place(top, git_dir, common_dir)


def _follow_pointer(top: Path, entry: Path) -> Path:
    text = read_small(entry) or b""
    if not text.startswith(b"gitdir:"):
        raise NoRepository(f"{entry} is not a git file (it names no gitdir). Check the repository out again.")
    target = resolved(top / os.fsdecode(text.removeprefix(b"gitdir:").strip(b" \r\n")))
    if not target.is_dir():
        raise NoRepository(f"{entry} names a git directory that is not there: {target}. Run git worktree repair.")
    if target.is_relative_to(top):
        return target
    back = supplied(target, "gitdir")
    if back is not None and resolved(target / os.fsdecode(back.strip())) != entry:
        raise UnsafeRepository(f"{entry} names {target}, which belongs to another folder. Run git worktree repair.")
    return target


def _common_dir(top: Path, git_dir: Path) -> Path:
    text = supplied(git_dir, "commondir")
    if text is None:
        return git_dir
    common = resolved(git_dir / os.fsdecode(text.strip()))
    # A linked worktree's directory always lies in worktrees/ of the repository it belongs to.
    if git_dir.parent != common / "worktrees":
        raise UnsafeRepository(f"{git_dir / 'commondir'} leads to {common}, which is not its repository. Clone again.")
    # Inside the work tree its author wrote both; outside, the repository must know of this work tree.
    if not common.is_relative_to(top) and supplied(git_dir, "gitdir") is None:
        raise UnsafeRepository(f"{git_dir} does not say which folder is its own. Run git worktree repair.")
    return common


def _require_back_pointer(top: Path, git_dir: Path) -> None:
    """A submodule's git directory says in core.worktree which folder is its own."""
    back = read_config(git_dir / "config", top=top).get("core.worktree")
    if back is None or resolved(git_dir / back) != top:
        raise UnsafeRepository(
            f"{top / '.git'} names {git_dir}, which does not name it back. Run git config core.worktree {top} there."
        )


def _is_git_dir(git_dir: Path, common_dir: Path | None = None) -> bool:
    common_dir = common_dir or git_dir
    return os.path.lexists(git_dir / "HEAD") and (common_dir / "objects").is_dir() and (common_dir / "refs").is_dir()
