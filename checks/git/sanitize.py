"""A private copy of the little that git needs of a repository's own directory, without what could run or redirect.

The objects are borrowed where they are; HEAD, refs, index, shallow and local excludes are copied; configuration is
rewritten from an allow-list; hooks, attributes, grafts, worktree redirects and includes stay behind.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from checks.children.process import MIB
from checks.digests import blake2b
from checks.files.temporary import PrivateFolder
from checks.git.config import read_config, require_known_format, sanitized
from checks.git.listing import spells_all_paths
from checks.git.locate import Place
from checks.git.objects import alternates_line, require_own_objects
from checks.git.problem import GitProblem, UnsafeRepository
from checks.git.program import base_environment
from checks.git.supplied import resolved, supplied

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
        require_known_format(config, place.common_dir)
        require_own_objects(place.common_dir)
        self.hash_name = config.get("extensions.objectformat", "sha1")
        """What object ids are made with: sha1 or sha256."""
        try:
            self._folder = PrivateFolder("git")
        except OSError as error:
            where = tempfile.gettempdir()
            raise GitProblem(f"No folder can be made in {where}: {error.strerror}. Free some space there.") from None
        self.path, self.close = self._folder.path, self._folder.close
        try:
            self._fill(config)
        except OSError as error:
            self.close()
            raise GitProblem(f"{place.git_dir} cannot be copied to {self.path}: {error.strerror}.") from None
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

    def has_plain_index(self) -> bool:
        """Whether the index spells its paths out and none of them can lead outside; true where there is none."""
        if any(self.path.glob("sharedindex.*")):
            return False
        index = supplied(self.path, "index", _INDEX_BYTES)
        return index is None or spells_all_paths(index)

    def digest(self) -> bytes:
        """A digest of HEAD, refs, configuration, local excludes, and how far back the clone reaches."""
        total = blake2b(digest_size=16)
        for folder, folders, names in os.walk(self.path):
            folders.sort()
            for name in sorted(names):
                if not name.startswith(("index", "sharedindex.")):
                    file = Path(folder, name)
                    total.update(os.fsencode(file.relative_to(self.path)) + b"\0" + file.read_bytes() + b"\0")
        # Objects that arrive later, as where a shallow clone is deepened, come in packs.
        packs = resolved(self.place.common_dir / "objects" / "pack")
        with suppress(OSError):
            total.update("\n".join(sorted(os.listdir(packs))).encode("utf-8", "surrogateescape"))  # noqa: PTH208  # names
        return total.digest()

    def is_unborn(self) -> bool:
        """Whether HEAD names a branch that has no commit yet: it is nowhere among the refs, not even damaged."""
        kind, _, name = (supplied(self.path, "HEAD") or b"").strip().partition(b" ")
        if kind != b"ref:" or not name.startswith(b"refs/"):
            return False
        listed = (supplied(self.path, "packed-refs", _LIST_BYTES) or b"").splitlines()
        loose = resolved(self.path / os.fsdecode(name))
        return not loose.is_file() and not any(line.endswith(b" " + name) for line in listed)

    def has_tags(self) -> bool:
        """Whether there is any tag among the refs; many a repository has none, and need not be asked for them."""
        packed = supplied(self.path, "packed-refs", _LIST_BYTES) or b""
        return b" refs/tags/" in packed or any((self.path / "refs" / "tags").glob("**/*"))

    def _fill(self, config: dict[str, str]) -> None:
        place, target = self.place, self.path
        (target / "objects" / "info").mkdir(parents=True)
        (target / "objects" / "info" / "alternates").write_bytes(alternates_line(place.common_dir / "objects"))
        (target / "info").mkdir()
        (target / "config").write_text(sanitized(config), encoding="utf-8")
        self._copy(place.git_dir, "HEAD")
        self._copy(place.git_dir, "index", _INDEX_BYTES)
        for shared in place.git_dir.glob("sharedindex.*"):
            self._copy(place.git_dir, shared.name, _INDEX_BYTES)
        # Before the packed ones: who packs refs meanwhile moves them from here to there, and none is missed.
        self._copy_refs()
        for name in ("packed-refs", "shallow", "info/exclude"):
            self._copy(place.common_dir, name, _LIST_BYTES)

    def _copy(self, source: Path, name: str, limit: int = 4096) -> None:
        try:
            age = (source / name).lstat().st_mtime_ns
        except OSError:
            age = 0
        content = supplied(source, name, limit)
        if content is None:
            return
        (self.path / name).write_bytes(content)
        # Git compares files with the age of the index: one changed in the same second is read again, not trusted.
        os.utime(self.path / name, ns=(age, age))

    def _copy_refs(self) -> None:
        common_dir, count = self.place.common_dir, 0
        if (common_dir / "refs").is_symlink():
            raise UnsafeRepository(f"{common_dir / 'refs'} is a symbolic link. Clone the repository again.")
        (self.path / "refs").mkdir()
        for folder, folders, names in os.walk(common_dir / "refs"):
            relative = Path(folder).relative_to(common_dir)
            (self.path / relative).mkdir(exist_ok=True)
            # Links to folders are listed as folders and not entered; copying refuses them.
            for name in [*names, *(one for one in folders if Path(folder, one).is_symlink())]:
                self._copy(common_dir, str(relative / name))
                count += 1
            if count > _MOST_REFS:
                raise GitProblem(f"{common_dir} has more than {_MOST_REFS} loose refs. Run git pack-refs --all.")
