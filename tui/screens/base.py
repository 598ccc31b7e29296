"""What all screens share: the session, the banner, the footer, and repainting when something changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen

from tui.widgets.banner import Banner
from tui.widgets.key_line import KeyLine
from workbook.session import Session

if TYPE_CHECKING:
    from tui.app import ReadinessApp


class WorkbookScreen(Screen[None]):
    """A screen over the session. `paint` shows what the session says now; the app calls it after every change."""

    def compose(self) -> ComposeResult:
        """Banner, the screen's own content, footer."""
        yield Banner(markup=False)
        yield from self.content()
        yield KeyLine(compact=True, show_command_palette=False)

    def content(self) -> ComposeResult:
        """What stands between banner and footer."""
        yield from ()

    def on_mount(self) -> None:
        """Paint for the first time."""
        self.repaint()

    def on_screen_resume(self) -> None:
        """Paint again when a screen above has gone."""
        self.repaint()

    def repaint(self) -> None:
        """Paint everything, once the widgets are there."""
        if self.is_mounted and self.query(Banner):
            self.query_one(Banner).show(self.session)
            self.paint()
            self.refresh_bindings()

    def paint(self) -> None:
        """Show what the session says now."""

    @property
    def session(self) -> Session:
        """The session all faces share."""
        return self.workbook_app.session

    @property
    def workbook_app(self) -> ReadinessApp:
        """The app, by its own type."""
        return cast("ReadinessApp", self.app)

    @property
    def about(self) -> str:
        """The control this screen is about, "" where it is about none."""
        return ""

    def copied(self) -> str:
        """What copying takes from this screen; "" where there is nothing."""
        return ""

    def action_dismiss_screen(self) -> None:
        """Back to the screen below."""
        self.dismiss()

    def action_scroll_body(self, lines: int) -> None:
        """Scroll the text by lines."""
        for body in self.query(VerticalScroll):
            body.scroll_relative(y=lines * 2, animate=False)

    def action_page_body(self, pages: int) -> None:
        """Scroll the text by pages."""
        for body in self.query(VerticalScroll):
            body.scroll_relative(y=pages * max(1, body.size.height - 2), animate=False)
