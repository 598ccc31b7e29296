"""Where the cache lies: a folder of the user's own, outside every repository that is looked at."""

from __future__ import annotations

import os
import stat
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

NAME = "readiness-workbook"
DATABASE = "looks.sqlite3"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class UnusableCacheError(OSError):
    """There is no folder that may hold the cache; the text says why, and a look does without."""


def usual() -> str:
    """The folder by its name, whether or not it is there: as platformdirs says, which is loaded where it must think."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not base and sys.platform == "linux" and "ANDROID_DATA" not in os.environ:
        base = os.path.join(os.environ.get("HOME", ""), ".cache")  # noqa: PTH118  # before every answer from the cache
    # A blank, a tilde or a variable in it means something to platformdirs.
    if base.startswith("/") and not set(base) & set(" ~$") and os.path.normpath(base) == base:
        return f"{base}/{NAME}"
    import platformdirs

    return platformdirs.user_cache_dir(NAME)


def folder(*, outside: Path) -> Path:
    """The cache's folder, made where it is missing (mode 0700).

    Args:
        outside: The work tree that is looked at. Were the cache inside, the repository could supply it.

    Raises:
        UnusableCacheError: It would lie in the work tree, belongs to somebody else, or cannot be made.
    """
    from pathlib import Path

    place = Path(os.path.realpath(usual()))
    if place.is_relative_to(os.path.realpath(outside)):
        raise UnusableCacheError("the cache's folder lies inside the repository, and is not used")
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = place.lstat()
        if found.st_uid != os.geteuid():
            raise UnusableCacheError("the cache's folder belongs to somebody else, and is not used")
        if found.st_mode & _OTHERS:
            place.chmod(0o700)
    except UnusableCacheError:
        raise
    except OSError as error:
        raise UnusableCacheError(f"the cache's folder cannot be used: {error.strerror}") from error
    return place
