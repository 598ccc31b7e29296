"""Reads tables of renamed controls and items under their new ids, until an upgrade moves them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbook.reading import Problem

TABLES = ("controls", "items", "waivers")


def redirected(
    tables: Mapping[str, Any], redirects: Mapping[str, str], file: str
) -> tuple[Mapping[str, Any], tuple[Problem, ...]]:
    """The tables with old ids replaced, and one problem for each that was; what stands under the new id wins."""
    read, problems = dict(tables), []
    for top in TABLES:
        table = tables.get(top)
        if not isinstance(table, Mapping):
            continue
        for old, new in redirects.items():
            if old not in table:
                continue
            here = dict(read[top])
            moved = here.pop(old)
            there = here.get(new)
            if not isinstance(there, Mapping) or there.get("status", "unanswered") == "unanswered":
                here[new] = moved
            read[top] = here
            problems.append(Problem(file, f"{top}.{old}", "", f"is called {new} now; readiness upgrade moves it"))
    return read, tuple(problems)
