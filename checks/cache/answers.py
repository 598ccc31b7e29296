"""What probes answered, kept with what they read: where none of it changed, a probe is not run again.

Where files were added, removed or renamed, an answer holds where the list of files says the same to all that was asked
of it, and no file that is gone was asked (`checks.cache.listings`). Of files whose content changed, it holds where they
say the same to all that was asked about them: a reader's facts that came out equal, a word that is still missing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import asdict
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from checks.cache import contents, version
from checks.cache.compact import Rows, of_steps, restorer
from checks.cache.facts import may_tell, unpacked
from checks.cache.listings import Listing, added_to, row_of, together
from checks.cache.sets import FileSets
from checks.digests import blake2b
from checks.look import PYTHON
from checks.observation import Location, Unread
from checks.readers.facets import LIKE, field_of, same
from checks.reads import (
    CARRIED,
    CODE,
    DECIDES,
    FACTS,
    FILE,
    GIT,
    LOOKUPS,
    MEASURE,
    MODULES,
    PYTHON_MODULE,
    QUESTIONS,
    REMEMBERED,
    RESOLVING,
    RESTS_ON,
    TEXT,
    WEB_MODULE,
    OfOneFile,
    Question,
    Step,
    name_of,
    taken_apart,
)
from checks.report_wire import unpack_finding

if TYPE_CHECKING:
    from checks.cache.store import Store
    from checks.look import Look

_MOST_CHANGED: Final = 200
"""Files; where more of them changed, every probe is run."""
_OURS: Final = "checks."


class Answers:
    """The answers of an earlier look at the folder, and those of this one."""

    def __init__(self, look: Look, store: Store, asked: str) -> None:
        self._look, self._store, self._asked = look, store, asked
        self._paths = look.tree.every
        self._contents = b"".join(map(look.facts.contents.__getitem__, self._paths)).hex()
        # As it was listed: what turns out on reading files, who read them has noted (`_replay`).
        self._list, self._conditions = look.tree.listing(), look.tree.conditions()
        self._listing: Listing | None = None
        """What became of the list of files, where it is another or names may lead elsewhere."""
        self._old: dict[str, Any] = self._row("answers", self._list) or self._other_list()
        self._new: dict[str, Any] = {}
        self._tokens: dict[str, str] = {}
        self._same: dict[tuple[Question, str], object] = {}
        # By the identity of a row of the earlier look, which lives as long as this.
        self._alike: dict[int, bool] = {}
        self._standing: dict[int, bool] = {}
        self._carrying: dict[int, list[Any]] = {}
        self._joined: dict[Question, int] = {}
        self._beside: dict[Question, tuple[list[list[Any]], set[Question]]] = {}
        """What changed files were read with when they were asked again: rows of other files, and of their list."""
        self._changed = list(contents.differing(self._old.get("contents", ""), self._contents))
        if len(self._changed) > _MOST_CHANGED:
            self._old = {}
        if self._old and self._listing is None and not self._decides.isdisjoint(self._changed_paths):
            self._listing = self._listed(self._list, self._old)
            self._old = self._old if self._listing else {}
        self._counted = 0
        if self._old:
            rows = self._old["asked"]
            for row in rows:
                row[3] = self._old["said"][row[3]]
            for entry in self._old["answers"].values():
                entry["asked"] = [rows[number] for number in entry["asked"]]
            self._old["remembered"] = [rows[number] for number in self._old["remembered"]]
            look.recalled, look.take_up, look.anew = self._said_before, self.take_up, frozenset(self._changed_paths)
        self._sets = FileSets(self._paths, self._old.get("sets", ()), self._listing)
        self._before_and_now: dict[tuple[str, str], tuple[Any, Any] | None] = {}
        self._shown: dict[str, dict[str, str]] = {}

    @property
    def knows(self) -> bool:
        """Whether there are answers of an earlier look at mostly the same files."""
        return bool(self._old)

    def recall(self, name: str) -> Any:
        """What `keep` was given under that name, where it still holds; its effects on the look are done. Else None."""
        entry = self._old.get("answers", {}).get(name)
        if entry is None or not self._holds(entry):
            return None
        if name not in self._new:
            listing = [self._old["listing"][number] for number in entry["listing"]]
            asked = list(map(self._carried, entry["asked"]))
            for kind, argument, *_ in entry["asked"]:
                rows, also_listing = self._beside.get((taken_apart(kind)[0], argument), ((), ()))
                asked += rows
                listing += also_listing
            self._new[name] = entry | {"asked": asked, "listing": listing}
            self._replay(entry)
        return entry["value"]

    def keep(self, name: str, value: object) -> None:
        """Keep what the step of that name came to, with all that it read."""
        steps = self._look.reads.everything(name)
        whole = {what for step in steps for what in step.whole}
        asked = of_steps(steps)
        listing = {one for step in steps for one in step.listing}
        # Of what is not there, only that is known.
        listing |= {(FILE, path) for paths, _ in asked.values() for path in paths if path not in self._sets.numbers}
        entry = {
            "value": value,
            "findings": [asdict(one) for step in steps for one in step.findings],
            "unread": [[one.path, one.reason] for one in self._look.reads.unread_by(steps)],
            "whole": {what: self._token(what) for what in sorted(whole)},
            "asked": [[*question, self._sets.mask(paths), answers] for question, (paths, answers) in asked.items()],
            "listing": sorted(listing),
        }
        if not may_tell("".join(json.dumps(entry[part]) for part in ("value", "findings", "listing"))):
            self._new[name] = entry

    def take_up(self, name: str) -> Set[str] | None:
        """Have the step of that name, which is under way, read what it read; see `Look.take_up`."""
        not_taken_in = self.recall(name)
        if not_taken_in is None:
            return None
        step, entry = self._look.reads.now, self._new[name]
        for kind, argument, mask, said in entry["asked"]:
            step.asked[kind, argument] = step.asked.get((kind, argument), frozenset()) | {*self._sets.paths(mask)}
            step.answers.setdefault((kind, argument), {}).update(said)
        step.listing.update((kind, argument) for kind, argument in entry["listing"])
        step.whole.update(entry["whole"])
        step.unread += [Unread(path, reason) for path, reason in entry["unread"]]
        return {*not_taken_in, *self._may_differ(), *self._old["troubled"]}

    def _may_differ(self) -> Set[str]:
        """The files that may not be what they were to a step."""
        return {*self._changed_paths, *self._sets.paths(self._moved)}

    def _keep_steps(self) -> None:
        """Keep what steps that are carried read, in this look or, where it holds, in one before.

        Their value is the files that they have not taken in since.
        """
        for name in CARRIED & self._look.reads.steps.keys():
            self._new.pop(name, None)
            if name in self._look.finished:
                self.keep(name, [])
        # Their modules may not be imported; no signal has such a name.
        for name in self._old.get("answers", {}):
            if name.startswith(_OURS) and name not in self._look.reads.steps:
                not_taken_in = self.recall(name)
                if not_taken_in is not None:
                    self._new[name]["value"] = sorted({*not_taken_in, *self._may_differ()})

    def shown(self, place: Location, cut: Callable[[], str]) -> str:
        """What a finding at a place shows: what it did before, where the file did not change, else what is cut now."""
        where = f"{place.line}-{place.end_line}"
        known = self._shown.setdefault(place.path, {})
        if where not in known:
            number = self._sets.numbers.get(place.path)
            stands = bool(self._old) and number is not None and number not in self._changed
            before = self._old["shown"].get(place.path, {}).get(where) if stands else None
            text = cut() if before is None else before
            # Alone it may hold a line of something longer, which the report takes out later.
            if before is None and may_tell(text):
                return text
            known[where] = text
        return known[where]

    def save(self) -> None:
        """Write the answers of this look to the cache, those that were recalled included."""
        listing: dict[Question, int] = {}
        rows, remembered = Rows(), self._remembered()
        answers = {}
        self._keep_steps()
        for name, entry in self._new.items():
            listed = {listing.setdefault((kind, argument), len(listing)) for kind, argument in entry["listing"]}
            answers[name] = entry | {"asked": rows.numbers_of(entry["asked"]), "listing": sorted(listed)}
        places = rows.numbers_of(remembered)
        rests_on = self._old.get("rests on", {}) | RESTS_ON
        partial, skipped = self._look.tree.troubles()
        reads = [self._look.reads, *([self._again.reads] if "_again" in self.__dict__ else [])]
        row = rows.written() | {
            "contents": self._contents,
            "listing": list(listing),
            "answers": answers,
            "remembered": places,
            # To ask the module of each question would be to import it.
            "rests on": {kind: rests_on[kind] for kind in rows.kinds & rests_on.keys()},
            "leaning": sorted({*self._old.get("leaning", ())}.union(*(one.leaning for one in reads))),
            "decides": sorted(self._decides.union(*(one.asked_by(RESOLVING) for one in reads))),
            "partial": partial,
            "skipped": skipped,
            "left out": sorted(self._look.left_out),
            "troubled": sorted({one.path for one in self._look.noted} | partial.keys() | skipped.keys()),
            "shown": self._shown,
        }
        lookups = together(*(one.lookups for one in reads))
        if self._old and self._listing is None:
            # Few files were parsed, and what the others look up is known.
            row["lookups"] = added_to(self._old["lookups"], lookups)
        else:
            row["lookups"] = {}
            before = self._listing.lookups if self._listing else {}
            of_list = row_of(self._look, self._conditions, added_to(before, lookups))
            self._store.put({self._key("listing", self._list): of_list})
        self._store.put({self._key("answers", self._list): row, self._last: {"list": self._list}})

    # -- where the answers are kept -----------------------------------------------------------------------------------

    def _key(self, *what: str) -> bytes:
        return _digest(version.digest(), self._asked, *what)

    @property
    def _last(self) -> bytes:
        return self._key("last list", os.fspath(self._look.tree.root))

    def _row(self, *what: str) -> dict[str, Any]:
        key = self._key(*what)
        return self._store.get([key]).get(key) or {}

    def _other_list(self) -> dict[str, Any]:
        """The answers of the last look at this folder, where it held other files; their contents as of those now."""
        last = self._store.get([self._last]).get(self._last)
        old = self._row("answers", last["list"]) if last else {}
        listing = self._listed(last["list"], old) if last and old else None
        if listing is None or len(listing.added) + len(listing.removed) > _MOST_CHANGED:
            return {}
        self._listing = listing
        return old | {"contents": contents.as_of_now(old["contents"], listing.before, self._paths)}

    def _listed(self, digest: str, old: dict[str, Any]) -> Listing | None:
        """The list of files of an earlier look, unless it came about otherwise."""
        row = self._row("listing", digest)
        if not row or row["conditions"] != self._conditions:
            return None
        return Listing(row | {"lookups": together(row["lookups"], old["lookups"])}, self._again)

    def _said_before(self, question: OfOneFile, argument: str) -> dict[str, Any]:
        """What unchanged files said to a question, where reading them had no effect but the answer."""
        restored = restorer(question)
        if restored is None or name_of(question) in self._old["leaning"]:
            return {}
        those = 0
        answers: dict[str, Any] = {}
        for number, said in self._asked_before.get((name_of(question), argument), ()):
            those |= self._sets.now(number)
            # Steps go on asking after an answer rests on them: what was said then is not of this answer.
            asked = set(self._sets.paths(self._sets.now(number)))
            answers |= {path: one for path, one in said.items() if path in asked}
        for number in self._changed:
            those &= ~(1 << number)
        those &= ~self._moved
        troubled = set(self._old["troubled"])
        return {path: restored(answers.get(path)) for path in self._sets.paths(those) if path not in troubled}

    @cached_property
    def _asked_before(self) -> dict[Question, list[tuple[int, Mapping[str, Any]]]]:
        """What was asked in the earlier look, with the files that were, and what those said; each once."""
        found: dict[Question, dict[tuple[int, int], tuple[int, Mapping[str, Any]]]] = {}
        for kind, argument, number, said in self._old["asked"]:
            found.setdefault((taken_apart(kind)[0], argument), {})[number, id(said)] = number, said
        return {question: list(every.values()) for question, every in found.items()}

    def _remembered(self) -> list[Any]:
        """What files said beside what steps rest on, in this look, or before where it was not asked for again."""
        step = self._look.reads.steps.get(REMEMBERED, Step())
        stands = ~self._sets.mask(self._changed_paths) & ~self._moved
        before = {(one[0], one[1]): one for one in self._old.get("remembered", ())}
        old = [
            [*question, self._sets.now(number) & stands, said]
            for question, (_, _, number, said) in before.items()
            if question not in step.asked
        ]
        asked = step.asked.items()
        return old + [[*one, self._sets.mask(paths), step.answers.get(one, {})] for one, paths in asked]

    # -- does an answer still hold ----------------------------------------------------------------------------------

    @cached_property
    def _again(self) -> Look:
        return self._look.again()

    def _holds(self, entry: Mapping[str, Any]) -> bool:
        if any(self._token(what) != token for what, token in entry["whole"].items()):
            return False
        if self._listing and not self._is_listed_alike(self._listing, entry):
            return False
        return all(map(self._stands, entry["asked"]))

    def _stands(self, row: list[Any]) -> bool:
        """Whether the changed files say what they said; most steps rest on what others asked, too."""
        if id(row) not in self._standing:
            kind, argument, number, said = row
            mask = self._sets.now(number)
            changed = (one for one in self._changed if mask >> one & 1)
            self._standing[id(row)] = all(self._says((kind, argument), one, said) for one in changed)
        return self._standing[id(row)]

    def _is_listed_alike(self, listing: Listing, entry: Mapping[str, Any]) -> bool:
        """Whether the list of files says what it said, and names lead where they led from the files that were asked."""
        for row in entry["asked"]:
            if id(row) not in self._alike:
                self._alike[id(row)] = self._says_alike(listing, *row)
            if not self._alike[id(row)]:
                return False
        return all(listing.same(tuple(self._old["listing"][number])) for number in entry["listing"])

    def _says_alike(self, listing: Listing, kind: str, argument: str, number: int, said: Mapping[str, Any]) -> bool:
        """Whether what was asked of some files would be asked of those that there are now, and they say the same."""
        name, among = taken_apart(kind)
        gone = self._sets.before(number) & listing.gone
        if gone and (among is None or not said.keys().isdisjoint(listing.removed)):
            return False
        for path in listing.added_among(among) if among else ():
            if self._asked_again((name, argument), path) or self._is_troubled(path):
                return False
        return self._says_from_there(kind, argument, self._sets.now(number) & self._moved, said)

    def _says_from_there(self, kind: str, argument: str, moved: int, said: Mapping[str, Any]) -> bool:
        """Whether files from which names lead elsewhere say what they said."""
        if not moved or kind in {TEXT[0], DECIDES[0], MEASURE[0]}:
            return True
        question = taken_apart(kind)[0], argument
        if kind in FACTS or moved.bit_count() > _MOST_CHANGED:
            return False
        return all(self._asked_again(question, path) == (said.get(path) or None) for path in self._sets.paths(moved))

    @cached_property
    def _moved(self) -> int:
        """The files from which names lead elsewhere: what they said may have been said of other files."""
        listing = self._listing
        return self._sets.mask(path for path in self._paths if listing.leads_elsewhere(path)) if listing else 0

    @property
    def _decides(self) -> set[str]:
        """The files that decide where names lead."""
        return set(self._old.get("decides", ()))

    @property
    def _changed_paths(self) -> Iterable[str]:
        return (self._paths[number] for number in self._changed)

    def _says(self, question: Question, number: int, said: Mapping[str, Any]) -> bool:
        """Whether a changed file says what it said."""
        path = self._paths[number]
        if question in {TEXT, DECIDES} or path in self._otherwise_readable:
            return False
        if question[0] in FACTS:
            return self._still(question, path, number)
        question = taken_apart(question[0])[0], question[1]
        if self._rests_on_same(question[0], path, number):
            return True
        return self._asked_again(question, path) == (said.get(path) or None) and not self._is_troubled(path)

    @cached_property
    def _otherwise_readable(self) -> frozenset[str]:
        """The changed files that could be read then and not now, or the other way: the report says which cannot be."""
        before = self._old["partial"], self._old["skipped"]
        for path in self._changed_paths:
            self._again.tree.text(path)
        now = self._again.tree.troubles()
        return frozenset(
            path
            for path in self._changed_paths
            if any(then.get(path) != since.get(path) for then, since in zip(before, now, strict=True))
        )

    def _is_troubled(self, path: str) -> bool:
        """Whether a file that was asked again could not be read in full for that: who parses it is to say so."""
        return path in self._again.reads.troubled

    def _asked_again(self, question: Question, path: str) -> object:
        """What a changed file says now, in a look of its own: it must leave no trace in this one."""
        key = question, path
        if key not in self._same:
            module = question[0].partition(":")[0]
            if module.startswith(_OURS):
                import_module(module)
            reads = self._again.reads
            with reads.aside() as step:
                known = QUESTIONS.get(question[0])
                answer = known(self._again, path, question[1]) if known else ["unknown"]
            self._same[key] = json.loads(json.dumps(answer)) or None
            reads.leaned(question[0], step)
            self._note_beside(question, path, reads.with_used(step))
        return self._same[key]

    def _note_beside(self, question: Question, path: str, steps: list[Step]) -> None:
        """Note what a changed file was read with: an answer that is the same may rest on more than it did."""
        rows, listing = self._beside.setdefault(question, ([], set()))
        listing.update(one for step in steps for one in step.listing if one[0] not in LOOKUPS)
        for asked, (every, said) in of_steps(steps).items():
            if paths := every - {path}:
                told = {one: what for one, what in said.items() if one in paths}
                rows.append([*asked, self._sets.mask(paths), told])

    def _rests_on_same(self, kind: str, path: str, number: int) -> bool:
        """Whether a question rests on parts of a module that are the same, so that it need not be asked again."""
        of = PYTHON_MODULE if path.endswith(PYTHON) else WEB_MODULE
        parts = self._old["rests on"].get(kind, {}).get(of, ())
        return bool(parts) and all(self._still((of, part), path, number) for part in parts)

    def _still(self, question: Question, path: str, number: int) -> bool:
        """Whether what a reader makes of a changed file is what it was, as far as that is asked for."""
        kind, facet = question
        both = self._both(kind, path, number)
        if both is None or kind not in MODULES:
            return both is not None and both[0] == both[1]
        if LIKE in facet and self._still((kind, field_of(facet)), path, number):
            return True
        key = question, path
        if key not in self._same:
            self._same[key] = same(*both, facet)
        return bool(self._same[key])

    def _both(self, kind: str, path: str, number: int) -> tuple[Any, Any] | None:
        """What a reader made of a changed file before, and what it makes of it now; None where either is not known."""
        key = kind, path
        if key not in self._before_and_now:
            again, before = self._again, bytes.fromhex(contents.of(self._old["contents"], number))
            rows = again.facts.before_and_now(kind, path, before, lambda: again.work_out(kind, path))
            if rows and kind in MODULES:
                rows = unpacked(kind, rows[0]), unpacked(kind, rows[1])
            self._before_and_now[key] = rows
        return self._before_and_now[key]

    def _token(self, what: str) -> str:
        """What stands for a thing that is asked of the look as a whole."""
        if what not in self._tokens:
            rules = what.removeprefix(CODE)
            self._tokens[what] = self._look.git_digest() if what == GIT else self._look.code_digest(rules)
        return self._tokens[what]

    # -- doing again what an answer did to the look -----------------------------------------------------------------

    def _carried(self, row: list[Any]) -> list[Any]:
        """A row of the earlier look as one of this."""
        if id(row) not in self._carrying:
            kind, argument, number, said = row
            self._carrying[id(row)] = [kind, argument, self._sets.now(number) | self._added(kind, argument), said]
        return self._carrying[id(row)]

    def _added(self, kind: str, argument: str) -> int:
        """The added files that are read where a question is `gathered` again: from now on who asks rests on them too.

        They are asked in this look as the step would have asked them; that they say nothing is known.
        """
        if (kind, argument) not in self._joined:
            name, among = taken_apart(kind)
            added = self._listing.added_among(among) if self._listing and among else ()
            read = [path for path in added if self._look.answered(QUESTIONS[name], argument, path)[1]]
            self._joined[kind, argument] = self._sets.mask(read)
        return self._joined[kind, argument]

    def _replay(self, entry: Mapping[str, Any]) -> None:
        read = 0
        for number in {number for kind, _, number, _ in entry["asked"] if kind != DECIDES[0]}:
            read |= self._sets.now(number)
        self._look.noted.extend(Unread(path, reason) for path, reason in entry["unread"])
        self._look.found(*(unpack_finding(one) for one in entry["findings"]))
        partial, skipped = self._old["partial"], self._old["skipped"]
        # Most answers rest on the same files.
        self._look.tree.count_as_read(self._sets.paths(read & ~self._counted), partial, skipped)
        self._counted |= read
        measured = next((self._sets.now(number) for kind, _, number, _ in entry["asked"] if kind == MEASURE[0]), 0)
        self._look.left_out.update(set(self._sets.paths(measured)).intersection(self._old["left out"]))


def _digest(*parts: str) -> bytes:
    return blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=16).digest()
