"""A private copy of the little that git needs of a repository's own directory, without what could run or redirect.

The objects are borrowed where they are; HEAD, refs, index, shallow and local excludes are copied; configuration is
rewritten from an allow-list; hooks, attributes, grafts, worktree redirects and includes stay behind.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Final

from checks.git.config import read_config, sanitized
from checks.git.locate import Place
from checks.git.problem import GitProblem, UnsafeRepository
from checks.git.program import base_environment
from checks.process import MIB
from checks.regular import read_small

_INDEX_BYTES: Final = 512 * MIB
_LIST_BYTES: Final = 64 * MIB
_MOST_REFS: Final = 50_000


class PinnedDirectory:
    """A temporary git directory (mode 0700) that stands for one repository until `close()` or the end of the process.

    It is a snapshot: commits made later are seen by opening again.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        config = read_config(place.common_dir / "config", top=place.top)
        if config.get("extensions.refstorage", "files") != "files":
            raise GitProblem(
                f"{place.common_dir} keeps its refs as {config['extensions.refstorage']}, which is not supported yet. "
                "Run git refs migrate --ref-format=files."
            )
        self.hash_name = config.get("extensions.objectformat", "sha1")
        """What object ids are made with: sha1 or sha256."""
        _require_own_objects(place)
        self.path = Path(tempfile.mkdtemp(prefix="readiness-git-"))
        self.close = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)
        try:
            self._fill(config)
        except BaseException:
            self.close()
            raise

    def environment(self) -> dict[str, str]:
        """The environment in which git sees this directory and nothing else.

        Every variable that could redirect git is set, so that none can be inherited by a library that copies ours.
        """
        return base_environment(outside=self.place.top) | {
            "GIT_DIR": str(self.path),
            "GIT_COMMON_DIR": str(self.path),
            "GIT_WORK_TREE": str(self.place.top),
            "GIT_INDEX_FILE": str(self.path / "index"),
            "GIT_OBJECT_DIRECTORY": str(self.path / "objects"),
            "GIT_SHALLOW_FILE": str(self.path / "shallow"),
            "GIT_GRAFT_FILE": str(self.path / "no-grafts"),
            "GIT_CONFIG_COUNT": "0",
            "HOME": str(self.path),
        }

    def _fill(self, config: dict[str, str]) -> None:
        place, target = self.place, self.path
        (target / "objects" / "info").mkdir(parents=True)
        (target / "objects" / "info" / "alternates").write_bytes(os.fsencode(place.common_dir / "objects") + b"\n")
        (target / "info").mkdir()
        (target / "config").write_text(sanitized(config), encoding="utf-8")
        if not self._copy(place.git_dir, "HEAD"):
            raise UnsafeRepository(f"{place.git_dir / 'HEAD'} is not a small regular file. Clone the repository again.")
        self._copy(place.git_dir, "index", _INDEX_BYTES)
        for shared in place.git_dir.glob("sharedindex.*"):
            self._copy(place.git_dir, shared.name, _INDEX_BYTES)
        for name in ("packed-refs", "shallow", "info/exclude"):
            self._copy(place.common_dir, name, _LIST_BYTES)
        self._copy_refs()

    def _copy(self, source: Path, name: str, limit: int = 4096) -> bool:
        try:
            age = (source / name).lstat().st_mtime_ns
        except OSError:
            return False
        content = read_small(source / name, limit)
        if content is None:
            return False
        (self.path / name).write_bytes(content)
        # Git compares files with the age of the index: one changed in the same second is read again, not trusted.
        os.utime(self.path / name, ns=(age, age))
        return True

    def _copy_refs(self) -> None:
        (self.path / "refs").mkdir()
        count = 0
        for folder, _, names in os.walk(self.place.common_dir / "refs"):
            relative = Path(folder).relative_to(self.place.common_dir)
            (self.path / relative).mkdir(exist_ok=True)
            for name in names:
                self._copy(self.place.common_dir, str(relative / name))
                count += 1
            if count > _MOST_REFS:
                raise GitProblem(
                    f"{self.place.common_dir} has more than {_MOST_REFS} loose refs. Run git pack-refs --all."
                )


def _require_own_objects(place: Place) -> None:
    """Objects borrowed from elsewhere would make us read outside the repository."""
    objects = place.common_dir / "objects"
    for folder in (objects, objects / "info", objects / "pack"):
        if folder.is_symlink():
            raise UnsafeRepository(f"{folder} is a symbolic link. Clone the repository again to look at it.")
    for line in (read_small(objects / "info" / "alternates") or b"").splitlines():
        target = (objects / os.fsdecode(line)).resolve()
        if line and not line.startswith(b"#") and not target.is_relative_to(place.common_dir):
            raise UnsafeRepository(
                f"{place.common_dir} borrows objects from {target}. "
                "Run git repack -a -d, then delete objects/info/alternates."
            )
