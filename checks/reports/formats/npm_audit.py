"""The JSON report of npm audit (`npm audit --json`), of version 1 and 2."""

from __future__ import annotations

from checks.reports.document import Document, Json
from checks.reports.fields import Fields, holds
from checks.reports.format import Format
from checks.reports.record import Figure, Imported, NotUsable, counted, serious, severity, short

TITLE = "npm audit JSON"


def recognizes(document: Document) -> bool:
    """Whether it looks like this format, an audit that failed among it."""
    if not isinstance(document, Json):
        return False
    value = document.value
    failed = holds(value, "error") and isinstance(value, dict) and holds(value["error"], "summary")
    return holds(value, "auditReportVersion") or holds(value, "metadata", "advisories") or failed


def read(document: Document) -> Imported:
    """Vulnerable packages by severity, as npm counts them."""
    top = Fields(document.value if isinstance(document, Json) else None, TITLE)
    if "error" in top:
        raise NotUsable(TITLE, "error: the audit itself failed", "mend what npm audit complains about and run it again")
    metadata = top.object("metadata")
    told = metadata.object("vulnerabilities")
    counts: dict[str, int] = {}
    for name in told.names():
        if name != "total":
            counts[severity(name)] = counts.get(severity(name), 0) + told.count(name)
    return Imported(
        "npm-audit",
        TITLE,
        "npm audit",
        ("dependencies",),
        f"vulnerable packages: {counted(counts)}",
        version=short(f"report {told_version}") if (told_version := _version(top)) else "",
        figures=(Figure("open_high_or_critical", serious(counts), "count"),),
        counts={name: number for name, number in counts.items() if number},
    )


def _version(top: Fields) -> str:
    number = top.maybe_number("auditReportVersion")
    return f"{number:g}" if number is not None else ""


FORMAT = Format("npm-audit", TITLE, recognizes, read)
