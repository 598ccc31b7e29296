"""Hands what is being typed to the session, so that a dying terminal leaves it behind as a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from textual.content import Content
from textual.timer import Timer

from tui.wording import said
from workbook.errors import Refused
from workbook.ledger.half_typed import Field, HalfTyped
from workbook.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSE = 0.2
"""Seconds after a key until what stands in the field is on disk; slow disks must not hold up typing."""

LONGEST = 60
"""Characters of a text in a list of several."""


class Typing:
    """The fields of this app that are being typed in."""

    def __init__(self, app: App[int], typed: HalfTyped, complain: Callable[[str], None]) -> None:
        self._app, self._typed, self._complain = app, typed, complain
        self._waiting: dict[Field, str] = {}
        self._timer: Timer | None = None

    def __call__(self, field: Field, text: str) -> None:
        """Take note of what stands in a field now."""
        self._waiting[field] = text
        if self._timer is None:
            self._timer = self._app.set_timer(PAUSE, self.flush)

    def flush(self) -> None:
        """Bring everything to disk now."""
        self._timer = None
        waiting, self._waiting = self._waiting, {}
        try:
            for field, text in waiting.items():
                self._typed.keep(field, text)
        except Refused as refused:
            self._complain(str(refused))

    def given(self, *fields: Field) -> None:
        """What stood in these fields was taken, or thrown away on purpose."""
        self._waiting.update(dict.fromkeys(fields, ""))
        self.flush()


def label(session: Session, field: Field, text: str) -> Content:
    """One half-typed text in a list: "note, Rate limits: gateway limits 60 …"."""
    known = session.catalogue.controls
    about = f", {known[field.about].title}" if field.about in known else ""
    cut = f"{text[:LONGEST]} …" if len(text) > LONGEST else text
    return said(f"{field.kind}{about}: {cut}")
