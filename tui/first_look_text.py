"""The first look as plain text, for a file or a mail."""

from __future__ import annotations

from workbook.first_look import LEVEL_WORDS, first_look
from workbook.session import Session
from workbook.text import terminal


def as_text(session: Session) -> str:
    """Everything the probes found wanting, the figures, and every file that was not read in full."""
    every = 10**6
    found = first_look(session, shown=every)
    lines = [f"First look: {terminal(found.title)}", ""]
    for line in found.lines:
        at = f":{line.place.line}" if line.place and line.place.line else ""
        place = f"  {line.place.path}{at}" if line.place else f"  ({line.looked})" if line.looked else ""
        more = f"  and {line.times - 1} more" if line.times > 1 else ""
        lines.append(terminal(f"{LEVEL_WORDS[line.level]:12}  {line.what}{place}{more}"))
    lines += ["", f"{found.look_right} look right", f"{found.cannot_answer} questions code cannot answer"]
    if session.report is not None:
        unread = (*session.report.files.partial, *session.report.files.skipped)
        lines += [terminal(f"not fully examined: {one.path} ({one.reason})") for one in unread]
    if not found.complete:
        lines.append("The look ended early: what was not looked at is unknown.")
    return "\n".join(lines) + "\n"
