"""Choosing checklists, and bringing a workbook up to the catalogue's version: added, renamed, reworded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbook.answers import Status
from workbook.catalogue import Catalogue
from workbook.catalogue.own import FOLDER
from workbook.errors import Refused
from workbook.ledger.desk import Change
from workbook.operations.given import Given
from workbook.reading import nearest
from workbook.store import MISSING


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What a newer catalogue, or a changed checklist of one's own, means for a workbook."""

    version: str
    """The version it was answered under; "" where the file names none."""
    added: tuple[str, ...]
    """Controls of the chosen checklists without a table."""
    renamed: tuple[tuple[str, str], ...]
    """Old and new ids of tables, as `controls.x` or `items.x`."""
    reworded: tuple[str, ...]
    """Answered controls and items whose text changed since; they count again once somebody stands by them."""
    unknown: tuple[str, ...]
    """Tables whose ids lead nowhere. They stay as they are."""

    @property
    def needed(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.added or self.renamed)


def chosen(given: Given, tables: Mapping[str, Any], decides: str, also: Sequence[str]) -> tuple[Change, ...]:
    """Another choice of checklists; their controls get tables, and nothing that was answered goes away.

    Raises:
        Refused: there is no such checklist.
    """
    known, already = given.catalogue.checklists, listed(tables)[1]
    for slug in (decides, *also):
        # One that is listed already and cannot be read now stays listed: it counts again once its file is mended.
        if slug not in known and (slug == decides or slug not in already):
            raise _no_checklist(given, slug)
    rest = [slug for slug in dict.fromkeys(also) if slug != decides]
    book = Change(("workbook",), {"decides": decides, "also": rest})
    usable = [slug for slug in (decides, *rest) if slug in known]
    return (book, *_added(given.catalogue, _missing(given.catalogue, tables, usable)))


def listed(tables: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The slugs a state file names, whether or not there are such checklists: the one that decides, and the others."""
    book = tables.get("workbook")
    decides, also = (book.get("decides"), book.get("also")) if isinstance(book, Mapping) else (None, None)
    others = [also] if isinstance(also, str) else also if isinstance(also, list) else []
    return decides if isinstance(decides, str) else "", tuple(slug for slug in others if isinstance(slug, str))


def _no_checklist(given: Given, slug: str) -> Refused:
    """Why a checklist cannot be chosen: what is wrong with its file, or that there is none."""
    broken = (one.what for one in given.state.problems if one.what.startswith(f"{FOLDER}/{slug}.toml: "))
    if what := next(broken, ""):
        return Refused(f"the checklist {slug!r} cannot be used: {what}")
    known = given.catalogue.checklists
    return Refused(f"there is no checklist {slug!r}{nearest(slug, known)}", f"choose from {', '.join(known)}")


def upgrade(given: Given, tables: Mapping[str, Any]) -> Upgrade:
    """What there is to bring up to date."""
    controls, items = _named(tables, "controls"), _named(tables, "items")
    renamed, unknown = [], []
    for top, names, known in (
        ("controls", controls, given.catalogue.controls),
        ("items", items, given.catalogue.items),
    ):
        for name in names:
            new = given.catalogue.redirects.get(name)
            if new in known and name not in known:
                renamed.append((f"{top}.{name}", f"{top}.{new}"))
            elif name not in known:
                unknown.append(f"{top}.{name}")
    missing = _missing(given.catalogue, tables, given.state.checklists)
    targets = {new for _, new in renamed}
    return Upgrade(
        version=given.state.catalogue,
        added=tuple(name for name in missing if f"controls.{name}" not in targets),
        renamed=tuple(renamed),
        reworded=_reworded(given),
        unknown=tuple(unknown),
    )


def upgraded(given: Given, tables: Mapping[str, Any]) -> tuple[Change, ...]:
    """The changes of an upgrade: tables move to their new ids whole, missing ones are added, the version is noted."""
    found = upgrade(given, tables)
    changes: list[Change] = []
    for old, new in found.renamed:
        top, _, name = old.partition(".")
        changes += _moved(given, tables, top, name, new.partition(".")[2])
    changes += _added(given.catalogue, found.added)
    if given.state.catalogue != given.catalogue.version:
        changes.append(Change((), {"catalogue": given.catalogue.version}))
    return tuple(changes)


def _moved(given: Given, tables: Mapping[str, Any], top: str, old: str, new: str) -> list[Change]:
    fields = dict(tables[top][old])
    title = given.catalogue.controls[new].title if top == "controls" else given.catalogue.items[new].title
    gone = Change((top, old), dict.fromkeys(fields, MISSING))
    there = tables.get(top, {}).get(new)
    # Somebody answered under the new id already: that is the younger answer, and the old one only stands in its way.
    if there and there.get("status") != Status.UNANSWERED:
        return [gone]
    # The text it was answered under has another id now, so the answer is asked again where the text differs too.
    return [Change((top, new), fields, title), gone]


def _added(catalogue: Catalogue, names: Sequence[str]) -> list[Change]:
    unanswered = {"status": str(Status.UNANSWERED)}
    return [Change(("controls", name), unanswered, catalogue.controls[name].title) for name in names]


def _missing(catalogue: Catalogue, tables: Mapping[str, Any], checklists: Sequence[str]) -> tuple[str, ...]:
    there = _named(tables, "controls")
    return tuple(name for name in catalogue.controls_of(tuple(checklists)) if name not in there)


def _named(tables: Mapping[str, Any], top: str) -> tuple[str, ...]:
    table = tables.get(top)
    return tuple(table) if isinstance(table, Mapping) else ()


def _reworded(given: Given) -> tuple[str, ...]:
    controls = [
        name
        for name, answer in given.state.answers.items()
        if answer.text and answer.text != given.catalogue.controls[name].fingerprint
    ]
    items = [
        name
        for name, override in given.state.items.items()
        if override.text and override.text != given.catalogue.items[name].fingerprint
    ]
    return (*controls, *items)
