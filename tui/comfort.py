"""What a person sets and takes along: theme, motion, keys; the clipboard; a picture of the screen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

from textual import work
from textual.content import Content
from textual.types import AnimationLevel

from tui.clipboard import copy_natively
from tui.screens.base import WorkbookScreen
from tui.screens.prompts import TextPrompt
from tui.session_app import SessionApp
from tui.settings import Settings, keep
from tui.themes import DEFAULT, THEMES
from tui.wording import said
from workbook.errors import Refused
from workbook.ledger.half_typed import Field
from workbook.session import Session

MOST_TROUBLES = 3
"""Lines about the settings file that are shown at the start."""


class Comfort(SessionApp):
    """Settings, clipboard, pictures."""

    def __init__(self, session: Session, settings: Settings | None = None) -> None:
        super().__init__(session, settings)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self.settings.theme if self.settings.theme in self.available_themes else DEFAULT
        if self.settings.reduced_motion:
            still: AnimationLevel = "none"
            self.animation_level = still

    def settle_in(self) -> None:
        """Take the keys of the settings, and say what of them cannot be used; once the app runs."""
        if self.settings.keys:
            self.set_keymap(dict(self.settings.keys))
        for trouble in self.settings.troubles[:MOST_TROUBLES]:
            self.complain(trouble)
        self.theme_changed_signal.subscribe(self, lambda theme: self._keep_theme(theme.name))

    @property
    def keymap(self) -> Mapping[str, str]:
        """The keys that the settings put in place of the usual ones, by action id."""
        return self.settings.keys

    def _keep_theme(self, name: str) -> None:
        if self.settings.path is None:
            return
        try:
            keep(self.settings.path, "theme", name)
        except Refused as refused:
            self.complain(str(refused))

    def action_copy(self) -> None:
        """Copy what the screen has highlighted."""
        text = self.screen.copied() if isinstance(self.screen, WorkbookScreen) else ""
        if not text:
            self.notify("There is nothing to copy here.")
            return
        self.copy_to_clipboard(text)
        self._copy_natively(text)

    @work(exclusive=True, group="clipboard", exit_on_error=False)
    async def _copy_natively(self, text: str) -> None:
        """Say where the text went, since a terminal does not say whether it took it."""
        tool = await asyncio.to_thread(copy_natively, text)
        way = f"to {tool} and the terminal" if tool else "to the terminal, if it takes OSC 52"
        self.notify(said(f"Copied {way}: {text}").plain, markup=False)

    def action_picture(self) -> None:
        """Ask where a picture of this screen shall go."""
        picture = without_fonts(self.export_screenshot(title="readiness", simplify=True))

        def take(typed: str) -> None:
            self.notify(said(f"Written to {written(typed, picture)}").plain, markup=False, timeout=8)

        title = Content("Keep this screen as an SVG picture in which file?")
        hint = "Enter writes, Esc cancels. An existing file is never overwritten."
        if isinstance(self.screen, WorkbookScreen):
            self.push_screen(TextPrompt(Field("file for the picture"), title, hint, take, required=True))


def written(typed: str, text: str) -> Path:
    """Write a new file that a person named; where it lies.

    Raises:
        Refused: it exists already, or cannot be written.
    """
    path = Path(typed).expanduser().absolute()
    try:
        with path.open("x", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or error
        raise Refused(f"{typed} cannot be written: {told}", "name another file") from None
    return path


def without_fonts(svg: str) -> str:
    """A picture without the web fonts that a viewer would fetch from elsewhere."""
    return re.sub(r"@font-face\s*\{[^}]*\}", "", svg)
