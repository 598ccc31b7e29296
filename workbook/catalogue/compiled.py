"""Packaged tables as they were last read and checked, kept as JSON in the user's cache: parsing TOML costs more.

What is kept is only ever a copy. Its name is the digest of the files and of the code it was made from, its first line
the digest of the rest; one that is damaged, foreign or of other files is not used and made again. Without a cache that
can be written nothing changes but the time.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from checks.cache.place import usual
from checks.digests import blake2b

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Records = TypeVar("Records", bound=DataclassInstance)

SIZE_CAP = 8 * 1024 * 1024
MOST = 3
"""Copies kept, the newest: of an installed version, say, and of a checkout beside it."""


def compiled(
    name: str,
    files: Iterable[Path],
    read: Callable[[], Records],
    thawed: Callable[[dict[str, Any]], Records],
    folder: Path | None = None,
) -> Records:
    """The records that `read` makes of the packaged `files`: the kept copy where it is of these very files.

    Args:
        name: what the records are, in the name of the copy.
        files: everything that `read` reads.
        read: reads and checks the files themselves.
        thawed: makes the same records of what `dataclasses.asdict` made of them, after JSON.
        folder: where the copy is kept; the user's cache when None.
    """
    try:
        place = (folder or _cache()) / f"{name}-{_digest(files)}.json"
    except OSError:
        return read()
    kept = _kept(place, thawed)
    if kept is not None:
        return kept
    records = read()
    with suppress(OSError):
        _keep(records, place, thawed, f"{name}-*.json")
    return records


def _cache() -> Path:
    """Our folder in the user's cache."""
    return Path(usual())


def _digest(files: Iterable[Path]) -> str:
    digest = blake2b(digest_size=16)
    # Another version of the code may make other records of the same files.
    for path in (*sorted(Path(__file__).parent.glob("*.py")), *files):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _kept(place: Path, thawed: Callable[[dict[str, Any]], Records]) -> Records | None:
    """The copy; None where there is none that is ours and whole."""
    try:
        with os.fdopen(os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode) or about.st_uid != os.geteuid() or about.st_size > SIZE_CAP:
                return None
            checksum, _, content = file.read(SIZE_CAP).partition(b"\n")
        if checksum != _checksum(content):
            return None
        return thawed(json.loads(content))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _keep(records: Records, place: Path, thawed: Callable[[dict[str, Any]], Records], alike: str) -> None:
    from dataclasses import asdict

    content = json.dumps(asdict(records), ensure_ascii=False, separators=(",", ":")).encode()
    # A field that would come back as another type, as a tuple does as a list, must never be served from the copy.
    if thawed(json.loads(content)) != records:
        return
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = place.with_name(f"{place.name}.{os.urandom(4).hex()}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_checksum(content) + b"\n" + content)
        unfinished.replace(place)
    finally:
        unfinished.unlink(missing_ok=True)
    by_age = sorted(place.parent.glob(alike), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in by_age[MOST:]:
        old.unlink(missing_ok=True)


def _checksum(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).hexdigest().encode()
