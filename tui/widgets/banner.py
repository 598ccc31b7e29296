"""The line on top: where we are, who drives, and whether something is unsaved."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content
from textual.widgets import Static

from tui.wording import said
from workbook.session import Session

ROOM = 60
"""Columns from which the people stand beside the folder."""


class Banner(Static):
    """Folder, branch and commit, people, unsaved mark; why nothing can be saved where that is so."""

    DEFAULT_CLASSES: ClassVar[str] = "banner"

    def show(self, session: Session) -> None:
        """Paint the session's state."""
        place = session.place
        where = f" {place.branch}@{place.commit[:7]}" if place.commit else " no commit yet" if place.git_dir else ""
        count = len({edit.table for edit in session.pending})
        fresh = session.has_state and not session.document.digest
        mark = "● not saved yet" if fresh else f"● {count} unsaved" if count else "saved" if session.has_state else ""
        people = [name.partition(" <")[0] for name in (session.people.driver, *session.people.navigators) if name]
        parts: list[Content | str] = [said(session.root.name, "bold"), said(where, "$foreground 60%")]
        if mark:
            parts += ["  ", Content.assemble((mark, "bold $text-warning" if count or fresh else "$foreground 60%"))]
        if people and self.app.size.width >= ROOM:
            parts += ["  ", said(" + ".join(people), "$foreground 60%")]
        if session.read_only:
            parts += ["\n", Content.assemble(("READ ONLY ", "bold $text-error")), said(session.read_only)]
        self.update(Content.assemble(*parts))
