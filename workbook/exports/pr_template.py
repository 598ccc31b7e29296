"""The managed checklist in the pull-request template: what it says, and putting it into a file that is not ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from workbook.answers import Status
from workbook.assess import PLAIN, Assessment, ItemState, Standing, assess
from workbook.data import templates
from workbook.errors import Refused
from workbook.session import Session
from workbook.store.files import NotRegularError, TooLargeError, explain, read_regular, replace_bytes
from workbook.text import markdown_prose
from workbook.words import STATUS_WORDS

NEW: Final = Path(".github/pull_request_template.md")
PLACES: Final = (".github", "", "docs")
"""Where hosts look for the template, in their order."""

SIZE_CAP: Final = 1024 * 1024
"""Bytes; hosts cut bodies long before."""

BOM: Final = b"\xef\xbb\xbf"
_MARKER: Final = re.compile(r"<!--\s*readiness:(begin|end)(?:\s+v=(\d+))?\s*-->")
_VERSION: Final = "1"


@dataclass(frozen=True, slots=True)
class Written:
    """Where the block is, relative to the root, and whether the file changed."""

    path: Path
    changed: bool


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One line of the block."""

    id: str
    title: str
    state: str
    ready: bool


@dataclass(frozen=True, slots=True)
class PillarLines:
    """One group of the block."""

    heading: str
    lines: tuple[ItemLine, ...]


def write(session: Session) -> Written:
    """Bring the block in the template up to date, or add it; everything else stays byte for byte.

    Raises:
        Refused: the template cannot be edited safely; it is then untouched.
    """
    path = find(session.root) or NEW
    old = _read(session.root, path)
    new = updated(old, block(session), str(path))
    if new != old:
        _replace(session.root, path, new)
    return Written(path, new != old)


def is_current(session: Session) -> bool:
    """Whether the template has the block, and it says what the answers and the watched files say now.

    Raises:
        Refused: the template cannot be read safely.
    """
    path = find(session.root)
    old = _read(session.root, path) if path else b""
    return path is not None and updated(old, block(session), str(path)) == old


def has_block(root: Path) -> bool:
    """Whether a template with our markers is there, so that a commit keeps it up to date."""
    path = find(root)
    return path is not None and bool(_markers(_read(root, path), str(path)))


def find(root: Path) -> Path | None:
    """The template hosts would take, relative to the root; its name counts in any case. The one with our block wins.

    Raises:
        Refused: two templates have a block.
    """
    found = list(_candidates(root))
    ours = [path for path in found if _markers(_read(root, path), str(path))]
    if len(ours) > 1:
        raise Refused(f"{ours[0]} and {ours[1]} both have a readiness block", "delete one of them")
    return next(iter(ours or found), None)


def block(session: Session) -> str:
    """The block, lines ended by a line feed. It follows from answers and watched files, never from the day."""
    import jinja2

    loader = jinja2.FileSystemLoader(templates() / "pull_request")
    environment = jinja2.Environment(
        loader=loader,
        autoescape=False,  # noqa: S701  # the sink is Markdown: every text passes the `prose` filter instead
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["prose"] = markdown_prose
    text = environment.get_template("block.md.jinja").render(name=session.checklist.name, pillars=_pillars(session))
    return text.strip("\n")


def updated(old: bytes, text: str, name: str) -> bytes:
    """The file with the block replaced or added; line ends and byte order mark stay as they are.

    Raises:
        Refused: the markers are doubled, unbalanced or of a newer version, or a code fence is never closed.
    """
    eol = b"\r\n" if b"\r\n" in old.partition(b"\n")[0] + b"\n" else b"\n"
    body = eol.join(line.encode() for line in text.split("\n"))
    markers = _markers(old, name)
    if not markers:
        if not old.removeprefix(BOM):
            return old + body + eol
        gap = eol if old.endswith(b"\n") else eol * 2
        return old + gap + body + eol
    begin, end = markers
    lines = old.split(b"\n")
    before = b"".join(line + b"\n" for line in lines[:begin])
    if begin == 0 and old.startswith(BOM):
        before = BOM
    rest = lines[end + 1 :]
    after = (eol + b"\n".join(rest)) if rest else (b"\r" if lines[end].endswith(b"\r") else b"")
    return before + body + after


def _markers(raw: bytes, name: str) -> tuple[int, int] | None:
    """The lines of the begin and the end marker, from 0; None without any."""
    found: list[tuple[str, int]] = []
    for number, text in _comments(raw, name):
        if match := _MARKER.fullmatch(text):
            if match[1] == "begin" and match[2] not in (None, _VERSION):
                raise Refused(f"{name}:{number + 1}: the block is of a newer version", "update readiness-workbook")
            found.append((match[1], number))
    if not found:
        return None
    kinds = [kind for kind, _ in found]
    if kinds != ["begin", "end"]:
        lines = ", ".join(f"{kind} in line {number + 1}" for kind, number in found)
        raise Refused(
            f"{name}:{found[0][1] + 1}: the readiness markers do not pair up ({lines})",
            "leave one begin with one end after it, or delete them all",
        )
    return found[0][1], found[1][1]


def _comments(raw: bytes, name: str) -> Iterator[tuple[int, str]]:
    """The HTML blocks of the template with the number of their first line; what stands in code is none.

    Raises:
        Refused: a fence or a comment is never closed, so what follows is swallowed, also what we would add.
    """
    from markdown_it import MarkdownIt

    # Bytes are kept one to one. A lone carriage return would count as a line end here and not in the file.
    text = re.sub(r"\r(?!\n)", " ", raw.removeprefix(BOM).decode("latin-1"))
    lines = text.split("\n")
    for token in MarkdownIt("commonmark").parse(text):
        if token.map is None or token.level:
            continue
        first, last = token.map
        closed = last - first > 1 and lines[last - 1].strip().startswith(token.markup)
        if token.type == "fence" and not closed:
            raise Refused(f"{name}:{first + 1}: this code fence is never closed", "close it, then try again")
        if token.type == "html_block":
            if token.content.lstrip().startswith("<!--") and "-->" not in token.content:
                raise Refused(f"{name}:{first + 1}: this comment is never closed", "close it, then try again")
            yield first, token.content.strip()


def _pillars(session: Session) -> list[PillarLines]:
    state = replace(session.state, waivers={})  # an accepted risk is never ready, and its end would be a date
    judged = assess(session.catalogue, state, date.min, None, session.place.pins(state))
    checklist = session.checklist
    return [
        PillarLines(
            checklist.heading(pillar),
            tuple(_line(judged.items[item.id], judged) for item in checklist.in_pillar(pillar.id)),
        )
        for pillar in checklist.scored_pillars
    ]


def _line(one: ItemState, judged: Assessment) -> ItemLine:
    state = STATUS_WORDS[one.status]
    if one.status is Status.NEEDS_REVIEW:
        standings = {judged.standings[name].standing for name in one.item.controls}
        if Standing.NEEDS_REVIEW not in standings and Standing.LAPSED in standings:
            state = PLAIN[Standing.LAPSED]
    shown = re.sub(r"[^A-Za-z0-9._-]", "-", one.item.id)
    return ItemLine(shown, f"{one.item.number} {one.item.title}", state, one.status is Status.READY)


def _candidates(root: Path) -> Iterator[Path]:
    for place in PLACES:
        folder = root / place
        if folder.is_symlink() or not folder.is_dir():
            continue
        for entry in sorted(folder.iterdir()):
            if entry.name.lower() == NEW.name:
                yield entry.relative_to(root)


def _read(root: Path, path: Path) -> bytes:
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


def _replace(root: Path, path: Path, raw: bytes) -> None:
    target = root / path
    if target.parent.is_symlink():
        raise Refused(f"{path.parent} is a symbolic link", "put the folder itself in its place; links are not followed")
    try:
        target.parent.mkdir(exist_ok=True)
        mode = target.stat(follow_symlinks=False).st_mode & 0o777 if target.exists() else None
        replace_bytes(target, raw, mode=mode)
    except OSError as error:
        raise Refused(f"{path}: {explain(error)[0]}", explain(error)[1]) from error
