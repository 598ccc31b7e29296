"""Every packaged rule against snippets with the gap and without it, all in one semgrep run.

A snippet says in a comment what its next line (or its own line) is: `expect: rule …` where rules must match, and
`clean: rule` where one must not though it looks close. Matches of the folder's rules anywhere else are failures too.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from checks.observation import Severity
from checks.semgrep import CodeFindings, scan
from checks.tree import Tree

RULES = Path(__file__).parents[2] / "checks" / "semgrep" / "rules"
SNIPPETS = Path(__file__).parent / "semgrep_rules"
NOTE = re.compile(r"(?:#|//) (?P<kind>expect|clean): (?P<rules>\S.*)$")
TOPICS = sorted(path.stem for path in RULES.glob("*.yml") if path.stem != "canary")


def rules_of(topic: str) -> dict[str, dict]:
    return {rule["id"]: rule for rule in yaml.safe_load((RULES / f"{topic}.yml").read_text())["rules"]}


@cache
def snippets() -> CodeFindings:
    return scan(Tree.read(SNIPPETS, None))


def notes(topic: str, kind: str) -> set[tuple[str, str, int]]:
    found = set()
    for path in sorted((SNIPPETS / topic).iterdir()):
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines, start=1):
            match = NOTE.search(line)
            if match is None or match["kind"] != kind:
                continue
            target = number
            if match.start() == len(line) - len(line.lstrip()):
                while NOTE.fullmatch(lines[target - 1].strip()):
                    target += 1
            found |= {(rule, f"{topic}/{path.name}", target) for rule in match["rules"].split()}
    return found


def test_the_run_was_complete() -> None:
    assert snippets().trouble is None
    assert snippets().unread == ()


@pytest.mark.parametrize("topic", TOPICS)
def test_rules_match_exactly_where_a_snippet_says_so(topic: str) -> None:
    known = rules_of(topic)
    matched = {
        (match.rule, match.path, match.line)
        for match in snippets().findings
        if match.rule in known and match.path.startswith(f"{topic}/")
    }
    assert sorted(matched ^ notes(topic, "expect")) == []


@pytest.mark.parametrize("topic", TOPICS)
def test_every_rule_has_a_gap_and_a_clean_snippet(topic: str) -> None:
    for kind in ("expect", "clean"):
        assert sorted(set(rules_of(topic)) - {rule for rule, _, _ in notes(topic, kind)}) == [], kind


@pytest.mark.parametrize("topic", TOPICS)
def test_rules_carry_what_the_adapter_needs(topic: str) -> None:
    signals = (RULES.parents[2] / "templates" / "signals.toml").read_text()
    for name, rule in rules_of(topic).items():
        assert name.endswith((".py", ".js")), name
        assert "rules." not in name, name
        assert "$" not in rule["message"], f"{name}: a metavariable in a message copies code, perhaps a secret"
        assert f'["{rule["metadata"]["signal"]}"]' in signals, name
        assert Severity(rule["metadata"]["severity"])
        if not name.startswith("fact."):
            assert len(rule["message"]) > 30, name


def test_rule_ids_are_unique() -> None:
    names = [name for topic in [*TOPICS, "canary"] for name in rules_of(topic)]
    assert len(names) == len(set(names))
