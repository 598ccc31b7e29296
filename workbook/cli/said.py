"""What one call says, for who may say the same again."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from workbook.ground import Ground


class Said:
    """What a call says: for `Again` to keep, where the call finds at its end that it would say the same again."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        """Each text with the stream it went to: "stdout" or "stderr"."""
        self.lasting = False
        """Whether it follows from the repository, the day and our own code alone."""
        self.looked = False
        """Whether the repository was also read past the snapshot that `Again` holds."""
        self.after = ""
        """The state of the repository when all of that reading had ended; "" where it was not told."""
        self.ground: Ground | None = None
        """What of git and the tree it follows from, where that is all."""

    def follows_from_look(self, *, lasting: bool, after: str = "") -> None:
        """The probes were run; `lasting` is whether they would see the same again, `after` the state afterwards.

        Nothing of the repository may be read between that state and what is said.
        """
        self.looked, self.lasting, self.after = True, lasting, after
