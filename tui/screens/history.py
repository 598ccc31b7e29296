"""The history: the trend drawn, and at each turn what moved and why. Replayed from git in a worker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual import work
from textual.content import Content
from textual.worker import get_current_worker

from tui.chart import trend
from tui.screens.page import Page, Row
from tui.wording import named, said
from workbook.assess import PLAIN, Standing
from workbook.errors import Refused
from workbook.history import Point, Turn, figure, point_now, replay, turns
from workbook.session import Session

HEIGHT = 6
"""Lines of the chart."""

NAMED = 4
"""Controls named of one reason; the rest is counted."""


class HistoryView(Page):
    """Newest first. Git is asked on a session of its own, so that nothing is shared with the worker."""

    def __init__(self) -> None:
        super().__init__()
        self._points: tuple[Point, ...] | None = None
        self._trouble = ""

    def on_mount(self) -> None:
        """Paint, then replay."""
        super().on_mount()
        self._replay()

    @work(thread=True, exclusive=True, group="history", exit_on_error=False)
    def _replay(self) -> None:
        worker = get_current_worker()
        points: tuple[Point, ...] = ()
        trouble = ""
        try:
            points = replay(Session(self.session.root, self.session.people, self.session.today))
        except Refused as refused:
            trouble = str(refused)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._read, points, trouble)

    def _read(self, points: tuple[Point, ...], trouble: str) -> None:
        self._points, self._trouble = points, trouble
        self.repaint()

    def page(self) -> tuple[Content, Content, Sequence[Row]]:
        """The chart and the turns, with what is open now as the newest."""
        title = Content.assemble("History of ", said(self.session.checklist.name, "bold"))
        if self._points is None:
            return title, Content("Reading the commits …"), ()
        if self._trouble:
            return title, said(self._trouble), ()
        points = (*self._points, point_now(self.session))
        told = list(turns(points))
        if not self._points:
            return title, Content("Nothing is committed yet: c commits the workbook and begins its history."), ()
        many = f"{len(self._points)} point{'s' if len(self._points) != 1 else ''}"
        about = Content(f"{many}. Full blocks are certain, light ones were still possible.")
        return title, Content("\n").join([about, *self._chart(points)]), list(_rows(self.session, told))

    def _chart(self, points: Sequence[Point]) -> Iterator[Content]:
        verdicts = [point.verdict() for point in points]
        bars = [(one.lowest / one.of, one.highest / one.of) if one else (0.0, 0.0) for one in verdicts]
        of = next((str(one.of) for one in reversed(verdicts) if one), "")
        for number, line in enumerate(trend(bars, max(8, self.size.width - 8), HEIGHT)):
            axis = of if number == 0 else "0" if number == HEIGHT - 1 else ""
            yield Content.assemble((f"{axis:>4} ", "$foreground 60%"), line)


def _rows(session: Session, told: Sequence[Turn]) -> Iterator[Row]:
    yield "", Content("What moved, newest first")
    for turn in reversed(told):
        point = turn.point
        who = point.author.partition(" <")[0] if point.commit else "on disk now"
        head = Content.assemble(
            f"{point.at}  ", said(f"{point.label:<10}", "bold"), " ", said(figure(point.verdict())), "  ",
            said(who, "$foreground 60%"),
        )  # fmt: skip
        key = point.commit or "now"
        yield f"info:{key}", head
        for reason in dict.fromkeys(move.reason for move in turn.moved):
            moved = [move for move in turn.moved if move.reason is reason]
            some = "; ".join(f"{named(session, one.about)}: {_side(one.after)}" for one in moved[:NAMED])
            more = f"; and {len(moved) - NAMED} more" if len(moved) > NAMED else ""
            yield f"control:{moved[0].about}|{key}{reason}", said(f"            {reason}: {some}{more}")


def _side(side: Standing | str) -> str:
    return PLAIN[side] if isinstance(side, Standing) else side
