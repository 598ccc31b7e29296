"""Inline SVG that suits any page: no scripts, no styles, no outside address, the page's own text color.

Colors are middle tones that keep a contrast of 3 to 1 on white and on near black, so that a picture needs no theme;
`tests/workbook/pictures` computes it. A color never stands without a word or a sign.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbook.text import html, terminal

INK = "currentColor"
GOOD, STATED, DOUBT, STOP, QUIET = "#2f8f5b", "#3b7dd8", "#b7791f", "#d0473d", "#7d8590"
"""Backed, stated, in doubt, stops the launch, and what does not count."""

SIZE = 12
"""Of letters, in pixels; a letter is taken as 0.6 of it wide."""

_FITS = ' style="max-width:100%;height:auto"'
"""Keeps a picture inside of a page that says nothing about it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and the same content as text: a title, what it shows in a sentence, and a line for each mark."""

    title: str
    said: str
    lines: tuple[str, ...]
    svg: str

    @property
    def unstyled(self) -> str:
        """The drawing for a page whose content policy allows no inline style; the page's own must bound its width."""
        return self.svg.replace(_FITS, "", 1)

    def __repr__(self) -> str:
        return "\n".join(terminal(line) for line in (self.title, self.said, *(f"- {line}" for line in self.lines)))

    def _repr_html_(self) -> str:
        rest = "".join(f"<li>{html(line)}</li>" for line in self.lines)
        told = f"<details><summary>The same as text</summary><ul>{rest}</ul></details>" if rest else ""
        return f"<figure><figcaption>{html(self.title)}. {html(self.said)}</figcaption>{self.svg}{told}</figure>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002  IPython passes both
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


class Canvas:
    """Collects marks; lengths are in pixels of a drawing that scales with its page."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._marks: list[str] = []

    def text(
        self, x: float, y: float, said: str, *, anchor: str = "start", room: float = 0, bold: bool = False
    ) -> None:
        """Write a line. With `room`, in pixels, a longer one is cut, and whole where the pointer rests on it."""
        letters = int(room / (SIZE * 0.6))
        shown = f"{said[: letters - 1]}…" if room and len(said) > letters else said
        weight = ' font-weight="bold"' if bold else ""
        whole = f"<title>{html(said)}</title>" if shown != said else ""
        self._marks.append(
            f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" fill="{INK}"{weight}>{html(shown)}{whole}</text>'
        )

    def box(
        self, x: float, y: float, width: float, height: float, color: str, tip: str, *, strength: float = 1
    ) -> None:
        """Fill a rectangle, opaque at `strength` 1; `tip` says what it is where the pointer rests on it."""
        clear = f' fill-opacity="{strength:.2f}"' if strength < 1 else ""
        self._marks.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(max(width, 1))}" height="{_n(height)}" fill="{color}"{clear}>'
            f"<title>{html(tip)}</title></rect>"
        )

    def dot(self, x: float, y: float, radius: float, color: str, tip: str) -> None:
        """Fill a circle."""
        self._marks.append(
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" fill="{color}" fill-opacity="0.75">'
            f"<title>{html(tip)}</title></circle>"
        )

    def line(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """Draw a faint straight line, for the eye to hold on to."""
        self._marks.append(
            f'<line x1="{_n(x)}" y1="{_n(y)}" x2="{_n(to_x)}" y2="{_n(to_y)}" stroke="{INK}" stroke-opacity="0.25"/>'
        )

    def path(self, points: list[tuple[float, float]], color: str) -> None:
        """Draw a line through points."""
        self._marks.append(
            f'<polyline points="{" ".join(f"{_n(x)},{_n(y)}" for x, y in points)}" fill="none" stroke="{color}" '
            'stroke-width="2"/>'
        )

    def picture(self, title: str, said: str, lines: tuple[str, ...]) -> Picture:
        """What was drawn, named for those who do not see it."""
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'{_FITS.strip()} role="img" aria-label="{html(title)}. {html(said)}" '
            f'font-family="system-ui, sans-serif" font-size="{SIZE}">{"".join(self._marks)}</svg>'
        )
        return Picture(title, said, lines, svg)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
