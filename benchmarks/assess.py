"""What judging costs, beside reading the same file: the time to assess 1,000 controls as a ratio to parsing them.

    python -m benchmarks.assess [--controls 1000]

The catalogue is made larger by copies of its controls, items and signals under other names; the state file
answers every one.
Both figures are the best of several runs in this process, so that they share the machine's mood.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from time import perf_counter

from workbook.answers import read_state
from workbook.assess import assess
from workbook.catalogue import Catalogue, load_catalogue

TODAY = date(2026, 11, 20)
ROUNDS = 7


def enlarged(catalogue: Catalogue, controls: int) -> Catalogue:
    """The catalogue in as many copies as it takes, cut to so many controls, with the items and signals on them."""
    copies = -(-controls // len(catalogue.controls))
    named = [(name, one) for copy in range(copies) for name, one in _copied(catalogue, copy).controls.items()]
    kept = dict(named[:controls])
    checklists = {
        f"{slug}-{copy}": replace(
            checklist,
            slug=f"{slug}-{copy}",
            items=tuple(one for one in checklist.items if kept.keys() >= {*one.controls}),
        )
        for copy in range(copies)
        for slug, checklist in _copied(catalogue, copy).checklists.items()
    }
    signals = {
        name: replace(one, feeds=tuple(control for control in one.feeds if control in kept))
        for copy in range(copies)
        for name, one in _copied(catalogue, copy).signals.items()
    }
    return replace(catalogue, controls=kept, checklists=checklists, signals=signals)


def _copied(catalogue: Catalogue, copy: int) -> Catalogue:
    def other(name: str) -> str:
        return f"{name}-{copy}"

    return replace(
        catalogue,
        controls={other(name): replace(one, id=other(name)) for name, one in catalogue.controls.items()},
        checklists={
            slug: replace(
                one,
                items=tuple(
                    replace(item, id=other(item.id), controls=tuple(map(other, item.controls))) for item in one.items
                ),
            )
            for slug, one in catalogue.checklists.items()
        },
        signals={
            other(name): replace(one, id=other(name), feeds=tuple(map(other, one.feeds)))
            for name, one in catalogue.signals.items()
        },
    )


def answered(catalogue: Catalogue) -> str:
    """A state file that answers every control as a team would, with evidence, a watched path and pins."""
    tables = ["schema = 1", "[measurements.p95_ms]", "value = 420", 'unit = "ms"', 'source = "k6"']
    for number, (name, control) in enumerate(catalogue.controls.items()):
        status = ("ready", "ready", "ready", "needs-review", "blocker", "not-applicable")[number % 6]
        tables += [
            f"\n# {control.title}\n[controls.{name}]",
            f'status = "{status}"',
            'rung = "attested"',
            'by = ["Ana Example <ana@example.com>"]',
            "at = 2026-11-19",
            'commit = "4f2c9e1"',
            f'text = "{control.fingerprint}"',
            'watch = ["api/**"]',
            'pins = "9c41d0aa"',
            'note = "Seen at the gateway and in the service."',
            'reason = "seen"',
            'evidence = [{ kind = "file", path = "infra/gateway.tf", sha256 = "00" }]',
        ]
    return "\n".join(tables) + "\n"


def best(work: Callable[[], object]) -> float:
    """Seconds of the quickest of several runs."""
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def measured(controls: int) -> tuple[float, float, float, Catalogue]:
    """Seconds to parse, to read and to assess so many answered controls, and the catalogue that held them."""
    catalogue = enlarged(load_catalogue(), controls)
    text = answered(catalogue)
    state = read_state(tomllib.loads(text), catalogue, TODAY)
    if len(state.answers) != controls or any(problem.table.startswith("controls") for problem in state.problems):
        raise SystemExit(f"the made-up state file is not what it should be: {state.problems[:3]}")
    pins = dict.fromkeys(catalogue.controls, "9c41d0aa")
    catalogue.feeding  # noqa: B018  made once for each catalogue, as for each process
    return (
        best(lambda: tomllib.loads(text)),
        best(lambda: read_state(tomllib.loads(text), catalogue, TODAY)),
        best(lambda: assess(catalogue, state, TODAY, pins=pins)),
        catalogue,
    )


def main() -> int:
    """Print the times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--controls", type=int, default=1000)
    parse, read, judge, catalogue = measured(parser.parse_args().controls)
    items = sum(len(checklist.items) for checklist in catalogue.checklists.values())
    sys.stdout.write(
        f"{len(catalogue.controls)} controls, {items} items\n"
        f"parse the file   {parse * 1000:8.1f} ms\n"
        f"parse and read   {read * 1000:8.1f} ms\n"
        f"assess           {judge * 1000:8.1f} ms\n"
        f"assess / parse   {judge / parse:8.2f}\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
