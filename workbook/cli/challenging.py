"""Challenging the probes from the command line: what was planted, which probes told it, and which are blind here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.challenge.record import Challenged, Verdict, figures
from workbook.cli.looking import showing
from workbook.session import Session
from workbook.text import terminal

if TYPE_CHECKING:
    from checks.challenge.isolated import Run

_WORDS = {
    Verdict.TURNED: "told",
    Verdict.BLIND: "BLIND HERE",
    Verdict.UNANSWERED: "no answer",
    Verdict.NOT_PLANTED: "not planted",
}


def challenge(session: Session) -> Run:
    """Challenge the probes of the last look, with progress where a person watches standard error."""
    if not sys.stderr.isatty():
        return session.challenge()
    with showing() as show:
        return session.challenge(on_progress=show)


def challenge_lines(run: Run) -> Iterator[str]:
    """What the challenge told, as lines for a terminal: the blind ones first."""
    counted = figures(run.results)
    yield ""
    yield "Challenge: known gaps planted into a scratch copy; nothing of the repository was changed or executed."
    order = list(_WORDS)
    for one in sorted(run.results, key=lambda one: order.index(one.verdict) if one.verdict in _WORDS else -1):
        if one.verdict in _WORDS:
            yield _line(one)
    yield ""
    share = f", {100 * counted.turned / counted.challenged:.0f} %" if counted.challenged else ""
    told = f"{counted.turned} of {counted.challenged} challenged probes told every gap{share}"
    yield f"{told}; {counted.blind} are blind here."
    if counted.not_planted or counted.nothing:
        yield (
            f"{counted.not_planted} could not be challenged; for {counted.nothing} there was nothing to challenge: "
            "unmet, unknown or not applicable as they are."
        )
    if counted.blind:
        yield "What is blind here has low confidence now: look at those places yourself."


def _line(one: Challenged) -> str:
    return f"{_WORDS[one.verdict]:<12} {one.signal:<28} {terminal(one.why)}"
