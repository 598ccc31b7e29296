"""The weakness that a rule speaks of, in CWE and in OWASP's lists: read from the rules, without running them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from checks.semgrep.front import RULES


@dataclass(frozen=True, slots=True)
class Weaknesses:
    """Ids such as "CWE-89", and of OWASP "A03:2021", "API4:2023" or "LLM05:2025"; empty where none fits."""

    cwe: tuple[str, ...] = ()
    owasp: tuple[str, ...] = ()


_OF_PROBES = {
    "agents.endless-loop": Weaknesses(("CWE-835",), ("LLM10:2025",)),
    "agents.mighty-tool": Weaknesses((), ("LLM06:2025",)),
    "api.cors-wildcard": Weaknesses(("CWE-942",), ("A05:2021", "A02:2025")),
    "api.open-endpoint": Weaknesses(("CWE-306",), ("A07:2021", "A07:2025", "API2:2023")),
    "api.path-from-request": Weaknesses(("CWE-22",), ("A01:2021", "A01:2025")),
    "api.raw-body": Weaknesses(("CWE-20",), ("A03:2021", "A05:2025")),
    "api.unbounded-upload": Weaknesses(("CWE-770",), ("API4:2023",)),
    "app.debug-on": Weaknesses(("CWE-489",), ("A02:2025",)),
    "calls.no-timeout": Weaknesses(("CWE-1088",), ()),
    "ci.action-not-pinned": Weaknesses(("CWE-829",), ("A08:2021", "A08:2025")),
    "containers.root": Weaknesses(("CWE-250",), ()),
    "errors.swallowed": Weaknesses(("CWE-390",), ("A10:2025",)),
    "models.no-limits": Weaknesses(("CWE-770",), ("LLM10:2025",)),
    "models.not-logged": Weaknesses(("CWE-778",), ("A09:2021", "A09:2025")),
    "models.unchecked-output": Weaknesses(("CWE-1426",), ("LLM05:2025",)),
    "secrets.env-file": Weaknesses(("CWE-540",), ("A01:2021", "A01:2025")),
    "secrets.key-in-test": Weaknesses(("CWE-798",), ("A07:2021", "A07:2025")),
    "secrets.key-shaped-string": Weaknesses(("CWE-798",), ("A07:2021", "A07:2025")),
}
"""Rules that are not semgrep's: of probes that judge more than one line."""


def weaknesses_of(rule: str) -> Weaknesses:
    """What the rule with the id of a finding is about; empty for rules about no weakness, and unknown ones."""
    return _OF_PROBES.get(rule) or _of_code_rules().get(rule, Weaknesses())


@cache
def _of_code_rules() -> Mapping[str, Weaknesses]:
    import yaml

    found: dict[str, Weaknesses] = {}
    for path in sorted(RULES.glob("*.yml")):
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - both loaders are safe
        for rule in document["rules"]:
            told = rule.get("metadata", {})
            owasp = (*_texts(told.get("owasp", ())), *_texts(told.get("owasp-llm", ())))
            found[rule["id"]] = Weaknesses(_texts(told.get("cwe", ())), owasp)
    return found


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
