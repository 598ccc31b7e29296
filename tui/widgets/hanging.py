"""Text whose further lines are indented, so that rows that wrap can be told apart."""

from __future__ import annotations

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

INDENT = 2
"""Cells by which the further lines of a row are set in."""

NARROWEST = 12
"""Below this many cells there is no room to set anything in."""


class Hanging(Visual):
    """One row of a list."""

    def __init__(self, text: Content, indent: int = INDENT) -> None:
        self.text, self.indent = text, indent

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """The lines, the first as wide as there is room."""
        return self._laid_out(width).render_strips(width, height, style, options)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """The width without wrapping."""
        return self.text.get_optimal_width(rules, container_width)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """How many lines it takes."""
        return self._laid_out(width).get_height(rules, width)

    def _laid_out(self, width: int) -> Content:
        lines: list[Content] = []
        for one in self.text.split("\n", allow_blank=True):
            own = len(one.plain) - len(one.plain.lstrip()) + INDENT
            indent = max(self.indent, own) if width >= NARROWEST + max(self.indent, own) else 0
            first, *rest = one.wrap(width)
            lines.append(first)
            if rest:
                left = one[len(first.plain) :] if one.plain.startswith(first.plain) else Content("\n").join(rest)
                lines += [line.pad_left(indent) for line in _stripped(left).wrap(width - indent)]
        return Content("\n").join(lines)


def _stripped(text: Content) -> Content:
    """Without the space at which the line was broken."""
    return text[len(text.plain) - len(text.plain.lstrip()) :]
