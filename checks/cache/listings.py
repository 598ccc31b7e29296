"""What became of the list of files since an earlier look, and whether it says the same to what was asked of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from checks.cache.facts import may_tell
from checks.files.listed import PYTHON, named_so
from checks.files.patterns import matching
from checks.reads import ANY_MATCHING, FILE, LOOKUPS, PLACE, PYTHON_IMPORT, TRACKED, WEB_FILE, WEB_IMPORT, Question
from checks.tree import folders_of

if TYPE_CHECKING:
    from checks.look import Look

Lookups = dict[str, dict[str, dict[str, str]]]
"""Where names led: see `checks.reads.Reads.lookups`."""

_NOT_TOLD: Final = "\0"
"""In the place of names that may be secrets, which answers must not hold: they count as leading elsewhere."""


class Listing:
    """The files of an earlier look beside those that there are now."""

    def __init__(self, row: Mapping[str, Any], again: Look) -> None:
        """Compare them.

        Args:
            row: What `row_of` gave.
            again: A look at the files as they are now, of which nothing shows in a report.
        """
        self.before: tuple[str, ...] = tuple(row["paths"])
        self.lookups: Lookups = row["lookups"]
        """Where names led in the earlier look."""
        self._now, self._again = again.tree.every, again
        self.added = frozenset(self._now).difference(self.before)
        self.removed = frozenset(self.before).difference(self._now)
        tracked = dict(zip(self.before, row["tracked"], strict=True))
        now = zip(self._now, again.tree.tracked(), strict=True)
        self._tracked_else = {path for path, sign in now if tracked.get(path, sign) != sign}
        self._known: dict[Question, bool] = {}
        self._led: dict[tuple[str, str], bool] = {}

    def same(self, question: Question) -> bool:
        """Whether the list says to a question what it said."""
        if question not in self._known:
            self._known[question] = self._is_same(*question)
        return self._known[question]

    def _is_same(self, kind: str, argument: str) -> bool:
        if kind in LOOKUPS:
            return self._leads_as_before(kind, argument)
        if kind == FILE:
            return argument not in self._other
        if kind == PLACE:
            return argument not in self._other and argument not in self._other_folders
        if kind == TRACKED:
            return argument not in self._other and argument not in self._tracked_else
        if kind == ANY_MATCHING:
            patterns = tuple(argument.split("\n"))
            return bool(matching(patterns, self.before)) == bool(matching(patterns, self._now))
        return not any(map(named_so((kind, argument)), self._other))

    def added_among(self, among: Question) -> list[str]:
        """The files that were added to those that are called so."""
        return sorted(filter(named_so(among), self.added))

    @cached_property
    def _other(self) -> frozenset[str]:
        return self.added | self.removed

    @cached_property
    def _other_folders(self) -> frozenset[str]:
        return folders_of(self.before) ^ folders_of(self._now) if self._other else frozenset()

    # -- where names lead -------------------------------------------------------------------------------------------

    def leads_elsewhere(self, path: str) -> bool:
        """Whether a name leads elsewhere from a file, or from another of its folder: what was made of it may differ."""
        kind, folder = PYTHON_IMPORT if path.endswith(PYTHON) else WEB_IMPORT, path.rpartition("/")[0]
        return folder in self.lookups.get(kind, {}) and not self._leads_as_before(kind, folder)

    def _leads_as_before(self, kind: str, folder: str) -> bool:
        if (kind, folder) not in self._led:
            names = self.lookups.get(kind, {}).get(folder, {_NOT_TOLD: ""})
            if told := _NOT_TOLD not in names:
                for name in names:
                    _look_up(self._again, kind, folder, name)
            now = self._again.reads.lookups.get(kind, {}).get(folder, {})
            self._led[kind, folder] = told and all(now[name] == found for name, found in names.items())
        return self._led[kind, folder]

    # -- sets of files ----------------------------------------------------------------------------------------------

    @cached_property
    def gone(self) -> int:
        """The files that are no more, as a set by their numbers in the earlier list."""
        return sum(1 << number for number in self._leaving)

    def renumbered(self, mask: int) -> int:
        """A set by the numbers of the earlier list as one by those of the list that there is now."""
        for number in reversed(self._leaving):
            mask = mask >> (number + 1) << number | mask & (1 << number) - 1
        for number in self._coming:
            mask = mask >> number << (number + 1) | mask & (1 << number) - 1
        return mask

    @cached_property
    def _leaving(self) -> list[int]:
        return [number for number, path in enumerate(self.before) if path in self.removed]

    @cached_property
    def _coming(self) -> list[int]:
        return [number for number, path in enumerate(self._now) if path in self.added]


def row_of(look: Look, conditions: str, lookups: Lookups) -> dict[str, Any]:
    """What must be kept of a list of files to compare another with it; nothing where a name in it may be a secret.

    The conditions are those of `Tree.conditions` before any file was read, the lookups those of which `told` tells.
    """
    tree = look.tree
    if may_tell("\n".join(tree.every)):
        return {}
    return {"paths": tree.every, "tracked": tree.tracked(), "conditions": conditions, "lookups": lookups}


def told(lookups: Lookups) -> Lookups:
    """Lookups without those of folders from which something is looked up that may be a secret."""
    if not may_tell(json.dumps(lookups)):
        return lookups
    return {
        kind: {
            folder: {_NOT_TOLD: ""} if may_tell(json.dumps(names)) else names
            for folder, names in folders.items()
            if not may_tell(folder)
        }
        for kind, folders in lookups.items()
    }


def added_to(before: Lookups, lookups: Lookups) -> Lookups:
    """Lookups put together with those of an earlier look, which were told: only what is new may be a secret."""
    new: Lookups = {}
    for kind, folders in lookups.items():
        for folder, names in folders.items():
            known = before.get(kind, {}).get(folder, {})
            if other := {name: found for name, found in names.items() if known.get(name) != found}:
                new.setdefault(kind, {})[folder] = other
    return together(before, told(new))


def together(*every: Lookups) -> Lookups:
    """Lookups put together; of one that was made twice, the last counts."""
    found: Lookups = {}
    for lookups in every:
        for kind, folders in lookups.items():
            for folder, names in folders.items():
                found.setdefault(kind, {}).setdefault(folder, {}).update(names)
    return found


def _look_up(look: Look, kind: str, folder: str, name: str) -> None:
    if kind == PYTHON_IMPORT:
        look.python.look_up(folder, name)
    elif kind == WEB_FILE:
        look.web.resolver.file(folder)
    else:
        look.web.resolver.resolve(f"{folder}/x".lstrip("/"), name)
