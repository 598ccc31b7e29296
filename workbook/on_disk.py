"""The two state files of a folder as one set of tables. Which file a table belongs to is decided here, nowhere else.

Accepted risk lives in a file of its own, so that CODEOWNERS can guard it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbook.answers import STATE_FILE, WAIVER_FILE
from workbook.store.model import Document
from workbook.store.reading import read

WAIVERS = "waivers"
"""The one table of the waiver file. A table of that name in the state file is nobody's accepted risk."""


class OnDisk:
    """The state files as they are, for whoever only reads them; `workbook.ledger` also writes."""

    def __init__(self, root: Path) -> None:
        self._documents = {name: read(root / name) for name in (STATE_FILE, WAIVER_FILE)}

    @property
    def has_state(self) -> bool:
        """Whether there is a workbook."""
        return bool(self._documents[STATE_FILE].digest)

    @property
    def read_only(self) -> str:
        """Why nothing can be saved, with the line and the way out; "" when saving is possible."""
        return trouble_of(STATE_FILE, self._documents[STATE_FILE])

    @property
    def waivers_read_only(self) -> str:
        """Why accepted risk cannot be read or changed; "" when it can."""
        return trouble_of(WAIVER_FILE, self._documents[WAIVER_FILE])

    @property
    def tables(self) -> Mapping[str, Any]:
        """Both files together."""
        return together(self._documents[STATE_FILE].tables, self._documents[WAIVER_FILE].tables)


def together(state: Mapping[str, Any], waivers: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of both files as one set."""
    own = {name: table for name, table in state.items() if name != WAIVERS}
    return own | ({WAIVERS: waivers[WAIVERS]} if waivers.get(WAIVERS) is not None else {})


def trouble_of(name: str, document: Document) -> str:
    """Why a file cannot be used or changed, in one line; "" when it can."""
    trouble = document.trouble
    if trouble is None:
        return ""
    line = f":{trouble.line}" if trouble.line else ""
    return f"{name}{line}: {trouble.what}; {trouble.remedy}"
