"""Which files a repository holds, and their content, read so that the repository cannot lead us anywhere else."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from checks.children import allowance
from checks.digests import blake2b
from checks.files.admission import MIB, Admission, File, Limits, why
from checks.files.fingerprint import moment
from checks.files.listed import like
from checks.files.patterns import matching
from checks.files.regular import open_below
from checks.files.text_content import NO_TEXT, NotTextError, decode
from checks.git import Git, GitProblem
from checks.observation import Examined, Unread
from checks.reads import ALL_FILES, ANY_MATCHING, ENDING, FILE, MATCHING, PLACE, TEXT, TRACKED, Reads

if TYPE_CHECKING:
    from checks.git.listing import Told

__all__ = ["File", "Limits", "Tree", "digest_of"]

_CACHE_CHARACTERS: Final = 128 * MIB
_CHUNK: Final = MIB
_USUAL: Final = Limits()


class Tree:
    """The files of one folder as they are now. Whatever is not read in full is remembered with the reason."""

    def __init__(self, root: Path, files: tuple[File, ...], limits: Limits, hash_name: str | None) -> None:
        self.root = root
        self.admitted = files
        """All files, sorted by path, asked by nobody: for who keeps the books."""
        self.limits = limits
        self.cut = ""
        """Why this is not the whole tree, where a limit on its size or depth was met."""
        self.since = 0
        """When the files were listed, as `moment` tells; 0 where nobody need know."""
        self.changed: set[str] = set()
        """Files that were read after they had changed since: what is seen of them is of no content that was listed."""
        self.reads = Reads()
        """Who asked for which files."""
        self._hash_name = hash_name
        self._by_path = {file.path: file for file in files}
        self.every = tuple(self._by_path)
        """Their paths."""
        self._links: dict[str, str] = {}
        self._texts: dict[str, str | None] = {}
        self._cached = 0
        self._read: set[str] = set()
        self._partial: dict[str, str] = {}
        self._skipped: dict[str, str] = {}
        self._matches: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._ids: dict[str, str] = {}
        self._given_up: dict[str, str] = {}

    @classmethod
    def read(cls, root: Path, git: Git | None, limits: Limits = _USUAL) -> Self:
        """List the files below `root`: git's list, or without git our own walk that respects .gitignore.

        Raises:
            GitProblem: git cannot list them.
        """
        found, since = Admission(root.resolve(), limits), moment()
        if git is None or not found.ask(git):
            found.walk()
        else:
            since = git.asked_at()
        tree = cls(found.root, found.within_total(), limits, git.hash_name if git else None)
        tree._links, tree._partial, tree._skipped = found.links, found.partial, found.skipped
        tree.cut, tree.since = found.cut, since
        return tree

    @classmethod
    def opened(cls, root: Path, told: Told | None = None) -> tuple[Self, Git | None]:
        """The files below `root`, and its git, which the caller closes; None where there is none.

        Args:
            root: The folder.
            told: What git said of the files just now; it is asked when None.
        """
        try:
            git = Git.open(root)
        except GitProblem:
            return cls.read(root, None), None
        if told is not None:
            git.believe(told)
        try:
            return cls.read(root, git), git
        except GitProblem as problem:
            tree = cls.read(root, None)
            tree.note(".", f"listed without git: {problem}")
            return tree, git

    @property
    def files(self) -> tuple[File, ...]:
        """All files, sorted by path."""
        self.reads.ask_listing(ALL_FILES)
        return self.admitted

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all files, sorted. Who asks for some rests on fewer: see `match`, `ending` and `named_like`."""
        self.reads.ask_listing(ALL_FILES)
        return self.every

    def ending(self, *suffixes: str) -> tuple[str, ...]:
        """The paths that end with one of some texts, sorted."""
        self.reads.ask_listing(ENDING, "\n".join(suffixes))
        return tuple(path for path in self.every if path.endswith(suffixes))

    def named_like(self, pattern: re.Pattern[str]) -> tuple[str, ...]:
        """The paths in which a pattern is found, sorted."""
        self.reads.ask_listing(*like(pattern))
        return tuple(filter(pattern.search, self.every))

    def is_tracked(self, path: str) -> bool:
        """Whether git tracks the file at a path."""
        self.reads.ask_listing(TRACKED, path)
        file = self._by_path.get(path)
        return file is not None and bool(file.tracked)

    @cached_property
    def _folders(self) -> frozenset[str]:
        return folders_of(self.every)

    def again(self) -> Self:
        """The same files, of which nothing was read yet."""
        other = type(self)(self.root, self.admitted, self.limits, self._hash_name)
        other._links, other._given_up, other.cut = self._links, self._given_up, self.cut
        other.since, other.changed = self.since, self.changed
        return other

    def exists(self, path: str) -> bool:
        """Whether `path` is one of the files, or a folder that holds some."""
        path = path.rstrip("/")
        self.reads.ask_listing(PLACE, path)
        return path in self._by_path or path in self._folders

    def file(self, path: str) -> File | None:
        """The file at `path`, if it is one of them."""
        self.reads.ask_listing(FILE, path)
        return self._by_path.get(path)

    def give_up(self, reasons: Mapping[str, str]) -> None:
        """Read the files with these paths no more, for these reasons."""
        self._given_up |= reasons

    @property
    def has_given_up(self) -> bool:
        """Whether there are files that are not to be read."""
        return bool(self._given_up)

    def raw(self, path: str) -> bytes | None:
        """A file's bytes; None, with the reason in `examined()`, when it is too large or cannot be opened."""
        self.reads.ask(TEXT, path)
        if path not in self._by_path:
            return None
        allowance.reading(path)
        if path in self._given_up:
            self._skipped[path] = self._given_up[path]
            return None
        try:
            with os.fdopen(self._open(path), "rb") as file:
                content = file.read(self.limits.file_bytes + 1)
                if os.fstat(file.fileno()).st_ctime_ns > self.since > 0:
                    self.changed.add(path)
        except OSError as error:
            self._skipped[path] = why(error)
            return None
        if len(content) > self.limits.file_bytes:
            self._skipped[path] = f"larger than {self.limits.file_bytes // MIB} MiB"
            return None
        self._read.add(path)
        return content

    def text(self, path: str) -> str | None:
        """A file's text without its byte order mark; None, with the reason in `examined()`, when it is none."""
        if path in self._texts:
            self.reads.ask(TEXT, path)
            allowance.reading(path)
            return self._texts[path]
        content = self.raw(path)
        text = None
        if content is not None:
            try:
                text = decode(content)
            except NotTextError as error:
                self._read.discard(path)
                (self._partial if error.damaged else self._skipped)[path] = str(error)
        if text is None or self._cached + len(text) <= _CACHE_CHARACTERS:
            self._texts[path] = text
            self._cached += len(text or "")
        return text

    def assume_read(self, path: str) -> bool:
        """Count a file as read whose content is known from an earlier look; False where it is given up."""
        if path in self._given_up:
            return False
        self._read.add(path)
        return True

    def hidden(self, path: str) -> str:
        """Why a file that was asked for could hold text nobody has read; "" where it was read, or holds no text."""
        reason = self._skipped.get(path) or self._partial.get(path) or ""
        return "" if reason in NO_TEXT or path in self._read else reason

    def match(self, *patterns: str) -> tuple[str, ...]:
        """The paths that match gitignore-style patterns, case-sensitively: `*.py` anywhere, `/README*` at the root.

        Raises:
            ValueError: A pattern is invalid or too costly; the message names it.
        """
        found = self._matching(patterns)
        self.reads.ask_listing(MATCHING, "\n".join(patterns))
        return found

    def has_match(self, *patterns: str) -> bool:
        """Whether any path matches, as `match` finds them: who asks rests on that alone.

        Raises:
            ValueError: A pattern is invalid or too costly; the message names it.
        """
        found = self._matching(patterns)
        self.reads.ask_listing(ANY_MATCHING, "\n".join(patterns))
        return bool(found)

    def _matching(self, patterns: tuple[str, ...]) -> tuple[str, ...]:
        # Before it is counted as asked: a pattern that is invalid is so whatever files there are.
        if patterns not in self._matches:
            self._matches[patterns] = matching(patterns, self.every)
        return self._matches[patterns]

    def count_as_read(self, paths: Iterable[str], partial: Mapping[str, str], skipped: Mapping[str, str]) -> None:
        """Count files as looked at in an earlier look of which `troubles` were told, where they have not changed."""
        for path in paths:
            if path in partial:
                self._partial[path] = partial[path]
            elif path in skipped:
                self._skipped[path] = skipped[path]
            else:
                self._read.add(path)

    def troubles(self) -> tuple[dict[str, str], dict[str, str]]:
        """What was read in part and what not at all, by path, with the reasons."""
        return dict(self._partial), dict(self._skipped)

    def listing(self) -> str:
        """A digest of which files there are, whatever they hold: of their paths, and how they came to be listed."""
        facts = [self.conditions(), *(f"{file.path}\0{file.tracked}" for file in self.admitted)]
        return blake2b(os.fsencode("\n".join(facts)), digest_size=16).hexdigest()

    def conditions(self) -> str:
        """A digest of how files come to be listed, links and what could not be listed included."""
        total = blake2b(f"{self._hash_name} {self.limits} {self.cut}".encode(), digest_size=16)
        for paths in (self._links, self._partial, self._skipped):
            total.update(os.fsencode(f"{sorted(paths.items())}\n"))
        return total.hexdigest()

    def tracked(self) -> str:
        """Whether git tracks each of the files, as a text with a sign for each; asked by nobody."""
        return "".join("1" if file.tracked else "0" for file in self.admitted)

    def note(self, path: str, reason: str) -> None:
        """Remember why something is not seen as it should be; `examined()` says it."""
        self._skipped[path] = reason

    def examined(self) -> Examined:
        """How many files were read in full so far, and what was not, with the reasons, sorted by path."""
        return Examined(len(self._read - self._partial.keys()), _unread(self._partial), _unread(self._skipped))

    def digest(self, patterns: Iterable[str], ignoring: Callable[[str], bool] | None = None) -> str:
        """A digest of the paths and contents that match: the same for equal content, whatever the commits.

        Paths that `ignoring` says so of are left out.

        32 hexadecimal digits. Content counts as git stores it, so a file has one digest before and after its commit.
        """
        paths = self.match(*sorted(set(patterns)))
        return digest_of((path, self.content_id(path)) for path in paths if not (ignoring and ignoring(path)))

    def content_id(self, path: str) -> str:
        """The id git gives the file's content, also where it is not committed.

        What cannot be read has its size or the failure as id. Files filtered by Git LFS count as they are on disk.
        """
        self.reads.ask(TEXT, path)
        file = self._by_path[path]
        if file.blob is not None:
            return file.blob
        if path not in self._ids:
            self._ids[path] = self._computed_id(file)
        return self._ids[path]

    def _computed_id(self, file: File) -> str:
        if file.size > self.limits.total_bytes // 8:
            return f"size:{file.size}"
        # Only this asks for the digest that git uses, and seldom.
        import hashlib

        total = hashlib.new(self._hash_name or "sha1", usedforsecurity=False)
        total.update(b"blob %d\0" % file.size)
        returns = False
        try:
            with os.fdopen(self._open(file.path), "rb") as content:
                while chunk := content.read(_CHUNK):
                    total.update(chunk)
                    returns = returns or b"\r" in chunk
        except OSError as error:
            return f"unread:{why(error)}"
        if returns and self._hash_name and file.size <= self.limits.file_bytes:
            # Git may store other line ends than the work tree has; only git knows.
            stored = self.raw(file.path)
            if stored is not None:
                with Git.open(self.root) as git:
                    return git.stored_id(file.path, stored)
        return total.hexdigest()

    def _open(self, path: str) -> int:
        return open_below(self.root, self._links.get(path, path))


def digest_of(contents: Iterable[tuple[str, str]]) -> str:
    """A digest of paths with their content ids, in the order of the paths."""
    total = blake2b(digest_size=16)
    for path, content in contents:
        total.update(os.fsencode(path) + b"\0" + content.encode() + b"\n")
    return total.hexdigest()


def folders_of(paths: Iterable[str]) -> frozenset[str]:
    """The folders that hold some files, at any depth."""
    return frozenset(parent for path in paths for parent in _parents(path))


def _parents(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _unread(reasons: dict[str, str]) -> tuple[Unread, ...]:
    return tuple(Unread(path, reason) for path, reason in sorted(reasons.items()))
