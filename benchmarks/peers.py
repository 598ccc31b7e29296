"""The planted pairs beside other tools, on the signals that their rules claim to answer.

    python -P -m benchmarks.peers [--bandit PATH] [--ruff PATH] [--skylos PATH] [--only PREFIX …]

Each option names an executable; a tool that is not given has no column. A tool tells a gap where one of the rules
below fires anywhere in the case. It is scored on cases that hold a file of a language it reads, and only on signals it
has a rule for; ours on all cases of these signals. Recall and precision are those of `benchmarks.pairs`.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pairs import CLEAN, FOLDER, GAP, Case, judge, read_cases

PATIENCE = 120
"""Seconds for one tool on one case."""
MOST_COMPLEX = 20


@dataclass(frozen=True, slots=True)
class Peer:
    """Another tool: what it reads, which rules speak of which signal, and how it is run."""

    name: str
    reads: tuple[str, ...]
    claims: dict[str, str]
    fired: Callable[[str, Path], set[str]]

    def sees(self, case: Case) -> bool:
        """Whether the case is one it should answer."""
        return case.signal in self.claims and any(name.endswith(self.reads) for name in case.files)


def _output(command: list[str], folder: Path) -> str:
    """What a tool prints; a finding makes most of them end with 1, which is no failure."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode not in {0, 1} or not done.stdout.strip():
        raise SystemExit(f"{command[0]} failed on a case:\n{done.stderr[-800:]}")
    return done.stdout


def _bandit(program: str, folder: Path) -> set[str]:
    report = json.loads(_output([program, "-q", "-f", "json", "-r", "."], folder))
    return {str(one["test_id"]) for one in report["results"]}


def _ruff(program: str, folder: Path) -> set[str]:
    rules = "S,BLE,ASYNC,T20,C901,E722"
    command = [program, "check", "--isolated", "--no-cache", "--select", rules, "--output-format", "json"]
    command += ["--config", f"lint.mccabe.max-complexity={MOST_COMPLEX}", "."]
    return {str(one["code"]) for one in json.loads(_output(command, folder))}


def _skylos(program: str, folder: Path) -> set[str]:
    command = [program, ".", "--danger", "--secrets", "--quality", "--ai-defects", "--json", "--no-upload"]
    report = json.loads(_output(command, folder))
    return set(_skylos_rules([report.get(key, []) for key in ("danger", "quality", "secrets", "ai_defects")]))


def _skylos_rules(groups: list[list[dict[str, object]]]) -> Iterator[str]:
    for one in (finding for group in groups for finding in group):
        rule, value = str(one.get("rule_id", "")), one.get("value")
        # Its complexity rule begins at 10; the signal asks for more than 20.
        if rule != "SKY-Q301" or (isinstance(value, int) and value > MOST_COMPLEX):
            yield rule


PEERS = (
    Peer(
        "bandit",
        (".py",),
        {
            "secrets.none-in-code": r"B10[567]",
            "db.no-string-sql": r"B608",
            "calls.timeouts": r"B113",
            "errors.not-swallowed": r"B11[02]",
            "app.debug-off": r"B201",
        },
        _bandit,
    ),
    Peer(
        "ruff",
        (".py",),
        {
            "secrets.none-in-code": r"S10[567]",
            "db.no-string-sql": r"S608",
            "calls.timeouts": r"S113",
            "errors.not-swallowed": r"BLE001|E722|S11[02]",
            "app.debug-off": r"S201",
            "scale.no-blocking-async": r"ASYNC2\d\d",
            "obs.structured-logging": r"T20\d",
            "code.no-complex-hotspots": r"C901",
        },
        _ruff,
    ),
    Peer(
        "skylos",
        (".py", ".js", ".jsx", ".mjs", ".ts", ".tsx", ".yml", ".yaml"),
        {
            "secrets.none-in-code": r"SKY-(?:S10[12]|L014)",
            "db.no-string-sql": r"SKY-D(?:211|217|281)",
            "calls.timeouts": r"SKY-L031",
            "errors.not-swallowed": r"SKY-L0(?:02|07|30)",
            "app.debug-off": r"SKY-(?:D346|DEP00[23])",
            "scale.no-blocking-async": r"SKY-Q401",
            "code.no-complex-hotspots": r"SKY-Q301",
            "api.authentication": r"SKY-(?:F102|D280|DEP001|A105)",
            "api.security-headers": r"SKY-D(?:231|247)",
            "api.upload-limits": r"SKY-P401",
            "api.input-validation": r"SKY-(?:T105|D234)",
            "ci.actions-pinned": r"SKY-D292",
            "llm.call-limits": r"SKY-D267",
            "llm.no-unsafe-output": r"SKY-D262",
            "llm.prompt-injection": r"SKY-D26[016]",
            "llm.tools-scoped": r"SKY-D264",
        },
        _skylos,
    ),
)


@dataclass(slots=True)
class Score:
    """Gaps met and told, and clean cases told as a gap."""

    gaps: int = 0
    caught: int = 0
    blamed: int = 0

    def add(self, case: Case, *, told: bool) -> None:
        """Count one case."""
        self.gaps += case.expect <= GAP
        self.caught += told and case.expect <= GAP
        self.blamed += told and case.expect <= CLEAN

    def __str__(self) -> str:
        if not self.gaps:
            return "-"
        told = self.caught + self.blamed
        sure = f"{100 * self.caught / told:.0f}" if told else "-"
        return f"{100 * self.caught / self.gaps:.0f} / {sure} ({self.caught} of {self.gaps})"


def main(argv: list[str] | None = None) -> int:
    """Print one row a claimed signal: recall and precision in percent, ours first."""
    parser = argparse.ArgumentParser(prog="benchmarks.peers", description=__doc__.splitlines()[0] if __doc__ else "")
    for peer in PEERS:
        parser.add_argument(f"--{peer.name}", default="", metavar="PATH")
    parser.add_argument("--cases", type=Path, default=FOLDER)
    parser.add_argument("--only", nargs="*", default=[], metavar="PREFIX")
    chosen = parser.parse_args(argv)
    here = [peer for peer in PEERS if getattr(chosen, peer.name)]
    names = ["ours", *(peer.name for peer in here)]
    scores: dict[str, dict[str, Score]] = {}
    for case in read_cases(chosen.cases, chosen.only):
        if not any(case.signal in peer.claims for peer in here):
            continue
        ours = judge(case).seen in GAP
        for label in (case.signal, "all"):
            scores.setdefault(label, {name: Score() for name in names})["ours"].add(case, told=ours)
        for peer in here:
            if peer.sees(case):
                told = _tells(peer, str(Path(getattr(chosen, peer.name)).resolve()), case)
                scores[case.signal][peer.name].add(case, told=told)
                scores["all"][peer.name].add(case, told=told)
    sys.stdout.write(f"| signal | {' | '.join(names)} |\n|---|{'---|' * len(names)}\n")
    for signal in [*sorted(scores.keys() - {"all"}), *(["all"] if scores else [])]:
        sys.stdout.write(f"| {signal} | {' | '.join(str(scores[signal][name]) for name in names)} |\n")
    return 0


def _tells(peer: Peer, program: str, case: Case) -> bool:
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        case.write(Path(folder))
        return any(re.fullmatch(peer.claims[case.signal], rule) for rule in peer.fired(program, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
