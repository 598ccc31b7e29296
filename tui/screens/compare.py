"""All checklists side by side: what each says, where they disagree and why, and how each pillar stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from tui.screens.page import Page, Row
from tui.wording import STATUS_SIGNS, said, status
from workbook import outlook
from workbook.catalogue import Checklist
from workbook.crosswalk import disagreements


class Compare(Page):
    """The deciding checklist first, then the advisory ones, then those that were not chosen."""

    def page(self) -> tuple[Content, Content, Sequence[Row]]:
        """Verdicts, disagreements, pillars."""
        about = "One decides, the others advise. Those not chosen show what the same answers make of them."
        rows = [*self._verdicts(), *self._disagreements(), *self._pillars()]
        return Content("Checklists side by side"), Content(about), rows

    def _all(self) -> list[Checklist]:
        known, chosen = self.session.catalogue.checklists, self.session.state.checklists
        return [known[slug] for slug in (*chosen, *(slug for slug in known if slug not in chosen))]

    def _verdicts(self) -> Iterator[Row]:
        chosen = self.session.state.checklists
        for one in self._all():
            role = "decides" if one.slug == chosen[0] else "advises" if one.slug in chosen else "not chosen"
            verdict = outlook.decide(one, self.session.state, self.session.assessment)
            told = outlook.sentence(verdict) if verdict else "no decision model in this version"
            style = "bold $text-accent" if role == "decides" else "$foreground 60%"
            yield (
                f"info:verdict-{one.slug}",
                Content.assemble(said(one.name, "bold"), "  ", (role, style), "\n  ", said(told)),
            )

    def _disagreements(self) -> Iterator[Row]:
        session = self.session
        slugs = [one.slug for one in self._all()]
        found = disagreements(session.catalogue, session.state, session.assessment, slugs)
        yield "", Content(f"Where they disagree: {len(found)}" if found else "Nothing on which they disagree so far")
        for number, one in enumerate(found):
            key = f"control:{one.about}" if one.kind == "control" else "info:number"
            title = session.catalogue.controls[one.about].title if one.kind == "control" else one.about
            lines = [Content.assemble(said(title, "bold"), "  ", said(one.what))]
            first = {(side.checklist, side.status): side for side in reversed(one.sides)}
            for side in reversed(first.values()):
                name = session.catalogue.checklists[side.checklist].name
                lines.append(Content.assemble("  ", said(f"{name}: "), status(side.status), said(f": {side.why}")))
            yield f"{key}|{number}", Content("\n").join(lines)

    def _pillars(self) -> Iterator[Row]:
        items = self.session.assessment.items
        for one in self._all():
            yield "", said(one.name)
            for pillar in one.scored_pillars:
                signs = [STATUS_SIGNS[items[item.id].status] for item in one.in_pillar(pillar.id)]
                yield (
                    f"info:{one.slug}-{pillar.id}",
                    Content.assemble(*signs, "  ", said(one.heading(pillar))),
                )
