"""Reading files of a git directory that somebody else filled: small regular files, reached through no link."""

from __future__ import annotations

import os
from pathlib import Path

from checks.files.regular import open_below
from checks.git.problem import UnsafeRepository


def supplied(folder: Path, name: str, limit: int = 4096) -> bytes | None:
    """The bytes of the file `name` below `folder`; None only where there is none.

    What is there and cannot be used is an error, never an absence: a repository without a file that it does have
    would look like another one.

    Raises:
        UnsafeRepository: It is a link, pipe, folder or device, larger than `limit` bytes, or cannot be opened.
    """
    try:
        with os.fdopen(open_below(folder, name), "rb") as file:
            content = file.read(limit + 1)
    except FileNotFoundError:
        return None
    except OSError:
        raise UnsafeRepository(
            f"{folder / name} is not a regular file we may open. Clone the repository again."
        ) from None
    if len(content) > limit:
        raise UnsafeRepository(f"{folder / name} is larger than {limit} bytes. Clone the repository again.")
    return content


def resolved(path: Path) -> Path:
    """Where a path that the repository names leads; it need not exist.

    Raises:
        UnsafeRepository: It is no path at all, or links lead in a circle.
    """
    try:
        end = path.resolve()
        end.is_dir()
    except (OSError, RuntimeError, ValueError):
        raise UnsafeRepository(f"{str(path)[:200]!r} cannot be followed. Check the repository out again.") from None
    return end
