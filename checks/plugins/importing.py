"""Importers of plug-ins: asked only where none of ours knows a report, and believed only in what they may say."""

from __future__ import annotations

from collections.abc import Sequence

from checks.plugins.answers import LONGEST, RubbishError, imported
from checks.plugins.calling import CallFailedError, call
from checks.plugins.installed import Entry, Offers, offers
from checks.reports.formats import FORMATS
from checks.reports.record import Imported, NotUsable
from checks.secrets.shapes import redact


def importers() -> Offers:
    """The importers of plug-ins whose formats are none of ours."""
    return offers("importers", FORMATS)


def read(content: bytes, entries: Sequence[Entry]) -> Imported | None:
    """The record of a report by the first importer that recognizes it; None where none does.

    Raises:
        NotUsable: one recognized it and refuses it, or failed, and no other took it; the plug-in is named.
    """
    failed: NotUsable | None = None
    for entry in entries:
        title = f"{entry.name} (plug-in {entry.plugin.title})"
        try:
            said = call(entry, "import", content=content)
            if "imported" in said:
                return imported(said["imported"], entry.name, title)
            if "refused" in said:
                where, remedy = (redact(" ".join(str(one).split()))[:LONGEST] for one in said["refused"])
                raise NotUsable(title, where, remedy)
        except (CallFailedError, RubbishError) as error:
            reason = error.reason if isinstance(error, CallFailedError) else str(error)
            failed = failed or NotUsable(title, reason, "tell its authors, or uninstall it")
    if failed is not None:
        raise failed
    return None
