"""The small widget beside every form: it keeps keys from JupyterLab, says what happened, and shows progress.

With a stock form focused, `b` inserts a cell and `d d` deletes some. The script of this widget keeps keys that are
typed inside our own forms, and only those, from the shortcuts; see `guard.js`.

What is typed and what is pressed comes by this widget alone. A kernel may hear other widgets in several threads, and
then hears of a press before it hears of the words that were typed before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import anywidget
import ipywidgets
import traitlets

from workbook.errors import Refused
from workbook.notebook.loops import hand_over, running_loop
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

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._takers: list[Callable[[Mapping[str, str], bool], None]] = []
        self._buttons: WeakValueDictionary[str, ipywidgets.Button] = WeakValueDictionary()
        self._numbers = count(1)
        self._loop = running_loop()
        self.on_msg(self._received)

    def on_typed(self, take: Callable[[Mapping[str, str], bool], None]) -> None:
        """Hand on what is typed into fields of class "readiness-field-<kind>": texts by kind, at every key.

        The second argument says that a button is about to be pressed, so that nobody types just now. Widgets hold
        their own value back while the kernel is busy, and a press overtakes it; these messages keep their order.
        """
        self._takers.append(take)

    def hears(self, button: ipywidgets.Button) -> None:
        """Have presses of a button come by here, in their order among all that is typed and pressed in the form."""
        name = str(next(self._numbers))
        self._buttons[name] = button
        button.add_class(f"readiness-press-{name}")

    def _received(self, _widget: Any, content: Any, _buffers: Any) -> None:
        # In the kernel's own thread, as all that reads the session, whichever thread a message comes in.
        if isinstance(content, dict):
            hand_over(self._loop, partial(self._take, content))

    def _take(self, content: Mapping[str, Any]) -> None:
        typed, pressed = content.get("typed"), str(content.get("pressed", ""))
        if isinstance(typed, dict) and content.get("asked") == self.asked:
            texts = {str(kind): str(text) for kind, text in typed.items()}
            for take in self._takers:
                try:
                    take(texts, bool(pressed))
                except Refused as refusal:
                    # The disk does not take them; they are in their fields, and a press takes them from there.
                    self.complain(str(refusal))
        button = self._buttons.get(pressed)
        if button is not None and not button.disabled:
            button.click()

    def say(self, text: str) -> None:
        """Tell what was done."""
        self.trouble, self.status = False, terminal(text)

    def complain(self, text: str) -> None:
        """Tell what went wrong and what to do."""
        self.trouble, self.status = True, terminal(text)
