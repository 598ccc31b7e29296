"""Tables of one service beside the migrations of another: those that no migration of the repository makes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.apart import part_of, services_without, serving_parts
from checks.application.calls_seen import lines_of
from checks.application.databases import databases
from checks.application.wiring import is_one_off, reached
from checks.observation import Location

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checks.look import Look

_TABLES = re.compile(
    r"(?is)[\"'`]\s*(?:select\b[^;]{1,300}?|delete\s+)\bfrom\s+[\"`]?(\w+)|\binsert\s+into\s+[\"`]?(\w+)|\bupdate\s+[\"`]?(\w+)[\"`]?\s+set\b"
    r"|\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?[\"`]?(\w+)"
)
_MAPPED = re.compile(
    r"__tablename__\s*=\s*[\"'](\w+)|\b(?:pg|mysql|\w*[cC]reate)Table\(\s*[\"'`](\w+)"
    r"|(?<!Buffer)(?<!Array)(?<!console)\.(?:table|from_?|rpc)\(\s*[\"'`](\w+)"
    r"|\.define\(\s*[\"'`](\w+)|@Entity\([^)]{0,200}\)\s*(?:export\s+)?(?:default\s+)?class\s+(\w+)"
    r"|class\s+(\w+)\([^)\n]{0,200}(?:models\.Model\b|table\s*=\s*True)|\bprisma\.(\w+)\.(?:find|create|update|delete|upsert|count)"
)
_BY_NAME = re.compile(r"(?<!Buffer)(?<!Array)(?<!console)\.(?:table|from_?)\(\s*([A-Za-z_]\w*)\s*[,)]")
_MAKES = re.compile(r"\.create_all\b|\.createTable\(|\bsequelize\.sync\(|\bsynchronize\s*:\s*true")


def unmigrated(look: Look, migrations: list[str]) -> list[Location]:
    """Where services without migrations of their own ask for tables, none of which any migration here makes.

    A service that asks for tables which another one's migrations make shares its database. Databases in a file are left
    out: what a service keeps for itself alone may go when its shape changes.
    """
    if len(serving_parts(look)) < 2:  # noqa: PLR2004 - what one service has, it has for itself
        return []
    found = databases(look)
    users = [place.path for place in (*found.server, *found.hosted) if not is_one_off(place.path)]
    if not (without := services_without(look, users, migrations)):
        return []
    parts = {part_of(look, path) for path in without}
    texts = [look.tree.text(path) for path in migrations]
    if None in texts:
        return []  # a migration that cannot be read may make any table
    made = _plain(" ".join(text or "" for text in texts))
    files = [path for path in look.source_paths() if reached(look, path) and part_of(look, path) in parts]
    told: list[Location] = []
    for part in sorted(parts):
        asked = list(_asked(look, (path for path in files if part_of(look, path) == part)))
        made_in_code = [place for place, name in asked if not name]
        if made_in_code:
            told.append(made_in_code[0])
        elif asked and not any(_plain(name).removesuffix("s") in made for _, name in asked):
            told.append(asked[0][0])
    return told


def _asked(look: Look, paths: Iterable[str]) -> Iterable[tuple[Location, str]]:
    """The tables that files name, and where tables are made of what is mapped, with "" for their names."""
    for path in paths:
        text = lines_of(look, path)
        for pattern in (_TABLES, _MAPPED, _BY_NAME, _MAKES):
            for match in pattern.finditer(text):
                name = next((one for one in match.groups() if one), "")
                if pattern is _BY_NAME:
                    constant = re.search(rf"\b{name}\s*(?::\s*\w+\s*)?=\s*[\"'`](\w+)[\"'`]", text)
                    name = constant[1] if constant else ""
                if name or pattern is _MAKES:
                    yield Location(path, text.count("\n", 0, match.start()) + 1), name


def _plain(text: str) -> str:
    return text.replace("_", "").lower()
