"""The JSON lines of trufflehog 3 (`trufflehog git|filesystem --json`). Raw and redacted values are never read."""

from __future__ import annotations

from checks.reports.document import Document, Json, JsonLines
from checks.reports.fields import Fields, holds, objects
from checks.reports.format import Format
from checks.reports.formats.leaks import leaked
from checks.reports.record import Imported, Place, short

TITLE = "trufflehog JSON"


def recognizes(document: Document) -> bool:
    """Whether it looks like this format. One without a secret is empty and bears no mark."""
    return any(holds(one, "DetectorName", "SourceMetadata") for one in _values(document)[:50])


def read(document: Document) -> Imported:
    """Where the secrets are, by detector. Lines of its log may stand between them."""
    found, verified = [], 0
    values = [one for one in _values(document) if not holds(one, "level", "msg")]
    for one in objects(values, TITLE):
        verified += one.flag("Verified")
        found.append(_place(one))
    return leaked("trufflehog", TITLE, found, verified)


def _place(one: Fields) -> Place:
    source = next((data for _, data in one.object("SourceMetadata").maybe_object("Data").entries()), None)
    line = source.maybe_number("line") if source else None
    path = source.maybe_text("file") if source else ""
    return Place(short(one.text("DetectorName")), short(path), int(line) if line is not None else None)


def _values(document: Document) -> list[object]:
    if isinstance(document, JsonLines):
        return list(document.values)
    if isinstance(document, Json):
        return document.value if isinstance(document.value, list) else [document.value]
    return []


FORMAT = Format("trufflehog", TITLE, recognizes, read, empty=True)
