"""Unsaved edits and half-typed text, kept outside the repository until they are saved or thrown away."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from workbook.store.exchange import edit_from_json, edit_to_json
from workbook.store.files import (
    NotRegularError,
    TooLargeError,
    UnconfirmedError,
    explain,
    is_temporary,
    make_private,
    read_regular,
    replace_bytes,
)
from workbook.store.model import StoreError
from workbook.store.reading import SIZE_CAP

__all__ = ["Draft", "drop", "edit_from_json", "edit_to_json", "keep", "recover", "sweep"]

_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Draft:
    """One kept draft: its name, its JSON data, and the file that holds it."""

    name: str
    data: dict[str, Any]
    path: Path


def keep(draft_dir: Path, name: str, data: dict[str, Any]) -> Path:
    """Keep JSON data under a name, replacing an older draft of that name; in a file (mode 0600) when this returns.

    Raises:
        StoreError: when the disk refuses, or the folder is a link.
    """
    path = _path(draft_dir, name)
    raw = json.dumps({"version": _VERSION, "name": name, "data": data}, indent=1).encode("ascii")
    try:
        make_private(draft_dir)
        replace_bytes(path, raw, mode=0o600)
    except NotRegularError as error:
        raise StoreError(f"the folder for drafts is {error}", str(draft_dir), "Remove it, then try again.") from error
    except UnconfirmedError:
        # The draft outlives this process, which is what it is for. The save asks the same disk, and tells.
        pass
    except OSError as error:
        what, remedy = explain(error)
        raise StoreError(f"no draft of the unsaved edits could be kept: {what}", str(path), remedy) from error
    return path


def recover(draft_dir: Path) -> list[Draft]:
    """Return the kept drafts, oldest first. A file that is not a draft of ours is left alone."""
    found: list[tuple[float, str, Draft]] = []
    for path in draft_dir.glob("*.json") if draft_dir.is_dir() else ():
        try:
            changed = path.lstat().st_mtime
            content = json.loads(read_regular(path, SIZE_CAP))
        except (OSError, ValueError, RecursionError, NotRegularError, TooLargeError):
            continue
        match content:
            case {"version": 1, "name": str(name), "data": dict(data)}:
                found.append((changed, name, Draft(name, data, path)))
    return [draft for _, _, draft in sorted(found, key=lambda each: each[:2])]


def drop(draft_dir: Path, name: str) -> None:
    """Throw a draft away; none of that name is fine.

    Raises:
        StoreError: when the disk refuses.
    """
    path = _path(draft_dir, name)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        what, remedy = explain(error)
        raise StoreError(f"the draft could not be removed: {what}", str(path), remedy) from error


def sweep(draft_dir: Path, dead: Callable[[str], bool]) -> None:
    """Remove what a killed `keep` left half written. What cannot be removed now waits for the next time.

    Args:
        draft_dir: the folder.
        dead: whether the draft of a name (as far as its file name shows it) belongs to nobody any more.
    """
    for path in draft_dir.glob(".*.tmp") if draft_dir.is_dir() else ():
        draft = path.name[1:].rpartition(".json.")[0]
        if is_temporary(path.name, f"{draft}.json") and dead(draft.rpartition(".")[0]):
            with contextlib.suppress(OSError):
                path.unlink()


def _path(draft_dir: Path, name: str) -> Path:
    """Return the draft's file: readable, and different for every name, whatever characters the name holds."""
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:60]
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return draft_dir / f"{readable}.{digest}.json"
