"""Search: controls by their words or their standing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from tui.widgets.rows import Rows
from tui.wording import said, standing
from workbook.ledger.half_typed import Field
from workbook.search import FILTERS, Hit, found, parsed, values
from workbook.session import Session

if TYPE_CHECKING:
    from tui.app import ReadinessApp

FIELD = Field("search")

HINT = "F2 standing, F3 severity, F4 owner, F5 checklist, F6 changed, F7 area; or typed, as severity:high. Enter opens."


class Search(ModalScreen[str | None]):
    """Gives the chosen control, or None. Every word typed must occur; arrows move while typing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back"),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        *(Binding(f"f{number}", f"filter('{name}')", name, show=False) for number, name in enumerate(FILTERS, 2)),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """Input, list, hint."""
        with Vertical(classes="prompt -tall"):
            yield Input(
                self._session.typed.get(FIELD),
                select_on_focus=False,
                placeholder="words, or filters: standing:open-gap owner:bo",
            )
            yield Rows()
            yield Static(Content(HINT), classes="hint", markup=False)

    def on_mount(self) -> None:
        """Show everything first, or what was half typed last time."""
        self._filter(self.query_one(Input).value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while typing."""
        event.stop()
        self._filter(event.value)
        self.keep_typed()

    def keep_typed(self) -> None:
        """Tell what stands in the field now; the app asks when the terminal dies."""
        self._workbook.typing(FIELD, self.query_one(Input).value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the highlighted row."""
        event.stop()
        if chosen := self.query_one(Rows).chosen:
            self._go(chosen)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the row."""
        event.stop()
        self._go(event.option_id)

    def action_back(self) -> None:
        """Forget the words."""
        self._go(None)

    def _go(self, control: str | None) -> None:
        self._workbook.typing.given(FIELD)
        self.dismiss(control)

    @property
    def _workbook(self) -> ReadinessApp:
        return cast("ReadinessApp", self.app)

    def action_move(self, by: int) -> None:
        """Move in the list while the input has the focus."""
        rows = self.query_one(Rows)
        if by > 0:
            rows.action_cursor_down()
        else:
            rows.action_cursor_up()

    def action_filter(self, name: str) -> None:
        """Go through what a filter can be set to, as if it had been typed."""
        field = self.query_one(Input)
        offered = values(self._session.catalogue, self._session.state, name)
        before = next((value for key, value in parsed(field.value).filters if key == name), "")
        lowered = [one.lower() for one in offered]
        after = (*offered, "")[lowered.index(before) + 1 if before in lowered else 0]
        rest = [part for part in field.value.split() if not part.lower().startswith(f"{name}:")]
        field.value = " ".join([*rest, *([f"{name}:{after.lower()}"] if after else [])])
        field.cursor_position = len(field.value)

    def _filter(self, typed: str) -> None:
        query = parsed(typed)
        session = self._session
        hits = found(session.catalogue, session.state, session.assessment, query, self._workbook.moved)
        listed = self.query_one(Rows)
        listed.show([(hit.control.id, _row(hit)) for hit in hits] or [("", Content("Nothing has all of that."))])
        listed.highlighted = 0 if hits else None
        told = said(query.wrong, "$text-warning") if query.wrong else Content(f"{len(hits)} controls. {HINT}")
        self.query_one(".hint", Static).update(told)


def _row(hit: Hit) -> Content:
    parts: list[Content | str | tuple[str, str]] = [standing(hit.judged.standing), "  ", said(hit.control.title)]
    if hit.decides:
        parts.append(("  decides", "$text-accent"))
    elif hit.asked_in:
        parts.append(said(f"  only in {', '.join(hit.asked_in)}", "$foreground 60%"))
    if hit.owner:
        parts.append(said(f"  {hit.owner.partition(' <')[0]}", "$foreground 60%"))
    if hit.changed:
        parts.append(("  changed", "$text-warning"))
    return Content.assemble(*parts)
