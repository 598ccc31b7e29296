"""Where a plug-in failed."""

from __future__ import annotations

from pathlib import Path


def where(error: BaseException) -> str:
    """The error's kind and the place in the code, never its text: that may quote the repository."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"
