"""The unsaved edits of a session, kept outside the tree so that a dying terminal loses nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbook.ledger.owned_drafts import OwnedDraft
from workbook.store import Edit, drafts
from workbook.store.drafts import Draft
from workbook.store.reading import document_of

PREFIX = "unsaved-edits"


@dataclass(frozen=True, slots=True)
class Orphan:
    """What a session left behind that ended without saving; `new` are the bytes of a workbook never written."""

    owner: OwnedDraft
    draft: Draft
    edits: tuple[Edit, ...]
    new: bytes | None

    def drop(self) -> None:
        """Forget it: its edits live on in the session that recovered them."""
        self.owner.forget(self.draft)


class Drafts:
    """One session's draft."""

    def __init__(self, folder: Path) -> None:
        self._draft = OwnedDraft(folder, PREFIX)

    def keep(self, edits: Sequence[Edit], new: bytes | None) -> None:
        """Keep the unsaved edits; on disk when this returns."""
        kept = [drafts.edit_to_json(edit) for edit in edits]
        self._draft.keep({"edits": kept, "new": new.decode() if new else None})

    def drop(self) -> None:
        """Forget the draft: everything is saved, or thrown away on purpose."""
        self._draft.drop()

    def sweep(self) -> None:
        """Remove what sessions that were killed left half written."""
        self._draft.sweep()

    def orphans(self) -> Iterator[Orphan]:
        """The drafts of sessions whose process is gone."""
        for draft in self._draft.abandoned():
            text = draft.data.get("new")
            try:
                edits = tuple(drafts.edit_from_json(edit) for edit in draft.data.get("edits", ()))
                new = text.encode() if isinstance(text, str) else None
            except (TypeError, ValueError):
                continue  # not a draft of ours, whatever its name says
            if new is None or document_of(draft.path, new).trouble is None:
                yield Orphan(self._draft, draft, edits, new)
