"""Rows keep their last words when the scrollbar comes and takes columns."""

from pathlib import Path

from textual.app import App
from textual.content import Content

import tui.app
from tui.widgets.rows import Rows


class Alone(App[None]):
    """The list alone on a small screen, dressed as in the workbook."""

    CSS_PATH = Path(tui.app.__file__).with_name("app.tcss")

    def compose(self):
        yield Rows()


def shown(app):
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def test_a_row_that_just_fitted_is_wrapped_when_the_scrollbar_takes_its_room():
    app = Alone()
    async with app.run_test(size=(40, 12)) as pilot:
        rows = app.query_one(Rows)
        room = rows.scrollable_content_region.width - 2  # an option has a cell of air on either side
        longest = ("word " * 20)[: room - len("last.py:76")] + "last.py:76"
        rows.show([("first", Content(longest))])
        await pilot.pause()
        assert "last.py:76" in shown(app)
        rows.show([("first", Content(longest)), *((str(number), Content("more")) for number in range(20))])
        await pilot.pause()
        assert rows.show_vertical_scrollbar
        assert "last.py:76" in shown(app)
