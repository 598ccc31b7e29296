"""The page of figures, docs/performance.md, and its picture."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from math import log10
from pathlib import Path

from benchmarks.speed.rounds import Costs, middle, ratio
from benchmarks.speed.rows import LARGE_ROUNDS, MOST_COLD, Bed, Row

PICTURE = "performance.svg"
WORDS = {"wall": "time", "cpu": "processor", "memory": "memory"}
CURVES = {"cold": "#0969da", "one file changed": "#bf8700", "nothing changed": "#1a7f37"}
"""What is drawn, and in which color; each reads on white and on black."""

HEAD = """\
# How quick it is

    make bench

Ours and the other tools ran in turn, round by round, on one machine and on the same files, so that all of them share
its moods; each figure is the median of the rounds. Processor time counts all children; memory is that of the largest
process. semgrep and radon come from clean environments of their own, because beside Jupyter they start slower. Beds
named by a number of files are generated, the same on every machine, with a history in git. A ratio below its bar is
good. On a busy machine the parallel processes of the plain `semgrep scan` get in each other's way, which flatters us:
figures under load are for orientation only.

"""


def machine() -> str:
    """What it ran on, in one line, without anybody's names."""
    return f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def page(
    command: str, versions: str, rounds: int, table: Sequence[Row], costs: Costs, beds: Sequence[Bed], same: str
) -> str:
    """The whole page."""
    busy = os.getloadavg()[1]
    about = f"Machine: {machine()}; {versions}; {rounds} round{'s' if rounds > 1 else ''}; load {busy:.1f}"
    lines = [HEAD, f"{about} (above 1 somebody else was at work too).\n"]
    lines += [f"Command: `{command}`\n", f"{same}\n"]
    lines += ["| what | against | of | bar | measured | ours | theirs | |", "|---|---|---|---:|---:|---:|---:|---|"]
    for row in table:
        found = ratio(costs, row.ours, row.theirs, row.measure)
        ours, theirs = (_shown(middle(costs, names, row.measure), row) for names in (row.ours, row.theirs))
        bar = "" if row.bar is None else f"{row.bar:g}"
        said = "" if row.bar is None else "reached" if found <= row.bar else "**missed**"
        cells = (row.what, row.against, WORDS[row.measure], bar, f"{found:.2f}", ours, theirs, said)
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", *_missed(table, costs)]
    lines += ["## As repositories grow\n", f"![Seconds by files](pictures/{PICTURE})\n", *_growth(costs, beds)]
    return "\n".join(lines).rstrip() + "\n"


def _shown(value: float, row: Row) -> str:
    return (
        f"{value:.0f} MiB" if row.measure == "memory" else f"{value:.2f} s" if value >= 1 else f"{value * 1000:.0f} ms"
    )


def _missed(table: Sequence[Row], costs: Costs) -> list[str]:
    missed = [row for row in table if row.bar is not None and ratio(costs, row.ours, row.theirs, row.measure) > row.bar]
    if not missed:
        return []
    lines = ["## Where a bar is missed\n"]
    for row in missed:
        parts = [f"{name} {_shown(middle(costs, [name], row.measure), row)}" for name in row.parts]
        told = f" Measured by themselves: {', '.join(parts)}." if parts else f" {row.where}" if row.where else ""
        ours = _shown(middle(costs, row.ours, row.measure), row)
        lines.append(f"- {row.what}, {WORDS[row.measure]}: {ours} is beyond {row.bar:g} times {row.against}.{told}")
    return [*lines, ""]


def _growth(costs: Costs, beds: Sequence[Bed]) -> list[str]:
    lines = [f"| bed | files | {' | '.join(CURVES)} |", f"|---|---:|{'---:|' * len(CURVES)}"]
    for bed in beds:
        cells = [
            f"{middle(costs, [bed.called(what)], 'wall'):.2f} s" if bed.called(what) in costs else "not run"
            for what in CURVES
        ]
        lines.append(f"| {bed.name} | {bed.files} | {' | '.join(cells)} |")
    return [
        *lines,
        "",
        f"All beds are looked at once before the rounds; those of {MOST_COLD} files and more are measured in the first",
        f"{LARGE_ROUNDS} rounds that count, the larger ones only warm.",
    ]


def picture(costs: Costs, beds: Sequence[Bed]) -> str:
    """Seconds by files, both on logarithmic scales, as SVG that suits light and dark pages."""
    points = {
        what: [(bed.files, middle(costs, [bed.called(what)], "wall")) for bed in sorted(beds, key=lambda bed: bed.files)
               if bed.called(what) in costs]
        for what in CURVES
    }  # fmt: skip
    every = [point for curve in points.values() for point in curve]
    left, right = log10(min(x for x, _ in every)) - 0.1, log10(max(x for x, _ in every)) + 0.1
    low, high = log10(min(y for _, y in every)) - 0.2, log10(max(y for _, y in every)) + 0.2

    def at(files: float, seconds: float) -> str:
        x = 70 + 500 * (log10(files) - left) / (right - left)
        return f"{x:.0f},{300 - 260 * (log10(seconds) - low) / (high - low):.0f}"

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 350" role="img" font-size="13">',
        "<title>Seconds of a look by the number of files</title>",
        "<style>text{fill:#1f2328;font-family:sans-serif}.axis{stroke:#8c959f}",
        "@media(prefers-color-scheme:dark){text{fill:#e6edf3}}</style>",
        '<path class="axis" d="M70 40V300H570" fill="none"/>',
    ]
    for seconds in (0.01, 0.1, 1, 10, 100, 1000):
        if low <= log10(seconds) <= high:
            y = at(10**left, seconds).partition(",")[2]
            parts.append(f'<text x="60" y="{y}" text-anchor="end" dominant-baseline="middle">{seconds:g} s</text>')
    for files in sorted({bed.files for bed in beds}):
        x = at(files, 10**low).partition(",")[0]
        parts.append(f'<text x="{x}" y="320" text-anchor="middle">{files}</text>')
    for row, (what, curve) in enumerate((what, curve) for what, curve in points.items() if curve):
        color = CURVES[what]
        line = " ".join(at(*point) for point in curve)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        for x, y in (point.split(",") for point in line.split()):
            parts.append(f'<circle cx="{x}" cy="{y}" r="4" fill="{color}"/>')
        parts.append(f'<rect x="590" y="{50 + 24 * row}" width="12" height="12" fill="{color}"/>')
        parts.append(f'<text x="608" y="{61 + 24 * row}">{what}</text>')
    return "\n".join([*parts, '<text x="320" y="342" text-anchor="middle">files</text>', "</svg>", ""])


def write(folder: Path, text: str, drawing: str) -> None:
    """Write both."""
    (folder / "pictures" / PICTURE).write_text(drawing, encoding="utf-8")
    (folder / "performance.md").write_text(text, encoding="utf-8")
