"""The checklist in a repository's pull-request templates: written, kept up to date, checked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workbook.errors import Refused
from workbook.exports import pr_template
from workbook.exports.pr_template import Style
from workbook.pull_request import locations
from workbook.pull_request.block import Block, located, updated
from workbook.pull_request.locations import Host
from workbook.session import Session
from workbook.store.files import NotRegularError, TooLargeError, explain, read_regular, replace_bytes

SIZE_CAP: Final = 1024 * 1024
"""Bytes; hosts cut bodies long before."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One template, relative to the root: its bytes now, and with the block as it should be."""

    path: Path
    old: bytes
    new: bytes

    @property
    def current(self) -> bool:
        """Whether nothing is to be done."""
        return self.old == self.new


def planned(
    session: Session, *, host: Host | None = None, style: Style | None = None, files: Sequence[str] = ()
) -> tuple[Planned, ...]:
    """What writing would do. Blocks that are there stay where they are, in their style unless another is asked for.

    Args:
        session: the workbook.
        host: whose template gets a block where it has none.
        style: what the block says; the one it has, or `STATE`, when None.
        files: the templates that get a block, where the choice is not the host's.

    Raises:
        Refused: a template cannot be edited safely, or there are several to choose from.
    """
    paths = tuple(map(locations.known, files)) or _chosen(session.root, host)
    return tuple(_planned(session, path, style) for path in paths)


def write(
    session: Session, *, host: Host | None = None, style: Style | None = None, files: Sequence[str] = ()
) -> tuple[Planned, ...]:
    """Bring the blocks up to date, or add one; everything else stays byte for byte. What was done, as planned.

    Raises:
        Refused: a template cannot be edited safely; none is changed then.
    """
    return _written(session.root, planned(session, host=host, style=style, files=files))


def planned_blocks(session: Session) -> tuple[Planned, ...]:
    """What bringing the blocks that are there up to date would do; a template without one gets none."""
    return tuple(_planned(session, path, None) for path in with_block(session.root))


def refresh(session: Session) -> tuple[Planned, ...]:
    """Bring the blocks that are there up to date. What was done, as planned."""
    return _written(session.root, planned_blocks(session))


def with_block(root: Path) -> tuple[Path, ...]:
    """The templates of any host with our markers, relative to the root; links are none of ours.

    Raises:
        Refused: the markers of one cannot be told apart.
    """
    found = []
    for path in locations.everywhere(root):
        raw = b""
        with suppress(OSError, NotRegularError, TooLargeError):
            raw = read_regular(root / path, SIZE_CAP)
        if located(raw, str(path)):
            found.append(path)
    return tuple(found)


def _chosen(root: Path, host: Host | None) -> tuple[Path, ...]:
    there = with_block(root)
    if host is not None:
        theirs = locations.found(root, host)
        there = tuple(path for path in there if path in theirs)
    return there or (locations.target(root, host or locations.guessed(root)),)


def _planned(session: Session, path: Path, style: Style | None) -> Planned:
    old = _read(session.root, path)
    block = located(old, str(path))
    return Planned(path, old, updated(old, pr_template.block(session, style or _style(block, path)), str(path)))


def _written(root: Path, plans: tuple[Planned, ...]) -> tuple[Planned, ...]:
    for one in plans:
        if not one.current:
            _replace(root, one.path, one.new)
    return plans


def _style(block: Block | None, path: Path) -> Style:
    name = (block.style if block else "") or Style.STATE
    if name not in tuple(Style):
        raise Refused(f"{path}: there is no style {name!r}", f"write it in one of {', '.join(Style)} with --style")
    return Style(name)


def _read(root: Path, path: Path) -> bytes:
    _require_folders(root, path)
    try:
        return read_regular(root / path, SIZE_CAP)
    except FileNotFoundError:
        return b""
    except NotRegularError as error:
        raise Refused(f"{path} is {error}", "put the file itself in its place; links are not followed") from None
    except TooLargeError:
        raise Refused(f"{path} is larger than 1 MiB", "shorten it; hosts do not show so much") from None
    except OSError as error:
        raise Refused(f"{path}: {explain(error)[0]}", explain(error)[1]) from error


def _require_folders(root: Path, path: Path) -> None:
    for folder in path.parents:
        if (root / folder).is_symlink() and folder != Path():
            raise Refused(f"{folder} is a symbolic link", "put the folder itself in its place; links are not followed")


def _replace(root: Path, path: Path, raw: bytes) -> None:
    target = root / path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = target.stat(follow_symlinks=False).st_mode & 0o777 if target.exists() else None
        replace_bytes(target, raw, mode=mode)
    except OSError as error:
        raise Refused(f"{path}: {explain(error)[0]}", explain(error)[1]) from error
