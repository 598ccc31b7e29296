"""A plug-in's probes, as a look is told of them, and what its report says of the plug-ins."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from checks.frozen import replace
from checks.plugins.installed import Plugin, code_of
from checks.plugins.signals import probing
from checks.plugins.used import PluginUsed

if TYPE_CHECKING:
    from checks.observation import ProbeReport


class Guest(NamedTuple):
    """A plug-in's probes: how it is named, where it is installed, its module, and the signals it answers."""

    title: str
    site: str
    module: str
    signals: tuple[str, ...]


def guests(signals: Collection[str] | None) -> tuple[tuple[Guest, ...], tuple[PluginUsed, ...]]:
    """The probes of plug-ins that a look for these signals asks (all when None), and the plug-ins it asks or cannot."""
    found, troubles = probing()
    asked: list[Guest] = []
    used: dict[Plugin, tuple[str, ...]] = {}
    for entry, declared in found:
        if signals is None or not declared.keys().isdisjoint(signals):
            asked.append(Guest(entry.plugin.title, entry.plugin.site, entry.module, tuple(declared)))
            used[entry.plugin] = ()
    if signals is None:
        for one in troubles:
            used[one.plugin] = (*used.get(one.plugin, ()), one.reason)
    return tuple(asked), tuple(PluginUsed(one.name, one.version, code_of(one), used[one]) for one in sorted(used))


def with_guests(report: ProbeReport, used: Collection[PluginUsed]) -> ProbeReport:
    """The report, with the plug-ins that were asked, and of each what went wrong with it in this look."""
    return replace(report, plugins=tuple(replace(one, trouble=(*one.trouble, *_failed(report, one))) for one in used))


def _failed(report: ProbeReport, used: PluginUsed) -> tuple[str, ...]:
    start = f"plug-in {used.name} {used.version}: "
    summaries = (one.summary for one in report.observations.values())
    return tuple(dict.fromkeys(one.removeprefix(start) for one in summaries if one.startswith(start)))
