"""What is measured, as data: the commands of one bed, and the rows that compare them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.speed import paint, peers
from benchmarks.speed.beds import git
from benchmarks.speed.rounds import Command, FailedError, Measure

FULL = 1_000
"""Files of the bed on which everything is measured, the others included."""

MOST_COLD = 10_000
"""Files; larger beds are measured warm only."""

LARGE_ROUNDS = 3
"""Rounds in which a bed of `MOST_COLD` files or more is measured, since a look at it takes minutes. It has been looked
at once before, which warms it up."""

SETTLED_S = 0.1
"""From a change to the look. Nobody calls within 20 ms of a save, and files that young are not trusted to look the same
(`checks.cache.signs`): after a look that follows a script at once, git would be asked whether anything changed."""

READINESS = [sys.executable, "-P", "-m", "workbook"]
AFTER = "status after an answer"
IN_FUNCTION = "a line added in a function"
ADDED = "a file added"
_HIDDEN = re.compile(r"(?:^|/)\.")
_RETURNS = re.compile(r"(?m)^([ \t]+)return\b")
_PYTHON = ("# round {}", "counted = {}", "def added(value):\n    return value\n")
_WEB = ("// round {}", "let counted = {};", "export function added(value) {\n  return value;\n}\n")
_CHANGED = {".py": _PYTHON, ".ts": _WEB, ".tsx": _WEB, ".js": _WEB}
"""By the ending of the file that is changed: a comment, a line before a statement, and a file beside it."""
BARE = [sys.executable, "-I", "-c", "pass"]


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: what, beside what, the ratio it must not pass, and the commands of which ours consists.

    Where there is no bar the row is there to say what another row leaves out.
    """

    what: str
    against: str
    bar: float | None
    measure: Measure
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    parts: tuple[str, ...] = ()
    """What to look at where the bar is missed."""
    where: str = ""
    """Where the time goes, said where the bar is missed."""


@dataclass(frozen=True, slots=True)
class Bed:
    """A repository to measure on, with a folder beside it for caches and copies."""

    name: str
    files: int
    place: Path
    beside: Path
    tools: peers.Peers

    def called(self, what: str) -> str:
        """The name of a command on this bed."""
        return f"{what}, {self.name}"

    def env(self, cache: str) -> dict[str, str]:
        """The environment with a cache of that name."""
        return peers.environment(self.beside, self.tools.semgrep, self.tools.radon) | {
            "XDG_CACHE_HOME": str(self.beside / cache)
        }


def own(bed: Bed) -> list[Command]:
    """Our look at a bed: cold, with one file changed in several ways, and with nothing changed."""
    probe = [*READINESS, "-C", str(bed.place), "probe", "--format", "json"]
    touched = bed.place / changing(bed)
    comment, line, another = _CHANGED[touched.suffix]

    def forget(_: int) -> None:
        shutil.rmtree(bed.beside / "cold", ignore_errors=True)

    def touch(number: int) -> None:
        with touched.open("a", encoding="utf-8") as file:
            file.write(f"{comment.format(number)}\n")
        time.sleep(SETTLED_S)

    def edit(number: int) -> None:
        text = touched.read_text(encoding="utf-8")
        touched.write_text(_RETURNS.sub(rf"\1{line.format(number)}\n\g<0>", text, count=1), encoding="utf-8")
        time.sleep(SETTLED_S)

    def add(number: int) -> None:
        touched.with_name(f"added_{number}{touched.suffix}").write_text(another, encoding="utf-8")
        time.sleep(SETTLED_S)

    def looking(what: str, cache: str, before: Callable[[int], None] | None = None) -> Command:
        # What looks for a while may end with 3: some questions stay unknown.
        most = LARGE_ROUNDS if bed.files >= MOST_COLD else None
        return Command(bed.called(what), probe, bed.place, bed.env(cache), before, fine=(0, 3), most=most)

    cold = [looking("cold", "cold", forget)]
    changes = [looking(IN_FUNCTION, "kept", edit), looking(ADDED, "kept", add)]
    return [
        *(cold if bed.files <= MOST_COLD else []),
        looking("one file changed", "kept", touch),
        *(changes if bed.files <= MOST_COLD else []),
        looking("nothing changed", "kept"),
    ]


def beside(bed: Bed) -> list[Command]:
    """The others on the same files, and the parts and floors of ours."""
    env = bed.env("others")
    part = [sys.executable, "-P", "-m", "benchmarks.speed.ours"]
    one = peers.semgrep(bed.tools, bed.place / changing(bed), "--experimental")
    return [
        Command("semgrep scan", peers.semgrep(bed.tools, bed.beside / "targets"), bed.beside, env),
        *(Command(f"radon {what}", peers.radon(bed.tools, what, bed.place), bed.beside, env)
          for what in ("cc", "mi", "hal", "raw")),
        Command("our semgrep part", [*part, "semgrep", str(bed.place)], bed.place, env),
        Command("our other part", [*part, "rest", str(bed.place)], bed.place, env),
        Command("parsing alone", [*part, "parse", str(bed.place)], bed.place, env),
        Command("git status", ["git", "status", "--porcelain"], bed.place, env),
        Command("bare Python", BARE, bed.place, env),
        Command("semgrep --experimental, one file", one, bed.beside, env),
    ]  # fmt: skip


def start_up(workbook: Path, bed: Bed) -> list[Command]:
    """What it takes until something is seen, on a small repository with 54 answers."""
    env = bed.env("kept")
    shown = [sys.executable, "-P", "-m", "benchmarks.speed.paint"]
    hello = [*shown, "Hello, world", sys.executable, "-P", "-c", paint.HELLO]
    imports = [sys.executable, "-P", "-c"]
    opened = [*READINESS, "-C", str(workbook)]

    def answer(number: int) -> None:
        state = workbook / "readiness.toml"
        state.write_text(re.sub('note = "seen.*"', f'note = "seen {number}"', state.read_text(), count=1))

    return [
        Command("status", [*opened, "status"], workbook, env),
        Command(AFTER, [*opened, "status"], workbook, env, answer),
        Command(
            "modules of status",
            [sys.executable, "-P", "-c", "import workbook.launch, workbook.cli.status"],
            workbook,
            env,
        ),
        Command("first paint", [*shown, "Reading the workbook", *opened], workbook, env, prints=True),
        Command("board", [*shown, "50 of 50", *opened], workbook, env, prints=True),
        Command("Textual hello world", hello, workbook, env, prints=True),
        Command("modules of the TUI", [*imports, "import tui.app"], workbook, env),
    ]


STATUS, TUI, HELLO = ("modules of status",), ("modules of the TUI",), ("Textual hello world",)
RADON = ("radon cc", "radon mi", "radon hal", "radon raw")


def rows(bed: Bed, others: list[Bed]) -> list[Row]:
    """The comparisons on the bed where everything is measured, and those between the beds."""
    cold, warm = bed.called("cold"), bed.called("nothing changed")
    semgrep, rest = ("our semgrep part",), ("our other part",)
    scan, one_file = ("semgrep scan",), ("semgrep --experimental, one file",)
    same, sum_of_all = "`semgrep scan`, same rules and files", "`semgrep scan` and `radon cc`, `mi`, `hal`, `raw`"
    at = f"cold, {bed.name}"
    found = [
        Row(f"{at}: semgrep part", same, 0.55, "wall", semgrep, scan),
        Row(f"{at}: semgrep part", same, 0.7, "cpu", semgrep, scan),
        Row(f"{at}: everything", sum_of_all, 0.20, "wall", (cold,), (*scan, *RADON), (*semgrep, *rest)),
        Row(f"{at}: everything", sum_of_all, 0.30, "cpu", (cold,), (*scan, *RADON), (*semgrep, *rest)),
        Row(f"{at}: everything but semgrep", "parsing each file once", 6, "wall", rest, ("parsing alone",)),
        Row(warm, "`git status` and `python -I -c pass`", 3, "wall", (warm,), ("git status", "bare Python")),
        *_changes(bed, "`semgrep --experimental` on that file", one_file),
        Row("`readiness status`, 54 answers", "`python -I -c pass`", 8, "wall", ("status",), ("bare Python",)),
        Row(
            "`readiness status`, after an answer", "`python -I -c pass`", 8, "wall", (AFTER,), ("bare Python",), STATUS
        ),
        Row("first paint", "Textual hello world", 1.6, "wall", ("first paint",), HELLO, TUI),
        Row("the board with its verdict", "Textual hello world", None, "wall", ("board",), HELLO),
        Row(f"peak memory, {bed.name}", "`semgrep scan`", 1.2, "memory", (cold,), scan),
    ]
    for other in others:
        its_cold, its_warm = other.called("cold"), other.called("nothing changed")
        if other.files <= MOST_COLD:
            found += _changes(other, "`semgrep --experimental` on one file", one_file)
        if other.files == MOST_COLD:
            found.append(Row(f"cold, {bed.name} to {other.name}", "own", 11, "cpu", (its_cold,), (cold,)))
        elif other.files > MOST_COLD:
            what = f"nothing changed, {bed.name} to {other.name}"
            found.append(Row(what, "own", 6, "wall", (its_warm,), (warm,)))
    return found


def _changes(bed: Bed, against: str, theirs: tuple[str, ...]) -> list[Row]:
    """What a look costs after each kind of change; the bar is one for all, as the promise is."""
    told = {"one file changed": "a comment at its end", IN_FUNCTION: "", ADDED: ""}
    where = "Every file is listed, and what is kept of each and of all answers is read, before it is known what holds."
    beside = {IN_FUNCTION: " What rests on the lines of that function, or tells places below it, is asked again."}
    return [
        Row(
            f"{bed.called(what)}{f': {state}' if state else ''}",
            against,
            2.5,
            "wall",
            (bed.called(what),),
            theirs,
            where=where + beside.get(what, ""),
        )
        for what, state in told.items()
    ]


def changing(bed: Bed) -> str:
    """The file that is changed: the bed's first with a function that returns something, of Python where there is any.

    Not in a hidden folder: git may ignore what is added there.

    Raises:
        FailedError: there is none.
    """
    for ending in _CHANGED:
        for path in git(bed.place, "ls-files", f"*{ending}").splitlines():
            if _HIDDEN.search(path):
                continue
            if _RETURNS.search((bed.place / path).read_text(encoding="utf-8", errors="replace")):
                return path
    raise FailedError(f"{bed.name} has no function that could be changed")


def same_findings(bed: Bed) -> int:
    """Hold what our way of running semgrep finds to what the plain command finds in the same files; how many it is.

    Raises:
        SystemExit: they differ; the first differences are named.
    """
    targets = bed.beside / "targets"
    targets.mkdir()
    part = [sys.executable, "-P", "-m", "benchmarks.speed.ours"]
    env = bed.env("others")

    def told(argv: list[str]) -> str:
        return subprocess.run(argv, cwd=bed.beside, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout

    places = json.loads(told([*part, "targets", str(bed.place), str(targets)]))
    fast = {tuple(one) for one in json.loads(told([*part, "semgrep", str(bed.place)]))}
    plain = {
        (one["check_id"].split("rules.")[-1], places[Path(one["path"]).name], one["start"]["line"], one["end"]["line"])
        for one in json.loads(told(peers.semgrep(bed.tools, targets)))["results"]
    }
    if fast != plain:
        raise SystemExit(f"findings differ on {bed.name}: {sorted(fast ^ plain)[:5]} …")
    return len(fast)
