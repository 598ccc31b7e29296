"""Saving edits: one writer at a time, replayed on what is on disk, replaced whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from workbook.store.editing import apply
from workbook.store.files import (
    NotRegularError,
    UnconfirmedError,
    confirm,
    explain,
    is_temporary,
    make_private,
    replace_bytes,
)
from workbook.store.model import (
    Clash,
    Clashed,
    Document,
    Edit,
    Missing,
    Saved,
    StoreError,
    Table,
    UnconfirmedSaveError,
    Value,
    lookup,
    same,
)
from workbook.store.reading import document_of, read

LOCK_WAIT: Final = 10.0
"""Seconds a save waits for another writer; a save holds the lock for well under a second."""

LOCK_POLL: Final = 0.01
"""Seconds between two attempts to take the lock."""


def save(
    path: Path,
    edits: Sequence[Edit],
    *,
    lock_dir: Path,
    order: Sequence[Table] = (),
    create: bytes | None = None,
    only_new: bool = False,
    seen: str | None = None,
) -> Saved | Clashed:
    """Replay the edits on what is on disk and replace the file; when this returns `Saved`, they survive a crash.

    A field that holds the edit's base takes the new value; one that already holds the new value is left alone; any
    other value is a clash, and then nothing at all is written.

    Args:
        path: the state file.
        edits: what the person changed.
        lock_dir: private folder for the lock file, the same for every writer of this file; made when absent.
        order: tables in catalogue order, see `apply`.
        create: content to start from when the file is absent.
        only_new: refuse when there is a file already: `create` says something itself, and must not be dropped.
        seen: digest of the document the edits were made on; only used to tell `Saved.rebased`.

    Raises:
        StoreError: the file is read-only (damaged, newer, a link), absent without `create`, locked for too long,
            or the disk refuses. The old file is intact.
        UnconfirmedSaveError: the edits are in the file, but might not survive a power cut. Saving again asks again.
    """
    with _locked(path, lock_dir):
        _sweep(path)
        document = _writable(path, create)
        if only_new and document.digest:
            raise StoreError(
                "somebody else has just made it", str(path), "Look at theirs, then make your changes in it."
            )
        if clashes := _clashes(document, edits):
            return Clashed(document, clashes)
        raw = apply(document.raw, edits, order)
        rebased = seen is not None and seen != document.digest
        if raw == document.raw and document.digest:
            # Who wrote these bytes may have died, or failed, before the disk confirmed them.
            _confirmed(document, lambda: confirm(path))
            return Saved(document, rebased)
        saved = document_of(path, raw)
        _confirmed(saved, lambda: _replace(path, raw, exists=bool(document.digest)))
        return Saved(saved, rebased)


def sweep(path: Path, *, lock_dir: Path) -> None:
    """Remove the temporary files that killed saves of this file left beside it; for the start of a session.

    Nothing is touched, not even the lock, when there are none. What cannot be removed now waits for the next save.
    """
    if _leftovers(path):
        with contextlib.suppress(StoreError), _locked(path, lock_dir, wait=0):
            _sweep(path)


@contextmanager
def _locked(path: Path, lock_dir: Path, wait: float | None = None) -> Iterator[None]:
    """Hold this file's lock. The lock file stays: deleting one lets two writers in through different inodes."""
    import filelock

    # One folder may serve several workbooks (a monorepo, worktrees): the place of the file makes the name.
    place = hashlib.sha256(os.fsencode(path.parent.resolve() / path.name)).hexdigest()[:16]
    name = lock_dir / f"{path.name}.{place}.lock"
    try:
        make_private(lock_dir)
        lock = filelock.FileLock(name, mode=0o600, thread_local=False)
        lock.acquire(timeout=LOCK_WAIT if wait is None else wait, poll_interval=LOCK_POLL)
    except NotRegularError as error:
        raise StoreError(f"the folder for locks is {error}", str(lock_dir), "Remove it, then save again.") from error
    except filelock.Timeout as error:
        raise StoreError(
            f"another program has been saving it for {LOCK_WAIT:.0f} seconds",
            str(path),
            "Look for a hanging readiness command, end it, and save again.",
        ) from error
    except OSError as error:
        raise StoreError(f"the lock cannot be taken: {explain(error)[0]}", str(name), explain(error)[1]) from error
    try:
        yield
    finally:
        # What was saved is saved; the kernel frees the lock at the latest when the process ends.
        with contextlib.suppress(OSError):
            lock.release()


def _sweep(path: Path) -> None:
    """Remove temporary files of dead writers. We hold the lock, so no living writer owns one."""
    for leftover in _leftovers(path):
        # What really stands in the way of a save is reported by the save itself.
        with contextlib.suppress(OSError):
            leftover.unlink(missing_ok=True)


def _leftovers(path: Path) -> list[Path]:
    try:
        with os.scandir(path.parent) as entries:
            return [
                path.parent / entry.name
                for entry in entries
                if is_temporary(entry.name, path.name) and entry.is_file(follow_symlinks=False)
            ]
    except OSError:
        return []


def _confirmed(document: Document, write: Callable[[], None]) -> None:
    """Put `document` on disk, and tell "not written" from "written, but not confirmed"."""
    try:
        write()
    except UnconfirmedError as error:
        reason = explain(error.__cause__)[0] if isinstance(error.__cause__, OSError) else "unknown"
        raise UnconfirmedSaveError(document, reason) from error


def _writable(path: Path, create: bytes | None) -> Document:
    document = read(path)
    if document.trouble:
        trouble = document.trouble
        where = f"{path}:{trouble.line}" if trouble.line else str(path)
        raise StoreError(f"opened read-only, because {trouble.what}", where, trouble.remedy)
    if document.digest:
        return document
    if create is None:
        raise StoreError("the file is not there", str(path), "Make it with readiness init, or restore it from git.")
    fresh = document_of(path, create)
    return Document(path, create, "", fresh.tables, fresh.trouble)


def _clashes(document: Document, edits: Sequence[Edit]) -> tuple[Clash, ...]:
    Side = Value | Literal[Missing.MISSING]  # noqa: N806  # a type alias, local because nobody else needs it
    tables: dict[Table, dict[str, tuple[Side, Side, Side]]] = {}
    merged: dict[tuple[Table, str], Edit] = {}
    for edit in edits:  # two edits of one field are one: from the first base to the last value
        first = merged.get((edit.table, edit.field), edit)
        merged[edit.table, edit.field] = Edit(edit.table, edit.field, first.base, edit.new, edit.title)
    for edit in merged.values():
        theirs = lookup(document.tables, edit.table, edit.field)
        if not same(theirs, edit.base) and not same(theirs, edit.new):
            tables.setdefault(edit.table, {})[edit.field] = (edit.base, edit.new, theirs)
    return tuple(Clash(table, fields) for table, fields in tables.items())


def _replace(path: Path, raw: bytes, *, exists: bool) -> None:
    try:
        mode = stat.S_IMODE(path.lstat().st_mode) & 0o777 if exists else None
        replace_bytes(path, raw, mode=mode)
    except OSError as error:
        what, remedy = explain(error)
        raise StoreError(f"nothing was saved, the file is as it was: {what}", str(path), remedy) from error
