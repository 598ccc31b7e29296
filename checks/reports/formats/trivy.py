"""The JSON report of Trivy (`trivy image|fs|repo -f json`, schema version 2)."""

from __future__ import annotations

from collections import Counter

from checks.reports.document import Document, Json
from checks.reports.fields import Fields, holds
from checks.reports.format import Format
from checks.reports.record import Figure, Imported, NotUsable, counted, day, serious, severity, short

TITLE = "Trivy JSON"
SCHEMA = 2


def recognizes(document: Document) -> bool:
    """Whether it looks like this format."""
    return isinstance(document, Json) and holds(document.value, "SchemaVersion", "ArtifactName")


def read(document: Document) -> Imported:
    """Vulnerabilities and misconfigurations by severity; of secrets only how many. What they say is not read."""
    top = Fields(document.value if isinstance(document, Json) else None, TITLE)
    if top.count("SchemaVersion") != SCHEMA:
        raise NotUsable(TITLE, f"SchemaVersion is not {SCHEMA}", "make the report with a current Trivy")
    weak: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    secrets = 0
    image = top.maybe_text("ArtifactType") == "container_image"
    about = ["container"] if image else []
    for result in top.maybe_objects("Results"):
        kind = result.maybe_text("Class")
        about += ["dependencies"] if kind in ("lang-pkgs", "os-pkgs") and not image else []
        about += ["secrets"] if kind == "secret" else []
        weak.update(severity(one.text("Severity")) for one in result.maybe_objects("Vulnerabilities"))
        wrong.update(
            severity(one.text("Severity"))
            for one in result.maybe_objects("Misconfigurations")
            if one.maybe_text("Status") != "PASS"
        )
        secrets += sum(1 for _ in result.maybe_objects("Secrets"))
    if not about and not weak and not wrong:
        raise NotUsable(TITLE, "Results names nothing that was scanned", "see what Trivy was told to scan")
    said = (
        f"vulnerabilities: {counted(weak)}",
        f"misconfigurations: {counted(wrong)}",
        f"secrets: {secrets or 'none'}",
    )
    figures = (
        [Figure("open_high_or_critical", serious(weak), "count")] if {"container", "dependencies"} & {*about} else []
    )
    figures += [Figure("secrets_found", secrets, "count")] if "secrets" in about else []
    return Imported(
        "trivy",
        TITLE,
        "Trivy",
        tuple(dict.fromkeys(about)),
        "; ".join(said),
        version=short(top.maybe_object("Trivy").maybe_text("Version")),
        at=day(top.maybe_text("CreatedAt")),
        figures=tuple(figures),
        counts=weak + wrong,
    )


FORMAT = Format("trivy", TITLE, recognizes, read)
