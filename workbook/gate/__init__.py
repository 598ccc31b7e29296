"""The gate: whether a change, or the state as it stands, is good enough for what the team asks of it."""
