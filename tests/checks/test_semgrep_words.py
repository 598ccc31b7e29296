"""That a file kept from a rule for want of a word could not have matched, and counts as read all the same."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from checks.cache.code_rules import CodeRules
from checks.cache.files import contents
from checks.cache.store import Store
from checks.files.temporary import PrivateFolder
from checks.semgrep import scan
from checks.semgrep.front import CANARY, RULES
from checks.semgrep.targets import choose
from checks.semgrep.words import GROUPS, marked, silent
from checks.tree import Tree

SILENT = "def double(number):\n    return 2 * number\n"


def tree_of(root: Path, files: dict[str, str]) -> Tree:
    for name, text in files.items():
        (root / name).write_text(text)
    return Tree.read(root, None)


def test_every_rule_is_of_one_group_and_every_group_has_rules() -> None:
    """A rule without a group would say nothing of the files that no group asks for."""
    used: dict[str, set[str]] = {end: set() for end in GROUPS}
    for file in RULES.glob("*.yml"):
        for rule in yaml.safe_load(file.read_text())["rules"]:
            if rule["id"].startswith(CANARY):
                assert "paths" not in rule
                continue
            end = rule["id"].rpartition(".")[2]
            (mark,) = rule["paths"].pop("exclude")
            assert not rule["paths"], rule["id"]
            group = mark.removeprefix("*~").removesuffix("~*")
            assert mark == f"*{marked((group,))}*", rule["id"]
            assert group in GROUPS[end], rule["id"]
            used[end].add(group)
    assert used == {end: set(groups) for end, groups in GROUPS.items()}


def test_a_file_without_a_word_is_read_though_semgrep_never_sees_it(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, {"a.py": SILENT, "b.py": SILENT + "try:\n    double(1)\nexcept:\n    pass\n"})
    with PrivateFolder("test") as folder:
        chosen = choose(tree, ("a.py", "b.py"), folder.path)
    assert list(chosen.places.values()) == ["b.py"]
    code = scan(tree)
    assert code.examined == {"a.py", "b.py"}
    assert {(one.path, one.rule) for one in code.findings} == {
        ("b.py", "errors.swallowed.py"),
        ("b.py", "fact.errors.handler.py"),
    }


@pytest.mark.parametrize(
    ("suffix", "source", "group"),
    [
        (".py", "import requests\nrequests.get(url)\n", "http"),
        (".py", "import requests as r\nr.get(url)\n", "http"),
        (".py", "from requests import get as ask\nask(url)\n", "http"),
        (".py", "import requests, os\n\nrequests \\\n  .get(url)\n", "http"),
        (".py", "import httpx\nwith httpx.Client() as one:\n    one.send(x)\n", "http"),
        (".py", 'cursor.execute(f"""\n SELECT a\n FROM {b}""")\n', "sql"),
        (".py", "import langgraph\nworkflow.invoke(x)\n", "llm-call"),
        (".py", "x = {'role': 'system', 'content': question}\n", "prompt"),
        (".py", "ask(model='openai/O3-mini')\n", "llm-model"),
        (".py", "if form['pass'] == 'x': go()\n", "login"),
        (".py", "if self.USER_PASSWORD != 'x': go()\n", "login"),
        (".ts", "prisma.$queryRawUnsafe(`select a from ${b}`);\n", "sql"),
        (".tsx", "<p dangerouslySetInnerHTML={{ __html: x }} />;\n", "html"),
        (".js", "work().catch(() => {});\n", "errors"),
    ],
)
def test_a_group_is_asked_where_its_word_stands(suffix: str, source: str, group: str) -> None:
    unable = silent(suffix, source)
    assert unable is not None
    assert group not in unable


def test_a_bare_import_alone_asks_nobody() -> None:
    assert silent(".py", "import requests\n\nx = {}.get(1)\n") is None


def test_the_tool_said_does_not_depend_on_what_is_kept(tmp_path: Path) -> None:
    """Only a run of semgrep tells its version: a file that needed none must not speak for the others."""
    (tmp_path / "tree").mkdir()

    def said(files: dict[str, str], store: Store | None) -> str:
        tree = tree_of(tmp_path / "tree", files)
        rules = CodeRules(tree, store, lambda: contents(tree), threading.Event())
        try:
            return rules.finish().tool
        finally:
            rules.close()

    with Store(tmp_path / "kept.db") as store:
        alone = said({"a.py": SILENT}, None)
        assert said({"a.py": SILENT}, store) == said({"a.py": SILENT}, store) == alone
        both = said({"b.py": "print(1)\n"}, store)
        assert both != alone
        assert said({}, store) == both == said({}, None)


def test_files_that_come_back_are_known_together_again(tmp_path: Path) -> None:
    """A branch switched to and back: nothing is scanned, and the next look need not ask for each file."""
    (tmp_path / "tree").mkdir()
    asked: list[int] = []

    class Counting(Store):
        def get(self, keys: Iterable[bytes]) -> dict[bytes, Any]:
            wanted = list(keys)
            asked.append(len(wanted))
            return super().get(wanted)

    with Counting(tmp_path / "kept.db") as store:
        for text in ("print(1)\n", "print(2)\n", "print(1)\n", "print(1)\n"):
            asked.clear()
            tree = tree_of(tmp_path / "tree", {"a.py": text, "b.py": text})
            rules = CodeRules(tree, store, lambda tree=tree: contents(tree), threading.Event())
            assert rules.finish().tool
            rules.close()
        assert sum(asked) == 1
