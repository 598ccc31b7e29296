"""How often the probes agree with people who read the same repositories.

    python -m benchmarks.accuracy --labels labels.csv --repositories DIR

`labels.csv` has the columns repository, commit, signal, outcome and evidence. DIR holds one clone a repository, in a
folder named after it ("owner/name" or "name") at the labelled commit; another commit is reported, not used.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from checks.observation import Outcome
from checks.run import look_over

LENIENT = frozenset(
    {
        *("llm.call-logging", "llm.failure-fallback", "run.autoscaling", "api.security-headers"),
        *("errors.not-swallowed", "api.health-endpoint", "run.graceful-shutdown", "db.pooling", "scale.caching"),
        *("release.feature-flags", "llm.prompts-versioned", "docs.architecture", "ops.runbooks"),
    }
)
"""Judgment calls, on which people differ by one step; a step off counts as agreement here."""

STEPS = {Outcome.UNMET: 0, Outcome.PARTIAL: 1, Outcome.MET: 2}


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said of one signal of one repository."""

    repository: str
    commit: str
    signal: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Compared:
    """A label beside what the probe said; `seen` is None where no probe answers the signal."""

    label: Label
    seen: Outcome | None

    @property
    def verdict(self) -> str:
        """One of "agrees", "unknown", "no probe", "wrong met", "wrong unmet" or "differs"."""
        if self.seen is None:
            return "no probe"
        if self.seen is self.label.outcome or self._a_step_off:
            return "agrees"
        if self.seen is Outcome.UNKNOWN:
            return "unknown"
        if self.seen is Outcome.MET:
            return "wrong met"
        return "wrong unmet" if self.seen is Outcome.UNMET else "differs"

    @property
    def _a_step_off(self) -> bool:
        known = self.seen in STEPS and self.label.outcome in STEPS
        return bool(
            known
            and self.seen
            and self.label.signal in LENIENT
            and abs(STEPS[self.seen] - STEPS[self.label.outcome]) == 1
        )


def read_labels(path: Path) -> list[Label]:
    """The labels of a file, in its order."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Label(row["repository"], row["commit"], row["signal"], Outcome(row["outcome"]))
            for row in csv.DictReader(file)
        ]


def compare(labels: Iterable[Label], repositories: Path) -> list[Compared]:
    """Each label beside the probes' answer; repositories that are not there are named and left out."""
    grouped: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        grouped[label.repository].append(label)
    found = []
    for name, wanted in grouped.items():
        folder = next((one for one in (repositories / name, repositories / Path(name).name) if one.is_dir()), None)
        if folder is None:
            sys.stderr.write(f"{name}: no clone below {repositories}, left out\n")
            continue
        report = look_over(folder)
        if report.commit != wanted[0].commit:
            sys.stderr.write(f"{name}: stands at {report.commit}, labelled at {wanted[0].commit}, left out\n")
            continue
        seen = {signal: observation.outcome for signal, observation in report.observations.items()}
        found += [Compared(label, seen.get(label.signal)) for label in wanted]
    return found


def shares(compared: list[Compared]) -> list[str]:
    """The figures over all labels and over decided ones."""
    count = Counter(one.verdict for one in compared)
    total = len(compared)
    decided = total - count["unknown"] - count["no probe"]
    agreed = count["agrees"]
    return [
        f"labels       {total}",
        f"agreement    {_percent(agreed, decided)} of {decided} decided, {_percent(agreed, total)} of all",
        f"wrong met    {count['wrong met']}",
        f"wrong unmet  {count['wrong unmet']}",
        f"differs      {count['differs']}",
        f"unknown      {count['unknown']} ({_percent(count['unknown'], total)})",
        f"no probe     {count['no probe']}",
    ]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def main(argv: list[str] | None = None) -> int:
    """Print every disagreement, then the figures."""
    parser = argparse.ArgumentParser(prog="benchmarks.accuracy", description=__doc__)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--repositories", type=Path, required=True)
    chosen = parser.parse_args(argv)
    compared = compare(read_labels(chosen.labels), chosen.repositories)
    for one in compared:
        if one.verdict != "agrees":
            said = one.seen or "-"
            sys.stdout.write(
                f"{one.verdict:12} {one.label.repository:32} {one.label.signal:28} {one.label.outcome:15} {said}\n"
            )
    sys.stdout.write("\n" + "\n".join(shares(compared)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
