"""The five checklists, the shared controls, the scope facts and the signals, as data."""

from workbook.catalogue.load import CatalogueError, load_catalogue
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
