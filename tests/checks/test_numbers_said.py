"""Sentences of probes: a number agrees with its noun and its verb."""

import re
from pathlib import Path

import checks.topics
from checks.application.numbers import counted, share

_BARE = re.compile(r"\{len\([^{}]*\)\} (?!of\b)(?:[a-z]+ ){0,3}?[a-z]{2,}s\b")
"""A number of whatever is at hand with a plural written after it."""


def test_one_and_many() -> None:
    assert [counted(n, "file") for n in (0, 1, 2)] == ["0 files", "1 file", "2 files"]
    assert [counted(n, "query", "queries") for n in (1, 2)] == ["1 query", "2 queries"]
    assert share(1, 3, "image", "runs", "run") == "1 of 3 images runs"
    assert share(2, 3, "image", "runs", "run") == "2 of 3 images run"
    assert share(0, 1, "image", "runs", "run") == "0 of 1 image runs"


def test_no_topic_writes_a_plural_after_a_number_by_hand() -> None:
    (folder,) = checks.topics.__path__
    texts = {path.name: path.read_text() for path in Path(folder).glob("*.py")}
    assert texts
    assert {name: found for name, text in texts.items() if (found := _BARE.findall(text))} == {}
