"""Which plug-ins there are: distributions in the environment of this very interpreter, and nowhere else.

Found by their metadata; nothing of theirs runs here. The current folder, PYTHONPATH and what an editable install points
at are never looked at, so no reviewed repository can bring a plug-in along. Little is loaded: this is asked before
every answer from the cache.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from checks.cache import signs
from checks.cache.version import digest_of
from checks.digests import blake2b

GROUPS: Final = ("probes", "importers", "exports", "checklists")
"""What a plug-in may bring, each the entry-point group `readiness_workbook.<name>`."""

_PREFIX: Final = "readiness_workbook."
_MARK: Final = _PREFIX.encode()
_INFO: Final = ".dist-info"
_LISTED: Final = "entry_points.txt"
_MOST_BYTES: Final = 256 * 1024
_CHUNK: Final = 4096
"""Most lists are smaller, and there is one for every second distribution."""

_NAME: Final = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_LONGEST_NAME: Final = 40
_VALUE: Final = r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?::([A-Za-z_]\w*))?"


class Plugin(NamedTuple):
    """One installed distribution that brings something for us."""

    name: str
    version: str
    site: str
    """The folder it is installed in."""

    @property
    def title(self) -> str:
        """How it is named everywhere: "acme-readiness 1.0"."""
        return f"{self.name} {self.version}"


class Entry(NamedTuple):
    """One thing that a plug-in brings: its group, its name there, and where the code or the data is."""

    plugin: Plugin
    group: str
    name: str
    module: str
    attribute: str = ""

    @property
    def top(self) -> Path:
        """The folder of the package that the module belongs to."""
        return Path(self.plugin.site, self.module.partition(".")[0])

    @property
    def folder(self) -> Path:
        """The folder of the named package, or the one that holds the named module."""
        place = Path(self.plugin.site, *self.module.split("."))
        return place if place.is_dir() else place.parent


class Trouble(NamedTuple):
    """Something of a plug-in that is not used, and why."""

    plugin: Plugin
    reason: str

    def __str__(self) -> str:
        return f"plug-in {self.plugin.title}: {self.reason}"


class Offers(NamedTuple):
    """What the plug-ins bring of one group, in the order of their names, and what of it is refused."""

    entries: tuple[Entry, ...] = ()
    troubles: tuple[Trouble, ...] = ()


def sites() -> tuple[Path, ...]:
    """The folders where distributions of this interpreter are installed, and where we are installed ourselves."""
    return tuple(map(Path, signs.sites()))


def offers(group: str, taken: Collection[str] = ()) -> Offers:
    """What the plug-ins bring of one group.

    Args:
        group: One of `GROUPS`.
        taken: Names that are ours: an entry of such a name is refused, and so are two of different plug-ins that share
            one, whichever was installed first.
    """
    found, troubles = _all()
    ours = [one for one in found if one.group == group]
    often = Counter(one.name for one in ours)
    kept = []
    for one in ours:
        if one.name in taken:
            troubles.append(Trouble(one.plugin, f"the name {one.name!r} in {group} is ours and stays so"))
        elif often[one.name] > 1:
            others = ", ".join(other.plugin.title for other in ours if other.name == one.name and other != one)
            troubles.append(Trouble(one.plugin, f"{others} brings {one.name!r} in {group} as well: neither is used"))
        else:
            kept.append(one)
    return Offers(tuple(kept), tuple(dict.fromkeys(troubles)))


def plugins() -> tuple[Plugin, ...]:
    """Every installed plug-in, sorted, whether or not what it brings can be used."""
    found, troubles = _all()
    return tuple(sorted({one.plugin for one in found} | {one.plugin for one in troubles}))


def digest() -> str:
    """A digest that differs where a plug-in does, or what is installed beside it; "" where there is no plug-in."""
    found, troubles = _all()
    if not found and not troubles:
        return ""
    total = blake2b(digest_size=16)
    # What a plug-in itself rests on decides its answers as well.
    for one in (*found, *troubles, *(names for _, names in _infos())):
        total.update(repr(one).encode("utf-8", "surrogateescape"))
    total.update(digest_of(sorted({one.top for one in found})).encode())
    return total.hexdigest()


def code_of(plugin: Plugin) -> str:
    """A digest of a plug-in's packages by their content: the same wherever the same version is installed."""
    total = blake2b(digest_size=16)
    for top in sorted({one.top for one in _all()[0] if one.plugin == plugin}):
        for path in sorted(top.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                total.update(f"{path.relative_to(top.parent).as_posix()}\0".encode("utf-8", "surrogateescape"))
                total.update(blake2b(path.read_bytes()).digest())
    return total.hexdigest()


def _all() -> tuple[list[Entry], list[Trouble]]:
    found: list[Entry] = []
    troubles: list[Trouble] = []
    for plugin, text in _listed():
        for one in _entries(plugin, text):
            if isinstance(one, Entry):
                found.append(one)
            else:
                troubles.append(one)
    return sorted(found), troubles


def _listed() -> Sequence[tuple[Plugin, str]]:
    """Each distribution that names one of our groups, with its list of entry points."""
    infos = tuple((folder, name) for folder, names in _infos() for name in names)
    return _read_all(infos, tuple(signs.of_file(f"{folder}/{name}/{_LISTED}") for folder, name in infos))


@lru_cache(maxsize=1)
def _read_all(infos: Sequence[tuple[str, str]], _: Sequence[str]) -> Sequence[tuple[Plugin, str]]:
    """The lists of a command's first question; read again where one of them looks different from outside."""
    found = []
    for folder, name in infos:
        content = _read(f"{folder}/{name}/{_LISTED}")
        if _MARK in content:
            project, _, version = name.removesuffix(_INFO).partition("-")
            found.append((Plugin(project.replace("_", "-"), version, folder), content.decode("utf-8", "replace")))
    return tuple(found)


def _infos() -> Iterator[tuple[str, list[str]]]:
    """The folders of metadata in each place where distributions are installed, by name."""
    for folder in sites():
        try:
            with os.scandir(folder) as entries:
                yield str(folder), sorted(one.name for one in entries if one.name.endswith(_INFO))
        except OSError:
            continue


def _read(path: str) -> bytes:
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return b""
    try:
        content = os.read(file, _CHUNK)
        return content + os.read(file, _MOST_BYTES) if len(content) == _CHUNK else content
    except OSError:
        return b""
    finally:
        os.close(file)


def _entries(plugin: Plugin, text: str) -> Iterator[Entry | Trouble]:
    from configparser import ConfigParser
    from configparser import Error as Unreadable

    parser = ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names count as they are written
    try:
        parser.read_string(text)
    except Unreadable:
        yield Trouble(plugin, f"its {_LISTED} cannot be read: install it again")
        return
    for section in parser.sections():
        group = section.removeprefix(_PREFIX)
        if group == section:
            continue
        if group not in GROUPS:
            yield Trouble(plugin, f"there is no group {section!r}: one of {', '.join(_PREFIX + one for one in GROUPS)}")
            continue
        for name, value in parser.items(section):
            yield _entry(plugin, group, name, value)


def _entry(plugin: Plugin, group: str, name: str, value: str) -> Entry | Trouble:
    if not re.fullmatch(_NAME, name) or len(name) > _LONGEST_NAME:
        rule = f"small letters, digits and single dashes, at most {_LONGEST_NAME}"
        return Trouble(plugin, f"the name {name!r} in {group} is none: {rule}")
    match = re.fullmatch(_VALUE, value.strip())
    if match is None:
        return Trouble(plugin, f"{name!r} in {group} leads nowhere: {value!r} is no package.module or module:name")
    entry = Entry(plugin, group, name, match[1], match[2] or "")
    if not entry.top.is_dir():
        what = f"{entry.top.name!r} is no package in {plugin.site}"
        return Trouble(
            plugin, f"{what}: an editable install (-e) is refused; install it for good, as a package (a folder)"
        )
    return entry
