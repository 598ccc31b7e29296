"""How well each signal tells planted gaps from clean code: recall, precision, wrong met and unknown.

    python -P -m benchmarks.pairs [--only llm. …] [--cases DIR]

The cases are those of `tests/checks/pairs`, data in one file a signal:

    [[case]]
    name = "express: the limiter is imported and never used"
    side = "gap"              # gap, clean or trap
    expect = "unmet"          # the outcome a person would give; a list where two are defensible
    files = { "package.json" = "…", "src/app.ts" = "…" }

`⁞` in a text is taken out before it is written, so that no secret-shaped string stands in this repository. A trap only
claims what it lacks, or hides what it has: it must be told apart or be unknown, and never a wrong met.

Of the figures, a case is a gap where every outcome that can be defended is "unmet" or
"partial", and clean where none is. Recall is the share of gaps told as a gap; precision the share of cases told as a
gap that a person would not call clean; a wrong met is a "met" that nobody would defend. Every miss is printed.

How the probes did before they saw the cases: check the older commit out beside this one (`git worktree add`) and run
this file with PYTHONPATH set to it and `--cases` to the cases.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from checks.observation import Outcome
from checks.run import look_over

FOLDER = Path("tests/checks/pairs")
GAP = frozenset({Outcome.UNMET, Outcome.PARTIAL})
CLEAN = frozenset({Outcome.MET, Outcome.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Case:
    """A small repository and the outcomes that a careful person would defend."""

    signal: str
    name: str
    side: str
    expect: frozenset[Outcome]
    files: Mapping[str, str] = field(repr=False)

    def write(self, root: Path) -> None:
        """Put the files below a folder; the mark that keeps fake secrets harmless is taken out."""
        for name, text in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("⁞", ""), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Judged:
    """A case beside what the probe said of it."""

    case: Case
    seen: Outcome
    summary: str

    @property
    def right(self) -> bool:
        """Whether the outcome can be defended; a trap may also be left unknown."""
        return self.seen in self.case.expect or (self.case.side == "trap" and self.seen is Outcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over judged cases: `gaps` and how many of them were `caught`, and clean cases `blamed` with a gap."""

    cases: int
    right: int
    gaps: int
    caught: int
    blamed: int
    wrong_met: int
    unknown: int

    @classmethod
    def of(cls, judged: list[Judged]) -> Figures:
        """Count them."""
        return cls(
            cases=len(judged),
            right=sum(one.right for one in judged),
            gaps=sum(one.case.expect <= GAP for one in judged),
            caught=sum(one.case.expect <= GAP and one.seen in GAP for one in judged),
            blamed=sum(one.case.expect <= CLEAN and one.seen in GAP for one in judged),
            wrong_met=sum(one.seen is Outcome.MET and Outcome.MET not in one.case.expect for one in judged),
            unknown=sum(one.seen is Outcome.UNKNOWN for one in judged),
        )

    def line(self, label: str) -> str:
        """One row: cases, as expected, recall, precision, wrong met, unknown."""
        recall, precision = _percent(self.caught, self.gaps), _percent(self.caught, self.caught + self.blamed)
        return (
            f"| {label:30} | {self.cases:5} | {self.right:5} | {recall:>6} | {precision:>9} "
            f"| {self.wrong_met:9} | {self.unknown:7} |"
        )


HEAD = f"| {'signal':30} | cases | right | recall | precision | wrong met | unknown |\n|{'-' * 32}|------:|------:|-------:|----------:|----------:|--------:|"  # noqa: E501 - a table's head is one line


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"


def read_cases(folder: Path, only: Sequence[str] = ()) -> Iterator[Case]:
    """The cases of the signals that begin with one of `only`, or all of them."""
    for path in sorted(folder.glob("*.toml")):
        if only and not path.stem.startswith(tuple(only)):
            continue
        for table in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            expect = table["expect"] if isinstance(table["expect"], list) else [table["expect"]]
            outcomes = frozenset(Outcome(word) for word in expect)
            yield Case(path.stem, table["name"], table["side"], outcomes, table["files"])


def judge(case: Case) -> Judged:
    """Write the repository of a case to a throw-away folder and ask its signal."""
    with tempfile.TemporaryDirectory(prefix="pairs-") as folder:
        case.write(Path(folder))
        seen = look_over(Path(folder), signals={case.signal}).observations[case.signal]
    return Judged(case, seen.outcome, seen.summary)


def main(argv: list[str] | None = None) -> int:
    """Print every miss, then a row for each signal, each group of signals and all."""
    parser = argparse.ArgumentParser(prog="benchmarks.pairs", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=Path, default=FOLDER)
    parser.add_argument("--only", nargs="*", default=[], metavar="PREFIX")
    chosen = parser.parse_args(argv)
    judged = []
    for case in read_cases(chosen.cases, chosen.only):
        one = judge(case)
        judged.append(one)
        if not one.right:
            wanted = " or ".join(sorted(case.expect))
            sys.stdout.write(f"{case.signal}: {case.name} ({case.side}): {wanted}, said {one.seen}: {one.summary}\n")
            sys.stdout.flush()
    signals = sorted({one.case.signal for one in judged})
    groups = sorted({signal.split(".")[0] for signal in signals})
    sys.stdout.write(f"\n{HEAD}\n")
    for label in [*signals, *(f"{group}.*" for group in groups), "all"]:
        mine = [one for one in judged if label in {"all", one.case.signal, f"{one.case.signal.split('.')[0]}.*"}]
        sys.stdout.write(Figures.of(mine).line(label) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
