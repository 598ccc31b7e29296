"""The JSON report of Lighthouse (`lighthouse --output=json`)."""

from __future__ import annotations

from checks.reports.document import Document, Json
from checks.reports.fields import Fields, holds
from checks.reports.format import Format
from checks.reports.record import Imported, NotUsable, day, short

TITLE = "Lighthouse JSON"
KNOWN = ("performance", "accessibility", "best-practices", "seo")


def recognizes(document: Document) -> bool:
    """Whether it looks like this format."""
    return isinstance(document, Json) and holds(document.value, "lighthouseVersion", "categories")


def read(document: Document) -> Imported:
    """The scores of the categories, of 100. The page's address and what it shows are not read."""
    top = Fields(document.value if isinstance(document, Json) else None, TITLE)
    if "code" in (error := top.maybe_object("runtimeError")) and error.text("code") != "NO_ERROR":
        raise NotUsable(TITLE, "runtimeError: the page did not load", "mend the run and make it again")
    categories = top.object("categories")
    scores: dict[str, int] = {}
    for name in KNOWN:
        score = categories.maybe_object(name).maybe_number("score")
        if score is None:
            continue
        if not 0 <= score <= 1:
            raise categories.wrong(f"{name}.score", "between 0 and 1")
        scores[name] = round(100 * score)
    if not scores:
        raise NotUsable(TITLE, "categories holds no score", "see whether Lighthouse could audit the page")
    return Imported(
        "lighthouse",
        TITLE,
        "Lighthouse",
        ("page", *(("accessibility",) if "accessibility" in scores else ())),
        ", ".join(f"{name} {score}" for name, score in scores.items()) + " of 100",
        version=short(top.text("lighthouseVersion")),
        at=day(top.maybe_text("fetchTime")),
        notes=("it finds only what a machine can: a person still has to look",) if "accessibility" in scores else (),
    )


FORMAT = Format("lighthouse", TITLE, recognizes, read)
