"""Small sources are given to semgrep without being parsed first: the grammar must come to an end on any of them."""

import pytest

from checks.files.temporary import PrivateFolder
from checks.readers.grammar import language, parse
from checks.semgrep import targets
from checks.tree import Tree

SLOWEST = ("{/*", "a<b,", '"', "'", "<T,>(", "(a:", "[" * 3, "`${", "a?b:", "=>(", "&")


@pytest.mark.parametrize("grammar", ["typescript", "tsx"])
@pytest.mark.parametrize("unit", SLOWEST)
def test_the_grammar_comes_to_an_end_on_what_is_not_parsed_first(unit, grammar):
    source = (unit * targets.ALWAYS_IN_TIME)[: targets.ALWAYS_IN_TIME]
    assert parse(language(grammar), source.encode()).root_node.end_byte > 0


def test_only_larger_sources_are_parsed_first(tmp_path, monkeypatch):
    (tmp_path / "small.ts").write_text("catch\n" * 10)
    (tmp_path / "large.ts").write_text("catch\n" * targets.ALWAYS_IN_TIME)
    (tmp_path / "large.py").write_text("except\n" * targets.ALWAYS_IN_TIME)
    parsed = []
    monkeypatch.setattr(targets, "parse", lambda _, source: parsed.append(len(source)))
    with PrivateFolder("test") as folder:
        chosen = targets.choose(Tree.read(tmp_path, None), ("large.py", "large.ts", "small.ts"), folder.path)
    assert sorted(chosen.places.values()) == ["large.py", "large.ts", "small.ts"]
    assert parsed == [len("catch\n") * targets.ALWAYS_IN_TIME]
