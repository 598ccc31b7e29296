"""Text that is still being typed, kept outside the tree so that a dying terminal or kernel does not take it along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from checks.secrets.shapes import redact
from workbook.errors import Refused
from workbook.ledger.owned_drafts import OwnedDraft
from workbook.store import StoreError
from workbook.store.drafts import Draft

PREFIX = "half-typed"


@dataclass(frozen=True, slots=True)
class Field:
    """A place to type in: "note", "reason", "evidence", "commit message"; `about` is the control, where it has one."""

    kind: str
    about: str = ""


class HalfTyped:
    """What stands in the fields of one session right now, and what dead sessions left in theirs.

    Secrets that are typed never reach the disk: the draft has "[redacted]" in their place.
    """

    def __init__(self, folder: Path) -> None:
        self._draft = OwnedDraft(folder, PREFIX)
        self._texts: dict[Field, str] = {}

    @property
    def texts(self) -> Mapping[Field, str]:
        """Every field with its text."""
        return self._texts

    def get(self, field: Field) -> str:
        """What was typed there and not given yet, "" where nothing was."""
        return self._texts.get(field, "")

    def keep(self, field: Field, text: str) -> None:
        """Take what stands in a field now; on disk when this returns. An empty text forgets the field.

        Raises:
            Refused: the disk does not take it; it is still in the field.
        """
        if text == self._texts.get(field, ""):
            return
        if text:
            self._texts[field] = text
        else:
            del self._texts[field]
        self._write()

    def forget(self) -> None:
        """Throw everything away, as people ask for when they leave."""
        self._texts.clear()
        self._write()

    def sweep(self) -> None:
        """Remove what processes that were killed left half written."""
        self._draft.sweep()

    def recover(self) -> Mapping[Field, str]:
        """Take over what was half typed where a process died; the fields that came back, with their texts."""
        abandoned = self._draft.abandoned()
        found = {field for draft in abandoned for field in self._take(draft)}
        if found:
            self._write()
        for draft in abandoned:
            self._draft.forget(draft)
        return {field: self._texts[field] for field in found}

    def _take(self, draft: Draft) -> Iterator[Field]:
        fields = draft.data.get("fields")
        for entry in fields if isinstance(fields, list) else ():
            match entry:
                case {"kind": str(kind), "about": str(about), "text": str(text)} if text:
                    field, known = Field(kind, about), self._texts.get(Field(kind, about))
                    # Two sessions died over the same field: both texts stay, the person sorts them out.
                    self._texts[field] = text if known in (None, text) else f"{known} | {text}"
                    yield field

    def _write(self) -> None:
        fields = [
            {"kind": field.kind, "about": field.about, "text": redact(text)} for field, text in self._texts.items()
        ]
        try:
            if fields:
                self._draft.keep({"fields": fields})
            else:
                self._draft.drop()
        except StoreError as error:
            raise Refused(str(error)) from error
