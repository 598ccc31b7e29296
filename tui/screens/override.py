"""A named person's answer to one item, over what its controls say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.content import Content

from tui.screens.form import FormScreen
from tui.widgets.part import Kind, Part
from tui.wording import said, status
from workbook.answers import Status
from workbook.catalogue import Item

CHOICES = (
    (Status.READY, "ready: it holds for this item"),
    (Status.NEEDS_REVIEW, "open gap"),
    (Status.BLOCKER, "stops the launch"),
    (Status.NOT_APPLICABLE, "does not apply"),
    (Status.UNANSWERED, "as its controls say: no answer of its own"),
)
"""The answers to an item, and taking one back."""


class OverrideItem(FormScreen):
    """The items of one control, or one item, and what holds of it."""

    KIND: ClassVar[str] = "item"

    def heading(self) -> Content:
        """What it does."""
        return Content("Answer one item over its controls")

    def lead(self) -> Content:
        """The items with their own words and their states."""
        states = self.session.assessment.items
        lines = [
            Content.assemble(said(item.id, "bold"), "  ", said(item.asks), "  ", status(states[item.id].status))
            for item in self._items
        ]
        return Content("\n").join(lines)

    def parts(self) -> Sequence[Part]:
        """Which item, what holds, and why."""
        items = self._items
        own = self.session.state.items.get(items[0].id)
        item = (
            Part(
                "item",
                "Item",
                kind=Kind.CHOICE,
                value=items[0].id,
                choices=[(item.id, f"{item.id}  {item.title}") for item in items],
                required=True,
            ),
        )
        return (
            *(item if len(items) > 1 else ()),
            Part(
                "status",
                "Answer",
                "under your name",
                kind=Kind.CHOICE,
                value=str(own.status) if own else "",
                choices=[(str(one), words) for one, words in CHOICES],
                required=True,
            ),
            Part("reason", "Reason", "why it differs from its controls", value=own.reason if own else ""),
        )

    def take(self, values: Mapping[str, str]) -> str:
        """Answer the item."""
        given = Status(values["status"])
        item = values.get("item") or self._items[0].id
        self.session.override(item, given, values["reason"])
        return f"{item} follows its controls." if given is Status.UNANSWERED else f"{item}: {given}"

    @property
    def _items(self) -> tuple[Item, ...]:
        """The items of the chosen checklists that the subject stands for: itself, or those that ask a control."""
        catalogue = self.session.catalogue
        if self.subject in catalogue.items:
            return (catalogue.items[self.subject],)
        asking = catalogue.asked_by[self.subject]
        chosen = {item.id for slug in self.session.state.checklists for item in catalogue.checklists[slug].items}
        return tuple(item for item in asking if item.id in chosen) or asking
