"""How complex the functions are: a column for each of radon's ranks."""

from __future__ import annotations

from collections.abc import Iterable

from workbook.pictures.svg import DOUBT, GOOD, STOP, Canvas, Picture

RANKS = (("A", 5, GOOD), ("B", 10, GOOD), ("C", 20, DOUBT), ("D", 30, DOUBT), ("E", 40, STOP), ("F", 0, STOP))
"""Radon's ranks of cyclomatic complexity, each with its upper bound; the last has none."""

WIDTH, HEIGHT, BASE = 480, 180, 140


def complexity_histogram(functions: Iterable[tuple[int, int]]) -> Picture:
    """One column a rank; the number of functions stands above it, its bounds below.

    Args:
        functions: Complexities, each with the number of functions that have it.
    """
    counts = [0] * len(RANKS)
    for value, number in functions:
        counts[next(place for place, (_, most, _) in enumerate(RANKS) if value <= most or not most)] += number
    most, step = max(*counts, 1), WIDTH / len(RANKS)
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.line(0, BASE, WIDTH, BASE)
    lines, lower = [], 1
    for place, (rank, upper, color) in enumerate(RANKS):
        bounds = f"{lower} to {upper}" if upper else f"{lower} and more"
        said = f"rank {rank}, complexity {bounds}: {counts[place]} functions"
        tall = 110 * counts[place] / most
        if counts[place]:
            canvas.box(place * step + 10, BASE - tall, step - 20, tall, color, said)
        canvas.text(place * step + step / 2, BASE - tall - 6, str(counts[place]), anchor="middle", bold=True)
        canvas.text(place * step + step / 2, BASE + 16, rank, anchor="middle", bold=True)
        canvas.text(place * step + step / 2, BASE + 32, bounds, anchor="middle")
        lines.append(said)
        lower = upper + 1
    total = sum(counts)
    return canvas.picture("Complexity", f"{total} functions by radon's rank", tuple(lines))
