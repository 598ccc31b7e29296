"""What a team lets through its gate: the `[gate]` table of the state file (see docs/pull-requests.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import Final, get_args

from checks.frozen import Frozen
from workbook.catalogue import SEVERITY_ORDER, Catalogue, Control
from workbook.catalogue.model import Area
from workbook.reading import Table, nearest


class Mode(StrEnum):
    """How strict a gate is, mildest first."""

    OBSERVE = "observe"
    """Everything is told, nothing fails."""
    RATCHET = "ratchet"
    """Nothing may get worse than at the merge base."""
    HOLD = "hold"
    """Nor may anything stand that the team forbids."""


FORBIDDEN: Final = ("blocker", "disputed", "lapsed")
"""What may not stand where a team holds and says no more."""

FORBIDDABLE: Final = (*FORBIDDEN, "needs-review", "unanswered", "waived")
_KEYS: Final = ("mode", "minimum", "forbid", "ignore_waivers", "rules")
_RULE_KEYS: Final = ("mode", "minimum", "forbid", "checklist", "area", "severity")


class Rule(Frozen):
    """How strict the gate is about some controls: of a checklist, an area, a severity; "" means any."""

    mode: Mode = Mode.RATCHET
    forbid: tuple[str, ...] = FORBIDDEN
    """Standings that fail where the mode is `hold`."""
    minimum: int | None = None
    """What the checklist has to reach in its own count, where the mode is `hold`."""
    checklist: str = ""
    area: str = ""
    severity: str = ""

    def covers(self, control: Control) -> bool:
        """Whether the rule is about a control of its checklist."""
        return self.area in ("", control.area) and self.severity in ("", control.severity)


class GatePolicy(Frozen):
    """The rule for the deciding checklist, and further ones. Of several about one control the strictest counts."""

    default: Rule = Rule()
    rules: tuple[Rule, ...] = ()
    ignore_waivers: bool = False


def read_gate(table: Table, catalogue: Catalogue) -> GatePolicy:
    """The policy as stored; what cannot be used is reported and keeps its default."""
    for key in table.names:
        if key not in _KEYS:
            table.report(key, f"nothing reads this key{nearest(key, _KEYS)}")
    return GatePolicy(_rule(table, catalogue), tuple(_rules(table, catalogue)), bool(table.flag("ignore_waivers")))


def _rules(table: Table, catalogue: Catalogue) -> Iterator[Rule]:
    for entry in table.tables("rules"):
        for key in entry.names:
            if key not in _RULE_KEYS:
                entry.report(key, f"a rule has no such key{nearest(key, _RULE_KEYS)}")
        rule = _rule(entry, catalogue)
        if not (rule.checklist or rule.area or rule.severity):
            entry.report(
                "", "a rule names a checklist, an area or a severity; for all controls write mode under [gate]"
            )
        elif rule.minimum is not None and not rule.checklist:
            entry.report("minimum", "a minimum is of a checklist; name it in the same rule")
        else:
            yield rule


def _rule(table: Table, catalogue: Catalogue) -> Rule:
    mode = table.choice("mode", Mode) or Mode.RATCHET
    minimum = table.number("minimum")
    if minimum is not None and (not isinstance(minimum, int) or minimum < 0):
        table.report("minimum", "must be a whole number, as in 40")
        minimum = None
    forbid = tuple(word for word in table.texts("forbid") if _is_known(table, "forbid", word, FORBIDDABLE))
    for key in ("minimum", "forbid"):
        if key in table and mode is not Mode.HOLD:
            table.report(key, f'counts only where mode = "{Mode.HOLD}"')
    return Rule(
        mode,
        forbid if "forbid" in table else FORBIDDEN,
        minimum,
        _named(table, "checklist", catalogue.checklists),
        _named(table, "area", get_args(Area)),
        _named(table, "severity", SEVERITY_ORDER),
    )


def _named(table: Table, key: str, known: Collection[str]) -> str:
    word = table.text(key)
    return word if word and _is_known(table, key, word, known) else ""


def _is_known(table: Table, key: str, word: str, known: Collection[str]) -> bool:
    if word in known:
        return True
    table.report(key, f"{word!r} is not one of {', '.join(known)}{nearest(word, known)}")
    return False
