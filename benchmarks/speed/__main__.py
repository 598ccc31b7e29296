"""Measure how quick we are beside semgrep, radon and our own floors, and write docs/performance.md.

    python -P -m benchmarks.speed [--sizes 1000 10000 50000] [--repository DIR …] [--rounds 5] [--minutes 90] [--quick]

Everything is made in a temporary folder and removed at the end, also when it is interrupted.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.speed import page
from benchmarks.speed.beds import commit, copied, git, synthetic
from benchmarks.speed.peers import Peers, installed
from benchmarks.speed.rounds import FailedError, run_once, run_rounds
from benchmarks.speed.rows import FULL, MOST_COLD, Bed, beside, own, rows, same_findings, start_up
from workbook.answers import Status
from workbook.session import Session

DOCS = Path(__file__).parents[2] / "docs"
QUICK = 60
"""Files of the one bed of a quick run, which only shows that the comparison itself works."""


def main() -> int:
    """Run the comparison."""
    chosen = _arguments()
    # A request to end is an interruption: what we made is removed on the way out.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory(prefix="readiness-bench-", ignore_cleanup_errors=True) as folder:
            _measure(chosen, Path(folder).resolve())
    except FailedError as failed:
        sys.stderr.write(f"{failed}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("stopped; nothing was written\n")
        return 130
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[FULL, MOST_COLD, 5 * MOST_COLD], help="files of the generated beds"
    )
    parser.add_argument(
        "--repository", type=Path, action="append", default=[], help="a real repository as one more bed"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=90, help="begin no round after that")
    parser.add_argument("--tools", type=Path, help="keep the other tools' environments in this folder")
    parser.add_argument("--quick", action="store_true", help="one small bed, one round, no page: does the bench work?")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.sizes, chosen.rounds = [QUICK], 1
    return chosen


def _measure(chosen: argparse.Namespace, work: Path) -> None:
    deadline = time.monotonic() + 60 * chosen.minutes
    tools = installed(chosen.tools or work / "tools")
    beds = [_bed(work, f"{size} files", tools, size) for size in sorted(chosen.sizes)]
    beds += [_bed(work, source.resolve().name, tools, source) for source in chosen.repository]
    first = beds[0]
    count = same_findings(first)
    same = f"Findings of both ways to run semgrep on {first.name}: identical, {count} of them, compared in this run."
    sys.stderr.write(f"{same}\n")
    commands = [one for bed in beds for one in own(bed)]
    commands += [*beside(first), *start_up(_workbook(work), first)]
    # Warm means looked at before, also where the warm-up round would begin with a change.
    for bed in beds:
        run_once(own(bed)[-1])
    costs = run_rounds(commands, chosen.rounds, deadline)
    done = len(costs[commands[0].name])
    table = rows(first, beds[1:])
    command = " ".join(["python -P -m benchmarks.speed", *_told(chosen)])
    text = page.page(command, tools.versions, done, table, costs, beds, same)
    sys.stdout.write(text)
    if not chosen.quick:
        page.write(DOCS, text, page.picture(costs, beds))


def _told(chosen: argparse.Namespace) -> list[str]:
    sizes = " ".join(str(size) for size in chosen.sizes)
    return [f"--sizes {sizes}", f"--rounds {chosen.rounds}", *(f"--repository {one.name}" for one in chosen.repository)]


def _bed(work: Path, name: str, tools: Peers, source: int | Path) -> Bed:
    sys.stderr.write(f"preparing {name}\n")
    near = work / name.replace(" ", "-")
    near.mkdir()
    place = near / "bed"
    made = synthetic(place, source) if isinstance(source, int) else copied(place, source)
    return Bed(name, len(git(made, "ls-files").splitlines()), made, near, tools)


def _workbook(work: Path) -> Path:
    """A small repository with a workbook: all 54 controls of the fifty points answered, each watching the code."""
    place = work / "workbook"
    git(work, "init", "-q", "-b", "main", str(place))
    git(place, "config", "user.name", "Ana Example")
    git(place, "config", "user.email", "ana@example.com")
    (place / "app.py").write_text("print('hello')\n", encoding="utf-8")
    commit(place, "Start")
    session = Session(place)
    session.start(["fifty-point"])
    for name in session.catalogue.controls_of(("fifty-point",)):
        session.answer(name, Status.READY, note="seen", watch=["*.py"])
    session.save()
    commit(place, "Answer")
    return place


if __name__ == "__main__":
    sys.exit(main())
