"""A team's own checklists, from `.readiness/checklists/`: the same schema, checked the same way, offered everywhere.

They come from the reviewed repository: read without following links, and every text in them is untrusted.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from checks.files.regular import open_below
from checks.frozen import replace
from checks.plugins.installed import plugins
from workbook import names
from workbook.catalogue.load import CatalogueError, check_checklist, check_known, load_catalogue, record
from workbook.catalogue.model import Catalogue, Checklist, Control

FOLDER = names.CHECKLISTS
MODEL = "every-item"
SIZE_CAP = 1024 * 1024
MOST = 50
"""Files read of the folder; a team with more has put something else there."""

CONTROL: Mapping[str, Any] = {
    "area": "governance",
    "why": "",
    "severity_reason": "chosen by the team",
    "automatable": "manual",
    "evidence": ["attestation"],
    "method": "",
    "freshness": {"basis": "proposed", "text": "no period set"},
    "applies_if": "always",
}
"""What a control of one's own need not say."""

CHECKLIST: Mapping[str, Any] = {
    "word": "part",
    "model": MODEL,
    "summary": "",
    "source": {"article": "", "publisher": "the team"},
}
"""What a checklist of one's own need not say."""


def catalogue_of(root: Path) -> tuple[Catalogue, tuple[str, ...]]:
    """The catalogue with the checklists of the repository at `root` and what plug-ins add; what is left out and why.

    Raises:
        CatalogueError: the packaged catalogue itself is damaged.
    """
    catalogue, problems = load_catalogue(), []
    for name in _names(root):
        try:
            catalogue = with_checklist(catalogue, f"{FOLDER}/{name}", _read(root, f"{FOLDER}/{name}"))
        except CatalogueError as error:
            problems.append(f"{error}; this checklist is left out until it is corrected")
    if plugins():
        from workbook.catalogue.plugged import with_plugins

        catalogue, told = with_plugins(catalogue)
        problems += told
    return catalogue, tuple(problems)


def _names(root: Path) -> Iterator[str]:
    try:
        found = sorted(name for name in os.listdir(root / FOLDER) if name.endswith(".toml"))  # noqa: PTH208  names only
    except OSError:
        return
    yield from found[:MOST]


def _read(root: Path, path: str) -> dict[str, Any]:
    try:
        with os.fdopen(open_below(root, path), "rb") as file:
            content = file.read(SIZE_CAP + 1)
    except OSError as error:
        raise CatalogueError(f"{path}: cannot be read: {error.strerror or error}") from None
    if len(content) > SIZE_CAP:
        raise CatalogueError(f"{path}: larger than {SIZE_CAP // 1024} KiB")
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise CatalogueError(f"{path}: not valid TOML: {error}") from None


def with_checklist(catalogue: Catalogue, path: str, table: dict[str, Any]) -> Catalogue:
    """The catalogue and one more checklist, with the controls the same file defines.

    Raises:
        CatalogueError: the table breaks the schema, takes a name that is taken, or refers to what is not there.
    """
    slug = Path(path).stem
    if slug in catalogue.checklists:
        raise CatalogueError(f"{path}: the name {slug!r} is taken; rename the file")
    tables = table.pop("controls", {})
    controls = _controls(catalogue, Path(path), slug, tables if isinstance(tables, dict) else {})
    checklist = _checklist(Path(path), slug, table)
    known = {**catalogue.controls, **controls}
    check_checklist(Path(path), checklist, known)
    taken = catalogue.items
    for item in checklist.items:
        if not item.id.startswith(f"{slug}."):
            raise CatalogueError(f"{path}: {item.id}: ids of its items begin with {slug!r} and a dot")
        if item.id in taken:
            raise CatalogueError(f"{path}: {item.id}: this id is taken")
    return replace(catalogue, controls=known, checklists={**catalogue.checklists, slug: checklist})


def _checklist(path: Path, slug: str, table: dict[str, Any]) -> Checklist:
    filled = {
        "word": "part",
        "model": MODEL,
        "summary": "",
        "source": {"article": "", "publisher": "the team"},
        **table,
    }
    if filled.get("slug", slug) != slug:
        raise CatalogueError(f"{path}: slug: is {filled['slug']!r}, but the file is called {slug!r}")
    if filled["model"] != MODEL:
        raise CatalogueError(f"{path}: model: a team's own checklist decides by {MODEL!r}; leave the line out")
    items = filled.get("items")
    if isinstance(items, list):
        filled["items"] = [{"layer": "item", **item} if isinstance(item, dict) else item for item in items]
    checklist = record(Checklist, {**filled, "slug": slug}, path, "")
    if not checklist.scored:
        raise CatalogueError(f"{path}: items: there are none to answer")
    numbers = [item.id for item in checklist.items]
    if len(set(numbers)) < len(numbers):
        raise CatalogueError(f"{path}: {next(one for one in numbers if numbers.count(one) > 1)}: this id stands twice")
    return checklist


def _controls(catalogue: Catalogue, path: Path, slug: str, tables: Mapping[str, Any]) -> dict[str, Control]:
    found = {}
    for name, table in tables.items():
        if not name.startswith(f"{slug}-") or name in catalogue.controls:
            raise CatalogueError(f"{path}: controls.{name}: ids of its own controls begin with {slug}- and are new")
        if not isinstance(table, dict):
            raise CatalogueError(f"{path}: controls.{name}: must be a table")
        found[name] = record(Control, {**CONTROL, **table, "id": name}, path, f"controls.{name}")
        check_known(path, f"controls.{name}.applies_when", found[name].facts, catalogue.scope)
    return found
