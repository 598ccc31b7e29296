"""From the bytes of a file to the record of a report."""

from __future__ import annotations

from checks.reports.document import Lines, document
from checks.reports.formats import FORMATS
from checks.reports.record import Imported, NotUsable


def read(content: bytes, wanted: str = "") -> Imported:
    """The record of a report, whose format shows in its content.

    Args:
        content: the bytes of the file.
        wanted: the id of the only format to take it for; needed for a scanner's empty list, which bears no mark.

    Raises:
        NotUsable: it is no report we know, or one that cannot be used; says where and what to do.
    """
    empty = bool(wanted) and FORMATS[wanted].empty
    if empty and not content.strip():
        return FORMATS[wanted].read(document(b"[]"))
    found = document(content)
    candidates = [FORMATS[wanted]] if wanted else list(FORMATS.values())
    for one in candidates:
        if one.recognizes(found) or (empty and content.strip() == b"[]"):
            return one.read(found)
    if content.strip() == b"[]" and not wanted:
        raise NotUsable("Report", "an empty list does not say which tool wrote it", "name it: --as gitleaks")
    if wanted:
        raise NotUsable(FORMATS[wanted].title, "it does not look like one", "leave --as out to have it recognized")
    shape = "text" if isinstance(found, Lines) else "report"
    titles = ", ".join(one.title for one in FORMATS.values())
    raise NotUsable("Report", f"this {shape} is none of the formats that are read", f"one of {titles}")
