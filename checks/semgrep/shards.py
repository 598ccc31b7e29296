"""Cuts the copies into shards that run at the same time, and gives each the examples it must find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from checks.children import cores

_LEAST_BYTES: Final = 100_000
"""Below this a second process costs more to start than it saves."""
_MOST_AT_ONCE: Final = 8
_JAVASCRIPT: Final = (".js", ".jsx", ".mjs", ".cjs")
_EXAMPLE: Final = "readiness_canary(1)\n"


@dataclass(frozen=True, slots=True)
class Shard:
    """A folder for one semgrep. `places` maps the absolute path of each copy in it to the path in the tree.

    `canaries` are the examples, one for each language there is: a language that is absent costs its rules' start.
    """

    folder: Path
    canaries: set[str] = field(default_factory=set)
    places: dict[str, str] = field(default_factory=dict)

    def add(self, copy: Path, path: str) -> None:
        """Move a copy of the file at `path` into the folder."""
        self.places[str(copy.rename(self.folder / copy.name))] = path
        canary = self.folder / f"canary{_language(copy.suffix)}"
        if str(canary) not in self.canaries:
            self.canaries.add(str(canary))
            canary.write_text(_EXAMPLE, encoding="utf-8")


def workers() -> int:
    """How many semgrep processes may run at once: as many as we have cores."""
    return min(cores.count(), _MOST_AT_ONCE)


def split(copies: Mapping[Path, str], room: Path, most: int) -> list[Shard]:
    """Move the copies into at most `most` folders of about equal size a family of languages, largest shard first.

    JavaScript stands apart from TypeScript: where semgrep meets both in one run, it applies each rule for them twice.
    """
    families: tuple[list[tuple[int, Path]], list[tuple[int, Path]]] = ([], [])
    for copy in copies:
        families[copy.suffix in _JAVASCRIPT].append((copy.stat().st_size, copy))
    sized: list[tuple[int, Shard]] = []
    for family in families:
        count = max(1, min(most, sum(size for size, _ in family) // _LEAST_BYTES))
        loads = [0] * (count if family else 0)
        shards = [_shard(room / f"targets-{len(sized) + number}") for number in range(len(loads))]
        for size, copy in sorted(family, reverse=True):
            least = loads.index(min(loads))
            loads[least] += size
            shards[least].add(copy, copies[copy])
        sized += zip(loads, shards, strict=True)
    return [shard for _, shard in sorted(sized, key=lambda one: -one[0])]


def _shard(folder: Path) -> Shard:
    folder.mkdir()
    return Shard(folder)


def _language(suffix: str) -> str:
    """The suffix that stands for a language; the native front reads `.tsx` as it reads `.ts`."""
    if suffix in _JAVASCRIPT:
        return ".js"
    return ".ts" if suffix == ".tsx" else suffix
