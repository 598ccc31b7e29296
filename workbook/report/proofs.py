"""Every piece of evidence, with the digests that can be worked out again compared with what was recorded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Final

from checks.files.regular import open_below
from checks.git import Git
from workbook.answers import Evidence, State
from workbook.evidence import MAX_FILE
from workbook.session import Session


class Compared(StrEnum):
    """What came of a comparison."""

    SAME = "same"
    DIFFERENT = "different"
    MISSING = "missing"
    NOT_COMPARED = "not-compared"


@dataclass(frozen=True, slots=True)
class Proof:
    """One piece of evidence. `sha256` is what the content has now, or at that commit; "" where it was not read."""

    control: str
    evidence: Evidence
    result: Compared
    why: str
    sha256: str = ""


WHY_NOT: Final = {
    "link": "nothing here opens an address",
    "command": "only `readiness verify CONTROL --rerun` runs a recorded command again",
    "drill": "a rehearsal is not repeated by a report",
    "report": "what the tool said is recorded, not its file",
    "elsewhere": "it lives where no program can look",
}
"""Why a kind of evidence cannot be compared from here."""


def proofs(session: Session, state: State, commit: str) -> tuple[Proof, ...]:
    """All evidence of a state, in the order of the catalogue; files as they are now, or as `commit` has them."""
    if not commit:
        return tuple(_all(session, state, lambda path: _content(session.root, path)))
    with Git.open(session.root) as git:
        return tuple(_all(session, state, lambda path: git.show(commit, path)))


def _all(session: Session, state: State, read: Callable[[str], bytes | None]) -> Iterator[Proof]:
    for control in session.catalogue.controls:
        for piece in state.answer(control).evidence:
            yield _compared(control, piece, read)


def _compared(control: str, piece: Evidence, read: Callable[[str], bytes | None]) -> Proof:
    if piece.kind != "file":
        return Proof(control, piece, Compared.NOT_COMPARED, WHY_NOT[piece.kind])
    content = read(str(piece.values["path"]))
    if content is None:
        return Proof(control, piece, Compared.MISSING, "there is no such file to be read")
    digest, recorded = sha256(content).hexdigest(), str(piece.values.get("sha256", ""))
    if not recorded:
        return Proof(control, piece, Compared.NOT_COMPARED, "no digest was recorded with it", digest)
    if digest == recorded:
        return Proof(control, piece, Compared.SAME, "the content is what was recorded", digest)
    return Proof(control, piece, Compared.DIFFERENT, "the content changed since it was recorded", digest)


def _content(root: Path, path: str) -> bytes | None:
    try:
        with os.fdopen(open_below(root, path), "rb") as file:
            content = file.read(MAX_FILE + 1)
    except (OSError, ValueError):
        return None
    return content if len(content) <= MAX_FILE else None
