"""A mistake of ours: a line for the person, and a private log without secrets for who mends it."""

from __future__ import annotations

import os
from pathlib import Path

from checks.secrets.shapes import redact


def recorded(error: BaseException, root: Path | None) -> str:
    """Keep the traceback in a private file; what to tell the person. Untrusted text."""
    import tempfile
    import traceback

    what = redact(f"{type(error).__name__}: {error}").partition("\n")[0][:200]
    try:
        from workbook.places import Place
        from workbook.store.files import make_private

        folder = Place.of(root or Path.cwd()).private
        make_private(folder)
        handle, name = tempfile.mkstemp(".log", "error-", folder)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as log:
            log.write(redact("".join(traceback.format_exception(error))))
    except Exception:  # noqa: BLE001  # telling what went wrong must not fail for want of a log
        return f"this should not have happened: {what}; no log could be written, please report it"
    return f"this should not have happened: {what}; please report it with {name}"
