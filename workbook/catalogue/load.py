"""Reads the catalogue from `templates/`, validated; an error names the file and the key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from workbook.catalogue import thaw
from workbook.catalogue.compiled import compiled
from workbook.catalogue.model import Area, Catalogue, Checklist, Control, ScopeFact, Signal
from workbook.data import templates
from workbook.metrics import metrics
from workbook.reading import nearest

VERSION = "1.0"
"""Version of the texts; raised whenever a normative field changes."""

T = TypeVar("T")


class CatalogueError(Exception):
    """A catalogue file is wrong. The message names file, key and what to change."""


@cache
def load_catalogue(folder: Path | None = None) -> Catalogue:
    """The catalogue below `folder` (the packaged one by default).

    Raises:
        CatalogueError: a file is missing, not TOML, or breaks the schema or a cross reference.
    """
    if folder is not None:
        return _from_files(folder)
    base = templates()
    return compiled("catalogue", _files(base), lambda: _from_files(base), thaw.catalogue)


def _files(base: Path) -> list[Path]:
    """Every file that the catalogue is made of."""
    lists = sorted((base / "checklists").glob("*.toml"), key=lambda path: path.stem)
    names = ("scope", "signals", "redirects", "metrics")
    controls = [base / "controls" / f"{area}.toml" for area in get_args(Area)]
    return [*controls, *lists, *(base / f"{name}.toml" for name in names)]


def _from_files(base: Path) -> Catalogue:
    controls: dict[str, Control] = {}
    for area in get_args(Area):
        path = base / "controls" / f"{area}.toml"
        for name, table in read_toml(path).items():
            controls[name] = record(Control, {**table, "id": name, "area": area}, path, name)
    checklists = {
        path.stem: record(Checklist, read_toml(path), path, "")
        for path in sorted((base / "checklists").glob("*.toml"), key=lambda path: path.stem)
    }
    scope = _keyed(ScopeFact, base / "scope.toml")
    signals = _keyed(Signal, base / "signals.toml")
    redirects = {str(old): str(new) for old, new in read_toml(base / "redirects.toml").items()}
    catalogue = Catalogue(VERSION, controls, checklists, scope, signals, redirects)
    _check_references(catalogue, base)
    return catalogue


def read_toml(path: Path) -> dict[str, Any]:
    """A data file, parsed.

    Raises:
        CatalogueError: it is missing or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CatalogueError(f"{path}: the file is missing; reinstall readiness-workbook") from None
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path}: not valid TOML: {error}") from None


def _keyed(kind: type[T], path: Path) -> dict[str, T]:
    return {name: record(kind, {**table, "id": name}, path, name) for name, table in read_toml(path).items()}


_adapters: dict[type, Any] = {}


def record(kind: type[T], table: dict[str, Any], path: Path, name: str) -> T:
    """A table as a record of `kind`.

    Raises:
        CatalogueError: the table does not fit; `path` and the key below `name` are named.
    """
    # pydantic costs as much as the rest of a status run, so it is loaded only where a file is read for the first time.
    from pydantic import TypeAdapter, ValidationError

    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    try:
        made: T = _adapters[kind].validate_python(table)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in (name, *one['loc']) if part != '')}: {one['msg']}"
            for one in error.errors()[:3]
        )
        raise CatalogueError(f"{path}: {wrong}") from None
    return made


def _check_references(catalogue: Catalogue, base: Path) -> None:
    for slug, checklist in catalogue.checklists.items():
        check_checklist(base / "checklists" / f"{slug}.toml", checklist, catalogue.controls)
    for control in catalogue.controls.values():
        path = base / "controls" / f"{control.area}.toml"
        check_known(path, f"{control.id}.applies_when", control.facts, catalogue.scope)
    for old, new in catalogue.redirects.items():
        check_known(base / "redirects.toml", old, (new,), {**catalogue.controls, **catalogue.items})
    for signal in catalogue.signals.values():
        check_known(base / "signals.toml", f"{signal.id}.feeds", signal.feeds, catalogue.controls)


def check_checklist(path: Path, checklist: Checklist, controls: Mapping[str, Control]) -> None:
    """Hold a checklist's references to its own pillars and to the controls.

    Raises:
        CatalogueError: one of them leads nowhere, or a number is compared without a unit.
    """
    pillars = {pillar.id for pillar in checklist.pillars}
    for item in checklist.items:
        if item.pillar not in pillars:
            raise CatalogueError(f"{path}: {item.id}.pillar: there is no pillar {item.pillar!r} in this file")
        check_known(path, f"{item.id}.controls", item.controls, controls)
        for clause in item.thresholds:
            if clause.metric and clause.metric not in metrics() and not clause.unit:
                what = f"{clause.metric!r} is compared without a unit"
                raise CatalogueError(f'{path}: {item.id}.thresholds: {what}; add one, as in unit = "ms"')
        if not item.controls and item.layer != "signal":
            raise CatalogueError(f"{path}: {item.id}.controls: name at least one control")


def check_known(path: Path, key: str, names: tuple[str, ...], known: Any) -> None:
    """Hold a reference to what exists.

    Raises:
        CatalogueError: one of `names` is not among `known`.
    """
    for name in names:
        if name not in known:
            raise CatalogueError(f"{path}: {key}: {name!r} is not known{nearest(name, known)}")
