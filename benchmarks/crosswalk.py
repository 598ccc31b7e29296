"""What one checklist is worth for the others: answer it fully, and count the core items of the other four it decides.

    python -m benchmarks.crosswalk

Every control behind the deciding items of one checklist is answered; an item of another checklist is decided when it is
no longer unanswered. The ten levels of the scorecard are left out: a person gives them, no control does.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date

from workbook.answers import SCORECARD, Answer, State, Status
from workbook.assess import assess
from workbook.catalogue import Catalogue, load_catalogue

TODAY = date(2026, 11, 20)


def decided(catalogue: Catalogue, answered: str) -> Mapping[str, tuple[int, int]]:
    """For each checklist how many of its core items are decided, and of how many, once one is answered fully."""
    ready = Answer(Status.READY, by=("Ana Example <ana@example.com>",), at=TODAY)
    state = State(answers=dict.fromkeys(catalogue.controls_of((answered,)), ready))
    items = assess(catalogue, state, TODAY).items
    core = {
        slug: [items[item.id].status for item in checklist.scored if item.layer != SCORECARD]
        for slug, checklist in catalogue.checklists.items()
    }
    return {slug: (len(states) - states.count(Status.UNANSWERED), len(states)) for slug, states in core.items()}


def main() -> int:
    """Print one row for each checklist that is answered fully."""
    catalogue = load_catalogue()
    slugs = tuple(catalogue.checklists)
    rows = [["answered", "controls", *slugs, "of the other four"]]
    for slug in slugs:
        found = decided(catalogue, slug)
        if found[slug][0] != found[slug][1]:
            raise SystemExit(f"{slug} is not decided by all its own controls: {found[slug]}")
        others = [found[other] for other in slugs if other != slug]
        met, of = (sum(part) for part in zip(*others, strict=True))
        cells = [f"{done}/{all_of}" for done, all_of in found.values()]
        rows.append([slug, str(len(catalogue.controls_of((slug,)))), *cells, f"{met} of {of} ({100 * met / of:.0f} %)"])
    for row in rows:
        sys.stdout.write("".join(cell.ljust(16) for cell in row).rstrip() + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
