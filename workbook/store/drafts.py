"""Unsaved edits and half-typed text, kept outside the repository until they are saved or thrown away."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from workbook.store.exchange import edit_from_json, edit_to_json
from workbook.store.files import NotRegularError, TooLargeError, explain, read_regular, replace_bytes
from workbook.store.model import StoreError
from workbook.store.reading import SIZE_CAP

__all__ = ["Draft", "drop", "edit_from_json", "edit_to_json", "keep", "recover"]

_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Draft:
    """One kept draft: its name, its JSON data, and the file that holds it."""

    name: str
    data: dict[str, Any]
    path: Path


def keep(draft_dir: Path, name: str, data: dict[str, Any]) -> Path:
    """Keep JSON data under a name, replacing an older draft of that name; on disk (mode 0600) when this returns.

    Raises:
        StoreError: when the disk refuses.
    """
    path = _path(draft_dir, name)
    raw = json.dumps({"version": _VERSION, "name": name, "data": data}, indent=1).encode("ascii")
    try:
        draft_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_bytes(path, raw, mode=0o600)
    except OSError as error:
        what, remedy = explain(error)
        raise StoreError(f"the draft could not be kept: {what}", str(path), remedy) from error
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


def _path(draft_dir: Path, name: str) -> Path:
    """Return the draft's file: readable, and different for every name, whatever characters the name holds."""
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:60]
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return draft_dir / f"{readable}.{digest}.json"
