"""What people type in one line, for every face: a day, a number with its unit, a decider, a condition, a command."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from datetime import date
from typing import Final

from workbook.catalogue import Catalogue
from workbook.decisions import Condition, Decider
from workbook.errors import Refused
from workbook.metrics import ALERT, metrics
from workbook.operations.given import known

_LIKE_AN_ID: Final = re.compile(r"[A-Za-z0-9-]+")
"""A condition of one word is meant as a control; a promise in words of its own has blanks."""

PARTS: Final = 3
"""Of a condition: its words or its control, its owner, its day."""


def day(text: str) -> date:
    """A day.

    Raises:
        Refused: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text!r} is not a day", "write it as in 2026-12-10") from None


def parted(text: str, unit: str | None) -> tuple[float, str]:
    """A number and its unit; `unit` is taken where the text carries none, and wins where it does.

    Raises:
        Refused: it is no number, or has no unit.
    """
    digits = text.rstrip("%").rstrip().rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZµ/").rstrip()
    try:
        value = float(digits.replace("_", ""))
    except ValueError:
        raise Refused(f"{text!r} is not a number", "write a figure with its unit, as in 83.4% or 420ms") from None
    given = unit or text[len(digits) :].strip()
    if not given:
        raise Refused(f"{text} of what?", "write the unit behind it, as in 83.4% or 420ms, or give --unit")
    return value, given


def decider(text: str) -> Decider:
    """Who decides, and in which role: "Ana Example <ana@example.com>: engineering"."""
    name, colon, role = text.rpartition(":")
    return Decider(name.strip(), role.strip()) if colon else Decider(text.strip(), "")


def condition(catalogue: Catalogue, text: str) -> Condition:
    """A condition of a decision: "what | who | day", where a control's id as "what" is told by its answer.

    Raises:
        Refused: it has not these three parts, the day is none, or there is no such control.
    """
    parts = [part.strip() for part in text.split("|")]
    if len(parts) != PARTS:
        raise Refused(f"{text!r} is not a condition", 'write it as "what|Name <mail>|2026-12-10"')
    what, owner, until = parts
    if what in catalogue.items or _LIKE_AN_ID.fullmatch(what):
        control = known(catalogue, what)
        return Condition(control.title, owner, day(until), control.id)
    return Condition(what, owner, day(until))


def command(text: str) -> Sequence[str]:
    """A command line as its words. No shell reads it: no pipes, no variables.

    Raises:
        Refused: a quote is left open, or there are no words.
    """
    try:
        words = shlex.split(text)
    except ValueError:
        raise Refused("a quote is left open", "close it, or put a backslash before it") from None
    if not words:
        raise Refused("no command was given", "write it as in a terminal, as in: pytest -q")
    return words


NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?\s*(?:%|[A-Za-zµ/]+)?")
"""What is a number and nothing else, with or without a unit: "1.8 s"."""


def reading(text: str, names: Sequence[str]) -> tuple[str, float, str] | None:
    """A number that was typed as an answer: under which of a question's names, its value and unit; None for words.

    Raises:
        Refused: the question compares no number, or several.
    """
    typed = text.strip()
    if not NUMBER.fullmatch(typed):
        return None
    if len(names) != 1:
        several = f"this question compares several numbers: {', '.join(names)}"
        why = several if names else "this question compares no number"
        raise Refused(why, "name it in the list of numbers" if names else "say in words where the number comes from")
    known = metrics().get(names[0].removeprefix(ALERT))
    unit = known.unit if known and typed[-1].isdigit() else None
    return (names[0], *parted(typed.replace(",", "."), unit))
