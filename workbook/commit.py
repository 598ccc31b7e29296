"""Commits the workbook's own files, and only those, with the user's git: their identity, hooks and signing."""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks.git import Git, GitProblem
from checks.process import minimal_environment
from workbook import outlook
from workbook.answers import STATE_FILE, WAIVER_FILE, State, Status, read_state
from workbook.errors import Refused
from workbook.exports import pr_template
from workbook.ledger.discretion import refuse_secret
from workbook.people import person
from workbook.session import Session
from workbook.store import Clashed
from workbook.text import commit_line, terminal_lines, trailer_value

FOLDER: Final = ".readiness"
TIMEOUT_S: Final = 600
"""Seconds that git with the user's hooks and signing may take."""

LISTED: Final = 40
"""Changed controls named in a message; the rest is counted."""

_UNDERWAY: Final = {
    "MERGE_HEAD": ("a merge", "git commit, which takes the workbook's files along"),
    "CHERRY_PICK_HEAD": ("a cherry-pick", "git cherry-pick --continue, then commit again"),
    "REVERT_HEAD": ("a revert", "git revert --continue, then commit again"),
    "rebase-merge": ("a rebase", "git rebase --continue, then commit again"),
    "rebase-apply": ("a rebase", "git rebase --continue, then commit again"),
}
"""What git leaves in its directory while it waits for a person; a commit of ours would end up in the middle of it."""

_NOT_OURS: Final = "/.ipynb_checkpoints/"

_REDIRECTS: Final = {
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE"),
    *("GIT_OBJECT_DIRECTORY", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS"),
    *("GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"),
}
"""Inherited settings that would make git work on another repository, or other files, than those meant."""


class CommitFailed(Refused):
    """Git, a hook or a signature said no. `output` is what they said, for a terminal."""

    def __init__(self, what: str, output: str) -> None:
        super().__init__(what, "put that right and commit again; the answers are saved", code=1)
        self.output = output


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit that was made: its id, the files in it relative to the root, and its whole message."""

    id: str
    files: tuple[str, ...]
    message: str


def preview(session: Session, navigators: Sequence[str] = ()) -> str:
    """The message a commit would carry: a subject, what changed of each control, the verdict, and who was there."""
    state, before = session.state, _committed_state(session)
    changes = list(_changes(session, before or State()))
    lines = [_subject(session, started=before is None, answered=len(changes))]
    if changes:
        lines += ["", *changes[:LISTED]]
    if len(changes) > LISTED:
        lines.append(f"- and {len(changes) - LISTED} more")
    now, then = _sentence(session, state), _sentence(session, before) if before else ""
    if now and then and now != then:
        lines += ["", f"Before, {then}", f"Now, {now}"]
    elif now:
        lines += ["", f"Now, {now}"]
    return _with_trailers("\n".join(lines), _people(session, navigators))


def diff(session: Session) -> str:
    """What a commit would change in our files as they are on disk, as a unified diff for a terminal.

    Raises:
        GitProblem: git cannot tell what changed.
    """
    shown: list[str] = []
    for path, (old, new) in _planned(session).items():
        if old != new:
            before, after = map(_lines, (old, new))
            start, end = f"a/{path}" if old else "/dev/null", f"b/{path}" if new else "/dev/null"
            shown += difflib.unified_diff(before, after, start, end, lineterm="")
    return terminal_lines("\n".join(shown))


def _lines(raw: bytes) -> list[str]:
    """Lines as the file has them; further characters that break a line on screen stand inside of one as escapes."""
    text = raw.decode("utf-8", "replace")
    return text.removesuffix("\n").split("\n") if text else []


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
    people = _people(session, navigators)
    refuse_secret("commit message", "\n".join([message or "", *people]))
    if session.unsaved and isinstance(session.save(), Clashed):
        raise Refused("somebody else changed the same fields", "decide which side counts in: readiness", code=1)
    text = preview(session, navigators) if message is None else _with_trailers(message.strip(), people)
    if not text.strip():
        raise Refused("the commit message is empty", "leave --message out to have it written")
    if pr_template.has_block(session.root):
        pr_template.write(session)
    files = _changed_files(session.root)
    if not files:
        raise Refused(_nothing(session.root), code=1)
    _commit_only(session.root, files, text)
    session.relocate()
    return Committed(_git(session.root, "rev-parse", "HEAD").strip(), files, text)


def _people(session: Session, navigators: Sequence[str]) -> tuple[str, ...]:
    """The co-authors, each once, without the driver, who is the author."""
    named = [person(name) for name in (*session.people.navigators, *navigators)]
    return tuple(dict.fromkeys(name for name in named if name != session.people.driver))


def _with_trailers(text: str, people: Sequence[str]) -> str:
    trailers = [f"Co-authored-by: {trailer_value(name)}" for name in people]
    missing = [line for line in trailers if line not in text.splitlines()]
    if not missing:
        return f"{text}\n"
    # Trailers count only where they are one block at the end.
    ends_in_trailers = text.rpartition("\n")[2].startswith("Co-authored-by: ")
    return "\n".join([text, *([] if ends_in_trailers else [""]), *missing]) + "\n"


def _subject(session: Session, *, started: bool, answered: int) -> str:
    if started:
        return commit_line(f"Start the readiness workbook with {session.checklist.name}")
    if answered:
        return f"Answer {answered} readiness control{'' if answered == 1 else 's'}"
    return "Update the readiness workbook"


def _changes(session: Session, before: State) -> Iterator[str]:
    for name in session.catalogue.controls:
        old, new = before.answer(name), session.state.answer(name)
        if old != new:
            moved = new.status if old.status is new.status else f"{old.status} → {new.status}"
            who = f" ({new.rung})" if new.status is not Status.UNANSWERED else ""
            yield commit_line(f"- {name}: {moved}{who}")


def _sentence(session: Session, state: State) -> str:
    """Where the team stands, with what the probes saw where they looked, as on the screen the commit comes from."""
    checklist = session.catalogue.checklists[state.decides]
    judged = session.assess(state, session.report)
    verdict = outlook.decide(checklist, state, judged)
    if verdict is None:
        return ""
    said = outlook.sentence(verdict)
    return commit_line(said[:1].lower() + said[1:])


def _committed_state(session: Session) -> State | None:
    """The state of the last commit; None where there is none, or it cannot be read."""
    raw = _last_committed(session.root, (STATE_FILE,)).get(STATE_FILE, b"")
    try:
        tables = tomllib.loads(raw.decode("utf-8-sig"))
    except ValueError:
        return None
    return read_state(tables, session.catalogue, session.today()) if tables else None


def _last_committed(root: Path, paths: Sequence[str]) -> dict[str, bytes]:
    try:
        with Git.open(root) as git:
            return {path: git.show("HEAD", path) or b"" for path in paths}
    except GitProblem:
        return {}


def _planned(session: Session) -> Mapping[str, tuple[bytes, bytes]]:
    """Our files: as committed, and as they would be. Nobody has agreed to running anything yet, so nothing is run."""
    files = _seen_changed(session.root)
    planned: dict[str, bytes] = {}
    path = pr_template.find(session.root)
    if path and pr_template.has_block(session.root):
        old = (session.root / path).read_bytes()
        planned[path.as_posix()] = pr_template.updated(old, pr_template.block(session), str(path))
    names = tuple(dict.fromkeys([*files, *planned]))
    before = _last_committed(session.root, names)
    return {name: (before.get(name, b""), planned.get(name) or _on_disk(session.root / name)) for name in names}


def _seen_changed(root: Path) -> list[str]:
    """What `_changed_files` will find, without the user's git: theirs runs what the repository configures.

    Raises:
        GitProblem: git fails.
    """
    own = _own_paths(root)
    with Git.open(root) as git:
        # None before the first commit, where everything of ours is new.
        known = git.changed_between("HEAD", own)
        new = [one.path for one in git.files() if known is None or not one.tracked]
    ours = [path for path in new if path in own or path.startswith(f"{FOLDER}/")]
    return sorted(path for path in {*(known or ()), *ours} if _NOT_OURS not in path)


def _on_disk(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else b""


def _own_paths(root: Path) -> list[str]:
    template = pr_template.find(root)
    ours = [STATE_FILE, WAIVER_FILE, FOLDER]
    return [*ours, template.as_posix()] if template and pr_template.has_block(root) else ours


def _changed_files(root: Path) -> tuple[str, ...]:
    """Our files that differ from the last commit, relative to the root; deleted ones included."""
    own = _literal(_own_paths(root))
    listed = _git(root, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", *own)
    below = _git(root, "rev-parse", "--show-prefix").rstrip("\n")
    paths = [entry[3:].removeprefix(below) for entry in listed.split("\0") if entry]
    return tuple(path for path in paths if _NOT_OURS not in path)


def _nothing(root: Path) -> str:
    if _git(root, "ls-files", "--others", "--ignored", "--exclude-standard", "--", STATE_FILE):
        return f"{STATE_FILE} is ignored by git; take it out of .gitignore, it belongs in the repository"
    return "there is nothing to commit; the last commit has every answer"


def _commit_only(root: Path, files: Sequence[str], message: str) -> None:
    """Commit exactly these files; a failure leaves the index as it was."""
    known = set(_git(root, "ls-files", "-z", "--", *_literal(files)).split("\0"))
    fresh = [path for path in files if path not in known and (root / path).exists()]
    if fresh:
        _git(root, "add", "--intent-to-add", "--", *_literal(fresh))
    options = ("--quiet", "--cleanup=whitespace", "-F", "-", "--only")
    done = _run(root, "commit", *options, "--", *_literal(files), stdin=message)
    if done.returncode == 0:
        return
    if fresh:
        _run(root, "rm", "--cached", "--quiet", "--ignore-unmatch", "--", *_literal(fresh))
    output = terminal_lines(f"{done.stdout}{done.stderr}".strip())
    raise CommitFailed(f"git did not commit ({output.splitlines()[-1] if output else done.returncode})", output)


def _literal(paths: Sequence[str]) -> list[str]:
    """Paths as git takes them word for word; the setting in the environment would reach the user's hooks."""
    return [f":(literal){path}" for path in paths]


def _git(root: Path, *arguments: str) -> str:
    done = _run(root, *arguments)
    if done.returncode:
        said = terminal_lines(done.stderr.strip())
        raise CommitFailed(f"git {arguments[0]} failed ({said.partition(chr(10))[0] or done.returncode})", said)
    return done.stdout


def _run(root: Path, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the user's git as they would: not in a process group of its own, so that a signing tool can ask them."""
    program = shutil.which("git", path=minimal_environment(outside=root)["PATH"])
    if program is None:
        raise Refused("the git program was not found", "install git")
    environment = {name: value for name, value in os.environ.items() if name not in _REDIRECTS}
    try:
        return subprocess.run(
            [program, *arguments],
            cwd=root,
            env=environment,
            input=stdin if stdin is not None else "",
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CommitFailed(f"git {arguments[0]} took longer than {TIMEOUT_S // 60} minutes", "") from None
