"""The one kind of error a person can do something about."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818  it reads as what happened: the operation was refused
    """Something cannot be done: what is wrong, and what to do next. Faces show it in one line, never a traceback."""

    def __init__(self, what: str, remedy: str = "", code: int = 2) -> None:
        from checks.secrets.shapes import redact

        # What was typed is quoted here, and may be a secret in the wrong field.
        self.what, self.remedy = redact(what), redact(remedy)
        super().__init__(f"{self.what}; {self.remedy}" if remedy else self.what)
        self.code = code
        """The exit code of the command: 2 for usage and configuration, 3 where only unknowns stand in the way."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows when a cell is refused: the line, as everywhere. IPython asks for this."""
        from workbook.text import terminal

        return [f"Refused: {terminal(str(self))}"]
