"""The scratch copy: the tree's files in a private folder, changed for one plant at a time and put back."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from checks.children.process import MIB
from checks.files.text_content import NotTextError, decode
from checks.git import GitProblem
from checks.git.program import base_environment, run_git
from checks.tree import Tree

MOST_BYTES: Final = 512 * MIB
"""Of texts; what else a tree holds is copied as a hole of the same size."""

Edits = Mapping[str, bytes | None]
"""New contents by path; None takes the file away."""

_SOMEBODY: Final = {
    f"GIT_{role}_{name}": value
    for role in ("AUTHOR", "COMMITTER")
    for name, value in (("NAME", "scratch"), ("EMAIL", "scratch@example.com"), ("DATE", "2026-01-01T00:00:00+00:00"))
}


class TooMuchError(Exception):
    """The tree is too large to be copied; the text says so in one line."""


class Scratch:
    """A copy of a tree in an empty folder of ours, in git where the tree is."""

    def __init__(self, tree: Tree, folder: Path, tags: Sequence[str] | None) -> None:
        """Copy.

        Args:
            tree: What is copied. Texts whole, everything else as a hole of its size: no probe reads what is no text.
            folder: An empty private folder.
            tags: The tags to make; None makes no repository.

        Raises:
            TooMuchError: there is too much text.
            OSError: the folder cannot be written.
        """
        self.root = folder
        self._in_git = False
        self._tags = tuple(tags or ())
        total = 0
        for file in tree.files:
            text = _text(tree, file.path)
            total += len(text or b"")
            if total > MOST_BYTES:
                raise TooMuchError(f"more than {MOST_BYTES // MIB} MiB of text: challenge a smaller folder with -C DIR")
            # A name too long for this disk, or a file where another name needs a folder.
            with suppress(OSError):
                self._write(file.path, text, file.size)
        if tags is not None:
            self._begin_git([file.path for file in tree.files if file.tracked])

    def text(self, path: str) -> str | None:
        """A file's text as the copy holds it now; None where there is none."""
        with suppress(OSError, NotTextError, ValueError):
            return decode((self.root / path).read_bytes())
        return None

    @contextmanager
    def planted(self, edits: Edits, *, tagless: bool = False) -> Iterator[None]:
        """The copy with these edits, and perhaps without its tags; afterwards it is as it was."""
        before = {path: self._bytes(path) for path in edits}
        try:
            self._apply(edits)
            if tagless:
                self._tag("delete", "")
            yield
        finally:
            self._apply(before)
            if tagless:
                self._tag("create", "HEAD")

    def _apply(self, edits: Edits) -> None:
        for path, content in edits.items():
            if content is not None:
                self._write(path, content, len(content))
            else:
                (self.root / path).unlink(missing_ok=True)
        if self._in_git:
            self._track(edits)

    def _track(self, paths: Iterable[str]) -> None:
        """Bring the index up to date. No contents go into git: a listing needs none."""
        names = b"\0".join(os.fsencode(path) for path in paths)
        self._git("update-index", "--add", "--remove", "--info-only", "-z", "--stdin", stdin=names)

    def _bytes(self, path: str) -> bytes | None:
        try:
            return (self.root / path).read_bytes()
        except OSError:
            return None

    def _write(self, path: str, content: bytes | None, size: int) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if content is not None:
            place.write_bytes(content)
            return
        with place.open("wb") as file:
            file.truncate(size)

    def _begin_git(self, tracked: Iterable[str]) -> None:
        """A repository of ours, so that probes find what git tells them: what is tracked, and the tags."""
        self._git("init", "--quiet", "--template=", "--initial-branch=main")
        self._git("config", "core.autocrlf", "false")
        self._git("commit", "--quiet", "--no-gpg-sign", "--no-verify", "--allow-empty", "--message=scratch")
        self._track(tracked)
        self._in_git = True
        self._tag("create", "HEAD")

    def _tag(self, do: str, to: str) -> None:
        """Make or remove all tags; where one of them is refused, none is changed."""
        if self._in_git and self._tags:
            lines = "".join(f"{do} refs/tags/{tag}\0{to}\0" for tag in self._tags)
            with suppress(GitProblem):
                self._git("update-ref", "--stdin", "-z", stdin=lines.encode("utf-8", "surrogateescape"))

    def _git(self, *arguments: str, stdin: bytes | None = None) -> None:
        done = run_git(arguments, cwd=self.root, env=base_environment(outside=self.root) | _SOMEBODY, stdin=stdin)
        if not done.ok:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise GitProblem(f"git {arguments[0]} failed in the scratch copy: {said[0] if said else done.returncode}")


def _text(tree: Tree, path: str) -> bytes | None:
    content = tree.raw(path)
    if content is None:
        return None
    try:
        decode(content)
    except NotTextError as error:
        return content if error.damaged else None
    return content
