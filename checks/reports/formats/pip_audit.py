"""The JSON report of pip-audit (`pip-audit -f json`). It tells no severities."""

from __future__ import annotations

from checks.reports.document import Document, Json
from checks.reports.fields import Fields, first_holds, holds, objects
from checks.reports.format import Format
from checks.reports.record import Figure, Imported, NotUsable, counted

TITLE = "pip-audit JSON"


def recognizes(document: Document) -> bool:
    """Whether it looks like this format, old (a list) or new."""
    if not isinstance(document, Json):
        return False
    value = document.value
    return holds(value, "dependencies", "fixes") or first_holds(value, "name", "vulns")


def read(document: Document) -> Imported:
    """The known vulnerabilities of what was audited; what was skipped is said."""
    value = document.value if isinstance(document, Json) else None
    listed = objects(value, TITLE) if isinstance(value, list) else Fields(value, TITLE).objects("dependencies")
    audited = skipped = found = 0
    for package in listed:
        package.text("name")
        if "skip_reason" in package:
            skipped += 1
            continue
        audited += 1
        found += len([one.text("id") for one in package.objects("vulns")])
    if not audited:
        raise NotUsable(TITLE, f"no package was audited, {skipped} were skipped", "see why pip-audit skipped them")
    # Nothing at all is also nothing high or critical; of something, nobody knows how bad it is.
    figures = () if found or skipped else (Figure("open_high_or_critical", 0, "count"),)
    counts = {"unknown": found} if found else {}
    return Imported(
        "pip-audit",
        TITLE,
        "pip-audit",
        ("dependencies",),
        f"{audited} packages audited, known vulnerabilities: {counted(counts) if found else 'none'}",
        figures=figures,
        counts=counts,
        notes=(
            *(("pip-audit tells no severity, so the number of high or critical ones stays open",) if found else ()),
            *((f"{skipped} packages were skipped, nothing is known of them",) if skipped else ()),
        ),
    )


FORMAT = Format("pip-audit", TITLE, recognizes, read)
