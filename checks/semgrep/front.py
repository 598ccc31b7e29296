"""One semgrep over one shard, isolated from the reviewed repository, and believed only where it found the examples."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from checks.cache.signs import sites
from checks.children import process
from checks.files.regular import read_small
from checks.semgrep.findings import FileResult, RawMatch, Scan
from checks.semgrep.output import Output, Problem, UnusableError, read
from checks.semgrep.shards import Shard
from checks.semgrep.targets import MAX_BYTES

RULES: Final = Path(__file__).parent / "rules"
RULES_VERSION: Final = "1"
CANARY: Final = "canary"
SUPPORTED: Final = ((1, 150), (1, 190))
"""The first version the rules and options are proved with, and the first that is not; as in pyproject.toml."""
MEASURED: Final = "1.182.0"
"""The version whose speed and equal findings we measured; another one is named."""

_LEGACY: Final = ("--legacy",)
_FRONTS: Final = (("--experimental", "--x-parmap"), _LEGACY)
"""The native front starts ten times faster; the Python one takes over when an example is missed.

Forked (`--x-parmap`) even for one process: otherwise a rule's time limit is noticed late, up to thirty seconds on a
single file of 24 kB, and everything costs a sixth more.
"""
_SCRIPT: Final = b"from semgrep.console_scripts.entrypoint import main"
"""By this line an installed script is semgrep's own."""
_BASE_TIMEOUT_S = 120.0
_TIMEOUT_PER_TARGET_S = 0.1
_OUTPUT_BYTES = 64 * process.MIB
"""Some forty thousand findings; reading more as JSON would take gigabytes."""
_MEMORY_BYTES = 2048 * process.MIB
"""Ten times what it takes for ten thousand files."""
_RULE_S: Final = 5
_RULES_OVER_TIME: Final = 2
"""After so many rules that took `_RULE_S` on it, a file is given up: it costs twelve seconds at worst."""


def run(program: Path, room: Path, shard: Shard, cancel: threading.Event | None) -> Scan:
    """Run semgrep on the copies of a shard, by the first front that proves it works. Never raises for its failures."""
    trouble = "semgrep was not run"
    for front in _FRONTS:
        try:
            finished = process.run(
                _command(program if front is _LEGACY else _native(program, room), front, shard),
                cwd=room / "empty",
                env=_environment(program, room),
                timeout_s=_BASE_TIMEOUT_S + _TIMEOUT_PER_TARGET_S * len(shard.places),
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
        missed = _missed_canaries(output, shard)
        if not missed:
            return _findings(output, shard.places, finished.returncode)
        trouble = _why_missed(output, missed)
    return Scan(trouble=trouble)


def _native(program: Path, room: Path) -> Path:
    """What the script that is installed as semgrep becomes when it is asked for the native front.

    To start Python only for that takes a quarter of a scan of one file. What it becomes goes by the name it is called
    by. Another semgrep than the one installed with us, and systems where this is not proved, start by the script.
    """
    found = (Path(one, "semgrep", "bin", "semgrep-core") for one in sites())
    core = next((one for one in found if os.access(one, os.X_OK)), None)
    is_ours = program.parent == Path(sys.executable).parent and _SCRIPT in (read_small(program) or b"")
    if core is None or not is_ours or sys.platform != "linux":
        return program
    link = room / "osemgrep"
    with suppress(FileExistsError):
        link.symlink_to(core)
    return link


def _command(program: Path, front: tuple[str, ...], shard: Shard) -> list[str]:
    """The whole command line. The target is our own folder, so that no name can pass for an option."""
    return [
        *(str(program), "scan", *front, "--config", str(RULES), "--json", "--quiet"),
        *("--metrics=off", "--disable-version-check"),
        # The reviewed repository neither hides a file or a finding nor has git run something.
        *("--no-git-ignore", "--disable-nosem", "--x-ignore-semgrepignore-files"),
        *("--max-target-bytes", str(2 * MAX_BYTES), "--timeout", str(_RULE_S)),
        *("--timeout-threshold", str(_RULES_OVER_TIME), "--jobs", "1"),
        str(shard.folder),
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


def _missed_canaries(output: Output, shard: Shard) -> set[str]:
    """The examples that were not found: a run that misses one may have missed anything."""
    return shard.canaries - {match.path for match in output.matches if match.rule.startswith(CANARY)}


def _why_missed(output: Output, missed: set[str]) -> str:
    """What is wrong and what to do: a busy machine and a swept folder are no fault of semgrep's."""
    if not all(Path(one).is_file() for one in missed):
        return "the copies given to semgrep vanished while it ran: run the probes again"
    limit = next((one.reason for one in output.problems if one.path in missed and not one.lasting), "")
    why = f" ({limit})" if limit else ""
    return f"semgrep missed the example it must find{why}, so its silence means nothing: run `readiness doctor`"


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
    measured = "" if output.version == MEASURED else f" (measured with {MEASURED})"
    return Scan(files, trouble, tool=f"semgrep {output.version[:20]}{measured}, rules {RULES_VERSION}")


def _is_supported(version: str) -> bool:
    parts = version.split(".")
    if len(parts) < 2 or not all(part.isdecimal() for part in parts[:2]):  # noqa: PLR2004  # major and minor
        return False
    return SUPPORTED[0] <= (int(parts[0]), int(parts[1])) < SUPPORTED[1]
