"""The state files on disk: TOML bytes, tables and fields. What the fields mean is `workbook.answers`' business."""

from workbook.store.editing import apply
from workbook.store.model import (
    MISSING,
    Clash,
    Clashed,
    Document,
    Edit,
    Missing,
    Saved,
    StoreError,
    Trouble,
    UnconfirmedSaveError,
    Value,
    lookup,
    same,
)
from workbook.store.reading import SCHEMA, SIZE_CAP, read
from workbook.store.saving import LOCK_WAIT, save, sweep

__all__ = [
    "LOCK_WAIT",
    "MISSING",
    "SCHEMA",
    "SIZE_CAP",
    "Clash",
    "Clashed",
    "Document",
    "Edit",
    "Missing",
    "Saved",
    "StoreError",
    "Trouble",
    "UnconfirmedSaveError",
    "Value",
    "apply",
    "lookup",
    "read",
    "same",
    "save",
    "sweep",
]
