"""From the bytes of a file to the record of a report."""

from __future__ import annotations

from typing import NoReturn

from checks.reports.document import Lines, document
from checks.reports.formats import FORMATS
from checks.reports.record import Imported, NotUsable


def formats() -> tuple[str, ...]:
    """The ids of all formats: ours, then those of plug-ins."""
    from checks.plugins.importing import importers

    return (*FORMATS, *(one.name for one in importers().entries))


def read(content: bytes, wanted: str = "") -> Imported:
    """The record of a report, whose format shows in its content. Importers of plug-ins are asked last.

    Args:
        content: the bytes of the file.
        wanted: the id of the only format to take it for; needed for a scanner's empty list, which bears no mark.

    Raises:
        NotUsable: it is no report we know, or one that cannot be used; says where and what to do.
    """
    if wanted and wanted not in FORMATS:
        return _by_plugin(content, wanted) or _unlike(wanted)
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
        _unlike(FORMATS[wanted].title)
    if (read_by_plugin := _by_plugin(content)) is not None:
        return read_by_plugin
    shape = "text" if isinstance(found, Lines) else "report"
    titles = ", ".join((*(one.title for one in FORMATS.values()), *formats()[len(FORMATS) :]))
    raise NotUsable("Report", f"this {shape} is none of the formats that are read", f"one of {titles}")


def _unlike(title: str) -> NoReturn:
    raise NotUsable(title, "it does not look like one", "leave --as out to have it recognized")


def _by_plugin(content: bytes, wanted: str = "") -> Imported | None:
    from checks.plugins.importing import importers
    from checks.plugins.importing import read as asked

    return asked(content, [one for one in importers().entries if wanted in {"", one.name}])
