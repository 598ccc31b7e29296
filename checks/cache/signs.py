"""What a folder looks like from outside: names, sizes and times, without opening a file or asking git.

The same look again means the same content, as git itself concludes from the same facts: whoever writes a file cannot
keep its time of change (`ctime`) as it was. Asked before everything else, so little is loaded, pathlib and typing not
at all.
"""

from __future__ import annotations

import os
import site
import stat
import sys
import time
from marshal import dumps

from checks.digests import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

UNWALKED = (".venv", "venv", "node_modules", "__pycache__")
"""Folders of installed or generated code; untracked files in them are never listed."""

MOST_ENTRIES = 100_000
"""Of a work tree, ignored files included; a look reads no more files either."""
_MOST_BESIDE = 12_000
"""Of them, beside what the index lists and as many folders: git need not look at ignored files, and is quicker then."""
_MANY = 4_000
"""Files in an index; where there are more, two processes look at them in less time than one."""

_OF_GIT = ("HEAD", "index", "config", "packed-refs", "shallow", "commondir", "config.worktree")
_BELOW_GIT = ("refs", "info", "objects/info", "objects/pack")
_FINE_NS = 10_000_000
"""A time that is no multiple of it comes from a clock that ticks at least every hundredth of a second."""
_MARGIN_NS = 20_000_000
_COARSE_MARGIN_NS = 3_000_000_000
"""For file systems that count in whole seconds, or in pairs of them."""


class Sign:
    """How a work tree looks. It is `settled` where no file changed so lately that a further change could look alike."""

    __slots__ = ("digest", "settled")

    def __init__(self, digest: str, *, settled: bool) -> None:
        self.digest = digest
        self.settled = settled


class NoSignError(Exception):
    """There is something here that only git, or reading, can tell about."""


class Seen:
    """What was seen of a work tree so far."""

    __slots__ = ("apart", "folders", "left", "newest")

    def __init__(self, most: int, apart: Collection[str] = ()) -> None:
        self.apart = apart
        """Names at the top that are not looked at."""
        self.folders: list[str] = []
        """A digest for each folder, of its path and of the names, sizes and times of its files."""
        self.newest = 0
        """The newest time of change of a file."""
        self.left = most
        """How many more entries there may be."""


def of_repository(root: str, apart: Collection[str] = ()) -> Sign | None:
    """The sign of a work tree with its git directory; None where only git can tell what may have changed.

    That is: `root` is not the top of an ordinary clone, a repository lies in it, a link leads out of its own folder or
    to what is apart, something cannot be read, or there is too much of it.

    Args:
        root: the folder.
        apart: names at its top that have no part in the sign; who gives them reads these files.
    """
    now = time.time_ns()
    seen: list[str] = []
    try:
        tracked = _tracked(os.path.join(root, ".git", "index"))
        if tracked > MOST_ENTRIES:
            return None
        tree = _work_tree(root, tracked, apart)
        newest = max(tree.newest, _git_directory(os.path.join(root, ".git"), seen))
    except (OSError, NoSignError):
        return None
    margin = _MARGIN_NS if newest % _FINE_NS else _COARSE_MARGIN_NS
    return Sign(digest_of([root, *sorted(tree.folders), *sorted(seen)]), settled=newest <= now - margin)


def _tracked(index: str) -> int:
    """How many files an index says it lists: so that a large tree is not walked in vain. 0 where it says nothing."""
    try:
        handle = os.open(index, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return 0
    try:
        head = os.read(handle, 12)
    finally:
        os.close(handle)
    return int.from_bytes(head[8:], "big") if head[:4] == b"DIRC" else 0


def digest_of(facts: list[str]) -> str:
    """32 hexadecimal digits over some texts."""
    return checksum("\0".join(facts).encode("utf-8", "surrogateescape"))


def checksum(content: bytes) -> str:
    """32 hexadecimal digits over some bytes."""
    return blake2b(content, digest_size=16).hexdigest()


def _work_tree(root: str, tracked: int, apart: Collection[str]) -> Seen:
    """Look at every file; `tracked` is how many of them the index lists."""
    seen = Seen(min(MOST_ENTRIES, 2 * tracked + _MOST_BESIDE), apart)
    waiting = look_into(root, root, seen)
    # Who started a thread does not fork: another thread may hold a lock that the copy would wait for.
    threading = sys.modules.get("threading")
    if tracked > _MANY and (threading is None or threading.active_count() == 1):
        from checks.cache.shared_walk import walk_shared

        walk_shared(root, waiting, seen)
    else:
        walk(root, waiting, seen)
    return seen


def walk(root: str, waiting: list[str], seen: Seen) -> None:
    """Look at what lies in some folders, and in those below."""
    while waiting:
        waiting += look_into(waiting.pop(), root, seen)


def look_into(folder: str, root: str, seen: Seen) -> list[str]:
    """Look at the files of one folder; the folders in it that are to be looked into."""
    below: list[str] = []
    facts: list[int] = []
    names, times = [folder], [seen.newest]
    apart = seen.apart if folder == root else ()
    # Relative to the open folder, the kernel has not to find its way from the top for each file.
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        with os.scandir(handle) as entries:
            for entry in entries:
                name = entry.name
                if name in apart:
                    continue
                if name == ".git":
                    if folder != root or not entry.is_dir(follow_symlinks=False):
                        raise NoSignError
                elif entry.is_dir(follow_symlinks=False):
                    if name not in UNWALKED:
                        below.append(f"{folder}/{name}")
                else:
                    found = entry.stat(follow_symlinks=False)
                    if stat.S_ISLNK(found.st_mode):
                        target = os.readlink(name, dir_fd=handle)
                        if "/" in target or target in apart:
                            raise NoSignError
                    names.append(name)
                    times.append(found.st_ctime_ns)
                    facts += (found.st_mode, found.st_size, found.st_ino, found.st_mtime_ns, found.st_ctime_ns)
    finally:
        os.close(handle)
    seen.newest = max(times)
    seen.left -= len(names) - 1 + len(below)
    if seen.left < 0:
        raise NoSignError
    # Not sorted: a folder in which nothing changed is listed in the same order, and were it not, git would be asked.
    # An early format of marshal: later ones depend on who else holds a number. Numbers as text take longer.
    seen.folders.append(checksum("\0".join(names).encode("utf-8", "surrogateescape") + b"\0\0" + dumps(facts, 2)))
    return below


def _git_directory(folder: str, seen: list[str]) -> int:
    """Note what decides how git lists files and names commits; the newest time of change."""
    newest = 0
    paths = [os.path.join(folder, name) for name in _OF_GIT]
    with os.scandir(folder) as entries:
        paths += [entry.path for entry in entries if entry.name.startswith("sharedindex.")]
    waiting = [os.path.join(folder, name) for name in _BELOW_GIT]
    while waiting:
        here = waiting.pop()
        if not os.path.isdir(here):
            continue
        seen.append(f"{here}/")
        with os.scandir(here) as entries:
            for entry in entries:
                (waiting if entry.is_dir(follow_symlinks=False) else paths).append(entry.path)
    for path in paths:
        try:
            found = os.lstat(path)
        except FileNotFoundError:
            continue
        newest = max(newest, found.st_ctime_ns)
        seen.append(_fact(path, found))
    return newest


def _fact(path: str, found: os.stat_result) -> str:
    times = f"{found.st_mtime_ns} {found.st_ctime_ns}"
    return f"{path}\n{found.st_mode:o} {found.st_size} {found.st_ino} {times}"


def of_files(folder: str, endings: tuple[str, ...]) -> Iterator[str]:
    """The size and time of change of every file below a folder whose name ends so, compiled ones left out."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from of_files(entry.path, endings)
            elif entry.name.endswith(endings):
                yield of_file(entry.path)


def of_file(path: str) -> str:
    """The size and time of change of one file."""
    try:
        found = os.stat(path)
    except OSError:
        return path
    return f"{path}\n{found.st_size}\n{found.st_mtime_ns}"


def sites() -> list[str]:
    """The folders where distributions of this interpreter are installed, and where we are installed ourselves."""
    ours = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    own = [ours] if os.path.basename(ours) in {"site-packages", "dist-packages"} else []
    return [one for one in dict.fromkeys([*site.getsitepackages(), *own]) if os.path.isdir(one)]


def of_distributions() -> list[str]:
    """What is installed: each distribution by name and version, with the sign of its list of entry points."""
    found = []
    for folder in sites():
        try:
            names = sorted(name for name in os.listdir(folder) if name.endswith(".dist-info"))
        except OSError:
            continue
        found += [of_file(f"{folder}/{name}/entry_points.txt") for name in names]
    return found


def of_programs(*names: str) -> list[str]:
    """Which programs of these names would be run: beside the interpreter, or the first on the search path."""
    found = [os.path.join(os.path.dirname(sys.executable), name) for name in names]
    folders = [one for one in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(one)]
    for name in names:
        paths = (os.path.join(folder, name) for folder in folders)
        found += [next((one for one in paths if os.path.isfile(one) and os.access(one, os.X_OK)), "")]
    return [of_file(one) if one else "" for one in found]
