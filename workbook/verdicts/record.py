"""What every decision model says, whatever else it counts."""

from __future__ import annotations

from checks.frozen import Frozen


class Way(Frozen):
    """What the answers given so far keep from the next better verdict: satisfy all of these, and so many of those."""

    to: str
    """The verdict that follows, if whatever is unanswered turns out well."""
    all_of: tuple[str, ...] = ()
    some_of: tuple[str, ...] = ()
    some: int = 0


class Record(Frozen, kw_only=True):
    """The part that all verdicts share. Items stand as ids, in the order of their checklist's numbers."""

    verdict: str
    """The outcome; `incomplete` while anything it needs is missing."""
    formula: str
    """How it is computed, in one line."""
    of: int
    """The published denominator; it never rescales."""
    lowest: int
    highest: int
    """Between which figures it ends, whatever is answered next."""
    can_end: tuple[str, ...]
    """The verdicts it can still end as, worst first."""
    decided_by: tuple[str, ...]
    """The items that make it this verdict: those missing, stopping or falling short. None where nothing does."""
    next_better: Way | None
    """What would make it better than the given answers allow; None where they allow the best."""
    hold: bool
    """Something stops the launch already, complete or not."""
    not_applicable: int
    needs_review: int
    blockers: int
    unanswered: int
    certain: tuple[str, ...]
    """What no further answer can change, as long as the given ones stand."""
    notes: tuple[str, ...]
