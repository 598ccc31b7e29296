"""Whether installed plug-ins can be used: their code is loaded once, in processes of their own, their data is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from checks.plugins.calling import CallFailedError, call
from checks.plugins.importing import importers
from checks.plugins.installed import Entry, Plugin, offers, plugins
from checks.plugins.signals import probing
from workbook.catalogue import load_catalogue
from workbook.catalogue.plugged import NO_CONTROL


class Checked(NamedTuple):
    """One plug-in: what it brings that can be used, and what is wrong with the rest. Names and texts are its own.

    `notes` are what a person should look at, and may be as it should.
    """

    title: str
    brings: tuple[str, ...]
    trouble: tuple[str, ...]
    notes: tuple[str, ...] = ()


def checkup(problems: Iterable[str], formats: Collection[str]) -> tuple[Checked, ...]:
    """Every installed plug-in, sorted by name.

    Args:
        problems: what the catalogue of this folder says it left out.
        formats: the formats of reports that are ours.
    """
    brings: dict[Plugin, list[str]] = {one: [] for one in plugins()}
    troubles: dict[Plugin, list[str]] = {one: [] for one in brings}
    notes: dict[Plugin, list[str]] = {one: [] for one in brings}
    told = tuple(problems)
    for one in brings:
        start = f"plug-in {one.title}: "
        for text in (text for text in told if text.startswith(start)):
            (notes if text.endswith(NO_CONTROL) else troubles)[one].append(text.removeprefix(start))
    probes, refused = probing()
    entries = [(entry, tuple(signals)) for entry, signals in probes]
    for offered in (importers(), offers("exports", formats), offers("checklists", load_catalogue().checklists)):
        entries += [(entry, ()) for entry in offered.entries]
        refused += offered.troubles
    for trouble in refused:
        troubles[trouble.plugin].append(trouble.reason)
    for entry, signals in entries:
        failed = _failed(entry, signals, troubles[entry.plugin])
        (troubles if failed else brings)[entry.plugin].append(
            f"{entry.group}: {failed}" if failed else f"{entry.group} {entry.name}"
        )
    return tuple(
        Checked(one.title, tuple(brings[one]), tuple(dict.fromkeys(troubles[one])), tuple(notes[one]))
        for one in sorted(brings)
    )


def _failed(entry: Entry, signals: Collection[str], known: Collection[str]) -> str:
    """Why an entry cannot be used; "" where it can."""
    if entry.group == "checklists":
        return next((one for one in known if one.startswith(f"{entry.name}.toml")), "")
    try:
        answered = call(entry, "load").get("signals", ())
    except CallFailedError as error:
        return error.reason
    missing = [one for one in signals if one not in answered]
    return f"no probe answers {', '.join(missing)}" if missing else ""
