"""What fields complete to: the people that the workbook knows."""

from __future__ import annotations

from workbook.session import Session


def people_known(session: Session) -> tuple[str, ...]:
    """Everybody who drives, navigates, answered, cares for a gap, or took part in a waiver or decision; each once.

    Untrusted text.
    """
    state, here = session.state, session.people
    found = [here.driver, *here.navigators]
    for answer in state.answers.values():
        found += [*answer.by, answer.owner]
    for waiver in state.waivers.values():
        found += [waiver.owner, waiver.approved_by]
    for decision in state.decisions.values():
        found += [one.name for one in decision.by]
    return tuple(dict.fromkeys(name for name in found if name))
