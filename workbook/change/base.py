"""The merge base: the commit a change started from, and what the workbook said there."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from checks.git import Git, GitProblem
from checks.observation import ProbeReport
from workbook.answers import STATE_FILE, WAIVER_FILE, State, read_state
from workbook.errors import Refused
from workbook.history.contents import Contents
from workbook.places import is_ours
from workbook.session import Session

_HAVE_HISTORY: Final = (
    "fetch the history first: git fetch --unshallow (with actions/checkout fetch-depth: 0, on GitLab GIT_DEPTH: 0)"
)


@dataclass(frozen=True, slots=True)
class Base:
    """One merge base. Paths are relative to the workbook's folder."""

    ref: str
    commit: str
    state: State | None
    """What the workbook said there; None where there was none, or it could not be read."""
    trouble: str
    """Why it could not be read; "" where it could, or there was none."""
    pins: Mapping[str, str]
    """The digest of what each answer given there watches, as it was there."""
    changed: tuple[str, ...]
    """The files that differ since, ours included, what is not committed too."""
    people: tuple[str, ...] | None
    """Who committed since, co-authors included, as "Name <mail>"; None where that cannot be read."""

    @property
    def only_ours(self) -> bool:
        """Whether nothing but our own files changed, so that probes see what they saw."""
        return all(map(is_ours, self.changed))


def base_of(session: Session, ref: str) -> Base:
    """The merge base of the work tree and a branch, tag or commit.

    Raises:
        Refused: it is not in this clone, as after a shallow checkout; the remedy says what to fetch.
        GitProblem: git cannot be read.
    """
    if session.place.git_dir is None:
        raise Refused(session.place.trouble or f"{session.root} is not a git repository")
    with Git.open(session.root) as git:
        if git.commit_id(ref) is None:
            raise Refused(f"{ref!r} is no commit of this clone", _HAVE_HISTORY)
        commit = git.merge_base(ref)
        if commit is None:
            raise Refused(f"what this change and {ref!r} have in common is not in this clone", _HAVE_HISTORY)
        state, trouble = _state(session, git, commit)
        contents = Contents()
        contents.advance({path: blob for path, (mode, blob) in (git.tree(commit) or {}).items() if stat.S_ISREG(mode)})
        new = (one.path for one in git.files() if not one.tracked)
        changed = tuple(sorted({*(git.changed_between(commit) or ()), *new}))
        pins = contents.pins(state) if state else {}
        return Base(ref, commit, state, trouble, pins, changed, _people(git, commit))


def look(session: Session, base: Base, signals: Collection[str] | None = None) -> ProbeReport | None:
    """What probes show of the tree at the merge base; None where it cannot be laid out.

    Whatever they read from history, such as tags, is unknown there.

    Args:
        session: the workbook, whose own look is taken where nothing but our files changed.
        base: the merge base.
        signals: what to look for; everything when None.
    """
    from checks.cache.reports import Known
    from checks.isolated import look_over
    from checks.past import content_of, laid_out

    if base.only_ours and session.report is not None:
        return session.report
    try:
        with Git.open(session.root) as git, laid_out(git, base.commit) as folder:
            if folder is None:
                return None
            # Its own folder is new each time, so that nothing but its content tells that it was looked at before.
            return look_over(folder, signals=signals, known=Known(content_of(git, base.commit), git.top))
    except (GitProblem, OSError):
        return None


def _state(session: Session, git: Git, commit: str) -> tuple[State | None, str]:
    read: dict[str, dict[str, Any]] = {}
    for name in (STATE_FILE, WAIVER_FILE):
        try:
            read[name] = tomllib.loads((git.show(commit, name) or b"").decode("utf-8-sig"))
        except (ValueError, RecursionError):
            return None, f"{name} cannot be read at {commit[:7]}"
    own = {name: table for name, table in read[STATE_FILE].items() if name != "waivers"}
    if not own:
        return None, ""
    tables = own | {"waivers": read[WAIVER_FILE].get("waivers", {})}
    return read_state(tables, session.catalogue, session.today()), ""


def _people(git: Git, commit: str) -> tuple[str, ...] | None:
    try:
        commits = git.since(commit)
    except GitProblem:
        return None
    return tuple(dict.fromkeys(name for one in commits for name in (one.author, *one.co_authors)))
