"""Reports of other tools in a notebook: what they say, shown before it is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import ipywidgets

from workbook.errors import Refused
from workbook.notebook.guard import Guard
from workbook.notebook.handling import button
from workbook.notebook.views import paragraphs
from workbook.session import Session

if TYPE_CHECKING:
    from workbook.acceptance import Baseline
    from workbook.operations.importing import Import, Received


class ReportPanel:
    """What reports say that were named in a form, and the button that records it. `on_record` follows that."""

    def __init__(self, session: Session, guard: Guard, on_record: Callable[[], None]) -> None:
        self._session = session
        self._guard = guard
        self._on_record = on_record
        self._record: Callable[[], object] | None = None
        self._told = ipywidgets.HTML()
        self.agree = button(guard, "Record what it says", self._agreed, bound=True)
        self.widget = ipywidgets.VBox([self._told, self.agree])
        self.clear()

    def clear(self) -> None:
        """Show nothing, and have nothing to record."""
        self._told.value, self._record = "", None
        self.widget.layout.display = "none"

    def read(self, control: str, typed: str, baseline: str, ground: Mapping[str, Any]) -> None:
        """Show what the named files say and would record for a control; nothing is recorded.

        Raises:
            Refused: a file is no report that can be used, or the baseline is no traffic.
        """
        from workbook.receiving import names, traffic

        self.clear()
        if not typed.strip():
            raise Refused("no report is named", "write its path, as in coverage.xml")
        base = traffic(baseline)
        received = read(self._session, names(self._session.root, typed))
        plan = self._session.import_reports(received, (control,), base, dry=True)
        self._told.value = paragraphs(list(lines(self._session, received, plan)))
        self._record = partial(self._take, received, control, base, ground)
        self.widget.layout.display = None

    def _take(
        self, received: Sequence[Received], control: str, base: Baseline | None, ground: Mapping[str, Any]
    ) -> None:
        with self._session.as_seen(ground):
            self._session.import_reports(received, (control,), base)

    def _agreed(self) -> None:
        if self._record is None:
            raise Refused("no report was read yet", "name its file and press the button beside it")
        self._record()
        self.clear()
        self._guard.say("Recorded. No answer follows from it by itself. Not saved yet.")
        self._on_record()


def read(session: Session, files: Sequence[str], wanted: str = "") -> tuple[Received, ...]:
    """The reports of these files, or none of them.

    Raises:
        Refused: one cannot be read, or is no report that can be used.
    """
    from workbook.receiving import receive

    return tuple(receive(session.root, one, wanted) for one in files)


def lines(session: Session, received: Sequence[Received], plan: Import) -> Iterator[str]:
    """What the reports say and what an import of them records. Untrusted text."""
    from workbook.receiving import recorded, ruled, told, unplaced

    for one in received:
        yield from told(one)
    yield from recorded(session.catalogue, plan)
    for name, likely in unplaced(received, plan):
        names = f", as in control={likely[0]!r}" if likely else ""
        yield f"{name} does not tell which control it is evidence for: say it{names}"
    if plan.ruling:
        yield from ruled(plan.ruling)
