"""Reads semgrep's JSON with suspicion: it may be invalid UTF-8, cut off, or admit errors beside exit code 0."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from checks.observation import Severity
from checks.semgrep.findings import RawMatch

_FOLDER = "rules."
"""Both fronts put the dotted path of the rules' folder before an id; it ends with the folder's name."""

_LIMITS = {
    "Timeout": "a code rule took too long on it",
    "Out of memory": "a code rule needed too much memory on it",
    "Fixpoint timeout": "following its data flow took too long",
}


class UnusableError(ValueError):
    """The output is not semgrep's JSON. The text completes "semgrep ended with code N and …"."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file was not read in full, in plain words; `lasting` unless a limit was met that another run may not."""

    path: str
    reason: str
    lasting: bool


@dataclass(frozen=True, slots=True)
class Output:
    """What semgrep reported, paths as it spelled them.

    `problems` are those of one file each; `trouble` is a problem of the run as a whole.
    """

    version: str
    matches: tuple[RawMatch, ...]
    scanned: frozenset[str]
    problems: tuple[Problem, ...]
    trouble: str | None


def read(stdout: bytes) -> Output:
    """Read semgrep's standard output.

    Raises:
        UnusableError: It is not JSON, or not of the shape semgrep writes.
    """
    try:
        data = json.loads(stdout.decode("utf-8", "replace"))
        matches = tuple(_match(result) for result in data["results"])
        scanned = frozenset(str(path) for path in data["paths"]["scanned"])
        errors: list[Problem | str] = [_problem(error) for error in data["errors"]]
        version = str(data["version"])
        # Told apart from the errors, by the native front only.
        errors += [
            Problem(str(one["location"]["path"]), _LIMITS["Fixpoint timeout"], lasting=False)
            for one in data.get("time", {}).get("fixpoint_timeouts", ())
        ]
    except (ValueError, RecursionError, MemoryError) as error:
        raise UnusableError("wrote no readable result") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise UnusableError("wrote a result of an unknown shape") from error
    general = [one for one in errors if isinstance(one, str)]
    return Output(
        version=version,
        matches=matches,
        scanned=scanned,
        problems=tuple(one for one in errors if isinstance(one, Problem)),
        trouble=f"semgrep reported a problem ({general[0]}): run `readiness doctor`" if general else None,
    )


def _match(result: dict[str, Any]) -> RawMatch:
    extra = result["extra"]
    metadata = extra["metadata"]
    return RawMatch(
        rule=str(result["check_id"]).rsplit(_FOLDER, 1)[-1],
        path=str(result["path"]),
        line=int(result["start"]["line"]),
        end_line=int(result["end"]["line"]),
        message=" ".join(str(extra["message"]).split()),
        severity=Severity(metadata.get("severity", Severity.LOW)),
        signal=str(metadata.get("signal", "")),
    )


def _problem(error: dict[str, Any]) -> Problem | str:
    """What happened, to one file or (a text) to the run; in plain words, never the error's: that quotes code."""
    kind = error.get("type")
    name = str(kind[0] if isinstance(kind, list) and kind else kind)
    path = error.get("path")
    if path is None:
        return " ".join(name.split())[:60]
    if name in _LIMITS:
        return Problem(str(path), _LIMITS[name], lasting=False)
    if name == "PartialParsing":
        return Problem(str(path), "parts of it could not be parsed", lasting=True)
    if "yntax" in name or "exical" in name or "arse" in name:
        return Problem(str(path), "could not be parsed", lasting=True)
    return Problem(str(path), "the code rules failed on it", lasting=False)
