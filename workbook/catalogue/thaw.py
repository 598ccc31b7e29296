"""Makes the records of the catalogue again of the plain data that they are kept as.

A record's table has all of its fields in their order, as `asdict` left them, so that each value goes to its place.
"""

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
        scope={name: ScopeFact(*one.values()) for name, one in tables["scope"].items()},
        signals={name: _signal(one) for name, one in tables["signals"].items()},
        redirects=tables["redirects"],
    )


def _control(table: dict[str, Any]) -> Control:
    fresh = table["freshness"]
    fresh["on"], table["evidence"] = tuple(fresh["on"]), tuple(table["evidence"])
    table["freshness"] = Freshness(*fresh.values())
    return Control(*table.values())


def _signal(table: dict[str, Any]) -> Signal:
    table["feeds"] = tuple(table["feeds"])
    return Signal(*table.values())


def _checklist(table: dict[str, Any]) -> Checklist:
    table["source"] = Source(*table["source"].values())
    table["pillars"] = tuple([Pillar(*one.values()) for one in table["pillars"]])
    table["items"] = tuple([_item(one) for one in table["items"]])
    return Checklist(*table.values())


def _item(table: dict[str, Any]) -> Item:
    table["controls"], table["tools"] = tuple(table["controls"]), tuple(table["tools"])
    table["thresholds"] = tuple([Threshold(*clause.values()) for clause in table["thresholds"]])
    return Item(*table.values())
