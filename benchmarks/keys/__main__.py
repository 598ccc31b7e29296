"""Measure on the sample project, and write the page: `python -P -m benchmarks.keys [docs/responsiveness.md]`."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.keys.latency import KEYS, ROUNDS, Latency, measured
from benchmarks.keys.ways import Taken, taken
from workbook.people import People
from workbook.sample import NAME, materialize
from workbook.session import Session


def main() -> int:
    """Measure, print, write."""
    with tempfile.TemporaryDirectory() as workshop:
        root = materialize(Path(workshop) / NAME)
        session = Session(root, People("Ana Example <ana@example.com>"))
        session.start(["fifty-point", "six-gates"])
        session.save()
        session.probe()  # what is in the cache then disturbs no key
        text = "\n".join(page(measured(root), taken(root))) + "\n"
    sys.stdout.write(text)
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    return 0


def page(latencies: Sequence[Latency], ways: Sequence[Taken]) -> Iterator[str]:
    """The page as Markdown."""
    yield "# How soon a key is painted, and how many an answer takes"
    yield ""
    yield "<!-- Made by `python -P -m benchmarks.keys docs/responsiveness.md`: measure again instead of editing. -->"
    yield ""
    yield "Both are measured in a real terminal of 40 x 120 on the sample project, from the key that is sent to the"
    yield "last byte of what it paints. How soon a program first shows something: [performance.md](performance.md)."
    yield ""
    yield "## From a key to its paint"
    yield ""
    yield "The peer is a Textual program that has nothing to do: text in as many widgets and a list as long, in which"
    yield "the same keys move a row, or change every text where ours shows another question. Both ran in turn in the"
    load = f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    yield f"same run, {ROUNDS} rounds of {KEYS} keys ({load})."
    yield ""
    yield "| screen | widgets | ours, median | ours, p95 | peer, median | peer, p95 | ratio of p95 |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for one in latencies:
        times = " | ".join(f"{1000 * value:.1f} ms" for value in (*one.ours, *one.peer))
        yield f"| {one.name} | {one.widgets} | {times} | {one.ratio:.2f} |"
    yield ""
    yield "## Ways to answer"
    yield ""
    yield "Keys from the question on screen to the answer taken; a paste is one key. The seconds are those for which"
    yield "the program makes a person wait, all keys together; thinking is not in them."
    yield ""
    yield "| to say | keys | seconds |"
    yield "|---|---:|---:|"
    for way in ways:
        yield f"| {way.way.what} | {way.way.keys} | {way.seconds:.2f} |"
    yield ""
    yield "What 1,000 actions cost in memory is measured by `pytest tests/tui/test_tui_endurance.py --stress`."


if __name__ == "__main__":
    sys.exit(main())
