"""The JSON report of gitleaks (`gitleaks git|dir -f json`). Secret, match, author and message are never read."""

from __future__ import annotations

from checks.reports.document import Document, Json
from checks.reports.fields import first_holds, objects
from checks.reports.format import Format
from checks.reports.formats.leaks import leaked
from checks.reports.record import Imported, Place, short

TITLE = "gitleaks JSON"


def recognizes(document: Document) -> bool:
    """Whether it looks like this format. One without a leak is an empty list and bears no mark."""
    return isinstance(document, Json) and first_holds(document.value, "RuleID", "File", "StartLine")


def read(document: Document) -> Imported:
    """Where the leaks are, by rule."""
    found = [
        Place(short(one.text("RuleID")), short(one.text("File")), one.count("StartLine"))
        for one in objects(document.value if isinstance(document, Json) else None, TITLE)
    ]
    return leaked("gitleaks", TITLE, found)


FORMAT = Format("gitleaks", TITLE, recognizes, read, empty=True)
