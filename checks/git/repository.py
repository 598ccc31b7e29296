"""One repository, looked at safely. The only caller of git for reading."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from checks.cache.signs import UNWALKED
from checks.children.process import Finished
from checks.digests import blake2b
from checks.files.fingerprint import bytes_to_read, fingerprint, moment
from checks.git.heads import loose_head
from checks.git.listing import Listed, Told, ask, listed, unsure
from checks.git.locate import locate
from checks.git.problem import GitProblem
from checks.git.program import OUTPUT_BYTES, run_git
from checks.git.sanitize import PinnedDirectory

if TYPE_CHECKING:
    from datetime import datetime

    from checks.git.changes import Changed, Churn
    from checks.git.history import Commit
    from checks.git.timeline import Moment

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_DAY_S = 86_400
_LONGEST_WARNING = 200
_SAFE_DIFF = ("--no-ext-diff", "--no-textconv", "--no-renames", "--ignore-submodules=all", "--name-only", "-z")


class Tag(NamedTuple):
    """A tag: the commit it leads to and when it was made (UTC)."""

    name: str
    commit: str
    at: datetime


class Git:
    """A snapshot of a repository's HEAD, refs and index, with its files as they are.

    Nothing the repository supplies is executed: no hook, filter, diff driver, monitor, signature check or fetch.
    Paths are relative to the opened folder. Later commits are seen by opening again. Methods raise `GitProblem` when
    git fails, takes longer than half a minute (`SlowGit`) or says too much.
    """

    def __init__(self, pinned: PinnedDirectory, root: Path) -> None:
        self._pinned = pinned
        self._environment = pinned.environment()
        self._unlisted: list[str] = []
        self._asked_at = 0
        self.root = root
        self.top = pinned.place.top
        below = root.relative_to(self.top).as_posix()
        self.prefix = "" if below == "." else f"{below}/"
        """Where the opened folder lies below `top`: "" or a relative path that ends in "/"."""

    @classmethod
    def open(cls, root: Path) -> Self:
        """Open the repository that `root` is in; `root` may be a folder inside it.

        Raises:
            NoGit, NoRepository, BareRepository, UnsafeRepository: as their names say.
        """
        resolved = root.resolve()
        place = locate(resolved)
        return cls(PinnedDirectory(place), resolved)

    def close(self) -> None:
        """Remove the temporary git directory. Also happens when the process ends."""
        self._pinned.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def git_dir(self) -> Path:
        """The real git directory of this work tree, where our own locks and drafts may live."""
        return self._pinned.place.git_dir

    @property
    def hash_name(self) -> str:
        """What content ids are made with: sha1 or sha256."""
        return self._pinned.hash_name

    def head(self) -> str | None:
        """The full id of the current commit; None before the first one.

        Raises:
            GitProblem: There is one, and it cannot be read.
        """
        return self._head

    @cached_property
    def _head(self) -> str | None:
        own = loose_head(self._pinned.path, self._pinned.place.common_dir / "objects", self.hash_name)
        found = own or self.commit_id("HEAD")
        if found is None and not self._pinned.is_unborn():
            raise GitProblem(f"HEAD of {self.top} leads to no commit that can be read. Run git fsck there.")
        return found

    def branch(self) -> str | None:
        """The current branch's short name, also before its first commit; None when HEAD is detached."""
        return self._line("symbolic-ref", "--quiet", "--short", "HEAD")

    def commit_id(self, name: str) -> str | None:
        """The full id of the commit `name` leads to; None when there is none here (a shallow clone, a squash merge)."""
        if not name or "\0" in name:
            return None
        return self._line("rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}")

    def files(self) -> tuple[Listed, ...]:
        """Tracked files that exist, and untracked ones that are not ignored, sorted by path."""
        return self._files

    @cached_property
    def _files(self) -> tuple[Listed, ...]:
        return listed(self._listing, self.prefix)

    @cached_property
    def _listing(self) -> bytes:
        def call(arguments: list[str]) -> bytes:
            done = self._run(*arguments)
            said = done.stderr.decode("utf-8", "replace").splitlines()
            self._unlisted += [
                line[:_LONGEST_WARNING] for line in said if line.startswith("warning: could not open dir")
            ]
            return self._checked(arguments, done)

        self._asked_at = moment()
        return ask(call, self.prefix, plain=self._pinned.has_plain_index())

    def asked_at(self) -> int:
        """When git was asked for the files: what they hold is known from then, as `moment` tells."""
        _ = self._listing
        return self._asked_at

    def told(self) -> Told:
        """What git says of its files, for `believe`."""
        return Told(self._listing, self.unlisted(), self._asked_at)

    def believe(self, told: Told) -> None:
        """Take what git said to another process of ours a moment ago, of the same folder, for what it would say now."""
        self._listing, self._unlisted, self._asked_at = told.output, list(told.unlisted), told.asked_at

    def state(self, most_bytes: int | None = None) -> str:
        """A digest of all that can be seen here: files and what they hold, HEAD, refs and the reach of the clone.

        The same again means that nothing changed. Files that git knows to be clean are not opened. "" where more than
        `most_bytes` of the others would have to be read.
        """
        open_questions = sorted({*unsure(self._listing, self.prefix)})
        if most_bytes is not None and sum(bytes_to_read(self.root, path) for path in open_questions) > most_bytes:
            return ""
        total = blake2b(digest_size=16)
        total.update(self._pinned.digest() + b"\0" + os.fsencode(self.root) + b"\0" + self._listing)
        total.update("\n".join(self.unlisted()).encode("utf-8", "surrogateescape"))
        # What the index lists is not opened outside: each of these is opened below the root, and through no link.
        for path in open_questions:
            total.update(os.fsencode(path) + b"\0" + fingerprint(self.root, path))
        total.update(fingerprint(self.top, ".mailmap"))
        return total.hexdigest()

    def lists_plainly(self) -> bool:
        """Whether every file that is listed lies where `checks.cache.signs` looks: in no folder of installed code."""
        return not any(f"{name}/".encode() in self._listing for name in UNWALKED)

    def past(self) -> str:
        """A digest of all that history can tell: HEAD, refs, the reach of the clone, who is who."""
        return blake2b(self._pinned.digest() + fingerprint(self.top, ".mailmap"), digest_size=16).hexdigest()

    def unlisted(self) -> tuple[str, ...]:
        """The folders git could not read while listing files, in its words."""
        _ = self._listing
        return tuple(self._unlisted)

    def changed_between(self, commit: str, paths: Iterable[str] | None = None) -> tuple[str, ...] | None:
        """Tracked paths whose content in the work tree differs from `commit`; None when that commit is not here."""
        start = self.commit_id(commit)
        if start is None:
            return None
        # The list is refused where the index leads outside; a comparison would look there.
        self.files()
        output = self._output("diff", *_SAFE_DIFF, "--end-of-options", start, "--", *self._below(paths))
        return tuple(sorted(self._relative(output)))

    def blob_ids(self, paths: Iterable[str], at: str | None = None) -> dict[str, str]:
        """The content ids of files at a commit (HEAD when None). Paths that are no files there are left out."""
        commit = self.commit_id(at or "HEAD")
        wanted = set(paths)
        if commit is None or not wanted:
            return {}
        found = {}
        # The whole folder in one call: a long list of paths would not fit a command line.
        output = self._output("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit, *self._below(None))
        for line in output.split(b"\0"):
            entry, _, name = line.partition(b"\t")
            path = os.fsdecode(name)[len(self.prefix) :]
            if path in wanted and entry.split(b" ")[1] == b"blob":
                found[path] = entry.split(b" ")[2].decode()
        return found

    def tree(self, commit: str) -> dict[str, tuple[int, str]] | None:
        """The mode and content id of every file below the folder at `commit`; None when that commit is not here."""
        start = self.commit_id(commit)
        if start is None:
            return None
        found = {}
        output = self._output("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", start, *self._below())
        for line in output.split(b"\0"):
            entry, _, name = line.partition(b"\t")
            mode, kind, content = entry.split(b" ") if name else (b"", b"", b"")
            if kind == b"blob":
                found[os.fsdecode(name)[len(self.prefix) :]] = (int(mode, 8), content.decode())
        return found

    def show(self, commit: str, path: str) -> bytes | None:
        """A file's stored content at `commit`; None when the commit or the file is not there."""
        start = self.commit_id(commit)
        if start is None or _leaves(path) or not path:
            return None
        done = self._run("cat-file", "blob", f"{start}:{self.prefix}{path}")
        return done.stdout if done.ok else None

    def merge_base(self, ref: str, other: str = "HEAD") -> str | None:
        """The newest commit that `ref` and `other` share; None when they share none, or it is not in this clone."""
        one, two = self.commit_id(other), self.commit_id(ref)
        if one is None or two is None:
            return None
        return self._line("merge-base", "--end-of-options", one, two)

    def tags(self, pattern: str = "*") -> tuple[Tag, ...]:
        """Tags that match a glob pattern and are reachable from HEAD, newest first."""
        from datetime import UTC, datetime

        if self._head is None or not pattern or not self._pinned.has_tags():
            return ()
        layout = "%(refname:strip=2)%00%(objectname)%00%(*objectname)%00%(creatordate:unix)"
        output = self._output(
            "for-each-ref", f"--merged={self._head}", "--sort=-creatordate", f"--format={layout}",
            "--end-of-options", f"refs/tags/{pattern}",
        )  # fmt: skip
        rows = (os.fsdecode(line).split("\0") for line in output.splitlines())
        return tuple(Tag(n, peeled or own, datetime.fromtimestamp(int(at or 0), UTC)) for n, own, peeled, at in rows)

    def log(self, paths: Iterable[str] | None = None, limit: int = 1000) -> tuple[Commit, ...]:
        """The newest commits reachable from HEAD, at most `limit`, of all files below the folder or of `paths`."""
        from checks.git.history import read_commits

        if self._head is None:
            return ()
        below = self._below(paths)
        ids = self._output("rev-list", f"--max-count={limit}", "--end-of-options", self._head, "--", *below)
        return read_commits(self._pinned, ids.decode().split(), self._through_mailmap)

    def since(self, commit: str, limit: int = 1000) -> tuple[Commit, ...]:
        """The newest commits reachable from HEAD and not from `commit`, at most `limit`; all where it is not here."""
        from checks.git.history import read_commits

        if self._head is None:
            return ()
        start = self.commit_id(commit)
        ids = self._output(
            "rev-list", f"--max-count={limit}", "--end-of-options", self._head, *([f"^{start}"] if start else [])
        )
        return read_commits(self._pinned, ids.decode().split(), self._through_mailmap)

    def changes(self, limit: int = 1000, paths: Iterable[str] | None = None) -> tuple[Changed, ...]:
        """The newest commits reachable from HEAD with the files each changed, merges without files of their own."""
        from checks.git.changes import layout, read_changes

        if self._head is None:
            return ()
        mark, layout_option = layout()
        output = self._output(
            "log", *_SAFE_DIFF, layout_option, f"--max-count={limit}", "--end-of-options", self._head,
            "--", *self._below(paths),
        )  # fmt: skip
        return read_changes(output, mark, self._relative, self._through_mailmap)

    def timeline(self, limit: int = 1000) -> tuple[Moment, ...]:
        """The newest commits of the first-parent line, oldest first, each with the files it changed."""
        from checks.git.timeline import read_timeline

        if self._head is None:
            return ()
        head, below = self._head, self._below()

        def log(option: str) -> bytes:
            return self._output(
                "log", "--first-parent", "-m", "--reverse", "--raw", "-z", "--no-abbrev", "--no-renames",
                "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", option, f"--max-count={limit}",
                "--end-of-options", head, "--", *below,
            )  # fmt: skip

        def tree(commit: str) -> bytes:
            return self._output("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit, *below)

        return read_timeline(log, tree, self.prefix, self._through_mailmap)

    def blobs(self, ids: Iterable[str]) -> dict[str, bytes]:
        """The content behind content ids; one that is not in this clone is left out."""
        from checks.git.timeline import read_blobs

        wanted = list(dict.fromkeys(one for one in ids if _COMMIT.fullmatch(one)))
        if not wanted:
            return {}
        return read_blobs(self._output("cat-file", "--batch", stdin="".join(f"{one}\n" for one in wanted).encode()))

    def churn(self, since_days: int = 365) -> dict[str, Churn]:
        """How often each file changed in the days before HEAD was committed (not before today), and by how many."""
        from checks.git.changes import count_churn, layout, read_changes

        if self._head is None:
            return {}
        newest = int(self._output("log", "-1", "--format=%ct", "--end-of-options", self._head))
        since = f"--since={max(0, newest - since_days * _DAY_S)}"
        mark, layout_option = layout()
        output = self._output(
            "log", *_SAFE_DIFF, layout_option, since, "--end-of-options", self._head, "--", *self._below()
        )
        return count_churn(read_changes(output, mark, self._relative, self._through_mailmap))

    def is_shallow(self) -> bool:
        """Whether this clone lacks the older history, so that what is counted over it is too low."""
        return (self._pinned.path / "shallow").is_file()

    def stored_id(self, path: str, content: bytes) -> str:
        """The id git would give `content` were it committed as `path`: line endings converted, no filter run."""
        output = self._output("hash-object", "--stdin", f"--path={self.prefix}{path}", stdin=content)
        return output.decode().strip()

    def canonical(self, person: str) -> str:
        """A person's "Name <mail>" as the repository's .mailmap writes it."""
        return self._through_mailmap([person]).get(person, person)

    def _through_mailmap(self, people: Sequence[str]) -> dict[str, str]:
        """Map each "Name <mail>"; who has no mail address, or no place in a .mailmap, stays as they are."""
        asked = [p for p in people if re.fullmatch(r"[^\n\0]*<[^\n\0<>]+>", p)]
        # Anything but a regular file would be opened by git, and a FIFO would keep it waiting.
        mailmap = self.top / ".mailmap"
        if not asked or mailmap.is_symlink() or not mailmap.is_file():
            return {}
        output = self._output("check-mailmap", "--stdin", stdin=b"".join(os.fsencode(p) + b"\n" for p in asked))
        return dict(zip(asked, os.fsdecode(output).split("\n"), strict=False))

    def _below(self, paths: Iterable[str] | None = None) -> list[str]:
        if paths is not None:
            return [f"{self.prefix}{path}" for path in paths if not _leaves(path)] or [f"{self.prefix}\x01nothing"]
        return [self.prefix] if self.prefix else []

    def _relative(self, output: bytes) -> list[str]:
        names = (os.fsdecode(name.lstrip(b"\n")) for name in output.split(b"\0"))
        return [name[len(self.prefix) :] for name in names if name and name.startswith(self.prefix)]

    def _line(self, *arguments: str) -> str | None:
        done = self._run(*arguments)
        return os.fsdecode(done.stdout).strip() or None if done.ok else None

    def _output(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        return self._checked(arguments, self._run(*arguments, stdin=stdin))

    def _checked(self, arguments: Sequence[str], done: Finished) -> bytes:
        if not done.ok:
            said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
            raise GitProblem(f"git {arguments[0]} failed in {self.top}: {said or done.returncode}. Run git fsck there.")
        return done.stdout

    def _run(self, *arguments: str, stdin: bytes | None = None) -> Finished:
        return run_git(arguments, cwd=self.top, env=self._environment, stdin=stdin, output_cap_bytes=OUTPUT_BYTES)


def _leaves(path: str) -> bool:
    pure = PurePosixPath(path)
    return pure.is_absolute() or ".." in pure.parts or "\0" in path
