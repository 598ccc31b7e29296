"""Calling an importer or an export of a plug-in in a process of its own, bounded in time, memory and output."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from checks.children import process
from checks.plugins.installed import Entry

SECONDS: Final = 30.0
"""What one call may take by the clock."""

_MEMORY_BYTES: Final = 1024 * process.MIB
_OUTPUT_BYTES: Final = 64 * process.MIB
_START: Final = "import sys; sys.path.append(sys.argv[1]); from checks.plugins.called import main; main()"


class CallFailedError(Exception):
    """A plug-in did not do what it is there for; the text names it and says why."""

    def __init__(self, entry: Entry, reason: str) -> None:
        super().__init__(f"plug-in {entry.plugin.title}: {reason}")
        self.reason = reason


def _needs(entry: Entry) -> tuple[str, ...]:
    """The functions that the module of an entry must have."""
    match entry.group:
        case "importers":
            return ("recognizes", "read")
        case "exports":
            return (entry.attribute or "export",)
    return ()


def call(entry: Entry, what: str, *, content: bytes = b"", workbook: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What `checks.plugins.called` says of one call.

    Args:
        entry: whom to call.
        what: "load", "import" or "export".
        content: the bytes of a report.
        workbook: the readiness as plain data.

    Raises:
        CallFailedError: it could not be loaded, raised, hung, left, or said what cannot be read.
    """
    order = {
        "site": entry.plugin.site,
        "module": entry.module,
        "needs": _needs(entry),
        "what": what,
        "content": base64.b64encode(content).decode(),
        "workbook": workbook,
    }
    try:
        done = process.run(
            [sys.executable, "-I", "-X", "utf8", "-c", _START, str(Path(__file__).parents[2])],
            cwd=Path("/"),
            timeout_s=SECONDS,
            stdin=json.dumps(order).encode(),
            output_cap_bytes=_OUTPUT_BYTES,
            memory_bytes=_MEMORY_BYTES,
        )
    except OSError as error:
        raise CallFailedError(entry, f"its process cannot be started ({error.strerror})") from None
    if done.timed_out:
        raise CallFailedError(entry, f"no answer in {SECONDS:g} seconds")
    if done.truncated:
        raise CallFailedError(entry, f"it said more than {_OUTPUT_BYTES // process.MIB} MiB")
    try:
        said = json.loads(done.stdout)
    except ValueError:
        raise CallFailedError(entry, f"it ended its own process (code {done.returncode}) without an answer") from None
    if not isinstance(said, dict) or said.keys() & {"failed"}:
        raise CallFailedError(entry, str(said["failed"])[:300] if isinstance(said, dict) else "it said no answer")
    return said
