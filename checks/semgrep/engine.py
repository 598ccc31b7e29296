"""One run of the packaged rules, isolated from the reviewed repository, and checked by a canary."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from checks.children import process
from checks.files.temporary import PrivateFolder
from checks.semgrep.findings import CodeFindings, FileResult, RawMatch, Scan, gather
from checks.semgrep.output import Output, Problem, UnusableError, read
from checks.semgrep.targets import MAX_BYTES, candidates, choose

if TYPE_CHECKING:
    from checks.tree import Tree

RULES = Path(__file__).parent / "rules"
RULES_VERSION = "1"
CANARY = "canary"

_CANARIES = {"canary.py": "readiness_canary(1)\n", "canary.ts": "readiness_canary(1);\n"}
_FRONTS = (("--experimental",), ("--legacy",))
"""The native front starts ten times faster; the Python one takes over when the canary is missed."""
SUPPORTED = ((1, 150), (1, 190))
"""The first version the rules and options are proved with, and the first that is not; as in pyproject.toml."""
_BASE_TIMEOUT_S = 120.0
_TIMEOUT_PER_TARGET_S = 0.1
_OUTPUT_BYTES = 64 * process.MIB
"""Some forty thousand findings; reading more as JSON would take gigabytes."""
_MEMORY_BYTES = 2048 * process.MIB
"""Ten times what it takes for ten thousand files."""


def scan(tree: Tree, *, cancel: threading.Event | None = None, program: Path | None = None) -> CodeFindings:
    """Run every packaged rule over the tree's own code; the arguments are those of `scan_files`."""
    return gather(scan_files(tree, candidates(tree), cancel=cancel, program=program))


def scan_files(
    tree: Tree, paths: Iterable[str], *, cancel: threading.Event | None = None, program: Path | None = None
) -> Scan:
    """Run every packaged rule over some of the tree's own code.

    Never raises for a missing, failing, hanging or lying semgrep: `trouble` says it, and the matches that did
    arrive are kept. Scanning some files gives exactly these files' part of scanning all.

    Args:
        tree: The tree that holds the files.
        paths: The files to look at, out of `candidates(tree)`.
        cancel: Set it from another thread; semgrep's process group is killed.
        program: The semgrep to run; the one installed with us, else the one on PATH, when None.
    """
    program = program or find_program(outside=tree.root)
    if program is None:
        return Scan(trouble="semgrep is not installed: run `make setup`, or `pip install semgrep`")
    with PrivateFolder("semgrep") as folder:
        # The output names real paths; a temporary folder behind a link (macOS) would not be found again.
        room = folder.path.resolve()
        for name in ("empty", "home", "targets"):
            (room / name).mkdir()
        targets = choose(tree, paths, room / "targets")
        if not targets.places:
            return Scan(targets.passed_over, tool=f"semgrep, rules {RULES_VERSION}")
        for name, text in _CANARIES.items():
            (room / "targets" / name).write_text(text, encoding="utf-8")
        found = _run(program, room, targets.places, cancel)
        return replace(found, files={**targets.passed_over, **found.files})


def identity(program: Path | None) -> str:
    """What the result for a file depends on besides the file: our rules and adapter, and which semgrep is installed.

    Two runs with equal identities give a file the same result. Costs a few file reads and starts nothing.
    """
    total = hashlib.blake2b(digest_size=16)
    here = Path(__file__).parent
    for file in sorted([*here.glob("*.py"), *RULES.glob("*.yml")]):
        total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    if program is not None:
        # An installer writes the program anew with each version.
        about = program.stat()
        total.update(f"{program.resolve()}\0{about.st_size}\0{about.st_mtime_ns}".encode())
    return total.hexdigest()


def find_program(*, outside: Path | None = None) -> Path | None:
    """The semgrep beside our own interpreter, else the first on PATH that is not inside `outside`."""
    beside = Path(sys.executable).parent / "semgrep"
    if os.access(beside, os.X_OK):
        return beside
    found = shutil.which("semgrep", path=process.minimal_environment(outside=outside)["PATH"])
    return Path(found) if found else None


def _run(program: Path, room: Path, places: dict[str, str], cancel: threading.Event | None) -> Scan:
    """Run semgrep on the copies, by the first front that proves it works."""
    trouble = "semgrep was not run"
    for front in _FRONTS:
        try:
            finished = process.run(
                _command(program, front, room),
                cwd=room / "empty",
                env=_environment(program, room),
                timeout_s=_BASE_TIMEOUT_S + _TIMEOUT_PER_TARGET_S * len(places),
                output_cap_bytes=_OUTPUT_BYTES,
                memory_bytes=_MEMORY_BYTES,
                cancel=cancel,
            )
        except OSError as error:
            return Scan(trouble=f"semgrep cannot be started ({error.strerror}): run `readiness doctor`")
        if finished.cancelled:
            return Scan(trouble="stopped before the code rules finished")
        if finished.timed_out:
            return Scan(trouble="semgrep did not finish in time and was stopped: run the probes again")
        if finished.truncated:
            return Scan(trouble="semgrep wrote more than we keep and was stopped: probe a smaller folder")
        try:
            output = read(finished.stdout)
        except UnusableError as error:
            trouble = f"semgrep ended with code {finished.returncode} and {error}: run `readiness doctor`"
            continue
        if _sees_canaries(output, room):
            return _findings(output, places, finished.returncode)
        trouble = "semgrep missed the example it must find, so its silence means nothing: run `readiness doctor`"
    return Scan(trouble=trouble)


def _command(program: Path, front: tuple[str, ...], room: Path) -> list[str]:
    """The whole command line. The target is our own folder, so that no name can pass for an option."""
    return [
        *(str(program), "scan", *front, "--config", str(RULES), "--json", "--quiet"),
        *("--metrics=off", "--disable-version-check"),
        # The reviewed repository neither hides a file or a finding nor has git run something.
        *("--no-git-ignore", "--disable-nosem", "--x-ignore-semgrepignore-files"),
        *("--max-target-bytes", str(2 * MAX_BYTES), "--timeout", "5", "--timeout-threshold", "3", "--jobs", "1"),
        str(room / "targets"),
    ]


def _environment(program: Path, room: Path) -> dict[str, str]:
    """A home of its own, no configuration of the user's, no git setting of the repository's that runs programs."""
    base = process.minimal_environment()
    return {
        **base,
        # The native front looks for its Python half on PATH.
        "PATH": os.pathsep.join([str(program.parent), base["PATH"]]),
        "HOME": str(room / "home"),
        "TMPDIR": str(room),
        "LC_ALL": "C.UTF-8",
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
        "SEMGREP_SEND_METRICS": "off",
        "SEMGREP_ENABLE_VERSION_CHECK": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": "false",
    }


def _sees_canaries(output: Output, room: Path) -> bool:
    """Whether both examples were found: a run that misses them may have missed anything."""
    expected = {str(room / "targets" / name) for name in _CANARIES}
    return expected <= {match.path for match in output.matches if match.rule.startswith(CANARY)}


def _findings(output: Output, places: dict[str, str], returncode: int) -> Scan:
    """Translate semgrep's paths to the tree's, and account for every target."""
    # The canaries are no part of the tree, and neither is a path we never gave.
    matches: dict[str, list[RawMatch]] = {path: [] for path in places.values()}
    for match in output.matches:
        if match.path in places:
            matches[places[match.path]].append(replace(match, path=places[match.path]))
    problems: dict[str, Problem] = {}
    for one in output.problems:
        problems.setdefault(one.path, one)
    files = {}
    for absolute, path in places.items():
        problem = problems.get(absolute)
        if problem is None and absolute not in output.scanned:
            problem = Problem(absolute, "the code rules passed it over", lasting=False)
        unread, lasting = (problem.reason, problem.lasting) if problem else ("", True)
        files[path] = FileResult(tuple(matches[path]), unread, lasting=lasting)
    trouble = output.trouble
    if not _is_supported(output.version):
        first, beyond = (".".join(map(str, version)) for version in SUPPORTED)
        trouble = f"semgrep is {output.version[:20]}, not {first} to below {beyond}: run `make setup`"
    if trouble is None and returncode != 0:
        trouble = f"semgrep ended with code {returncode}: run `readiness doctor`"
    return Scan(files, trouble, tool=f"semgrep {output.version}, rules {RULES_VERSION}")


def _is_supported(version: str) -> bool:
    parts = version.split(".")
    if len(parts) < 2 or not all(part.isdecimal() for part in parts[:2]):  # noqa: PLR2004  # major and minor
        return False
    return SUPPORTED[0] <= (int(parts[0]), int(parts[1])) < SUPPORTED[1]
