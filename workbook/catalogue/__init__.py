"""The five checklists, the shared controls, the scope facts and the signals, as data."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from workbook.catalogue.model import (
    SEVERITY_ORDER,
    Catalogue,
    Checklist,
    Control,
    Freshness,
    Item,
    Pillar,
    ScopeFact,
    Signal,
    Source,
    Threshold,
)

if TYPE_CHECKING:
    from workbook.catalogue.load import CatalogueError, load_catalogue

__all__ = [
    "SEVERITY_ORDER",
    "Catalogue",
    "CatalogueError",
    "Checklist",
    "Control",
    "Freshness",
    "Item",
    "Pillar",
    "ScopeFact",
    "Signal",
    "Source",
    "Threshold",
    "load_catalogue",
]


def __getattr__(name: str) -> object:
    # `readiness probe` needs the words of the model alone, and what reads the catalogue takes a while to load.
    if name not in {"CatalogueError", "load_catalogue"}:
        raise AttributeError(name)
    return getattr(import_module("workbook.catalogue.load"), name)
