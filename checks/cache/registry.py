"""Which probes there are, kept so that a probe's module is imported only where the probe must run."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from checks import probe
from checks.cache import version
from checks.digests import blake2b
from checks.probe import Probe, Stage

if TYPE_CHECKING:
    from checks.cache.store import Store
    from checks.look import Look
    from checks.observation import Observation


def known_probes(store: Store | None) -> tuple[Probe, ...]:
    """All probes, as `checks.probe.probes` gives them; where the store knows them, their modules are not imported."""
    if store is None or probe.are_imported():
        return probe.probes()
    key = blake2b(f"probes\0{version.digest()}".encode(), digest_size=16).digest()
    # A row of another shape is no error: the modules tell.
    with suppress(TypeError, ValueError):
        if kept := store.get([key]).get(key):
            return tuple(_unpack(*row) for row in kept)
    found = probe.probes()
    if all(_is_named(one) for one in found):
        store.put({key: [[one.signals, one.stage, one.look.__module__, one.look.__name__] for one in found]})
    return found


@dataclass(frozen=True, slots=True)
class _Later:
    """The function of that name in a module that is imported when it is called."""

    module: str
    name: str

    def __call__(self, look: Look) -> Observation | Iterable[Observation]:
        answer: Observation | Iterable[Observation] = getattr(import_module(self.module), self.name)(look)
        return answer


def _unpack(signals: list[str], stage: str, module: str, name: str) -> Probe:
    return Probe(tuple(signals), Stage(stage), _Later(module, name))


def _is_named(one: Probe) -> bool:
    """Whether the function is found again by its name."""
    function: Any = one.look
    return getattr(sys.modules.get(function.__module__), function.__name__, None) is function
