"""The ways into the other faces, which the command line must not import: no face leans on another."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from workbook.session import Session


class Faces:
    """Ways into the other faces. The entry point supplies them, at every call: so it is plain, and quick to make."""

    def __init__(
        self,
        tui: Callable[[Path], int],
        open_lab: Callable[[Path, str | None, bool], int],
        write_notebooks: Callable[[Session, str | None], Sequence[Path]],
        run_notebooks: Callable[[Path, str | None], Sequence[tuple[Path, str]]],
        verify_notebooks: Callable[
            [Path, str | None], tuple[Sequence[tuple[Path, str]], Sequence[tuple[str, bool, str]]]
        ],
        drifted_notebooks: Callable[[Session], Sequence[tuple[str, str]]],
    ) -> None:
        self.tui = tui
        self.open_lab = open_lab
        """Takes the root, the notebook's name, and whether to open a browser on it."""
        self.write_notebooks = write_notebooks
        self.run_notebooks = run_notebooks
        """The notebooks that ran, each with the line that says why it failed, "" where it did not."""
        self.verify_notebooks = verify_notebooks
        """The same, and every recorded value: what it is, whether it came out the same, and what is to be said."""
        self.drifted_notebooks = drifted_notebooks
        """The stored notebooks that are not as they should be, each with what is wrong."""
