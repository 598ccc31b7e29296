"""The unsaved edits of a session, kept outside the tree so that a dying terminal loses nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from workbook.store import Edit, drafts
from workbook.store.reading import document_of

PREFIX = "unsaved-edits"


@dataclass(frozen=True, slots=True)
class Orphan:
    """What a session left behind that ended without saving; `new` are the bytes of a workbook never written."""

    folder: Path
    name: str
    edits: tuple[Edit, ...]
    new: bytes | None

    def drop(self) -> None:
        """Forget it: its edits live on in the session that recovered them."""
        drafts.drop(self.folder, self.name)


class Drafts:
    """One session's draft. Its name carries the process, so that two open faces never overwrite each other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = f"{PREFIX}-{os.getpid()}-{token_hex(4)}"
        self._kept = False

    def keep(self, edits: Sequence[Edit], new: bytes | None) -> None:
        """Keep the unsaved edits; on disk when this returns."""
        data = {"edits": [drafts.edit_to_json(edit) for edit in edits], "new": new.decode() if new else None}
        drafts.keep(self._folder, self._name, data)
        self._kept = True

    def drop(self) -> None:
        """Forget the draft: everything is saved, or thrown away on purpose."""
        if self._kept:
            drafts.drop(self._folder, self._name)
            self._kept = False

    def sweep(self) -> None:
        """Remove what sessions that were killed left half written."""
        drafts.sweep(self._folder, _is_orphan)

    def orphans(self) -> Iterator[Orphan]:
        """The drafts of sessions whose process is gone."""
        for draft in drafts.recover(self._folder):
            if not _is_orphan(draft.name):
                continue
            text = draft.data.get("new")
            try:
                edits = tuple(drafts.edit_from_json(edit) for edit in draft.data.get("edits", ()))
                new = text.encode() if isinstance(text, str) else None
            except (TypeError, ValueError):
                continue  # not a draft of ours, whatever its name says
            if new is None or document_of(draft.path, new).trouble is None:
                yield Orphan(self._folder, draft.name, edits, new)


def _is_orphan(name: str) -> bool:
    """Whether the session that a draft's name tells of has ended."""
    prefix, _, rest = name.rpartition(f"{PREFIX}-")
    process = rest.split("-", 1)[0]
    return not prefix and bool(rest) and process.isdigit() and not _alive(int(process))


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
