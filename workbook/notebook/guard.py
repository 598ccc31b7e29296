"""The line between a form in the browser and the kernel: keys, what is typed and pressed, what is said, and progress.

With a stock form focused, `b` inserts a cell and `d d` deletes some. A script beside every form keeps keys that are
typed inside our own forms, and only those, from the shortcuts; see `guard.js`.

What is typed and what is pressed comes by this script alone. A kernel may hear other widgets in several threads, and
then hears of a press before it hears of the words that were typed before it.

What is said goes by stock widgets: a widget with a script that took more than two seconds to load hears nothing from
the kernel ever after (anywidget 0.11, `Runtime.ready`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import anywidget
import ipywidgets

from workbook.errors import Refused
from workbook.notebook.loops import hand_over, running_loop
from workbook.text import html, terminal

HERE = Path(__file__).parent
Taker = Callable[[Mapping[str, str], str, bool], None]
WAITS = "The form is loading. If no buttons appear, reload the page; it needs anywidget's extension of JupyterLab."
BAR = '<progress max="1" aria-label="Probes"{}></progress>'


class Script(anywidget.AnyWidget):
    """The script in the browser. It speaks and is not spoken to; what it has to know stands in classes of widgets."""

    _esm = HERE / "guard.js"
    _css = HERE / "guard.css"


class Guard:
    """The line of one form."""

    def __init__(self) -> None:
        self.script = Script()
        self.status = ""
        """What was done or went wrong, read out by screen readers."""
        self.trouble = False
        """Whether the status is an error."""
        self._line = ipywidgets.HTML()
        self._bar = ipywidgets.HTML(layout={"display": "none"})
        self._bar.add_class("readiness-bar")
        self._progress = -1.0
        self.asked = ""
        self._takers: list[Taker] = []
        self._buttons: WeakValueDictionary[str, ipywidgets.Button] = WeakValueDictionary()
        self._bound: set[str] = set()
        self._numbers = count(1)
        self._loop = running_loop()
        self.script.on_msg(self._received)

    @property
    def asked(self) -> str:
        """The control whose texts the fields hold; what is typed comes with the one that the browser shows."""
        return self._asked

    @asked.setter
    def asked(self, control: str) -> None:
        self._asked = control
        self._line._dom_classes = ("readiness-status", f"readiness-asked-{control}")

    @property
    def progress(self) -> float:
        """The share that is done, 0 to 1; below 0 hides the bar."""
        return self._progress

    @progress.setter
    def progress(self, share: float) -> None:
        self._progress = share
        # Nothing known yet: a bar that moves, not one that stands at its left end.
        self._bar.value = BAR.format(f' value="{share:.3f}"' if share > 0 else "")
        self._bar.layout.display = None if share >= 0 else "none"

    def form(self, above: Iterable[ipywidgets.Widget] = (), below: Iterable[ipywidgets.Widget] = ()) -> ipywidgets.VBox:
        """A form with this line inside; what can be pressed comes into sight with the script.

        Before that its keys would be JupyterLab's: `b` would insert a cell where somebody means a button.
        """
        made = ipywidgets.VBox([*above, self.script, self._bar, self._line, *below])
        made.add_class("readiness-form")
        guarded = [part for part in made.children if isinstance(part, ipywidgets.Box)]
        for part in guarded:
            part.layout.visibility = "hidden"
            part.add_class("readiness-guarded")
        if guarded:
            waits = ipywidgets.HTML(html(WAITS))
            waits.add_class("readiness-waits")
            made.children = (*made.children, waits)
        return made

    def on_typed(self, take: Taker) -> None:
        """Hand on what is typed into fields of class "readiness-field-<kind>": texts by kind, at every key.

        The second argument is the control that the browser showed then: the screen may lag behind the kernel. The
        third says that a button is about to be pressed, so that nobody types just now. Widgets hold their own value
        back while the kernel is busy, and a press overtakes it; these messages keep their order.
        """
        self._takers.append(take)

    def hears(self, button: ipywidgets.Button, *, bound: bool) -> None:
        """Have presses of a button come by here, in their order among all that is typed and pressed in the form.

        One that is bound to the question is not taken for another than the browser showed.
        """
        name = str(next(self._numbers))
        if bound:
            self._bound.add(name)
        self._buttons[name] = button
        button.add_class(f"readiness-press-{name}")

    def say(self, text: str) -> None:
        """Tell what was done."""
        self._tell(text, trouble=False)

    def complain(self, text: str) -> None:
        """Tell what went wrong and what to do."""
        self._tell(text, trouble=True)

    def _tell(self, text: str, *, trouble: bool) -> None:
        self.trouble, self.status = trouble, terminal(text)
        said = html(self.status)
        self._line.value = f'<strong class="readiness-trouble">Not done: {said}</strong>' if trouble else said

    def _received(self, _widget: Any, content: Any, _buffers: Any) -> None:
        # In the kernel's own thread, as all that reads the session, whichever thread a message comes in.
        if isinstance(content, dict):
            hand_over(self._loop, partial(self._take, content))

    def _take(self, content: Mapping[str, Any]) -> None:
        typed, pressed, asked = content.get("typed"), str(content.get("pressed", "")), str(content.get("asked", ""))
        if isinstance(typed, dict):
            texts = {str(kind): str(text) for kind, text in typed.items()}
            for take in self._takers:
                try:
                    take(texts, asked, bool(pressed))
                except Refused as refusal:
                    # The disk does not take them; they are in their fields, and a press takes them from there.
                    self.complain(str(refusal))
        button = self._buttons.get(pressed)
        if button is None or button.disabled:
            return
        if pressed in self._bound and asked != self.asked:
            self.complain("the screen still showed another question; look at this one, then press again")
        else:
            button.click()
