"""The words every face uses for what probes say and what an item's state is; the ids stay in files."""

from __future__ import annotations

from collections.abc import Mapping

from checks.observation import Outcome
from workbook.answers import Status

OUTCOME_WORDS: Mapping[Outcome, str] = {
    Outcome.MET: "yes",
    Outcome.PARTIAL: "partly",
    Outcome.UNMET: "no",
    Outcome.NOT_APPLICABLE: "doesn't apply",
    Outcome.UNKNOWN: "cannot tell",
}
"""What a probe says, in the words of the answers."""

STATUS_WORDS: Mapping[Status, str] = {
    Status.READY: "ready",
    Status.NEEDS_REVIEW: "open gap",
    Status.BLOCKER: "stops launch",
    Status.NOT_APPLICABLE: "doesn't apply",
    Status.UNANSWERED: "not answered",
}
"""What an item's state is called."""
