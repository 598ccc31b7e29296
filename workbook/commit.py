"""Commits the workbook's own files, and only those, with the user's git: their identity, hooks and signing."""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from checks.children.process import minimal_environment
from checks.git import Git, GitProblem
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
"""Changes named in a message, acts and settings before answers; the rest is counted."""

SUBJECT: Final = 90
"""Characters of a subject beyond which no further part is added."""

ANSWERS: Final = "answers"

T = TypeVar("T")

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
class Changed:
    """One change since the last commit. `kind` names several of it; `line` may hold untrusted text."""

    kind: str
    line: str


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit that was made: its id, the files in it relative to the root, and its whole message."""

    id: str
    files: tuple[str, ...]
    message: str


def preview(session: Session, navigators: Sequence[str] = ()) -> str:
    """The message a commit would carry: a subject, what changed of each control, the verdict, and who was there."""
    state, tables = session.state, _committed_tables(session.root)
    before = read_state(tables, session.catalogue, session.today()) if tables else None
    changes = list(_acts(before or State(), state))
    if before:
        changes += _settings(before, state, gates=(tables.get("gate"), session.ledger.tables.get("gate")))
    changes += _answers(session, before or State())
    lines = [_subject(session, started=before is None, changes=changes)]
    if changes:
        lines += ["", *(commit_line(f"- {one.line}") for one in changes[:LISTED])]
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


def _subject(session: Session, *, started: bool, changes: Sequence[Changed]) -> str:
    """What happened in one line: the answers by their number, another act by its words, several of a kind counted."""
    if started:
        return commit_line(f"Start the readiness workbook with {session.checklist.name}")
    kinds: dict[str, list[Changed]] = {}
    for one in sorted(changes, key=lambda one: one.kind != ANSWERS):
        kinds.setdefault(one.kind, []).append(one)
    parts = []
    for kind, found in kinds.items():
        if kind == ANSWERS:
            parts.append(f"answer {len(found)} readiness control{'' if len(found) == 1 else 's'}")
        else:
            parts.append(found[0].line if len(found) == 1 else f"{len(found)} {kind}")
    said = parts[0] if parts else "update the readiness workbook"
    for number, part in enumerate(parts[1:], start=1):
        if len(said) + len(part) > SUBJECT:
            said += f"; and {len(parts) - number} more kinds of change" if number < len(parts) - 1 else "; and more"
            break
        said += f"; {part}"
    return commit_line(said[:1].upper() + said[1:])


def _acts(before: State, now: State) -> Iterator[Changed]:
    """What a team did besides answering: decisions, accepted risk, numbers, levels, facts, items."""
    for name, decision in _moved(before.decisions, now.decisions):
        told = (
            f"decided {decision.outcome}" if decision and name not in before.decisions else f"decision {name} changed"
        )
        yield Changed("decisions", told if decision else f"decision {name} taken out")
    for name, waiver in _moved(before.waivers, now.waivers):
        told = f"waived {name} until {waiver.expires}" if waiver else f"waiver of {name} withdrawn"
        yield Changed("waivers changed", told)
    for name, number in _moved(before.measurements, now.measurements):
        told = f"measured {name}: {number.value:g} {number.unit}" if number else f"measurement of {name} taken out"
        yield Changed("numbers measured", told)
    for slug in dict.fromkeys((*before.scores, *now.scores)):
        for name, score in _moved(before.scores.get(slug, {}), now.scores.get(slug, {})):
            told = f"level {score.level} for {slug} {name}" if score else f"level of {slug} {name} taken out"
            yield Changed("levels given", told)
    for name, fact in _moved(before.attested, now.attested):
        told = f"attested {name}: {'yes' if fact.holds else 'no'}" if fact else f"attested {name} taken out"
        yield Changed("facts attested", told)
    for name, override in _moved(before.items, now.items):
        told = f"item {name} decided {override.status}" if override else f"decision on item {name} taken out"
        yield Changed("items decided", told)


def _moved(before: Mapping[str, T], now: Mapping[str, T]) -> Iterator[tuple[str, T | None]]:
    """The entries that differ, as they are now; None for one that is gone."""
    for name in dict.fromkeys((*before, *now)):
        if before.get(name) != now.get(name):
            yield name, now.get(name)


def _settings(before: State, now: State, gates: tuple[object, object]) -> Iterator[Changed]:
    """What a team changed of how the workbook judges: scope, checklists, policy, readings, the gate."""
    if before.scope != now.scope:
        facts = ", ".join(
            f"{name} {'taken out' if holds is None else 'yes' if holds else 'no'}"
            for name, holds in _moved(before.scope.facts, now.scope.facts)
        )
        yield Changed("scope changes", f"scope confirmed{f': {facts}' if facts else ''}")
    if before.checklists != now.checklists:
        advising = f", with {', '.join(now.checklists[1:])} beside it" if now.checklists[1:] else ""
        yield Changed("checklist changes", f"checklists: {now.decides} decides{advising}")
    if before.catalogue != now.catalogue:
        yield Changed("settings changed", f"catalogue {before.catalogue or 'unknown'} → {now.catalogue or 'unknown'}")
    for name in ("profiles", "frameworks"):
        if getattr(before, name) != getattr(now, name):
            yield Changed("settings changed", f"setting {name}: {', '.join(getattr(now, name)) or 'none'}")
    for old, new in ((before.policy, now.policy), (before.readings, now.readings)):
        for one in fields(new):
            if getattr(old, one.name) != (value := getattr(new, one.name)):
                shown = ", ".join(value) if isinstance(value, tuple) else value
                yield Changed("settings changed", f"setting {one.name}: {shown if shown or shown is False else 'none'}")
    if gates[0] != gates[1]:
        yield Changed("settings changed", "settings of the gate changed")


def _answers(session: Session, before: State) -> Iterator[Changed]:
    for name in session.catalogue.controls:
        old, new = before.answer(name), session.state.answer(name)
        added = any(piece not in old.evidence for piece in new.evidence)
        about = replace(old, evidence=new.evidence, note=new.note, owner=new.owner, due=new.due)
        if old == new:
            continue
        if about != new:
            moved = new.status if old.status is new.status else f"{old.status} → {new.status}"
            who = f" ({new.rung})" if new.status is not Status.UNANSWERED else ""
            yield Changed(ANSWERS, f"{name}: {moved}{who}{', evidence added' if added else ''}")
        elif added:
            yield Changed("controls with evidence added", f"evidence added to {name}")
        elif old.evidence != new.evidence:
            yield Changed("controls with evidence taken out", f"evidence taken out of {name}")
        else:
            what = [word for word in ("note", "owner", "due") if getattr(old, word) != getattr(new, word)]
            yield Changed("controls with a note, an owner or a day", f"{' and '.join(what)} of {name} changed")


def _sentence(session: Session, state: State) -> str:
    """Where the team stands, with what the probes saw where they looked, as on the screen the commit comes from."""
    checklist = session.catalogue.checklists[state.decides]
    judged = session.assess(state, session.report)
    verdict = outlook.decide(checklist, state, judged)
    if verdict is None:
        return ""
    said = outlook.sentence(verdict)
    return commit_line(said[:1].lower() + said[1:])


def _committed_tables(root: Path) -> dict[str, Any]:
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
