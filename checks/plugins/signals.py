"""The signals a plug-in answers: data beside its code (`signals.toml`), so that nothing of it runs to know them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from checks.plugins.installed import Entry, Offers, Trouble, offers

FILE: Final = "signals.toml"

OURS: Final = frozenset(
    {"api", "app", "calls", "ci", "code", "db", "deps", "docs", "errors", "gov", "llm", "obs", "ops", "release", "run"}
    | {"scale", "secrets", "tests"}
)
"""The first parts of our own signals; a plug-in takes another one."""

_ID: Final = re.compile(r"[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*")
_MOST_BYTES: Final = 256 * 1024
_MOST: Final = 100
_LONGEST: Final = 500
_NEEDED: Final = ("question", "met", "unmet")
_TEXTS: Final = (*_NEEDED, "partial", "not_applicable")


class Declared(NamedTuple):
    """One signal of a plug-in, as its file describes it. All of it is text of others."""

    id: str
    question: str
    met: str
    unmet: str
    partial: str = ""
    not_applicable: str = ""
    feeds: tuple[str, ...] = ()


class Probing(NamedTuple):
    """A plug-in's probes and the signals they answer."""

    entry: Entry
    signals: Mapping[str, Declared]


class WrongSignalsError(ValueError):
    """The file of signals cannot be used; the text names the key and what it must be."""


def probing() -> tuple[tuple[Probing, ...], tuple[Trouble, ...]]:
    """The plug-ins whose probes can be asked, and what is refused."""
    found: Offers = offers("probes", OURS)
    usable, troubles = [], list(found.troubles)
    for entry in found.entries:
        try:
            usable.append(Probing(entry, read(entry.folder / FILE, entry.name)))
        except WrongSignalsError as error:
            troubles.append(Trouble(entry.plugin, f"{FILE}: {error}"))
    return tuple(usable), tuple(troubles)


def is_built_in(signal: str) -> bool:
    """Whether a signal is one of ours, and of no plug-in."""
    return signal.partition(".")[0] in OURS


def read(path: Path, namespace: str) -> Mapping[str, Declared]:
    """The signals of one file, by id.

    Raises:
        WrongSignalsError: it cannot be read, or holds something else.
    """
    import tomllib

    try:
        content = path.read_bytes()
        if len(content) > _MOST_BYTES:
            raise WrongSignalsError(f"larger than {_MOST_BYTES // 1024} KiB")
        tables = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise WrongSignalsError(f"cannot be read beside the code: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise error if isinstance(error, WrongSignalsError) else WrongSignalsError(f"not TOML: {error}") from None
    if not 0 < len(tables) <= _MOST:
        raise WrongSignalsError(f"holds {len(tables)} signals: 1 to {_MOST} are read")
    return {name: _declared(name, table, namespace) for name, table in tables.items()}


def _declared(name: str, table: Any, namespace: str) -> Declared:
    if not _ID.fullmatch(name) or not name.startswith(f"{namespace}.") or len(name) > _LONGEST // 5:
        raise WrongSignalsError(f'{name!r}: write it as ["{namespace}.something"], small letters, digits and dashes')
    if not isinstance(table, dict):
        raise WrongSignalsError(f"{name}: must be a table")
    unknown = sorted(table.keys() - {*_TEXTS, "feeds"})
    missing = [key for key in _NEEDED if not table.get(key)]
    if unknown or missing:
        raise WrongSignalsError(f"{name}: {f'no key {unknown[0]!r}' if unknown else f'{missing[0]} is missing'}")
    for key in _TEXTS:
        if not isinstance(table.get(key, ""), str) or len(table.get(key, "")) > _LONGEST:
            raise WrongSignalsError(f"{name}.{key}: must be a text of at most {_LONGEST} characters")
    feeds = table.get("feeds", [])
    if not isinstance(feeds, list) or not all(isinstance(one, str) for one in feeds):
        raise WrongSignalsError(f"{name}.feeds: must be a list of ids of controls")
    return Declared(id=name, feeds=tuple(dict.fromkeys(feeds)), **{key: table.get(key, "") for key in _TEXTS})
