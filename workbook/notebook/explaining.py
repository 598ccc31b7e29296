"""What an id means, in a cell and below a question: the same words as in the terminal and on the pages of reference."""

from __future__ import annotations

from dataclasses import dataclass

from workbook.errors import Refused
from workbook.explain import Explanation, explain, known_names
from workbook.explain.as_html import explain_html
from workbook.explain.as_text import lines
from workbook.notebook.views import CLASSES
from workbook.reading import nearest
from workbook.session import Session


@dataclass(frozen=True, slots=True)
class Told:
    """Explanations of one name, as plain text and as HTML."""

    explanations: tuple[Explanation, ...]

    def __repr__(self) -> str:
        return "\n".join(line for one in self.explanations for line in lines(one))

    def _repr_html_(self) -> str:
        return f'<div class="{CLASSES}">{"".join(explain_html(one) for one in self.explanations)}</div>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002  IPython passes both
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def told(session: Session, name: str) -> Told:
    """What goes by a name: an id, or a finding of the last look as `RULE@path:line` or `path:line`.

    Raises:
        Refused: nothing is called that.
    """
    from checks.application.frameworks import frameworks_of

    found = explain(session.catalogue, name, frameworks_of(session.root), session.report, session)
    if not found:
        hint = "" if session.report else "; findings have names after book.probe()"
        raise Refused(
            f"nothing is called {name!r}{nearest(name, known_names(session.catalogue))}",
            f"give an id as the tables show it{hint}",
        )
    return Told(found)
