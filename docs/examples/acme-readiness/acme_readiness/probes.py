"""Is somebody on call? The rota is a file ROTA.md with lines such as `- 2026-W48: Ana Example`."""

from __future__ import annotations

import re

from checks.plugins.api import Context, Location, Observation, Outcome, probe

SIGNAL = "acme.rota"
TURN = re.compile(r"- \d{4}-W\d\d: (\S.*)")


@probe(SIGNAL)
def rota(context: Context) -> Observation:
    """Count the people that the rota names."""
    found = context.matching("/ROTA.md", "/docs/ROTA.md")
    if not found:
        return Observation(SIGNAL, Outcome.UNMET, "no rota", searched=("ROTA.md", "docs/ROTA.md"))
    text = context.text(found[0])
    if text is None:
        return Observation(SIGNAL, Outcome.UNKNOWN, f"{found[0]}: {context.why_unread(found[0])}")
    lines = [(number, TURN.match(line)) for number, line in enumerate(text.splitlines(), start=1)]
    turns = [(number, match[1]) for number, match in lines if match]
    people = {person for _, person in turns}
    if not people:
        return Observation(SIGNAL, Outcome.UNMET, "the rota names nobody", locations=(Location(found[0]),))
    outcome = Outcome.PARTIAL if len(people) == 1 else Outcome.MET
    return Observation(SIGNAL, outcome, f"on call: {len(people)}", locations=(Location(found[0], turns[0][0]),))
