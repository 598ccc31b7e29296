"""The plans of all challenges, as data: for each signal what is taken out, and which known gaps are planted."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

FOLDER: Final = Path(__file__).parent / "plants"

Take = Literal["statements", "files", "nothing"]
"""What is taken out where a probe names its ground: the statement there, the whole file, or nothing at all."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of files that are there: what `find` matches becomes `put`, and `append` goes to the end.

    `files` are patterns as in a .gitignore; without any they are the files that the probe named. With `lines` only
    the lines it named are searched.
    """

    files: tuple[str, ...] = ()
    find: str = ""
    put: str = ""
    append: str = ""
    lines: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A known gap.

    `files` are new ones: path and text. `beside` puts them beside a module that an entry point reaches, which then
    imports each of them; with `server` that must run on a server. In paths and texts `@{n}` counts the repetitions,
    `@{each}` is `each` once for each of them, and `@{key}` is a key-shaped string made up at run time. `sizes` are how
    often to repeat, in turn, until the probe tells: a share of many does not fall with one.
    """

    name: str
    language: str
    """ "python" or "web": only where the product is written in it; "" for any tree."""
    asks: bool
    """Whether it only makes the question apply: where it does already, it would be no gap."""
    beside: bool
    server: bool
    files: Mapping[str, str]
    each: str
    repeats: int
    """How often `each` stands in a file; 0 for as often as the size says."""
    sizes: tuple[int, ...]
    changes: tuple[Change, ...]
    without: tuple[str, ...]
    """Patterns of files that are taken away."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one signal is challenged."""

    signal: str
    take: Take
    take_partial: Take
    """The same where the outcome is partial: what a probe names then may be the gaps."""
    tags: bool
    """Whether the tags of git go with what is taken out."""
    gaps: tuple[Gap, ...]


@cache
def plans() -> Mapping[str, Plan]:
    """The plans by signal, read once."""
    found: dict[str, Plan] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for signal, data in tomllib.loads(path.read_text(encoding="utf-8")).items():
            gaps = tuple(_gap(one) for one in data.get("gaps", ()))
            take = data.get("take", "statements")
            found[signal] = Plan(signal, take, data.get("take_partial", take), data.get("tags", False), gaps)
    return found


def plan_of(signal: str) -> Plan:
    """The plan of one signal; where nothing is written down, what its probe names is taken out."""
    return plans().get(signal) or Plan(signal, "statements", "statements", False, ())


def _gap(data: Mapping[str, Any]) -> Gap:
    changes = tuple(Change(**one | {"files": tuple(one.get("files", ()))}) for one in data.get("changes", ()))
    return Gap(
        name=data["name"],
        language=data.get("language", ""),
        beside=data.get("beside", False),
        asks=data.get("asks", False),
        server=data.get("server", False),
        files=data.get("files", {}),
        each=data.get("each", ""),
        repeats=data.get("repeats", 0),
        sizes=tuple(data.get("sizes", (1,))),
        changes=changes,
        without=tuple(data.get("without", ())),
    )
