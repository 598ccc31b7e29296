"""One error boundary for every widget handler: what goes wrong is said in the form, never in a log nobody reads."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from workbook.errors import Refused
from workbook.notebook.guard import Guard

Handler = Callable[[], None]


def handled(guard: Guard, handler: Handler) -> Callable[[object], None]:
    """A widget callback that runs `handler` and shows its errors in place."""

    def callback(_: object = None) -> None:
        try:
            handler()
        except Refused as refusal:
            guard.complain(str(refusal))
        except Exception as error:  # noqa: BLE001  an uncaught error of a handler would vanish in the kernel's log
            guard.complain(f"this failed ({type(error).__name__}: {error}); nothing was saved by it")

    return callback


def button(guard: Guard, label: str, handler: Handler, *, bound: bool = False) -> ipywidgets.Button:
    """A button of a guard's form. Errors are shown in place, and no press overtakes what was typed before it.

    Args:
        guard: The form's line.
        label: What stands on it.
        handler: What it does.
        bound: Whether it is about the open question, so that a press on a screen that still shows another is refused.
    """
    made = ipywidgets.Button(description=label)
    made.on_click(handled(guard, handler))
    guard.hears(made, bound=bound)
    return made
