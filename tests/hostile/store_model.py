"""What a client of the store was told, kept beside the real client and compared with it after every step."""

from __future__ import annotations

import os
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field

from workbook.errors import Refused
from workbook.merge.units import unit_of
from workbook.session import Session
from workbook.store import MISSING, Clash, Clashed, lookup, same

KILLED, SAVED, CLASHED, REFUSED = 9, 10, 11, 12
"""How a forked child that saves ends."""


def shown(tables, place):
    return lookup(tables, *place)


def put(tables, place, value):
    """Set or remove one field of nested tables."""
    table, name = place
    for part in table:
        tables = tables.setdefault(part, {})
    if value is MISSING:
        tables.pop(name, None)
    else:
        tables[name] = deepcopy(value)


def with_edits(tables, claims):
    """The tables with the new value of each (base, new) in place."""
    changed = deepcopy(tables)
    for place, (_, new) in claims.items():
        if new is not MISSING or shown(changed, place) is not MISSING:
            put(changed, place, new)
    return changed


@dataclass
class Client:
    """One person at one open session.

    `view` is what is on disk as they last saw it. `claims` is what they say and have not saved: for each field the
    value they saw before they said it, and the value they want; the same twice where they want it to stay.
    """

    name: str
    session: Session
    view: dict
    trouble: bool = False
    claims: dict = field(default_factory=dict)
    done: list = field(default_factory=list)
    undone: list = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)

    @property
    def draft_names(self):
        return {self.session.ledger._drafts._draft._name, self.session.typed._draft._name}

    def sees(self, place):
        return self.claims[place][1] if place in self.claims else shown(self.view, place)

    def shows(self, place, wanted):
        """Whether the wanted value is shown, or nothing of mine is left there and the disk shows."""
        return same(self.sees(place), wanted) or (
            same(self.sees(place), shown(self.view, place)) and (place not in self.claims or same(*self.claims[place]))
        )

    def looks(self):
        """Every field of a control, as it is shown."""
        return {place: self.sees(place) for place in self.places()}

    def places(self):
        return {*self.claims, *places_of(self.view), *places_of(self.session.ledger.tables)}

    def real_claims(self):
        return {(edit.table, edit.field): (edit.base, edit.new) for edit in self.session.ledger._desk.claims}

    def learn(self, seen):
        """Take over what the session claims in the tables of `seen`, if each base is a value the person did see.

        That is the base of a claim that stood before, or what `seen` says was before them in that table.
        """
        real = self.real_claims()
        for place, (base, new) in real.items():
            if _is_note(place) and same(base, new) and same(base, shown(self.view, place)):
                continue  # nothing of mine is in it: what somebody else wrote beside my answer was taken over
            if place[0] in seen:
                known = self.claims[place][0] if place in self.claims else seen[place[0]].get(place, MISSING)
                assert same(base, known), (self.name, place, base, known)
        others = {place: sides for place, sides in self.claims.items() if place[0] not in seen}
        self.claims = {place: sides for place, sides in real.items() if place[0] in seen} | others

    def rebase(self, disk):
        """See the disk as it is; what stands there already is not claimed any more."""
        self.view = deepcopy(disk)
        self.claims = {
            place: (sides[1], sides[1]) if same(shown(disk, place), sides[1]) else sides
            for place, sides in self.claims.items()
        }
        self.claims = self.yielded(disk)
        self.tidy()

    def tidy(self):
        """What is not said together with something that is pending is not claimed."""
        touched = {_unit(place) for place, sides in self.claims.items() if not same(*sides)}
        self.claims = {place: sides for place, sides in self.claims.items() if _led(place, touched) in touched}

    def yielded(self, disk):
        """The claims once a note that somebody changed alone is taken over, beside an answer of mine."""
        open_units = {_unit(place) for place in self.bare_clashes(self.claims, disk)}
        return {
            place: (shown(disk, place), shown(disk, place))
            if _is_note(place) and same(*sides) and (place[0], "answer") not in open_units and self.answers(place[0])
            else sides
            for place, sides in self.claims.items()
        }

    def answers(self, table):
        return any(_unit(place) == (table, "answer") for place in self.claims)

    @staticmethod
    def bare_clashes(claims, disk):
        return {
            place: (base, new, shown(disk, place))
            for place, (base, new) in claims.items()
            if not same(shown(disk, place), base) and not same(shown(disk, place), new)
        }

    def settled(self, clash, keep_mine):
        """The bases of what stays mine are what the clash showed, or what was on disk as far as is known."""
        real = self.real_claims()
        decided = {_unit((clash.table, name)) for name in clash.fields}
        for place in [place for place in {*self.claims, *real} if _led(place, decided) in decided]:
            if not keep_mine:
                assert place not in real, "theirs was taken, and mine is still there"
                self.claims.pop(place, None)
                continue
            told = clash.fields[place[1]][2] if place[1] in clash.fields else shown(self.view, place)
            if place in real:
                assert same(real[place][0], told), (place, real[place], told)
                assert same(real[place][1], self.sees(place))
                self.claims[place] = real[place]
            else:
                assert same(shown(self.view, place), self.sees(place))
                self.claims.pop(place, None)

    def clashing(self, disk):
        """The places a save must show, with both sides."""
        claims = self.yielded(disk)
        found = self.bare_clashes(claims, disk)
        units = {_unit(place) for place in found}
        along = {
            place: (base, new, shown(disk, place))
            for place, (base, new) in claims.items()
            if _led(place, units) in units and _is_note(place) and not same(new, shown(disk, place))
        }
        return along | found

    def compare(self):
        """The real session against all this."""
        real = self.real_claims()
        assert real.keys() == self.claims.keys(), (self.name, real, self.claims)
        for place, sides in real.items():
            table = {name: pair for name, pair in real.items() if name[0] == place[0]}
            assert all(map(same, sides, self.claims[place])), (self.name, place, self.claims[place], table)
        for place in self.places():
            assert same(shown(self.session.ledger.tables, place), self.sees(place)), (self.name, place)
        assert bool(self.session.read_only) == self.trouble, (self.name, self.session.read_only)


def _unit(place):
    return place[0], unit_of(*place)


def _is_note(place):
    return place[0][:1] == ("controls",) and place[1] == "note"


def _led(place, units):
    """The unit a field is decided with: a note goes with the answer where that is one of the units."""
    answer = (place[0], "answer")
    return answer if _is_note(place) and answer in units else _unit(place)


def places_of(tables):
    return {(("controls", control), name) for control, table in tables.get("controls", {}).items() for name in table}


def clash_sides(clashes):
    return {(clash.table, name): sides for clash in clashes for name, sides in clash.fields.items()}


def changes(before, after):
    """The fields that differ, each with both values."""
    places = places_of(before) | places_of(after)
    pairs = {place: (shown(before, place), shown(after, place)) for place in places}
    return {place: pair for place, pair in pairs.items() if not same(*pair)}


def holds(value, wanted):
    """Whether a value stands anywhere inside another."""
    if isinstance(value, dict | list):
        return any(holds(one, wanted) for one in (value.values() if isinstance(value, dict) else value))
    return same(value, wanted)


def save_and_die(session, call, nth):
    """In a forked child: save, and end the process at the nth such call."""
    real, seen = getattr(os, call), Counter()

    def die(*arguments, **options):
        seen[call] += 1
        if seen[call] == nth:
            os._exit(KILLED)
        return real(*arguments, **options)

    setattr(os, call, die)
    try:
        return CLASHED if isinstance(session.save(), Clashed) else SAVED
    except Refused:
        return REFUSED
    except BaseException:  # noqa: BLE001  # whatever it is, the child must not return into the test
        return 1
