"""The state files on disk: TOML bytes, tables and fields. What the fields mean is `workbook.answers`' business."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

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

if TYPE_CHECKING:
    from workbook.store.editing import apply
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

_OF_WRITING: Final = {"LOCK_WAIT": "saving", "apply": "editing", "save": "saving", "sweep": "saving"}
"""What who only reads does without, and where it lives: loaded when asked for."""


def __getattr__(name: str) -> object:
    if name not in _OF_WRITING:
        raise AttributeError(name)
    return getattr(import_module(f"workbook.store.{_OF_WRITING[name]}"), name)
