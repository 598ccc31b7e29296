"""What a rule is about, in CWE and OWASP, without running it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checks.semgrep.weaknesses import _OF_PROBES, Weaknesses, weaknesses_of


def test_a_code_rule_says_what_its_metadata_says() -> None:
    assert weaknesses_of("llm.output-to-sql.py").owasp == ("A03:2021", "A05:2025", "LLM05:2025")
    assert weaknesses_of("cors.wildcard.js") == Weaknesses(("CWE-942",), ("A05:2021", "A02:2025"))


@pytest.mark.parametrize("rule", sorted(_OF_PROBES))
def test_a_rule_of_a_probe_exists_and_names_known_lists(rule: str) -> None:
    sources = "".join(
        path.read_text(encoding="utf-8") for path in Path("checks").rglob("*.py") if path.stem != "weaknesses"
    )
    assert f'"{rule}"' in sources
    assert all(re.fullmatch(r"CWE-\d+", one) for one in weaknesses_of(rule).cwe)
    assert all(re.fullmatch(r"(A|API|LLM)\d\d?:20\d\d", one) for one in weaknesses_of(rule).owasp)


def test_a_rule_nobody_knows_is_about_nothing() -> None:
    assert weaknesses_of("no.such-rule") == Weaknesses()
