"""Turns what a person typed or pasted into evidence, and completes it with what can be read from the tree."""

from __future__ import annotations

import os
import re
from hashlib import sha256
from pathlib import Path

from checks.blanks import blanks
from checks.files.regular import open_below
from workbook.answers import EVIDENCE_KINDS, Evidence
from workbook.errors import Refused

MAX_FILE = 64 * 1024 * 1024
"""Evidence files above this many bytes are refused: they belong behind a link."""

MAX_TEXT = 4 * 1024 * 1024
"""Files above this many bytes are no documents that a person fills in."""

PATH = re.compile(r"[^\s/]+(?:/[^\s/]+)+/?|[^\s/]+\.[A-Za-z0-9]{1,5}")
"""What looks like a path: one word with a slash in it, or with a file's ending."""

LINK = re.compile(r"https://[^\s<>\"]+")


def recognized(text: str, root: Path) -> Evidence:
    """Evidence of the kind that the text shows by itself: a link, a file below the root, or where it lives.

    Raises:
        Refused: the text is empty, a link that is not https, or looks like a path where no file is.
    """
    typed = text.strip()
    if not typed:
        raise Refused("nothing was given as evidence", "paste a link or a path below the repository")
    if LINK.fullmatch(typed):
        return Evidence("link", {"url": typed})
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", typed):
        raise Refused(
            f"{typed!r} is not an https link",
            "give its https address, or say in words where it lives",
        )
    if _is_there(root / typed):
        return Evidence("file", {"path": typed})
    if PATH.fullmatch(typed):
        raise Refused(f"there is no file {typed!r} here", "correct the path, or say in words where it lives")
    return Evidence("elsewhere", {"where": typed})


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # words that are too long for a name
        return False


def completed(evidence: Evidence, root: Path) -> Evidence:
    """The evidence, checked; a file gets the digest of its content.

    Raises:
        Refused: a required part is missing, the link is not https, or the file is not below the root.
    """
    missing = [key for key in EVIDENCE_KINDS.get(evidence.kind, ("kind",)) if not evidence.values.get(key, "")]
    if missing and evidence.kind != "command":
        raise Refused(f"evidence of the kind {evidence.kind!r} needs {' and '.join(missing)}")
    if evidence.kind == "link" and not LINK.fullmatch(str(evidence.values["url"])):
        raise Refused(f"{evidence.values['url']!r} is not an https link", "only https links are kept")
    if evidence.kind != "file" or "sha256" in evidence.values:
        return evidence
    path, digest = _digest(str(evidence.values["path"]), root)
    return Evidence("file", {**evidence.values, "path": path, "sha256": digest})


def _digest(typed: str, root: Path) -> tuple[str, str]:
    """The path relative to the root and the SHA-256 of the file, which must be a regular file below the root."""
    path = (root / typed).resolve()
    if not path.is_relative_to(root.resolve()):
        raise Refused(f"{typed!r} lies outside the repository", "evidence files are files of the repository")
    if path.is_dir():
        raise Refused(f"{typed!r} is a folder", "name one of its files, or watch it: --watch")
    try:
        handle = open_below(root.resolve(), path.relative_to(root.resolve()).as_posix())
    except OSError as error:
        raise Refused(f"{typed!r} cannot be read: {error.strerror or error}", "name a file of the repository") from None
    with os.fdopen(handle, "rb") as file:
        if os.fstat(handle).st_size > MAX_FILE:
            raise Refused(f"{typed!r} is larger than 64 MiB", "keep a link to it instead")
        content = file.read()
    named = path.relative_to(root.resolve()).as_posix()
    _require_filled(named, content)
    return named, sha256(content).hexdigest()


def _require_filled(path: str, content: bytes) -> None:
    """A form proves nothing before somebody filled it in.

    Raises:
        Refused: the file has blanks; the first is named.
    """
    left = blanks(content.decode("utf-8", "replace")) if len(content) <= MAX_TEXT else ()
    if left:
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        said = f"{path!r} is not filled in: line {left[0].line} waits for {left[0].what!r}{more}"
        raise Refused(said, "fill the blanks in first; they are marked with [fill in")
