"""The small widget beside every form: it keeps keys from JupyterLab, says what happened, and shows progress.

With a stock form focused, `b` inserts a cell and `d d` deletes some. The script of this widget keeps keys that are
typed inside our own forms, and only those, from the shortcuts; see `guard.js`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from workbook.text import terminal

HERE = Path(__file__).parent


class Guard(anywidget.AnyWidget):
    """Status line, progress bar and keyboard guard of the form it is part of. Its texts are set as text, never HTML."""

    _esm = HERE / "guard.js"
    _css = HERE / "guard.css"

    status = traitlets.Unicode("").tag(sync=True)
    """What was done or went wrong, read out by screen readers."""
    trouble = traitlets.Bool(False).tag(sync=True)
    """Whether the status is an error."""
    progress = traitlets.Float(-1.0).tag(sync=True)
    """The share that is done, 0 to 1; below 0 hides the bar."""
    pressed = traitlets.Unicode("").tag(sync=True)
    """The key of the answer that stands; its button says so to screen readers."""
    asked = traitlets.Unicode("").tag(sync=True)
    """The control whose texts the fields hold; what was typed for another one is not taken for this."""

    def on_typed(self, take: Callable[[Mapping[str, str], bool], None]) -> None:
        """Hand on what is typed into fields of class "readiness-field-<kind>": texts by kind, at every key.

        The second argument says that a button is about to be pressed, so that nobody types just now. Widgets hold
        their own value back while the kernel is busy, and a press overtakes it; these messages keep their order.
        """

        def received(_widget: Any, content: Any, _buffers: Any) -> None:
            typed = content.get("typed") if isinstance(content, dict) else None
            if isinstance(typed, dict) and content.get("asked") == self.asked:
                take({str(kind): str(text) for kind, text in typed.items()}, bool(content.get("pressing")))

        self.on_msg(received)

    def say(self, text: str) -> None:
        """Tell what was done."""
        self.trouble, self.status = False, terminal(text)

    def complain(self, text: str) -> None:
        """Tell what went wrong and what to do."""
        self.trouble, self.status = True, terminal(text)
