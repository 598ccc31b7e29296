"""Running the probes from the command line, with progress on a terminal's standard error.

`look_at` opens no workbook: what a workbook takes to load, the look itself would wait for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, NamedTuple

from workbook.text import terminal

if TYPE_CHECKING:
    from pathlib import Path

    from checks.git import Git
    from checks.isolated_start import Started
    from checks.observation import ProbeReport
    from checks.run import Progress
    from workbook.session import Session


def look(session: Session, signals: Iterable[str] | None = None) -> ProbeReport:
    """Run the probes, with progress where a person watches standard error."""
    with _shown_to_a_person() as show:
        return session.probe(signals=signals, on_progress=show)


class Looked(NamedTuple):
    """A report, whether the same tree would be seen the same again, and the tree's state afterwards, "" if not told."""

    report: ProbeReport
    lasting: bool
    after: str


def look_at(
    root: Path,
    signals: Collection[str] | None = None,
    git: Git | None = None,
    still: Callable[[], bool] | None = None,
    started: Started | None = None,
    on_report: Callable[[ProbeReport], None] | None = None,
) -> Looked:
    """The same without a workbook. `git` is a snapshot that was just taken; it is closed before the look.

    `still` may tell that nothing changed since then, so that git need not be asked again. `started` and `on_report` are
    as in `checks.isolated`.
    """
    from checks.cache.reports import Known
    from checks.isolated import look_over

    before = None
    if git is not None:
        with git:
            before = Known(git.state(), git.top, still, git.told())
    lasting: list[bool] = []
    after: list[str] = []
    with _shown_to_a_person() as show:
        report = look_over(
            root,
            signals=signals,
            on_progress=show,
            on_lasting=lasting.append,
            before=before,
            on_after=after.append,
            on_report=on_report,
            started=started,
        )
    return Looked(report, lasting == [True], "".join(after))


def _shown_to_a_person() -> AbstractContextManager[Callable[[Progress], None] | None]:
    return showing() if sys.stderr.isatty() else nullcontext()


@contextmanager
def showing() -> Iterator[Callable[[Progress], None]]:
    """What shows progress in one line of standard error, which is clean again afterwards."""
    try:
        yield _show
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def _show(progress: Progress) -> None:
    share = f"{100 * progress.done // progress.total} %" if progress.total else ""
    sys.stderr.write(f"\r\x1b[K{terminal(f'{progress.stage} {share}  {progress.note}')[:78]}")
    sys.stderr.flush()
