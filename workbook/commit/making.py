"""Making the commit: save, bring the pull-request checklist up to date, and commit our files alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workbook.answers import STATE_FILE
from workbook.commit.files import NOT_OURS, own_paths
from workbook.commit.message import people_of, preview, with_trailers
from workbook.commit.user_git import CommitFailed, literal, output, run
from workbook.errors import Refused
from workbook.ledger.discretion import refuse_secret
from workbook.pull_request import template
from workbook.session import Session
from workbook.store import Clashed
from workbook.text import terminal_lines

_UNDERWAY: Final = {
    "MERGE_HEAD": ("a merge", "git commit, which takes the workbook's files along"),
    "CHERRY_PICK_HEAD": ("a cherry-pick", "git cherry-pick --continue, then commit again"),
    "REVERT_HEAD": ("a revert", "git revert --continue, then commit again"),
    "rebase-merge": ("a rebase", "git rebase --continue, then commit again"),
    "rebase-apply": ("a rebase", "git rebase --continue, then commit again"),
}
"""What git leaves in its directory while it waits for a person; a commit of ours would end up in the middle of it."""


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit that was made: its id, the files in it relative to the root, and its whole message."""

    id: str
    files: tuple[str, ...]
    message: str


def commit(session: Session, *, message: str | None = None, navigators: Sequence[str] = ()) -> Committed:
    """Save, bring an existing pull-request block up to date, and commit our files; what else is staged stays staged.

    Args:
        session: the workbook; its unsaved edits are saved first.
        message: the whole message but for the trailers; `preview` makes it when None.
        navigators: further people of the session, as "Name <mail>"; they become co-authors.

    Raises:
        Refused: nothing to commit, no repository, no name, or a clash with somebody else's save.
        CommitFailed: git, a hook or a signature said no; nothing is committed and our files are as before in the index.
    """
    if session.place.git_dir is None:
        raise Refused(session.place.trouble or f"{session.root} is not a git repository")
    for mark, (what, way_out) in _UNDERWAY.items():
        if (session.place.git_dir / mark).exists():
            raise Refused(f"{what} is in progress", f"finish it with: {way_out}", code=1)
    people = people_of(session, navigators)
    refuse_secret("commit message", "\n".join([message or "", *people]))
    if session.unsaved and isinstance(session.save(), Clashed):
        raise Refused("somebody else changed the same fields", "decide which side counts in: readiness", code=1)
    text = preview(session, navigators) if message is None else with_trailers(message.strip(), people)
    if not text.strip():
        raise Refused("the commit message is empty", "leave --message out to have it written")
    template.refresh(session)
    files = _changed_files(session.root)
    if not files:
        raise Refused(_nothing(session.root), code=1)
    _commit_only(session.root, files, text)
    session.relocate()
    return Committed(output(session.root, "rev-parse", "HEAD").strip(), files, text)


def _changed_files(root: Path) -> tuple[str, ...]:
    """Our files that differ from the last commit, relative to the root; deleted ones included."""
    own = literal(own_paths(root))
    listed = output(root, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", *own)
    below = output(root, "rev-parse", "--show-prefix").rstrip("\n")
    paths = [entry[3:].removeprefix(below) for entry in listed.split("\0") if entry]
    return tuple(path for path in paths if NOT_OURS not in path)


def _nothing(root: Path) -> str:
    if output(root, "ls-files", "--others", "--ignored", "--exclude-standard", "--", STATE_FILE):
        return f"{STATE_FILE} is ignored by git; take it out of .gitignore, it belongs in the repository"
    return "there is nothing to commit; the last commit has every answer"


def _commit_only(root: Path, files: Sequence[str], message: str) -> None:
    """Commit exactly these files; a failure leaves the index as it was."""
    known = set(output(root, "ls-files", "-z", "--", *literal(files)).split("\0"))
    fresh = [path for path in files if path not in known and (root / path).exists()]
    if fresh:
        output(root, "add", "--intent-to-add", "--", *literal(fresh))
    options = ("--quiet", "--cleanup=whitespace", "-F", "-", "--only")
    done = run(root, "commit", *options, "--", *literal(files), stdin=message)
    if done.returncode == 0:
        return
    if fresh:
        run(root, "rm", "--cached", "--quiet", "--ignore-unmatch", "--", *literal(fresh))
    said = terminal_lines(f"{done.stdout}{done.stderr}".strip())
    raise CommitFailed(f"git did not commit ({said.splitlines()[-1] if said else done.returncode})", said)
