"""Objects are read by git where they are, so the folder that holds them must not lead anywhere else."""

from __future__ import annotations

import os
from pathlib import Path

from checks.children.process import MIB
from checks.git.problem import GitProblem, UnsafeRepository
from checks.git.supplied import supplied


def require_own_objects(common_dir: Path) -> None:
    """Make sure that git, reading objects, stays in `common_dir`.

    Raises:
        UnsafeRepository: Something among the objects is a link or pipe, or objects are borrowed from elsewhere.
        GitProblem: The folder cannot be listed.
    """
    objects = common_dir / "objects"
    if objects.is_symlink():
        raise UnsafeRepository(f"{objects} is a symbolic link. Clone the repository again to look at it.")
    try:
        for folder in _require_plain(objects):
            _require_plain(folder)
    except OSError as error:
        raise GitProblem(f"{objects} cannot be read: {error.strerror}. Run git fsck there.") from None
    # Git follows alternates of alternates, and knows quoted paths; so none is followed, wherever it seems to lead.
    lent = supplied(objects, "info/alternates", MIB) or b""
    if any(line and not line.startswith(b"#") for line in lent.splitlines()):
        raise UnsafeRepository(
            f"{common_dir} borrows objects from elsewhere. Run git repack -a -d, then delete objects/info/alternates."
        )


def alternates_line(objects: Path) -> bytes:
    """The line of an alternates file that names `objects`, quoted: a line end in a path must not make a second line."""
    raw = os.fsencode(objects).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + raw + b'"\n'


def _require_plain(folder: str | Path) -> list[str]:
    """The folders in `folder`, which may hold nothing but them and regular files."""
    below = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                below.append(entry.path)
            elif not entry.is_file(follow_symlinks=False):
                raise UnsafeRepository(f"{entry.path} is neither a file nor a folder. Clone the repository again.")
    return below
