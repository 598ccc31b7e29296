"""A gate's worst reasons as annotations of a pull request on GitHub, and on hosts that read its commands."""

from __future__ import annotations

import re
from typing import Final, Literal

from workbook.answers import STATE_FILE
from workbook.gate.ruling import Level, Reason, Ruling
from workbook.session import Session
from workbook.text import github_command

SHOWN: Final = 10
"""Annotations of one level that a host shows of one step."""


def commands(session: Session, ruling: Ruling, prefix: str) -> list[str]:
    """The commands, worst first, at most ten. Print them as they are: the terminal's encoder would undo them.

    Args:
        session: the workbook.
        ruling: what the gate said.
        prefix: where the workbook lies below the top of the repository: "" or a path that ends in "/".
    """
    lines = _lines(session)
    return [_annotation(one, lines, prefix) for one in ruling.reasons[:SHOWN]]


def _annotation(one: Reason, lines: dict[str, int], prefix: str) -> str:
    path, line = (one.place.path, one.place.line) if one.place else (STATE_FILE, lines.get(one.about, 1))
    level: Literal["error", "warning"] = "error" if one.level is Level.FAILURE else "warning"
    return github_command(level, f"{one.about}: {one.what}. {one.mend}", file=f"{prefix}{path}", line=line)


def _lines(session: Session) -> dict[str, int]:
    """The line of each table of the state file, by the last part of its name."""
    text = session.document.raw.decode("utf-8", "replace")
    return {
        match[1].strip('"'): text.count("\n", 0, match.start()) + 1
        for match in re.finditer(r'^\[[a-z]+\.("[^"\n]*"|[A-Za-z0-9_-]+)\]', text, re.MULTILINE)
    }
