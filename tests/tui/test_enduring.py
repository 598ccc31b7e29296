"""A terminal that is gone takes nothing any more, and nothing waits for it."""

import os
import threading

from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from tui.enduring import Enduring


def test_a_writer_to_a_closed_terminal_comes_to_its_end():
    ours, theirs = os.openpty()
    file = os.fdopen(theirs, "w")
    os.close(ours)
    writer = WriterThread(Enduring(file))
    writer.start()

    def write():
        for _ in range(MAX_QUEUED_WRITES * 5):
            writer.write("x" * 10_000)
        writer.stop()

    # In a thread of its own, so that a failure ends this test.
    waiting = threading.Thread(target=write, daemon=True)
    waiting.start()
    waiting.join(60)
    assert not waiting.is_alive()
    assert not writer.is_alive()
