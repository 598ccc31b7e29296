"""The packaged catalogue as it was last read and checked, kept as JSON in the user's cache: parsing TOML costs more.

What is kept is only ever a copy. Its name is the digest of the files and of the code it was made from, its first line
the digest of the rest; one that is damaged, foreign or of other files is not used and made again. Without a cache that
can be written nothing changes but the time.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any

from workbook.catalogue.model import (
    Catalogue,
    Checklist,
    Control,
    Freshness,
    Item,
    Pillar,
    ScopeFact,
    Signal,
    Source,
    Threshold,
)

SIZE_CAP = 8 * 1024 * 1024
MOST = 3
"""Copies kept, the newest: of an installed version, say, and of a checkout beside it."""

CODE = ("compiled.py", "load.py", "model.py")
"""What the records are made by, beside this module: another version of it may make other records of the same files."""


def compiled(files: Iterable[Path], read: Callable[[], Catalogue], folder: Path | None = None) -> Catalogue:
    """The catalogue that `read` makes of the packaged `files`: the kept copy where it is of these very files.

    Args:
        files: everything that `read` reads.
        read: reads and checks the files themselves.
        folder: where the copy is kept; the user's cache when None.
    """
    try:
        place = (folder or _cache()) / f"catalogue-{_digest(files)}.json"
    except OSError:
        return read()
    kept = _kept(place)
    if kept is not None:
        return kept
    catalogue = read()
    with suppress(OSError):
        _keep(catalogue, place)
    return catalogue


def _cache() -> Path:
    """Our folder in the user's cache."""
    import platformdirs

    return platformdirs.user_cache_path("readiness-workbook")


def _digest(files: Iterable[Path]) -> str:
    digest = blake2b(digest_size=16)
    here = Path(__file__).parent
    for path in (*(here / name for name in CODE), *files):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _kept(place: Path) -> Catalogue | None:
    """The copy; None where there is none that is ours and whole."""
    try:
        with os.fdopen(os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode) or about.st_uid != os.geteuid() or about.st_size > SIZE_CAP:
                return None
            checksum, _, content = file.read(SIZE_CAP).partition(b"\n")
        if checksum != _checksum(content):
            return None
        return _thawed(json.loads(content))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _keep(catalogue: Catalogue, place: Path) -> None:
    content = json.dumps(asdict(catalogue), ensure_ascii=False, separators=(",", ":")).encode()
    # A field that would come back as another type, as a tuple does as a list, must never be served from the copy.
    if _thawed(json.loads(content)) != catalogue:
        return
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_checksum(content) + b"\n" + content)
        unfinished.replace(place)
    finally:
        unfinished.unlink(missing_ok=True)
    by_age = sorted(place.parent.glob("catalogue-*.json"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in by_age[MOST:]:
        old.unlink(missing_ok=True)


def _checksum(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).hexdigest().encode()


def _thawed(tables: Mapping[str, Any]) -> Catalogue:
    return Catalogue(
        version=tables["version"],
        controls={name: _control(one) for name, one in tables["controls"].items()},
        checklists={slug: _checklist(one) for slug, one in tables["checklists"].items()},
        scope={name: ScopeFact(**one) for name, one in tables["scope"].items()},
        signals={name: Signal(**one | {"feeds": tuple(one["feeds"])}) for name, one in tables["signals"].items()},
        redirects=tables["redirects"],
    )


def _control(table: dict[str, Any]) -> Control:
    fresh = table["freshness"]
    table["freshness"] = Freshness(**fresh | {"on": tuple(fresh["on"])})
    table["evidence"] = tuple(table["evidence"])
    return Control(**table)


def _checklist(table: dict[str, Any]) -> Checklist:
    table["source"] = Source(**table["source"])
    table["pillars"] = tuple(Pillar(**one) for one in table["pillars"])
    table["items"] = tuple(_item(one) for one in table["items"])
    return Checklist(**table)


def _item(table: dict[str, Any]) -> Item:
    table["controls"], table["tools"] = tuple(table["controls"]), tuple(table["tools"])
    table["thresholds"] = tuple(Threshold(**clause) for clause in table["thresholds"])
    return Item(**table)
