"""Notices that pop up and go: one whose time is over before it is drawn goes at once.

Textual asks a notice first whether it has expired, and then how long its toast may stay. Where the notice expires
between the two, it hands the negative rest to a timer, and a timer of less than nothing never waits: it spins for
ever, and no key is heard any more.
"""

from __future__ import annotations

from textual.notifications import Notification

SHORTEST = 0.05
"""Seconds that a toast stays at least; above what a busy machine needs to begin to wait."""


class Notice(Notification):
    """Textual's own, with time left until it has gone from the screen."""

    @property
    def time_left(self) -> float:
        """Seconds that a toast of it may stay, never none."""
        return max(super().time_left, SHORTEST)

    @property
    def has_expired(self) -> bool:
        """Whether it need not be drawn any more."""
        return super().time_left <= 0
