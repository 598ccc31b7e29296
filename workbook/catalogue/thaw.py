"""Makes the records of the catalogue again of the plain data that they are kept as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbook.catalogue.model import (
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


def catalogue(tables: Mapping[str, Any]) -> Catalogue:
    """The catalogue that `dataclasses.asdict` took apart."""
    return Catalogue(
        version=tables["version"],
        controls={name: _control(one) for name, one in tables["controls"].items()},
        checklists={slug: _checklist(one) for slug, one in tables["checklists"].items()},
        scope={name: ScopeFact(**one) for name, one in tables["scope"].items()},
        signals={name: Signal(**one | {"feeds": tuple(one["feeds"])}) for name, one in tables["signals"].items()},
        redirects=tables["redirects"],
    )


def _control(table: dict[str, Any]) -> Control:
    fresh = table["freshness"]
    table["freshness"] = Freshness(**fresh | {"on": tuple(fresh["on"])})
    table["evidence"] = tuple(table["evidence"])
    return Control(**table)


def _checklist(table: dict[str, Any]) -> Checklist:
    table["source"] = Source(**table["source"])
    table["pillars"] = tuple(Pillar(**one) for one in table["pillars"])
    table["items"] = tuple(_item(one) for one in table["items"])
    return Checklist(**table)


def _item(table: dict[str, Any]) -> Item:
    table["controls"], table["tools"] = tuple(table["controls"]), tuple(table["tools"])
    table["thresholds"] = tuple(Threshold(**clause) for clause in table["thresholds"])
    return Item(**table)
