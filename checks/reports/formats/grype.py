"""The JSON report of Grype (`grype -o json`)."""

from __future__ import annotations

from collections import Counter

from checks.reports.document import Document, Json
from checks.reports.fields import Fields, holds
from checks.reports.format import Format
from checks.reports.record import Figure, Imported, counted, day, serious, severity, short

TITLE = "Grype JSON"


def recognizes(document: Document) -> bool:
    """Whether it looks like this format."""
    return isinstance(document, Json) and holds(document.value, "matches", "descriptor")


def read(document: Document) -> Imported:
    """Matches by severity; what the team told Grype to ignore is counted apart."""
    top = Fields(document.value if isinstance(document, Json) else None, TITLE)
    descriptor = top.object("descriptor")
    descriptor.text("name")
    found = Counter(severity(one.object("vulnerability").text("severity")) for one in top.objects("matches"))
    ignored = sum(1 for _ in top.maybe_objects("ignoredMatches"))
    return Imported(
        "grype",
        TITLE,
        "Grype",
        ("container",) if top.maybe_object("source").maybe_text("type") == "image" else ("dependencies",),
        f"vulnerabilities: {counted(found)}",
        version=short(descriptor.maybe_text("version")),
        at=day(descriptor.maybe_text("timestamp")),
        figures=(Figure("open_high_or_critical", serious(found), "count"),),
        counts=found,
        notes=(f"{ignored} ignored by the tool's own configuration are not counted",) if ignored else (),
    )


FORMAT = Format("grype", TITLE, recognizes, read)
