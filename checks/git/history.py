"""Who committed what and when, read with GitPython on the sanitized git directory."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from checks.git.problem import GitProblem
from checks.git.program import TIMEOUT_S
from checks.git.sanitize import PinnedDirectory

if TYPE_CHECKING:
    import git

_SHA1_DIGITS = 40


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. `author` and `co_authors` are "Name <mail>" after .mailmap; `at` is the author date in UTC."""

    id: str
    author: str
    at: datetime
    subject: str
    co_authors: tuple[str, ...] = ()


def read_commits(
    pinned: PinnedDirectory, ids: Sequence[str], canonical: Callable[[Sequence[str]], dict[str, str]]
) -> tuple[Commit, ...]:
    """The commits with these full ids, in this order. `canonical` maps "Name <mail>" through .mailmap.

    Raises:
        GitProblem: An object is missing or damaged, ids are not SHA-1, or reading took too long.
    """
    if not ids:
        return ()
    if len(ids[0]) != _SHA1_DIGITS:
        raise GitProblem("The history of SHA-256 repositories cannot be read yet; the files can.")
    # GitPython runs git once when it is imported; without this it may also print or raise there.
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    import git

    repository = git.Repo(pinned.path, expand_vars=False)
    # GitPython hands our whole environment to git, so every inherited GIT_* is blanked and the pinned ones are set.
    inherited = dict.fromkeys((name for name in os.environ if name.startswith("GIT_")), "")
    repository.git.update_environment(**inherited | pinned.environment())
    # Its children live as long as the repository object; killing them is what ends a read that hangs.
    alarm = threading.Timer(TIMEOUT_S, repository.git.clear_cache)
    alarm.daemon = True
    alarm.start()
    try:
        raw = [_read(git.Commit(repository, bytes.fromhex(commit))) for commit in ids]
    except (ValueError, OSError, IndexError, AttributeError, git.GitError) as error:
        raise GitProblem(f"A commit in {pinned.place.top} cannot be read. Run git fsck there.") from error
    finally:
        alarm.cancel()
        repository.close()
    names = canonical(sorted({name for commit in raw for name in (commit.author, *commit.co_authors)}))
    return tuple(
        Commit(c.id, names.get(c.author, c.author), c.at, c.subject, tuple(names.get(n, n) for n in c.co_authors))
        for c in raw
    )


def _read(commit: git.Commit) -> Commit:
    message = commit.message if isinstance(commit.message, str) else commit.message.decode("utf-8", "replace")
    return Commit(
        id=commit.hexsha,
        author=_full(commit.author),
        at=datetime.fromtimestamp(commit.authored_date, UTC),
        subject=message.partition("\n")[0].strip(),
        co_authors=tuple(dict.fromkeys(_full(person) for person in commit.co_authors)),
    )


def _full(person: git.Actor) -> str:
    return f"{person.name or ''} <{person.email or ''}>".strip()
