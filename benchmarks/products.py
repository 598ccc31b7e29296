"""How often the probes agree with a careful reader of whole small products.

    python -P -m benchmarks.products [--only NAME …] [--cases DIR] [--renew]

The products are those of `tests/checks/products`, data in one file each: `kind`, a table `[files]` of path and text, a
table `[labels]` of signal and outcome (with the file that decides it and why), and a table `[misses]` of the signals
that the probes still get wrong, with what they say. Pairs judge one signal at a time; here all probes look at one
repository at once, committed with git, as they do for a team. `⁞` in a text is taken out before it is written, so that
no secret-shaped string stands in this repository.

Labels and probes are compared as `benchmarks.accuracy` does it: the judgment calls are lenient by one step. Every miss
is printed with the file that decides, then a row for each product and the figures over all. `--renew` writes the tables
of misses anew: read what changed before you commit it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.accuracy import Compared, Label, shares
from checks.observation import Outcome
from checks.run import look_over

FOLDER = Path("tests/checks/products")


@dataclass(frozen=True, slots=True)
class Said:
    """What a careful reader says of one signal: the outcome, the file that decides it, and why."""

    outcome: Outcome
    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Product:
    """A whole small product, what a reader says of it, and what the probes are known to get wrong."""

    name: str
    kind: str
    files: Mapping[str, str] = field(repr=False)
    labels: Mapping[str, Said]
    misses: Mapping[str, Outcome]

    def write(self, root: Path) -> None:
        """Put the files below a folder and commit them there."""
        for name, text in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("⁞", ""), encoding="utf-8")
        _git(root, "init", "-q", "-b", "main")
        # A committed file that the product's own .gitignore names is one of the gaps.
        _git(root, "add", "--all", "--force")
        _git(root, "-c", "user.name=Ana Example", "-c", "user.email=ana@example.com", "commit", "-qm", "Start")


@dataclass(frozen=True, slots=True)
class Judged:
    """A label beside what the probe said, with its reasons."""

    compared: Compared
    said: Said
    summary: str

    @property
    def signal(self) -> str:
        """The signal that both speak of."""
        return self.compared.label.signal


def read_products(folder: Path, only: Sequence[str] = ()) -> Iterator[Product]:
    """The products named, or all of them."""
    for path in sorted(folder.glob("*.toml")):
        if only and path.stem not in only:
            continue
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        labels = {
            signal: Said(Outcome(one["outcome"]), one["where"], one["why"]) for signal, one in table["labels"].items()
        }
        misses = {signal: Outcome(outcome) for signal, outcome in table.get("misses", {}).items()}
        yield Product(path.stem, table["kind"], table["files"], labels, misses)


def judge(product: Product) -> list[Judged]:
    """Write a product to a throw-away repository and let all probes look at it once."""
    with tempfile.TemporaryDirectory(prefix="products-") as folder:
        root = Path(folder) / product.name
        product.write(root)
        observations = look_over(root).observations
    judged = []
    for signal, said in product.labels.items():
        seen = observations.get(signal)
        label = Label(product.name, "", signal, said.outcome)
        judged.append(
            Judged(Compared(label, seen.outcome if seen else None), said, seen.summary if seen else "no probe")
        )
    return judged


def missed(judged: list[Judged]) -> dict[str, Outcome | None]:
    """The signals on which reader and probes disagree, with what the probes say."""
    return {one.signal: one.compared.seen for one in judged if one.compared.verdict != "agrees"}


def renew(path: Path, misses: Mapping[str, Outcome | None]) -> None:
    """Write the table of misses of a product's file anew; the rest of the file stays as it is."""
    kept = path.read_text(encoding="utf-8").partition("\n[misses]\n")[0].rstrip("\n")
    rows = [f'"{signal}" = "{seen}"' for signal, seen in misses.items()]
    path.write_text("\n".join([kept, "", "[misses]", *rows, ""]) if rows else f"{kept}\n", encoding="utf-8")


def _git(root: Path, *arguments: str) -> None:
    root.mkdir(parents=True, exist_ok=True)
    quiet = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
    dates = {"GIT_AUTHOR_DATE": "2026-11-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-11-01T00:00:00Z"}
    subprocess.run(
        ["git", *arguments],  # noqa: S607 - git is found on PATH, as the product itself finds it
        cwd=root,
        env={"PATH": os.environ["PATH"]} | quiet | dates,
        check=True,
        capture_output=True,
    )


def _row(name: str, judged: list[Judged]) -> str:
    count = Counter(one.compared.verdict for one in judged)
    decided = len(judged) - count["unknown"] - count["no probe"]
    agreed, share = count["agrees"], count["agrees"] / decided if decided else 0
    return (
        f"{name:28} {agreed:4} of {decided:3} decided ({share:6.1%})  wrong met {count['wrong met']:2}"
        f"  wrong unmet {count['wrong unmet']:2}  differs {count['differs']:2}  unknown {count['unknown']:2}"
    )


def main(argv: list[str] | None = None) -> int:
    """Print every miss, a row for each product, and the figures over all."""
    parser = argparse.ArgumentParser(prog="benchmarks.products", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=Path, default=FOLDER)
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--renew", action="store_true", help="write the tables of misses anew")
    chosen = parser.parse_args(argv)
    rows, everything = [], []
    for product in read_products(chosen.cases, chosen.only):
        judged = judge(product)
        for one in judged:
            if one.compared.verdict != "agrees":
                sys.stdout.write(
                    f"{one.compared.verdict}: {product.name} {one.signal}: {one.said.outcome} ({one.said.where}: "
                    f"{one.said.why}), said {one.compared.seen}: {one.summary}\n"
                )
        sys.stdout.flush()
        if chosen.renew:
            renew(chosen.cases / f"{product.name}.toml", missed(judged))
        rows.append(_row(product.name, judged))
        everything += judged
    sys.stdout.write("\n" + "\n".join([*rows, "", *shares([one.compared for one in everything])]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
