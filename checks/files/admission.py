"""Which of the paths that were listed are files to look at, decided without opening any."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path
from typing import Final, NamedTuple

from checks.files.regular import NotRegularError
from checks.frozen import Frozen
from checks.git import SUBMODULE_MODE, Git, SlowGit

MIB: Final = 1024 * 1024


class Limits(Frozen):
    """How much of a tree is looked at: bytes of one file, number of files, folders deep, bytes of all files."""

    file_bytes: int = 5 * MIB
    files: int = 100_000
    depth: int = 100
    total_bytes: int = 4096 * MIB


class File(NamedTuple):
    """A regular file. `path` is POSIX and relative; bytes of a name that are not UTF-8 are kept as surrogates.

    `size` is in bytes. `blob` is git's content id, None where the file is not committed as it is. `tracked` is None
    outside git.
    """

    path: str
    size: int
    blob: str | None = None
    tracked: bool | None = None


class Admission:
    """Sorts what was listed into files to look at and things to leave alone, without opening any."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self.root = root
        self._start = f"{root}{os.sep}"
        self.limits = limits
        self.files: list[File] = []
        self.links: dict[str, str] = {}
        self.partial: dict[str, str] = {}
        self.skipped: dict[str, str] = {}
        self.cut = ""
        """Why the list is not whole, where a limit on the tree was met."""
        self._plain_folders: dict[str, bool] = {"": True}

    def ask(self, git: Git) -> bool:
        """Consider what git lists; False when it gives no answer in time."""
        try:
            listing = git.files()
        except SlowGit:
            # A pipe in place of a .gitignore keeps git waiting; our own walk does not wait.
            self.skipped["."] = "git gave no answer in time; the files were listed without it"
            return False
        left_out = 0
        for listed in listing:
            if not listed.expected and not os.path.lexists(self._start + listed.path):
                left_out += 1
                continue
            self.consider(listed.path, listed.mode, listed.blob, listed.tracked)
        if problems := git.unlisted():
            self.skipped["."] = f"git could not list everything: {problems[0]}"
        elif left_out:
            self.skipped["."] = self.cut = f"{left_out} files are not checked out, see git sparse-checkout"
        return True

    def walk(self) -> None:
        """Consider what our own walk finds."""
        from checks.files.walk import LeftOut, walk

        for item in walk(self.root, most=self.limits.files, depth=self.limits.depth):
            if isinstance(item, LeftOut):
                self.skipped[item.path] = item.reason
                self.cut = self.cut or (item.reason if item.by_limit else "")
            else:
                self.consider(item, 0, None, None)

    def consider(self, path: str, mode: int, blob: str | None, tracked: bool | None) -> None:
        """Add one path to the files, or to what is skipped."""
        # Most lie in a folder that is known.
        is_plain = self._plain_folders.get(path.rpartition("/")[0])
        if mode == SUBMODULE_MODE or not is_plain or len(self.files) >= self.limits.files:
            reason = self._objection(path, mode)
            if reason:
                self.skipped[path] = reason
                return
        try:
            # Plain strings: this runs for every file, and Path objects take most of the time.
            seen = os.lstat(self._start + path)
            if stat.S_ISLNK(seen.st_mode):
                target = self._target(path)
                self.links[path] = target
                seen, blob = (self.root / target).lstat(), None
            if not stat.S_ISREG(seen.st_mode):
                raise NotRegularError("not a regular file")
        except OSError as error:
            self.links.pop(path, None)
            self.skipped[path] = why(error)
            return
        if not (path.isascii() or _is_utf8(path)):
            self.partial[path] = "the name is not UTF-8; some tools cannot open it"
        self.files.append(File(path, seen.st_size, blob, tracked))

    def within_total(self) -> tuple[File, ...]:
        """The files, sorted by path, up to the limit of all their bytes."""
        kept, total = [], 0
        for file in sorted(self.files, key=lambda file: file.path):
            # A file too large to be read costs nothing.
            total += file.size if file.size <= self.limits.file_bytes else 0
            if total > self.limits.total_bytes:
                self.skipped[file.path] = self.cut = (
                    f"beyond the first {self.limits.total_bytes // MIB} MiB of the tree"
                )
            else:
                kept.append(file)
        self._tell_twins(kept)
        return tuple(kept)

    def _tell_twins(self, files: list[File]) -> None:
        """Names that are one and the same on macOS and Windows, where only one of the files would be there to see."""
        first: dict[str, str] = {}
        for file in files:
            path = file.path
            plain = path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()
            other = first.setdefault(plain, path)
            if other != path:
                for one in (other, path):
                    self.partial.setdefault(one, "its name differs from another only in case or Unicode form")

    def _objection(self, path: str, mode: int) -> str | None:
        if mode == SUBMODULE_MODE:
            return "another git repository, not looked into"
        folder = path.rpartition("/")[0]
        if folder not in self._plain_folders and path.count("/") > self.limits.depth:
            self.cut = f"more than {self.limits.depth} folders deep"
            return self.cut
        if len(self.files) >= self.limits.files:
            self.cut = f"beyond the first {self.limits.files} files"
            return self.cut
        if not self._is_plain(folder):
            return "reached through a symbolic link"
        return None

    def _is_plain(self, folder: str) -> bool:
        """Whether every folder on the way is a real folder."""
        if folder not in self._plain_folders:
            try:
                here = stat.S_ISDIR((self.root / folder).lstat().st_mode)
            except OSError:
                here = False
            self._plain_folders[folder] = here and self._is_plain(folder.rpartition("/")[0])
        return self._plain_folders[folder]

    def _target(self, path: str) -> str:
        """Where a symbolic link leads, relative to the root."""
        try:
            target = Path(os.path.realpath(self.root / path, strict=True))
        except FileNotFoundError:
            raise NotRegularError("symbolic link that leads nowhere") from None
        if not target.is_relative_to(self.root):
            raise NotRegularError("symbolic link that leads outside")
        if target.is_dir():
            raise NotRegularError("symbolic link to a folder")
        relative = target.relative_to(self.root)
        if ".git" in relative.parts:
            raise NotRegularError("symbolic link into the git directory")
        return relative.as_posix()


def why(error: OSError) -> str:
    """Why a file was not opened, in a few words."""
    if isinstance(error, NotRegularError):
        return str(error)
    return f"cannot be opened: {error.strerror or type(error).__name__}"


def _is_utf8(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
