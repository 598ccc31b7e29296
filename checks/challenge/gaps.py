"""Known gaps as edits of the copy: new files that entry points reach, and changes of files that are there."""

from __future__ import annotations

import re
import secrets
import string
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from checks.application.hosting import NOT_SHIPPED
from checks.application.reach import Entry
from checks.challenge.plans import Change, Gap
from checks.challenge.scratch import Edits, Scratch
from checks.files.kinds import is_generated
from checks.files.patterns import matching
from checks.look import PYTHON, WEB, Look, is_product
from checks.observation import Location
from checks.secrets.shapes import find

UNIT: Final = "readiness_planted"
"""How planted modules are called."""

_WEB: Final = (".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs", ".cjs")
_ASIDE: Final = frozenset({"scripts", "script", "tools", "bin", "ci", "docker"})
_ORDER: Final = {Entry.SERVICE: 0, Entry.WORKER: 1, Entry.COMMAND: 2, Entry.SCRIPT: 3}
_KEY_LETTERS: Final = 36


class CannotPlantError(Exception):
    """There is no place for a gap here; the text says why, in a few words."""


@dataclass(frozen=True, slots=True)
class Site:
    """What plants have to know of a tree: its languages, and for each the modules that may import a planted one."""

    paths: tuple[str, ...]
    hosts: Mapping[str, str]
    languages: tuple[str, ...]
    """Those of the product, the one with most files first."""
    serves_web: bool
    """Whether JavaScript or TypeScript answers requests here."""


def site_of(look: Look) -> Site:
    """What the tree offers."""
    ours = (one for one in look.reach.entry_points if not _is_aside(one.path))
    entries = sorted(ours, key=lambda one: (_ORDER[one.entry], not _creates(one.reason), one.path))
    hosts: dict[str, str] = {}
    for entry in entries:
        language = "python" if entry.path.endswith(PYTHON) else "web"
        if language == "python" or entry.path.endswith(_WEB):
            hosts.setdefault(language, entry.path)
    count = {"python": len(look.source_paths(*PYTHON)), "web": len(look.source_paths(*_WEB))}
    languages = sorted((one for one in count if count[one]), key=lambda one: (one not in hosts, -count[one]))
    if routes := look.web.routes(look.source_paths(*WEB)):
        # A module of the server, not a page.
        paths = [one.module for one in routes if one.module.endswith(_WEB)]
        usual = Counter(path.partition("/")[0] for path in paths).most_common(1)
        hosts |= {"web": min(path for path in paths if path.partition("/")[0] == usual[0][0])} if usual else {}
    return Site(look.tree.paths, hosts, tuple(languages), bool(routes))


def _is_aside(path: str) -> bool:
    """Whether the file helps to develop or operate the product and is no part of it, as probes see it too."""
    return bool(NOT_SHIPPED.search(path)) or not _ASIDE.isdisjoint(path.split("/")[:-1])


def _creates(reason: str) -> bool:
    return reason.startswith(("creates", "started by"))


def edits_of(gap: Gap, size: int, site: Site, scratch: Scratch, seen: Iterable[Location]) -> dict[str, bytes | None]:
    """The edits that plant a gap.

    Args:
        gap: What to plant.
        size: How often to repeat it.
        site: What the tree offers.
        scratch: The copy, to read from.
        seen: The places that the probe named.

    Raises:
        CannotPlantError: there is no place for it here.
    """
    if gap.language and gap.language not in site.languages:
        raise CannotPlantError(f"no {'Python' if gap.language == 'python' else 'JavaScript or TypeScript'} here")
    if gap.server and gap.language == "web" and not site.serves_web:
        raise CannotPlantError("no JavaScript or TypeScript of a server here")
    texts: dict[str, str] = {}
    for change in gap.changes:
        texts |= _changed(change, site, scratch, tuple(seen))
    if gap.changes and not texts and not gap.without:
        raise CannotPlantError("nothing here that could be changed so")
    made = dict(_made(gap, size))
    if gap.beside:
        made = _wired(made, gap.language, site, scratch)
    if clash := sorted(set(made) & set(site.paths) - {site.hosts.get(gap.language)}):
        raise CannotPlantError(f"{clash[0]} is there already")
    texts |= made
    gone = dict.fromkeys(_of_product(gap.without, site)) if gap.without else {}
    if not texts and not gone:
        raise CannotPlantError("nothing here that could be changed so")
    return gone | {path: text.encode("utf-8", "surrogatepass") for path, text in texts.items()}


def _of_product(patterns: tuple[str, ...], site: Site) -> Iterator[str]:
    return (path for path in matching(patterns, site.paths) if is_product(path) or is_generated(path))


def _made(gap: Gap, size: int) -> Iterator[tuple[str, str]]:
    each = "".join(gap.each.replace("@{n}", str(number)) for number in range(1, (gap.repeats or size) + 1))
    for path, text in gap.files.items():
        # A key is made up here, so that none stands in our own repository.
        whole = text.replace("@{each}", each).replace("@{key}", _key())
        numbers = range(1, size + 1) if "@{n}" in path else (0,)
        for number in numbers:
            yield path.replace("@{n}", str(number)), whole.replace("@{n}", str(number))


def _key() -> str:
    """A key that nobody gave out. By chance one may hold a word that makes it a placeholder; another is drawn then."""
    letters = string.ascii_letters + string.digits
    while True:
        key = "ghp_" + "".join(secrets.choice(letters) for _ in range(_KEY_LETTERS))
        if any(True for _ in find(key)):
            return key


def _wired(made: Mapping[str, str], language: str, site: Site, scratch: Scratch) -> dict[str, str]:
    """The files beside a reached module that imports each of them."""
    host = site.hosts.get(language)
    text = scratch.text(host) if host else None
    if host is None or text is None:
        raise CannotPlantError("no entry point that could import it")
    folder = host.rpartition("/")[0]
    below = f"{folder}/" if folder else ""
    if language == "python":
        package = f"{below}__init__.py" in site.paths
        lines = [f"{'from . ' if package else ''}import {_bare(name)}  # noqa" for name in made]
        return {below + name: one for name, one in made.items()} | {host: text + "\n" + "\n".join(lines) + "\n"}
    ending = "." + host.rsplit(".", 1)[-1].removesuffix("x")
    common = "require(" in text and not re.search(r"(?m)^import\b", text)
    lines = [f'require("./{_bare(name)}{ending}");' if common else f'import "./{_bare(name)}";' for name in made]
    named = {below + _bare(name) + ending: one for name, one in made.items()}
    # A directive such as "use client" has to stay first.
    return named | {host: text + "\n" + "\n".join(lines) + "\n"}


def _bare(name: str) -> str:
    return name.rsplit(".", 1)[0]


def _changed(change: Change, site: Site, scratch: Scratch, seen: tuple[Location, ...]) -> dict[str, str]:
    named = dict.fromkeys(one.path for one in seen)
    paths = _of_product(change.files, site) if change.files else named
    found: dict[str, str] = {}
    for path in paths:
        text = scratch.text(path)
        if text is None:
            continue
        changed = _replaced(change, text, [one for one in seen if one.path == path]) + change.append
        if changed != text:
            found[path] = changed
    return found


def _replaced(change: Change, text: str, seen: list[Location]) -> str:
    if not change.find:
        return text
    wanted = re.compile(change.find)
    if not change.lines:
        return wanted.sub(change.put, text)
    lines = text.split("\n")
    for place in seen:
        if not place.line:
            continue
        first, last = place.line - 1, max(place.line, place.end_line)
        block = wanted.sub(change.put, "\n".join(lines[first:last]))
        lines[first:last] = block.split("\n") if block.count("\n") == last - first - 1 else lines[first:last]
    return "\n".join(lines)


def planted_paths(edits: Edits) -> tuple[str, ...]:
    """The paths that edits make, change or remove, sorted."""
    return tuple(sorted(edits))
