"""What plug-ins add to the catalogue: signals of their own and checklists. Data only; none of their code runs for it.

Nothing of ours is replaced. What cannot be used is left out, and said with the plug-in's name.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from checks.plugins.installed import Entry, offers
from checks.plugins.signals import Declared, probing
from workbook.catalogue import own, thaw
from workbook.catalogue.compiled import compiled
from workbook.catalogue.load import CatalogueError, check_checklist
from workbook.catalogue.model import Catalogue, Signal

NO_CONTROL: Final = "which is no control here"
"""How what is told ends of a signal that feeds what this repository does not know: a slip, or meant for another one."""


def with_plugins(catalogue: Catalogue) -> tuple[Catalogue, tuple[str, ...]]:
    """The catalogue and what installed plug-ins add to it, and what of them is left out."""
    problems: list[str] = []
    found = offers("checklists", catalogue.checklists)
    problems += map(str, found.troubles)
    for entry in found.entries:
        try:
            catalogue = _with_checklist(catalogue, entry)
        except CatalogueError as error:
            problems.append(f"plug-in {entry.plugin.title}: {error}; this checklist is left out")
    usable, troubles = probing()
    problems += map(str, troubles)
    signals = dict(catalogue.signals)
    for entry, declared in usable:
        for one in declared.values():
            problems += (
                f"plug-in {entry.plugin.title}: {one.id} feeds {name!r}, {NO_CONTROL}"
                for name in one.feeds
                if name not in catalogue.controls
            )
            signals[one.id] = _signal(catalogue, one)
    return replace(catalogue, signals=signals), tuple(dict.fromkeys(problems))


def _signal(catalogue: Catalogue, one: Declared) -> Signal:
    feeds = tuple(name for name in one.feeds if name in catalogue.controls)
    return Signal(one.id, one.question, one.met, one.unmet, one.partial, one.not_applicable, feeds)


def _with_checklist(catalogue: Catalogue, entry: Entry) -> Catalogue:
    file = entry.folder / f"{entry.name}.toml"
    added = compiled(f"plugin-{entry.name}", [file], lambda: _added(catalogue, entry, file), thaw.catalogue)
    controls = {**catalogue.controls, **added.controls}
    for checklist in added.checklists.values():
        # A copy may be older than the controls it names.
        check_checklist(file, checklist, controls)
    return replace(catalogue, controls=controls, checklists={**catalogue.checklists, **added.checklists})


def _added(catalogue: Catalogue, entry: Entry, file: Path) -> Catalogue:
    """The checklist of a file and the controls it defines, read and checked as a team's own is."""
    table = {"source": {"article": "", "publisher": entry.plugin.title}, **_table(file)}
    whole = own.with_checklist(catalogue, file.name, table)
    controls = {name: one for name, one in whole.controls.items() if name not in catalogue.controls}
    return Catalogue("", controls, {entry.name: whole.checklists[entry.name]}, {}, {})


def _table(file: Path) -> dict[str, Any]:
    try:
        content = file.read_bytes()
        if len(content) > own.SIZE_CAP:
            raise CatalogueError(f"{file.name}: larger than {own.SIZE_CAP // 1024} KiB")
        return tomllib.loads(content.decode("utf-8-sig"))
    except OSError as error:
        raise CatalogueError(f"{file.name}: cannot be read beside its package: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise CatalogueError(f"{file.name}: not valid TOML: {error}") from None
