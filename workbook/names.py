"""What our own files in a repository are called. Needs nothing, so that anything may ask."""

from __future__ import annotations

from typing import Final

STATE: Final = "readiness.toml"
WAIVERS: Final = "readiness-waivers.toml"
CHECKLISTS: Final = ".readiness/checklists"
"""The folder of a team's own checklists."""
