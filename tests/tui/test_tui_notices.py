"""A notice that expires while it is being drawn: its toast goes, and no timer spins for ever."""

from itertools import count

from textual.notifications import Notification, Notify
from textual.widget import Widget

from tui.notices import SHORTEST

TURNS = 500


async def test_a_notice_that_expires_while_it_is_drawn_goes_at_once(app, monkeypatch):
    delays = []
    set_timer = Widget.set_timer

    def timed(self, delay, *arguments, **options):
        delays.append(delay)
        # A timer of less than nothing would never come back; the assertion below tells.
        return set_timer(self, delay, *arguments, **options) if delay > 0 else None

    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        monkeypatch.setattr(Widget, "set_timer", timed)
        for lasts in range(8):  # in one of them the second in which it ends lies just before its toast is made
            app.clear_notifications()
            await pilot.pause()
            # A clock that goes on by a second whenever it is asked.
            monkeypatch.setattr("textual.notifications.time", count(1).__next__)
            app.post_message(Notify(Notification("Nothing to undo.", timeout=lasts + 0.5, raised_at=0)))
            await pilot.pause()
            if delays and delays[-1] <= SHORTEST:
                break
        assert delays[-1] == SHORTEST
        for _ in range(TURNS):
            if not app.screen.query("Toast"):
                return
            await pilot.pause(0.02)
        raise AssertionError("its toast stays")
