"""The report of Acme's own license scanner: `{"acme_licenses": 1, "packages": [{"name": …, "allowed": true}]}`."""

from __future__ import annotations

from checks.plugins.api import Context, Imported, Json, NotUsable

TITLE = "Acme licenses"


def recognizes(context: Context) -> bool:
    """Whether it looks like a report of that scanner."""
    document = context.document
    return isinstance(document, Json) and isinstance(document.value, dict) and "acme_licenses" in document.value


def read(context: Context) -> Imported:
    """How many packages have a license that is not allowed."""
    report = context.document
    packages = report.value.get("packages") if isinstance(report, Json) and isinstance(report.value, dict) else None
    if not isinstance(packages, list) or not all(isinstance(one, dict) for one in packages):
        raise NotUsable(TITLE, "packages is not a list of objects", "make the report again with the scanner")
    refused = sum(one.get("allowed") is not True for one in packages)
    return Imported(
        "acme-licenses",
        TITLE,
        "Acme license scanner",
        ("dependencies",),
        f"{len(packages)} packages, {refused} with a license that is not allowed",
        counts={"high": refused} if refused else {},
    )
