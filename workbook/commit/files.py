"""Which files are the workbook's own, as they were committed and as they would be. The user's git is not run here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from checks.git import Git, GitProblem
from workbook.answers import STATE_FILE, WAIVER_FILE
from workbook.pull_request import template
from workbook.session import Session
from workbook.text.unified import unified

FOLDER: Final = ".readiness"

NOT_OURS: Final = "/.ipynb_checkpoints/"


def diff(session: Session) -> str:
    """What a commit, which saves first, would change in our files, as a unified diff for a terminal.

    Raises:
        GitProblem: git cannot tell what changed.
        Refused: an unsaved edit cannot be written.
    """
    shown = (unified(path, old, new) for path, (old, new) in _planned(session).items())
    return "\n".join(filter(None, shown))


def committed_tables(root: Path) -> dict[str, Any]:
    """Both files of the last commit as one; empty where there is no state file, or it cannot be read."""
    read: dict[str, dict[str, Any]] = {STATE_FILE: {}, WAIVER_FILE: {}}
    for name, raw in _last_committed(root, tuple(read)).items():
        with suppress(ValueError):
            read[name] = tomllib.loads(raw.decode("utf-8-sig"))
    return read[STATE_FILE] | {"waivers": read[WAIVER_FILE].get("waivers", {})} if read[STATE_FILE] else {}


def _last_committed(root: Path, paths: Sequence[str]) -> dict[str, bytes]:
    try:
        with Git.open(root) as git:
            return {path: git.show("HEAD", path) or b"" for path in paths}
    except GitProblem:
        return {}


def _planned(session: Session) -> Mapping[str, tuple[bytes, bytes]]:
    """Our files: as committed, and as they would be. Nobody has agreed to running anything yet, so nothing is run."""
    files = _seen_changed(session.root)
    planned = {one.path.as_posix(): one.new for one in template.planned_blocks(session)}
    unsaved = session.ledger.unwritten()
    names = tuple(dict.fromkeys([*unsaved, *files, *planned]))
    before = _last_committed(session.root, names)
    after = unsaved | planned
    return {name: (before.get(name, b""), after.get(name) or _on_disk(session.root / name)) for name in names}


def _seen_changed(root: Path) -> list[str]:
    """What `commit` will find, without the user's git: theirs runs what the repository configures.

    Raises:
        GitProblem: git fails.
    """
    own = own_paths(root)
    with Git.open(root) as git:
        # None before the first commit, where everything of ours is new.
        known = git.changed_between("HEAD", own)
        new = [one.path for one in git.files() if known is None or not one.tracked]
    ours = [path for path in new if path in own or path.startswith(f"{FOLDER}/")]
    return sorted(path for path in {*(known or ()), *ours} if NOT_OURS not in path)


def _on_disk(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else b""


def own_paths(root: Path) -> list[str]:
    """What a commit of ours may hold, relative to the root."""
    return [STATE_FILE, WAIVER_FILE, FOLDER, *(path.as_posix() for path in template.with_block(root))]
