"""What the parts of the app share: the session, and how they say that something changed or went wrong."""

from __future__ import annotations

from textual.app import App
from textual.notifications import Notify

from tui.half_typed import Typing
from tui.notices import Notice
from tui.screens.base import WorkbookScreen
from tui.settings import Settings
from tui.wording import said
from workbook.session import Session


class SessionApp(App[int]):
    """An app over one session."""

    def __init__(self, session: Session, settings: Settings | None = None) -> None:
        super().__init__()
        self.session = session
        self.settings = settings or Settings()
        self.board_filter = ""
        """The words and filters that the board's list is kept to; "" shows the pillars."""
        self.typing = Typing(self, session.typed, self.complain)
        """Told of every key in a field, so that half-typed text is there again after a dead terminal."""

    def complain(self, text: str) -> None:
        """Say what is wrong and what to do, in one line."""
        self.notify(said(text).plain, severity="error", markup=False, timeout=10)

    def on_notify(self, event: Notify) -> None:
        """Every notice becomes one of ours, before Textual's handler draws it."""
        event.notification = Notice(**vars(event.notification))

    def changed(self) -> None:
        """Paint again whatever shows the session."""
        for screen in self.screen_stack:
            if isinstance(screen, WorkbookScreen) and screen.is_attached:
                screen.repaint()

    def may_edit(self) -> bool:
        """Whether edits are possible; says why not."""
        if self.session.read_only:
            self.complain(self.session.read_only)
        return not self.session.read_only
