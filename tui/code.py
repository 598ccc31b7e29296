"""The lines of a file around a place, read safely and without secret values."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from textual.content import Content
from textual.highlight import highlight

from checks.observation import Finding, Location, ProbeReport
from checks.secrets.shapes import redact
from tui.wording import said_lines
from workbook.text import file_target, terminal

MAX_BYTES = 1024 * 1024
"""Larger files are not shown."""

MAX_COLUMNS = 240
"""Longer lines are cut."""

CREDENTIAL_SIGNALS = "secrets."
"""Findings of these signals are secrets: no line around them is shown, it may hold a part of one too."""


def excerpt(root: Path, location: Location, report: ProbeReport | None, around: int = 3) -> Content:
    """The code around a place with line numbers, the place marked by ">" and highlighted.

    At a secret only the redacted snippet is shown, elsewhere in its file only the place itself without the lines
    around it. Unreadable files give a line that says so.
    """
    secrets = credentials(report, location.path)
    if any(one.location.line == location.line for one in secrets) or Path(location.path).name.startswith(".env"):
        return _snippets(report.findings if report else (), location)
    lines = _lines(root, location.path)
    if isinstance(lines, str):
        return Content(lines)
    if secrets:
        around = 0
    if not location.line:
        return _numbered(lines[: 2 * around + 1], 1, 0, 0, location.path)
    first = max(1, location.line - around)
    last = max(location.line, location.end_line)
    shown = lines[first - 1 : min(last, location.line + max(2, 4 * around)) + around]
    return _numbered(shown, first, location.line, last, location.path)


def credentials(report: ProbeReport | None, path: str) -> tuple[Finding, ...]:
    """The findings of secrets in one file."""
    found = report.findings if report else ()
    return tuple(one for one in found if one.location.path == path and one.signal.startswith(CREDENTIAL_SIGNALS))


def _numbered(lines: list[str], first: int, start: int, end: int, path: str) -> Content:
    safe = [terminal(line.expandtabs(4))[:MAX_COLUMNS] for line in lines]
    colored = highlight("\n".join(safe), path=terminal(path)).split("\n", allow_blank=True)
    width = len(str(first + len(lines)))
    parts: list[Content] = []
    for number, line in enumerate(colored, first):
        marked = start <= number <= end
        gutter = f"{'>' if marked else ' '} {number:>{width}}  "
        row = Content.assemble((gutter, "bold $text-error" if marked else "$foreground 60%"), line)
        parts.append(row.stylize("on $error-muted") if marked else row)
    return Content("\n").join(parts)


def _snippets(findings: tuple[Finding, ...], location: Location) -> Content:
    shown = [one.snippet for one in findings if one.location == location and one.snippet]
    if not shown:
        return Content("This file holds what may be a secret, so its lines are not shown here.")
    rows = [Content("This file holds what may be a secret: only this place is shown, with the value taken out.")]
    rows += [Content.assemble((f"> {location.line or 1}  ", "bold $text-error"), said_lines(one)) for one in shown]
    return Content("\n").join(rows)


def _lines(root: Path, path: str) -> list[str] | str:
    """The lines of a regular file below the root, or why they cannot be shown."""
    full = file_target(path, root)
    if full is None:
        return "No file of this repository: not read."
    try:
        handle = os.open(full, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return "The file cannot be read now."
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode) or about.st_size > MAX_BYTES:
            return "Not a text file of ordinary size: not shown."
        text = file.read().decode("utf-8", "replace")
    return redact(text).replace("\r\n", "\n").split("\n")
