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


# -- what a rule is called elsewhere -----------------------------------------------------------------------------------

CWE = re.compile(r"CWE-[1-9]\d{1,3}")
TOP_TEN = {
    *(f"A{number:02}:{year}" for number in range(1, 11) for year in (2021, 2025)),
    *(f"API{number}:2023" for number in range(1, 11)),
}
LLM_TOP_TEN = {f"LLM{number:02}:2025" for number in range(1, 11)}
INJECTION, MISCONFIGURATION = {"A03:2021", "A05:2025"}, {"A05:2021", "A02:2025"}
MAPPED = {
    **dict.fromkeys(["CWE-79", "CWE-89", "CWE-94"], INJECTION),
    **dict.fromkeys(["CWE-489", "CWE-942"], MISCONFIGURATION),
    "CWE-390": {"A10:2025"},
    "CWE-798": {"A07:2021", "A07:2025"},
    "CWE-770": {"API4:2023"},
}
"""The categories that the lists of OWASP put a weakness in, so that a rule names no other."""


@pytest.mark.parametrize("topic", TOPICS)
def test_every_complaint_names_its_weakness_or_says_why_it_has_none(topic: str) -> None:
    for name, rule in rules_of(topic).items():
        metadata = rule["metadata"]
        cwe, owasp, llm = (metadata.get(key, []) for key in ("cwe", "owasp", "owasp-llm"))
        if name.startswith("fact."):
            # A fact is counted; it complains about nothing, so there is no weakness to name.
            assert not cwe + owasp + llm, name
            continue
        assert bool(cwe) != (len(metadata.get("no-cwe", "")) > 20), name
        assert bool(owasp or llm) != (len(metadata.get("no-owasp", "")) > 20), name
        assert all(CWE.fullmatch(one) for one in cwe), name
        assert set(owasp) <= TOP_TEN, name
        assert set(llm) <= LLM_TOP_TEN, name
        assert len({*cwe, *owasp, *llm}) == len([*cwe, *owasp, *llm]), name
        assert set(owasp) <= set().union(*(MAPPED.get(one, set()) for one in cwe)), name


# -- the spellings of model clients ------------------------------------------------------------------------------------

BOTH = ("py", "ts")
CLIENTS = {
    **dict.fromkeys(["openai", "anthropic", "langchain", "langgraph", "llama_index", "google", "bedrock"], BOTH),
    "litellm": ("py",),
    "vercel": ("ts",),
}
"""Of each client the languages it exists in: LiteLLM is Python only, the AI SDK JavaScript only."""
DIRTY_ENDS = ("llm.output-to-code", "llm.output-to-sql", "llm.output-to-html", "llm.user-input-in-system-prompt")


@pytest.mark.parametrize(("client", "suffix"), [(client, one) for client, kinds in CLIENTS.items() for one in kinds])
def test_every_model_client_is_followed_to_every_dirty_end(client: str, suffix: str) -> None:
    rules = {f"{end}.{'py' if suffix == 'py' else 'js'}" for end in DIRTY_ENDS}
    place = f"llm_flow/sdk_{client}.{suffix}"
    for kind in ("expect", "clean"):
        told = [rule for rule, path, _ in notes("llm_flow", kind) if path == place]
        # A clean neighbor for raw HTML is in `outputs.py` and `flows.tsx`: it does not depend on the client.
        assert set(told) >= rules - ({"llm.output-to-html.py", "llm.output-to-html.js"} if kind == "clean" else set())
    matched = {match.rule for match in snippets().findings if match.path == place}
    assert matched >= rules
    code = [match for match in snippets().findings if match.path == place and match.rule.startswith(DIRTY_ENDS[0])]
    assert len(code) == 2, "both eval and exec"
