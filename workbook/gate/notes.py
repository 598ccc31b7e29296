"""What a gate says beside its reasons: what is compared, which rules moved, whose names stand where."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.change.compared import Change
from workbook.gate.ground import Ground
from workbook.gate_policy import Mode


def notes(ground: Ground) -> Iterator[str]:
    """Sentences that change nothing. Untrusted text."""
    if ground.change is None:
        if ground.policy.default.mode is Mode.RATCHET:
            yield "Nothing is compared: name what this change started from with --base."
        return
    base, now = ground.change.base, ground.session.state
    if base.state is None:
        why = base.trouble or "there was no workbook at the merge base"
        yield f"{why}: nothing was agreed there, so nothing is held; all is told."
        return
    if now.gate != base.state.gate or now.policy != base.state.policy or now.readings != base.state.readings:
        yield "This change moves the policy. It is judged by the one of the merge base."
    if now.waivers != base.state.waivers:
        yield "This change moves accepted risk. It counts once merged, approved by who owns that file."
    if now.checklists != base.state.checklists:
        yield "This change moves the chosen checklists. It is judged by those of the merge base."
    if any(path.startswith(".readiness/checklists/") for path in base.changed):
        yield "This change edits a checklist of your own; it is judged by the edited one."
    yield from _strangers(ground.change)


def _strangers(change: Change) -> Iterator[str]:
    """Who is named in an answer and did not commit. Names are recorded claims; this says so, no more."""
    if change.base.people is None:
        yield "Who committed this change cannot be read, so names in answers are not compared."
    for one in change.given:
        if one.strangers:
            names = ", ".join(one.strangers)
            yield f"{one.control}: {names} is named in the answer and is no author of this change."
