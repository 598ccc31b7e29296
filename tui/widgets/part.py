"""What a form asks for, as data: in which way, with which help, and what the core says of an entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from workbook.text import terminal, terminal_lines


class Kind(StrEnum):
    """How an entry is made."""

    LINE = "line"
    LINES = "lines"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Part:
    """One entry of a form.

    Attributes:
        name: the key of its value.
        label: what people call it; also the name of its draft.
        help: what to write, in a few words.
        kind: how it is entered.
        value: what stands there at first. Untrusted text.
        choices: for a choice, what can be chosen: the value and its words. Untrusted text.
        offers: what a line completes to. Untrusted text.
        required: whether it may not be empty.
        check: raises `Refused` for what cannot be taken; the core's own check.
        only_when: the name and the value of a choice without which this is not asked for.
    """

    name: str
    label: str
    help: str = ""
    kind: Kind = Kind.LINE
    value: str = ""
    choices: Sequence[tuple[str, str]] = ()
    offers: Sequence[str] = ()
    required: bool = False
    check: Callable[[str], object] | None = None
    only_when: tuple[str, str] | None = None

    @property
    def shown(self) -> str:
        """Its first value as it stands in the field: active characters as escapes."""
        return (terminal_lines if self.kind is Kind.LINES else terminal)(self.value)
