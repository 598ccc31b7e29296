"""That the words of a group are in whatever its rules can match: each rule is written out as the texts it asks for.

The words were read from the patterns by hand; here every alternative of every rule is spelled out once more by program,
with an example of each branch of its regular expressions, and a text that the group's words would hide is a hole.
"""

from __future__ import annotations

import itertools
import random
import re
import re._constants as codes  # the branches of a regular expression are told by the standard library's parser alone
import re._parser as parser
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
import yaml

from checks.semgrep.front import CANARY, RULES
from checks.semgrep.words import GROUPS, silent

SUFFIX = {"py": ".py", "js": ".ts"}
MOST = 3000
"""Texts of one rule: beyond it, that many of them by lot (the same ones in every run)."""
_METAVARIABLE = re.compile(r"\$(?:\.\.\.)?[A-Z][A-Z0-9_]*")

RULES_READ = [rule for file in sorted(RULES.glob("*.yml")) for rule in yaml.safe_load(file.read_text())["rules"]]

Expansion = tuple[str, ...]
"""Each alternative as one text: what must all stand in a file for it to match."""


def told(regex: str) -> Expansion:
    """An example of each branch of a regular expression, as short as it can be."""

    def of(tree: Iterable[tuple[Any, Any]]) -> Expansion:
        return every(part(code, value) for code, value in tree)

    def part(code: Any, value: Any) -> Expansion:
        if code is codes.LITERAL:
            return (chr(value),)
        if code is codes.IN:
            return either(part(*one) for one in value) if value[0][0] is not codes.NEGATE else ("q",)
        if code is codes.BRANCH:
            return either(of(branch) for branch in value[1])
        if code is codes.SUBPATTERN:
            return of(value[3])
        if code in {codes.MAX_REPEAT, codes.MIN_REPEAT}:
            least, _, repeated = value
            return ("",) if least == 0 else tuple(one * least for one in of(repeated))
        if code is codes.ANY or (code is codes.CATEGORY and value is codes.CATEGORY_SPACE):
            return (" ",)
        if code is codes.RANGE:
            return (chr(value[0]),)
        return ("q",) if code in {codes.NOT_LITERAL, codes.CATEGORY, codes.NEGATE} else ("",)

    texts = of(parser.parse(regex))
    return tuple(dict.fromkeys((*texts, *map(str.upper, texts)))) if "(?i" in regex else texts


def either(parts: Iterable[Expansion]) -> Expansion:
    return tuple(itertools.chain.from_iterable(parts))


def every(parts: Iterable[Expansion]) -> Expansion:
    made: Expansion = ("",)
    for part in parts:
        made = some(tuple(f"{one}{other}" for one in made for other in part))
    return made


def some(texts: Expansion) -> Expansion:
    unlike = tuple(dict.fromkeys(texts))
    return unlike if len(unlike) <= MOST else tuple(random.Random(0).sample(unlike, MOST))  # noqa: S311  # no secret hangs on it


def asked(rule: Mapping[str, Any]) -> Expansion:
    """Everything of a rule that a file must have: one text for each alternative."""
    parts: list[Expansion] = []
    for kind, value in rule.items():
        if kind in {"pattern", "pattern-inside"}:
            parts.append((f"\n{value}\n",))
        elif kind == "patterns":
            parts.append(together(value))
        elif kind in {"pattern-either", "pattern-sources", "pattern-sinks"}:
            parts.append(either(asked(one) for one in value))
        elif kind == "pattern-regex":
            parts.append(told(value))
        elif kind == "metavariable-pattern":
            parts.append(asked({name: one for name, one in value.items() if name not in {"metavariable", "language"}}))
    return every(parts)


def together(conditions: list[Mapping[str, Any]]) -> Expansion:
    """Conditions that hold at once: what a metavariable must be like takes its place in the text."""
    made = every(asked(one) for one in conditions)
    for one in conditions:
        if limit := one.get("metavariable-regex"):
            name = re.compile(re.escape(limit["metavariable"]) + r"(?![A-Z0-9_])")
            examples = told(limit["regex"])
            made = some(tuple(name.sub(lambda _, said=said: said, text) for text in made for said in examples))
    return made


def hidden(rule: Mapping[str, Any]) -> Iterator[str]:
    """Texts that a rule asks for and that its group's words keep from it."""
    end = rule["id"].rpartition(".")[2]
    (mark,) = rule["paths"]["exclude"]
    group = mark.strip("*~")
    for text in (_METAVARIABLE.sub("zz", one) for one in asked(rule)):
        groups = silent(SUFFIX[end], text)
        if (groups is None or group in groups) and not impossible(end, text):
            yield text


def impossible(end: str, text: str) -> bool:
    """Whether a text cannot be a program: a keyword stands where a name must."""
    return end == "py" and bool(re.search(r"\bpass (==|!=)|(==|!=) pass\b|\(pass,", text))


@pytest.mark.parametrize(
    "rule", [one for one in RULES_READ if not one["id"].startswith(CANARY)], ids=lambda one: one["id"]
)
def test_no_words_hide_what_a_rule_asks_for(rule):
    assert asked(rule) not in {(), ("",)}, "the rule was not understood, so nothing was tried"
    assert next(hidden(rule), None) is None


def test_a_missing_word_is_noticed():
    rule = {"id": "x.py", "paths": {"exclude": ["*~http~*"]}}
    call = {
        "patterns": [
            {"pattern": "$ONE.$VERB(...)"},
            {"metavariable-regex": {"metavariable": "$VERB", "regex": "^(get|ask)$"}},
        ]
    }
    with_import = {"patterns": [*call["patterns"], {"pattern-inside": "import requests as $ONE\n..."}]}
    assert [*hidden({**rule, **with_import})] == ["\nzz.ask(...)\n\nimport requests as zz\n...\n"]
    assert len([*hidden({**rule, **call})]) == 2
    assert set(GROUPS) == set(SUFFIX)
