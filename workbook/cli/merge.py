"""Merge two branches of a state file field by field, or decide what such a merge left open.

With three files: what both made of BASE is written to OURS, as git's merge drivers do. Exit code 0: nothing is left to
decide; 1: both sides of something are kept in OURS under `clash`, for a person to decide.

With --check: look at a merge that a host's merge button made, which knows lines and not answers, and name what it says
that neither branch said.

Without either: show what is left to decide in this folder's workbook and ask, or take the decisions from --keep and
--take.
"""

from __future__ import annotations

import argparse
import os
import shlex
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final

from workbook.answers import STATE_FILE, WAIVER_FILE
from workbook.cli.context import Context
from workbook.errors import Refused
from workbook.merge.merging import merge
from workbook.merge.standoffs import Standoff, found_again, in_order, said, settle, shown
from workbook.merge.threeway import Disagreement
from workbook.store import SIZE_CAP, Clashed, StoreError, Trouble, read, save
from workbook.store.files import NotRegularError, TooLargeError, explain, read_regular, replace_bytes
from workbook.store.reading import document_of
from workbook.text import terminal

OPEN: Final = 1
"""Something is left to decide."""

_FILES: Final = 3
TEMPLATES: Final = (".md", ".txt")
"""What a pull-request template ends in; state files do not."""

_NOT_MERGED: Final = 128
"""From here on git merge-file tells an error, not its conflicts."""

_UNSEEN: Final = 3
"""Exit code: nothing is known to be wrong, because nothing could be looked at."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("files", nargs="*", metavar="BASE OURS THEIRS", type=Path, help="git's %%O %%A %%B")
    parser.add_argument("--path", default="", help="the file's name in the repository, for messages (git's %%P)")
    parser.add_argument("--check", nargs="?", const="HEAD", metavar="COMMIT", help="look at a merge commit (HEAD)")
    parser.add_argument("--keep", action="append", default=[], metavar="TABLE", help="decide for what stands in TABLE")
    parser.add_argument("--take", action="append", default=[], metavar="TABLE", help="decide for the other branch")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Merge three files, or decide what a merge left open."""
    if chosen.check:
        return _check(context, chosen.check)
    if not chosen.files:
        return _decide(context, chosen.keep, chosen.take)
    if len(chosen.files) != _FILES:
        raise Refused(f"{len(chosen.files)} files are not three", "name them: readiness merge BASE OURS THEIRS")
    base, ours, theirs = chosen.files
    return _merge(context, base, ours, theirs, chosen.path or ours.name)


def _merge(context: Context, base: Path, ours: Path, theirs: Path, name: str) -> int:
    from workbook.catalogue import load_catalogue
    from workbook.skeleton import table_order

    if PurePosixPath(name).suffix.lower() in TEMPLATES:
        return _merge_template(context, base, ours, theirs, name)
    raw = _content(ours)
    try:
        merged = merge(_content(base), raw, _content(theirs), table_order(load_catalogue()))
    except StoreError as error:
        raise Refused(
            f"{name} was not merged and is as it was here; {error}",
            f"see the other side with: git show :3:{name}",
            code=OPEN,
        ) from error
    try:
        replace_bytes(ours, merged.raw, mode=stat.S_IMODE(ours.lstat().st_mode) & 0o777)
    except OSError as error:
        raise Refused(f"{ours}: {explain(error)[0]}", explain(error)[1]) from error
    for one in merged.disagreements:
        context.say(terminal(f"{name}: {_sides(one)}"))
    if not merged.disagreements:
        return 0
    above = PurePosixPath(name).parent
    there = "" if str(above) == "." else f"-C {shlex.quote(str(above))} "
    context.say(terminal(f"Both sides are kept in {name}."))
    context.say(terminal(f"Decide with: readiness {there}merge; then: git add {shlex.quote(name)}"))
    return OPEN


def _merge_template(context: Context, base: Path, ours: Path, theirs: Path, name: str) -> int:
    """Merge a pull-request template: its checklist is written again afterwards, the rest line by line."""
    from workbook.pull_request.merging import merged

    raw, conflict = merged((_content(base), _content(ours), _content(theirs)), name, partial(_by_lines, context.root))
    try:
        replace_bytes(ours, raw, mode=stat.S_IMODE(ours.lstat().st_mode) & 0o777)
    except OSError as error:
        raise Refused(f"{ours}: {explain(error)[0]}", explain(error)[1]) from error
    context.say(terminal(f"{name}: bring its checklist up to date with: readiness pr write"))
    return OPEN if conflict else 0


def _by_lines(root: Path, sides: tuple[bytes, bytes, bytes]) -> tuple[bytes, bool]:
    """What git makes of three texts, and whether it left a conflict."""
    from workbook.commit.user_git import run as run_git

    with tempfile.TemporaryDirectory(prefix="readiness-") as folder:
        paths = [Path(folder) / name for name in ("base", "ours", "theirs")]
        for path, raw in zip(paths, sides, strict=True):
            path.write_bytes(raw)
        base, ours, theirs = map(str, paths)
        labels = ("-L", "ours", "-L", "base", "-L", "theirs")
        done = run_git(root, "merge-file", *labels, ours, base, theirs)
        if not 0 <= done.returncode < _NOT_MERGED:
            raise Refused(f"git merge-file failed: {done.stderr.strip()}", "merge it by hand", code=OPEN)
        return paths[1].read_bytes(), done.returncode > 0


def _check(context: Context, name: str) -> int:
    from checks.git import Git
    from workbook.merge.aftermath import doubts

    with Git.open(context.root) as git:
        if git.commit_id(name) is None:
            raise Refused(f"there is no commit {name!r} here", "name one that git log shows")
        ours, theirs = git.commit_id(f"{name}^1"), git.commit_id(f"{name}^2")
        if ours is None:
            raise Refused(f"the parents of {name} are not in this clone", "fetch more of the history", code=_UNSEEN)
        if theirs is None:
            context.out(f"{terminal(name)} is not a merge of two branches: there is nothing to compare.")
            return 0
        commits = (git.merge_base(theirs, ours), ours, theirs, name)
        found = [
            f"{path}: {doubt}"
            for path in (STATE_FILE, WAIVER_FILE)
            for doubt in doubts(*_readable(path, [git.show(one, path) or b"" if one else b"" for one in commits]))
        ]
    for line in found:
        context.out(terminal(line))
    if not found:
        context.out("Everything the merge says was said by one of its branches, and nothing is lost.")
        return 0
    context.out(
        "Answer again what is wrong, with readiness answer. What you wrote so in the merge on purpose may stay."
    )
    return OPEN


def _readable(path: str, raws: Sequence[bytes]) -> Sequence[bytes]:
    """The four files of a merge, base first and the result last, where all of them can be compared."""
    *_, merged = troubles = [document_of(Path(path), raw).trouble for raw in raws]
    if merged:
        raise Refused(f"{path}{_line(merged)}: {merged.what}", merged.remedy, code=OPEN)
    if trouble := next(filter(None, troubles), None):
        raise Refused(f"{path} before the merge could not be read: {trouble.what}", "look at it by eye", code=_UNSEEN)
    return raws


def _line(trouble: Trouble) -> str:
    return f":{trouble.line}" if trouble.line else ""


def _sides(one: Disagreement) -> str:
    standoff = Standoff(one.table, one.unit, one.kept, one.other, None)
    return f"{standoff.place}: {standoff}"


def _content(path: Path) -> bytes:
    """The bytes of a file; git names none where a side has none, and people write /dev/null."""
    if str(path) == os.devnull:
        return b""
    try:
        return read_regular(path, SIZE_CAP)
    except NotRegularError as error:
        raise Refused(f"{path} is {error}", "name three files") from error
    except TooLargeError as error:
        raise Refused(f"{path} is larger than {SIZE_CAP // 2**20} MiB", "merge it by hand") from error
    except OSError as error:
        raise Refused(f"{path}: {explain(error)[0]}", explain(error)[1]) from error


def _decide(context: Context, keep: Sequence[str], take: Sequence[str]) -> int:
    if not any(os.path.lexists(context.root / name) for name in (STATE_FILE, WAIVER_FILE)):
        context.workbook()  # refuses in the words of every command
    left = list(_open(context.root))
    tables = {_table(one) for _, one in left}
    if unknown := [name for name in (*keep, *take) if name not in tables]:
        known = f"open are: {', '.join(sorted(tables))}" if tables else "nothing is open"
        raise Refused(f"there is nothing to decide in {unknown[0]}", known)
    if both := set(keep) & set(take):
        raise Refused(f"{min(both)} is in --keep and in --take", "name it once")
    remaining = 0
    for path, one in _decided(context, left, keep, take):
        remaining += 1
        _tell(context, path, one)
        decision = _decision(context) if not (keep or take) else None
        if decision is not None:
            remaining -= 1
            _settle(context.root, path, one, take_other=decision)
            context.out(terminal(f"decided: {one.place}"))
    if not remaining:
        _refresh(context)
    return _report(context, len(left), remaining)


def _refresh(context: Context) -> None:
    """Bring the checklists in the pull-request templates in line with what was decided."""
    from workbook.pull_request import template

    if not template.with_block(context.root):
        return
    for one in template.refresh(context.workbook()):
        if not one.current:
            context.out(f"Brought the checklist in {terminal(one.path.as_posix())} up to date.")


def _decided(
    context: Context, left: Sequence[tuple[Path, Standoff]], keep: Sequence[str], take: Sequence[str]
) -> list[tuple[Path, Standoff]]:
    """Write the decisions of the command line and say each; what they leave open."""
    remaining = []
    for path, one in left:
        if (table := _table(one)) not in (*keep, *take):
            remaining.append((path, one))
            continue
        _settle(context.root, path, one, take_other=table in take)
        chosen = _side(one, one.other) if table in take else _side(one, one.kept)
        context.out(terminal(f"decided: {one.place}: {chosen}"))
    return remaining


def _tell(context: Context, path: Path, one: Standoff) -> None:
    context.out(terminal(f"{path.name}: {one.place}"))
    context.out(terminal(f"  1  here:  {_side(one, one.kept)}"))
    context.out(terminal(f"  2  there: {_side(one, one.other) if one.unit else shown(one.entry)}"))


def _side(one: Standoff, fields: Mapping[str, Any]) -> str:
    return said(fields) if one.unit else "as it stands"


def _report(context: Context, found: int, remaining: int) -> int:
    if not found:
        context.out("Nothing is left to decide.")
    elif remaining:
        context.out(f"{remaining} left to decide: readiness merge in a terminal, or --keep TABLE, --take TABLE.")
    else:
        context.out("All decided. In a merge, go on with: git add, then git commit")
    return OPEN if remaining else 0


def _decision(context: Context) -> bool | None:
    """Whether the person takes the other side; None leaves it open."""
    if not context.interactive:
        return None
    while (typed := context.ask("1 or 2, Enter decides later: ")) not in ("", None):
        if typed in ("1", "2"):
            return typed == "2"
    return None


def _table(one: Standoff) -> str:
    return ".".join(one.table) or "top"


def _open(root: Path) -> Iterator[tuple[Path, Standoff]]:
    for name in (STATE_FILE, WAIVER_FILE):
        document = read(root / name)
        if trouble := document.trouble:
            raise Refused(f"{name}{_line(trouble)}: {trouble.what}", trouble.remedy)
        for one in in_order(document.tables):
            yield document.path, one


def _settle(root: Path, path: Path, wanted: Standoff, *, take_other: bool) -> None:
    """Write one decision; the file is read again, because an earlier decision may have changed it."""
    from workbook.places import Place

    document = read(path)
    one = found_again(document.tables, wanted)
    changed = Refused("somebody else changed the file meanwhile", "look again with: readiness merge", code=OPEN)
    if one is None:
        raise changed
    edits = settle(document.tables, one, take_other=take_other)
    if isinstance(save(path, edits, lock_dir=Place.of(root).private, seen=document.digest), Clashed):
        raise changed
