"""Opens the workbook of a folder in this terminal. Something is painted before anything heavy is loaded."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui.first_paint import FirstPaint
from workbook.errors import Refused
from workbook.text import terminal

if TYPE_CHECKING:
    from tui.app import ReadinessApp


def run(root: Path) -> int:
    """Open the workbook of a folder in this terminal; the exit code."""
    first = FirstPaint(root.resolve().name)
    try:
        app, code = _shown(first, root)
    except Refused as refused:
        sys.stderr.write(f"{terminal(str(refused))}\n")
        return refused.code
    from workbook.sitting import lines

    # What a pair sees last: what they did, in the terminal they go on working in.
    sys.stdout.writelines(f"{line}\n" for line in lines(app.session))
    return code


def _shown(first: FirstPaint, root: Path) -> tuple[ReadinessApp, int]:
    try:
        first.show()
        app = _app(root)
        first.hand_over()
        return app, app.run() or 0
    finally:
        first.withdraw()


def _app(root: Path) -> ReadinessApp:
    """The app over the folder's session, with the settings of whoever sits here.

    Raises:
        Refused: there is no such folder.
    """
    from textual.drivers.linux_driver import LinuxDriver
    from textual.theme import BUILTIN_THEMES

    from tui.actions import ACTIONS
    from tui.app import ReadinessApp
    from tui.enduring import EnduringDriver
    from tui.settings import default_path, load
    from tui.themes import THEMES
    from workbook.session import Session

    actions = [action.id for action in ACTIONS]
    settings = load(default_path(), [*BUILTIN_THEMES, *(theme.name for theme in THEMES)], actions)
    app = ReadinessApp(Session(root), settings)
    if app.driver_class is LinuxDriver:
        app.driver_class = EnduringDriver
    return app
