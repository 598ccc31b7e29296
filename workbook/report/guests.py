"""Formats of plug-ins: each is given the report as the plain data that `--format json` prints, and returns a text."""

from __future__ import annotations

from checks.plugins.calling import CallFailedError, call
from checks.plugins.installed import Entry
from workbook.errors import Refused
from workbook.exports.report_json import json_of
from workbook.report.gather import gather
from workbook.session import Session


def exported(session: Session, entry: Entry, ref: str = "") -> str:
    """What a plug-in makes of the readiness now, or at a tag or commit: text of others, and untrusted.

    Raises:
        Refused: `ref` leads nowhere, or the plug-in failed; it is named.
    """
    try:
        said = call(entry, "export", workbook=json_of(gather(session, ref)))
    except CallFailedError as error:
        raise Refused(str(error), "tell its authors, or uninstall it") from None
    text = said.get("text")
    if not isinstance(text, str):
        raise Refused(f"plug-in {entry.plugin.title}: it returned no text", "tell its authors, or uninstall it")
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
