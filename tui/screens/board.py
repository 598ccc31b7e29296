"""The board: the verdict so far, the pillars, and what to do next."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Size
from textual.widgets import OptionList, Static

from tui.actions import bindings
from tui.filtering import cycled, hits
from tui.outlook_lines import LABEL, headline, outlook_lines
from tui.progress import PillarState, pillars
from tui.screens.base import WorkbookScreen
from tui.screens.compare import Compare
from tui.screens.detail import Detail
from tui.screens.findings import Findings
from tui.screens.history import HistoryView
from tui.screens.need import Need
from tui.screens.pillar import PillarView
from tui.screens.plan import PlanView
from tui.screens.warnings import Warnings
from tui.widgets.hanging import Hanging
from tui.widgets.rows import Rows
from tui.wording import STATUS_SIGNS, asks, counted, said, standing, weight
from workbook.answers import Status
from workbook.assess import Standing
from workbook.plan import Gap, Met, met

WIDE = 120
"""From this many columns on a pillar fits one line."""

HEADING = 46
"""Cells of a pillar's name on one line."""

ROOM = Size(80, 20)
"""The least window in which the whole outlook stands above the list."""


class Board(WorkbookScreen):
    """Where the team stands."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("board", "everywhere")

    def __init__(self) -> None:
        super().__init__()
        self._all = False

    def content(self) -> ComposeResult:
        """Headline, outlook, one list, probe progress."""
        yield Static(id="board-headline", markup=False)
        yield Static(id="board-context", markup=False)
        yield Rows(id="board-rows")
        yield Static(id="board-progress", classes="look-progress", markup=False)

    def paint(self) -> None:
        """Show the outlook, the next three and the pillars."""
        reached = met(self.session.assessment.of(self.session.checklist))
        calm = reached.nearly_all_open and not self._all
        self.query_one("#board-headline", Static).update(headline(self.session))
        kept_to = self.workbook_app.board_filter
        whole = self._roomy and not (calm or kept_to)
        lines = outlook_lines(self.session, self.workbook_app.began, whole=whole)
        if kept_to:
            line, rows = self._filtered(kept_to)
            lines.append(line)
        else:
            lines += [self._questions()] if self._roomy else []
            lines += self._calm(reached) if calm else []
            rows = [*self._next_three(), *(() if calm else self._pillars())]
        self.query_one("#board-context", Static).update(Hanging(Content("\n").join(lines), LABEL))
        self.query_one(Rows).show(rows)
        self.query_one("#board-progress", Static).update(self.workbook_app.look_progress)

    def _calm(self, reached: Met) -> list[Content]:
        """Context instead of a wall of red: how others begin, and every pillar as one run of signs."""
        signs = [self._signs(one) for one in pillars(self.session)]
        every = Content("  ").join([*signs, Content.assemble(("a", "bold $text-accent"), " all")])
        said_so = (
            ("Hint", Content(f"{reached.sentence} Take the next three, then look again.")),
            (f"{self.session.checklist.word.capitalize()}s", every),
        )
        return [_labelled(name, text) for name, text in said_so]

    def _questions(self) -> Content:
        """How the questions of the guide go together with the items that the verdict counts."""
        asked = self.session.questions()
        left = sum(one.judged.standing is Standing.UNANSWERED for one in asked)
        told = f"{left} of {len(asked)} unanswered; each item rests on the answers of one or more"
        return _labelled("Questions", Content(told))

    def _next_three(self) -> list[tuple[str, Content]]:
        three = [(f"control:{gap.control.id}", self._next(gap)) for gap in self.session.next_three]
        return [("", Content("Next three questions")), *three]

    def _pillars(self) -> list[tuple[str, Content]]:
        checklist = self.session.checklist
        rows = [(f"pillar:{one.pillar.id}", self._pillar(one)) for one in pillars(self.session)]
        return [("", said(f"{checklist.word.capitalize()}s of {checklist.name}")), *rows]

    def _filtered(self, typed: str) -> tuple[Content, list[tuple[str, Content]]]:
        told, rows = hits(self.session, typed, self.workbook_app.moved)
        line = Content.assemble(told, "  ", said(typed, "$text-accent"), "   Esc shows the pillars again")
        return _labelled("Only", line), [(f"control:{name}", row) for name, row in rows]

    @property
    def _roomy(self) -> bool:
        """Whether more than the range and what is certain fits above the list."""
        return self.size.width >= ROOM.width and self.size.height >= ROOM.height

    def on_resize(self) -> None:
        """The pillars are laid out for the width."""
        self.repaint()

    def copied(self) -> str:
        """The headline as every face says it."""
        return self.session.headline

    def _next(self, gap: Gap) -> Content:
        asked = self.session.question(gap.control.id)
        return Content.assemble(weight(gap.control.severity), "  ", asks(asked), "  ", standing(gap.standing))

    def _pillar(self, one: PillarState) -> Content:
        far = f"{one.answered} of {one.asked} items answered" if one.asked else "nothing to answer"
        parts: list[Content | str] = [self._signs(one), f"  {far}"]
        for status in (Status.BLOCKER, Status.NEEDS_REVIEW, Status.READY, Status.NOT_APPLICABLE):
            if count := one.counts[status]:
                parts += ["  ", counted(status, count)]
        heading = said(self.session.checklist.heading(one.pillar), "bold")
        if self.size.width < WIDE:
            return Content.assemble(heading, "\n  ", *parts)
        return Content.assemble(heading.truncate(HEADING, ellipsis=True, pad=True), "  ", *parts)

    def _signs(self, one: PillarState) -> Content:
        items = self.session.assessment.items
        states = [items[item.id].status for item in self.session.checklist.in_pillar(one.pillar.id)]
        return Content.assemble(*(STATUS_SIGNS[state] for state in states))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open a pillar or a question."""
        event.stop()
        self._open(event.option_id or "")

    def action_select(self) -> None:
        """Enter where the list has no focus."""
        self._open(self.query_one(Rows).chosen)

    def _open(self, name: str) -> None:
        kind, _, rest = name.partition(":")
        if kind == "pillar":
            self.app.push_screen(PillarView(rest))
        elif kind == "control":
            self.app.push_screen(Detail(rest))

    def action_guide(self) -> None:
        """One question a screen."""
        self.workbook_app.open_guide()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  Textual's signature
        """Esc only where a filter holds or something runs."""
        return action != "stop" or bool(self.workbook_app.board_filter) or self.workbook_app.looking

    def action_probe(self) -> None:
        """Look again."""
        self.workbook_app.look()

    def action_stop(self) -> None:
        """Show all again, or stop the probes."""
        if self.workbook_app.board_filter:
            self.workbook_app.board_filter = ""
            self.repaint()
        else:
            self.workbook_app.stop_looking()

    def action_filter(self, name: str) -> None:
        """Go through what a filter of the list can be set to."""
        self.workbook_app.board_filter = cycled(self.session, self.workbook_app.board_filter, name)
        self.repaint()
        self.query_one(Rows).action_first()

    def action_plan(self) -> None:
        """What next, and everything open in order."""
        self.app.push_screen(PlanView())

    def action_findings(self) -> None:
        """What the probes found, and the hotspots."""
        self.app.push_screen(Findings())

    def action_history(self) -> None:
        """The trend, and why it moved."""
        self.app.push_screen(HistoryView())

    def action_checklists(self) -> None:
        """All checklists side by side."""
        self.app.push_screen(Compare())

    def action_warnings(self) -> None:
        """What of the state files cannot be used."""
        self.app.push_screen(Warnings())

    def action_need(self) -> None:
        """The facts about the product."""
        if self.workbook_app.may_edit():
            self.app.push_screen(Need())

    def action_all(self) -> None:
        """All pillars even when nearly all is red."""
        if not met(self.session.assessment.of(self.session.checklist)).nearly_all_open:
            self.app.notify(f"Every {self.session.checklist.word} stands here already; Enter opens one.", markup=False)
            return
        self._all = not self._all
        self.repaint()


def _labelled(name: str, text: Content) -> Content:
    return Content.assemble((f"{name:<{LABEL}}", "$foreground 60%"), text)
