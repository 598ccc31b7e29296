"""The files of an earlier commit in a private folder, so that probes can look at them as they look at the work tree.

Nothing of the repository is run to get there: no checkout, no filter, no hook. Without its git directory, whatever
probes read from history is unknown there.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from checks.digests import blake2b
from checks.files.temporary import PrivateFolder
from checks.git import Git

_AT_ONCE: Final = 400
"""Contents read in one call of git, which says at most 256 MiB."""

_NOT_A_NAME: Final = {"", ".", "..", ".git"}


@contextmanager
def laid_out(git: Git, commit: str) -> Iterator[Path | None]:
    """The files below git's folder as they were at `commit`; None when that commit is not here.

    The folder is gone afterwards.

    Raises:
        GitProblem: the contents cannot be read, or are too much.
    """
    files = git.tree(commit)
    if files is None:
        yield None
        return
    with PrivateFolder("past") as folder:
        lay_out(git, files, folder.path)
        yield folder.path


def content_of(git: Git, commit: str) -> str:
    """What names the content of git's folder at `commit`; "" when that commit is not here.

    Raises:
        GitProblem: git cannot be read.
    """
    files = git.tree(commit)
    if files is None:
        return ""
    whole = blake2b(digest_size=16)
    for path, (mode, blob) in sorted(files.items()):
        whole.update(b"\0".join((os.fsencode(path), f"{mode:o} {blob}".encode(), b"")))
    return f"laid out {whole.hexdigest()}"


def lay_out(git: Git, files: Mapping[str, tuple[int, str]], folder: Path) -> None:
    """Write the files into an empty folder; what no checkout could hold is left out."""
    good = {path: entry for path, entry in files.items() if _NOT_A_NAME.isdisjoint(path.lower().split("/"))}
    links = {path for path, (mode, _) in good.items() if stat.S_ISLNK(mode)}
    # Links last, so that nothing is written through one.
    paths = sorted(good, key=lambda path: (path in links, path))
    for start in range(0, len(paths), _AT_ONCE):
        some = paths[start : start + _AT_ONCE]
        contents = git.blobs(good[path][1] for path in some)
        for path in some:
            content = contents.get(good[path][1])
            # A file and a folder of one name, a name too long for this disk, a NUL in a link.
            with suppress(OSError, ValueError):
                if content is not None:
                    _write(folder / path, content, link=path in links)


def _write(path: Path, content: bytes, *, link: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if link:
        path.symlink_to(os.fsdecode(content))
    else:
        path.write_bytes(content)
