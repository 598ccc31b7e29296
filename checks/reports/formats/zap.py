"""The traditional JSON report of ZAP (`traditional-json` and its variant with requests and responses)."""

from __future__ import annotations

from collections import Counter

from checks.reports.document import Document, Json
from checks.reports.fields import REMEDY, Fields, holds
from checks.reports.format import Format
from checks.reports.record import Imported, NotUsable, counted, day, short

TITLE = "ZAP JSON"
RISKS = {"0": "info", "1": "low", "2": "medium", "3": "high"}
FALSE_POSITIVE = "0"


def recognizes(document: Document) -> bool:
    """Whether it looks like this format."""
    return isinstance(document, Json) and holds(document.value, "site", "@version")


def read(document: Document) -> Imported:
    """Kinds of alerts by risk; the addresses, requests and responses are not read."""
    top = Fields(document.value if isinstance(document, Json) else None, TITLE)
    sites = tuple(top.objects("site"))
    if not sites:
        raise NotUsable(TITLE, "site is empty, so nothing was scanned", "see whether ZAP reached the target")
    found: Counter[str] = Counter()
    for site in sites:
        for alert in site.objects("alerts"):
            if alert.text("riskcode") not in RISKS:
                raise NotUsable(TITLE, "riskcode is not 0 to 3", REMEDY)
            if alert.maybe_text("confidence") != FALSE_POSITIVE:
                found[RISKS[alert.text("riskcode")]] += 1
    return Imported(
        "zap", TITLE, "ZAP", ("dast",), f"kinds of alerts: {counted(found)}",
        version=short(top.text("@version")), at=day(top.maybe_text("created")), counts=found,
    )  # fmt: skip


FORMAT = Format("zap", TITLE, recognizes, read)
