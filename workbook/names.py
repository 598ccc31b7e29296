"""What our own files in a repository are called. Needs nothing, so that anything may ask."""

from __future__ import annotations

STATE = "readiness.toml"
WAIVERS = "readiness-waivers.toml"
CHECKLISTS = ".readiness/checklists"
"""The folder of a team's own checklists."""
