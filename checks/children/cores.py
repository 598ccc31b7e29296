"""How many processes of ours may work at once."""

from __future__ import annotations

import os
import threading


def count() -> int:
    """How many cores we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def turns() -> threading.Semaphore:
    """A turn for each process that may work beside us; on a single core one all the same."""
    return threading.Semaphore(max(1, count() - 1))
