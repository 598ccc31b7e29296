"""Cobertura XML (coverage-04.dtd), as coverage.py, gcovr, Istanbul, Coverlet and others write it."""

from __future__ import annotations

from checks.reports.document import Document, Xml
from checks.reports.fields import REMEDY
from checks.reports.format import Format
from checks.reports.formats.coverage import covered
from checks.reports.record import Imported, NotUsable, day_of, short

TITLE = "Cobertura coverage"
MILLISECONDS_FROM = 10_000_000_000
"""Timestamps from here on are milliseconds: as seconds they would lie beyond the year 2286."""


def recognizes(document: Document) -> bool:
    """Whether it looks like this format; Clover's coverage has no line rate."""
    return isinstance(document, Xml) and document.root == "coverage" and "line-rate" in document.elements[0].attributes


def read(document: Document) -> Imported:
    """The covered lines of the whole; counted from the lines themselves where the root does not tell them."""
    elements = document.elements if isinstance(document, Xml) else ()
    root = elements[0].attributes
    if "lines-valid" in root and "lines-covered" in root:
        valid, hit = _count(root, "lines-valid"), _count(root, "lines-covered")
    else:
        lines = [one.attributes for one in elements if one.name == "line"]
        valid, hit = len(lines), sum(_count(line, "hits") > 0 for line in lines)
    stamp = _count(root, "timestamp") if root.get("timestamp") else None
    seconds = stamp and (stamp / 1000 if stamp >= MILLISECONDS_FROM else stamp)
    return covered(
        "cobertura", TITLE, "Cobertura", hit, valid, version=short(root.get("version", "")),
        at=day_of(seconds) if seconds else None,
    )  # fmt: skip


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < len("9" * 16)):
        raise NotUsable(TITLE, f"{name} is not a whole number", REMEDY)
    return int(text)


FORMAT = Format("cobertura", TITLE, recognizes, read)
