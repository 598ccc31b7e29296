"""The session so far: what was answered, attached, verified and disputed, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content

from tui.screens.detail import Detail
from tui.screens.listing import Listing
from tui.wording import said, standing
from workbook.answers import Evidence
from workbook.sitting import sitting
from workbook.text import shown_address


class Summary(Listing):
    """Lines to look at once more before the commit; Enter opens a control."""

    def heading(self) -> Content:
        """Whose session."""
        people = self.session.people
        names = [name.partition(" <")[0] for name in (people.driver, *people.navigators) if name]
        return said(f"This session: {' + '.join(names) or 'nobody named'}")

    def lead(self) -> Content:
        """Where the team stands, and what to do with it."""
        unsaved = "Not saved yet: s saves, c saves and commits." if self.session.unsaved else "Saved. c commits."
        return Content.assemble(said(self.session.headline, "bold"), "\n", unsaved)

    def rows(self) -> Sequence[tuple[str, Content]]:
        """Each kind with its controls; a control that is named twice can be opened from either line."""
        one = sitting(self.session)
        if one.empty:
            return [("", Content("Nothing was entered yet."))]
        rows = [
            *self._group("answered", one.answered),
            *self._evidence([(name, piece) for name, pieces in one.evidence.items() for piece in pieces]),
            *self._group("verified", one.verified),
            *self._group("disputed by a probe", one.disputed),
            *self._group("with a note, an owner or a day", one.cared),
        ]
        for kind, names in one.other.items():
            rows.append(("", said(f"{kind.capitalize()}: {len(names)}")))
            rows += [(f"{kind}||{name}", said(f"    {name}")) for name in names]
        return rows

    def open(self, name: str) -> None:
        """Open the control."""
        control = name.split("|")[1]
        if control:
            self.app.push_screen(Detail(control))

    def _group(self, word: str, names: Sequence[str]) -> Iterable[tuple[str, Content]]:
        if names:
            yield "", said(f"{len(names)} {word}")
        for name in names:
            judged = self.session.assessment.standings[name]
            title = self.session.catalogue.controls[name].title
            yield f"{word}|{name}|", Content.assemble("    ", standing(judged.standing), "  ", said(title))

    def _evidence(self, pieces: Sequence[tuple[str, Evidence]]) -> Iterable[tuple[str, Content]]:
        if pieces:
            yield "", said(f"{len(pieces)} piece{'s' if len(pieces) != 1 else ''} of evidence")
        for number, (name, piece) in enumerate(pieces):
            title = said(self.session.catalogue.controls[name].title)
            what = said(f"  {piece.kind} {shown_address(piece.label)}", "$text-secondary")
            yield f"evidence{number}|{name}|", Content.assemble("    ", title, what)
