"""Whether a person sits at the notebook."""

from __future__ import annotations

import os

HEADLESS = "READINESS_HEADLESS"
"""Set to 1 where no person sits at the notebook: forms become tables, probes run to their end, nothing is written."""


def headless() -> bool:
    """Whether nobody sits at the notebook."""
    return os.environ.get(HEADLESS) == "1"
