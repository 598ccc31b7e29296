"""The examples of remedies are true: planted as the fix in a minimal application, each turns its probe."""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from checks.application.frameworks import KNOWN
from checks.observation import Observation, Outcome
from checks.readers.grammar import parse
from checks.run import look_over
from workbook.catalogue import load_catalogue
from workbook.remedies import Example, first_steps, remedies, rules, weakness

DATA = Path(__file__).resolve().parents[2] / "data" / "remedy_apps.toml"
GROUND = {"python": "fastapi", "any": "fastapi", "github-actions": "fastapi", "gitlab": "fastapi", "node": "express"}
"""Where an example is planted that is for no framework of its own."""
CANNOT_BE_BROKEN_SMALL = {"code.maintainability"}
"""Signals whose gap needs hundreds of lines: there the example only has to hold."""


def every() -> Iterator[tuple[str, Example]]:
    for signal, remedy in remedies().items():
        for one in remedy.examples:
            yield signal, one


EXAMPLES = list(every())
NAMES = [f"{signal}-{one.frameworks[0]}" for signal, one in EXAMPLES]


@pytest.fixture(scope="module")
def apps() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    data: Mapping[str, Mapping[str, Mapping[str, str]]] = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return data


def ground(apps, signal: str, one: Example) -> dict[str, str]:
    name = GROUND.get(one.frameworks[0], one.frameworks[0])
    more = apps["more"].get(signal, {})
    files = {**apps["apps"][name], **more.get("all", {}), **more.get(name, {})}
    return {path: text for path, text in files.items() if text != "-"}


def seen(folder: Path, files: Mapping[str, str], signal: str) -> Observation:
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text.removeprefix("\n").replace("⁞", ""), encoding="utf-8")
    return look_over(folder, signals={signal}).observations[signal]


@pytest.mark.parametrize(("signal", "one"), EXAMPLES, ids=NAMES)
def test_an_example_planted_as_the_fix_turns_the_probe(signal, one, apps, tmp_path):
    gap = ground(apps, signal, one)
    before = seen(tmp_path / "before", gap, signal)
    if signal not in CANNOT_BE_BROKEN_SMALL:
        assert before.outcome not in (Outcome.MET, Outcome.NOT_APPLICABLE), before.summary
    fixed = {path: text for path, text in gap.items() if path not in one.removes} | dict(one.files)
    after = seen(tmp_path / "after", fixed, signal)
    assert after.outcome is Outcome.MET, after.summary
    assert after.confidence == remedies()[signal].sure


@pytest.mark.parametrize("one", [one for _, one in EXAMPLES], ids=NAMES)
def test_an_example_parses(one):
    for path, text in one.files.items():
        PARSERS.get(path.rpartition(".")[2], lambda _: None)(text)


def _script(text: str, *, typed: bool) -> None:
    import tree_sitter_javascript
    import tree_sitter_typescript
    from tree_sitter import Language

    language = tree_sitter_typescript.language_typescript() if typed else tree_sitter_javascript.language()
    assert not parse(Language(language), text.encode()).root_node.has_error


PARSERS = {
    "py": ast.parse,
    "js": lambda text: _script(text, typed=False),
    "mjs": lambda text: _script(text, typed=False),
    "ts": lambda text: _script(text, typed=True),
    "json": json.loads,
    "toml": tomllib.loads,
    "yml": lambda text: list(yaml.safe_load_all(text)),
    "yaml": lambda text: list(yaml.safe_load_all(text)),
}


def test_every_signal_has_a_remedy_whose_examples_name_known_frameworks():
    assert set(remedies()) == set(load_catalogue().signals)
    for signal, remedy in remedies().items():
        named = [name for one in remedy.examples for name in one.frameworks]
        assert len(named) == len(set(named)), signal
        assert "any" in named, signal
        assert set(named) <= {*KNOWN, "any"}, signal
        for text in (remedy.looks, remedy.blind, remedy.fix):
            assert text.endswith((".", "?")), signal


def test_the_rules_are_those_that_findings_can_have():
    from checks.semgrep.front import RULES

    code = {
        rule["id"]: rule["metadata"]["signal"]
        for path in sorted(RULES.glob("*.yml"))
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
        if not rule["id"].startswith(("fact.", "canary."))
    }
    told = {name: rule.signal for rule in rules().values() for name in rule.ids}
    assert {name: told.get(name) for name in code} == code
    assert set(told) == set(code) | _named_by_probes()
    assert all(rule.signal in load_catalogue().signals for rule in rules().values())


def _named_by_probes() -> set[str]:
    """The rules that the code of probes gives to `complain` and `Finding`, which all stand there as texts."""
    found = set()
    for path in sorted(Path(look_over.__code__.co_filename).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            at = {"complain": 1, "Finding": 0}.get(node.func.id)
            if at is not None and len(node.args) > at and isinstance(rule := node.args[at], ast.Constant):
                found.add(rule.value)
    return found


def test_a_control_has_signals_or_a_first_step():
    catalogue = load_catalogue()
    assert set(first_steps()) == {name for name in catalogue.controls if not catalogue.feeding[name]}


def test_every_weakness_that_is_named_is_known_by_its_name():
    from checks.semgrep.weaknesses import weaknesses_of

    named = {number for remedy in remedies().values() for number in (*remedy.cwe, *remedy.owasp)}
    for name in rules():
        named |= {*weaknesses_of(name).cwe, *weaknesses_of(name).owasp}
    assert [number for number in sorted(named) if ": " not in weakness(number)] == []
