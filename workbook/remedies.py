"""What a probe looks at, what it cannot see, and the fix with examples by framework: templates/remedies, as records."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from workbook.data import templates


@dataclass(frozen=True, slots=True)
class Example:
    """The smallest change that answers a signal well, as whole files of a small application.

    `frameworks` are those it is for, the one it is written in first: ids of `checks.application.frameworks`, and "any",
    which alone says that it fits every stack, and behind others that it is shown where nothing fits better.
    """

    frameworks: tuple[str, ...]
    files: Mapping[str, str]
    removes: tuple[str, ...] = ()
    """Files that the fix takes out of the tree."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """One signal: `sure` is how sure its probe is at best, in the words of `checks.observation.Confidence`."""

    looks: str
    blind: str
    fix: str
    sure: Literal["high", "medium", "low"]
    examples: tuple[Example, ...]
    cwe: tuple[str, ...] = ()
    owasp: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """What stands behind a finding. `ids` are its names in findings, one a language where it is a code rule."""

    id: str
    ids: tuple[str, ...]
    signal: str
    how: Literal["shape", "flow", "probe"]
    means: str


@cache
def remedies() -> Mapping[str, Remedy]:
    """By signal. Read as they are: a test holds their schema, so that no command waits for a validator."""
    found = {}
    for path in sorted((templates() / "remedies").glob("*.toml")):
        for signal, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found[signal] = _remedy(table)
    return found


def _remedy(table: Mapping[str, Any]) -> Remedy:
    given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return Remedy(**given | {"examples": tuple(_example(one) for one in table["examples"])})


def _example(table: Mapping[str, Any]) -> Example:
    wanted = table["for"]
    return Example(
        (wanted,) if isinstance(wanted, str) else tuple(wanted),
        {path: text.removeprefix("\n") for path, text in table["files"].items()},
        tuple(table.get("removes", ())),
    )


@cache
def rules() -> Mapping[str, Rule]:
    """By their names in findings, and by the name that a rule's languages share."""
    found: dict[str, Rule] = {}
    for name, table in _read("rules").items():
        rule = Rule(name, tuple(table.get("ids", (name,))), table["signal"], table["how"], table["means"])
        found |= dict.fromkeys((name, *rule.ids), rule)
    return found


@cache
def first_steps() -> Mapping[str, str]:
    """What to do first, for each control that no signal feeds."""
    return {name: str(text) for name, text in _read("steps").items()}


def weakness(number: str) -> str:
    """A number of CWE or OWASP with what its list calls it: "CWE-89: SQL Injection"."""
    lists = _read("weaknesses")
    called = lists["cwe"].get(number) or lists["owasp"].get(number)
    shown = number if number.startswith("CWE") else f"OWASP {number}"
    return f"{shown}: {called}" if called else shown


@cache
def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((templates() / f"{name}.toml").read_text(encoding="utf-8"))
