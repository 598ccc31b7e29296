"""Who is at the keyboard: a driver and, in a pairing session, navigators."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbook.errors import Refused

PERSON = re.compile(r"[^<>\x00-\x1f\x7f]+ <[^<>\s\x00-\x1f\x7f]+@[^<>\s\x00-\x1f\x7f]+>")
"""A person as git writes one: "Ana Example <ana@example.com>"."""


@dataclass(frozen=True, slots=True)
class People:
    """The named people of a session. An answer they give together is attested, not verified."""

    driver: str = ""
    navigators: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody, driver first.

        Raises:
            Refused: nobody is known, so no answer could carry a name.
        """
        if not self.driver:
            raise Refused(
                "nobody is named, and an answer needs a name",
                'set one with: git config user.name "Your Name" and git config user.email you@example.com',
            )
        return (self.driver, *(name for name in self.navigators if name != self.driver))


def person(text: str) -> str:
    """The text as a person's name.

    Raises:
        Refused: it is not of the form "Name <mail>".
    """
    stripped = text.strip()
    if not PERSON.fullmatch(stripped):
        raise Refused(f"{text!r} is not a person", "write Name <mail>, as in Ana Example <ana@example.com>")
    return stripped
