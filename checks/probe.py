"""What a probe is, and the registry that finds them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from checks.observation import Observation

if TYPE_CHECKING:
    from checks.look import Look

Answer = Callable[["Look"], Observation | Iterable[Observation]]
"""A probe's function: it reads the tree through `Look` and returns one observation a signal."""


class Stage(StrEnum):
    """When a probe runs: `FILES` needs git and files only, `CODE` waits for semgrep's findings."""

    FILES = "files"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Probe:
    """Code that answers signals. A probe that raises makes its signals unknown and stops nothing else."""

    signals: tuple[str, ...]
    stage: Stage
    look: Answer


_registry: dict[str, Probe] = {}
_imported: set[str] = set()
"""The topic modules, once all of them are here."""


def probe(*signals: str, stage: Stage = Stage.FILES) -> Callable[[Answer], Answer]:
    """Register a function as the probe of `signals`. Two probes for one signal are a programming error."""

    def register(function: Answer) -> Answer:
        entry = Probe(signals, stage, function)
        for signal in signals:
            if signal in _registry:
                raise ValueError(f"two probes answer {signal}")
            _registry[signal] = entry
        return function

    return register


def are_imported() -> bool:
    """Whether the modules of all probes are here, so that the registry is whole."""
    return bool(_imported)


def probes() -> tuple[Probe, ...]:
    """All registered probes, in the order of their topic modules' names, each once."""
    from checks import topics

    if not _imported:
        names = sorted(f"{topics.__name__}.{info.name}" for info in iter_modules(topics.__path__))
        for name in names:
            import_module(name)
        _imported.update(names)
    # A module that somebody imported alone has registered before its turn.
    return tuple(sorted(dict.fromkeys(_registry.values()), key=lambda one: one.look.__module__))
