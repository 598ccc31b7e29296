"""Every code block of the documents: commands run in a scratch copy of the sample, Python executed, data parsed.

The pages of reference hold examples of fixes, which tests/workbook/explain plants and judges; the pages on one's own
probe and checklist are followed by test_own_pages.py.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt

from workbook.answers import read_state
from workbook.catalogue import load_catalogue
from workbook.cli.commands import COMMANDS
from workbook.launch import main
from workbook.sample import materialize
from workbook.store.reading import SCHEMA

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = {"own-probe.md", "own-checklists.md"}
PAGES = [ROOT / "README.md", ROOT / "SECURITY.md", ROOT / "CONTRIBUTING.md"]
PAGES += [path for path in sorted((ROOT / "docs").glob("*.md")) if path.name not in ELSEWHERE]

NOT_RUN = {
    "make": "sets up a virtual environment or measures for minutes",
    "python -P -m": "measures for minutes, or needs repositories that are not ours",
    ".venv/bin/python -P -m": "part of a build",
    "sha256sum": "part of a build",
    "readiness probe --challenge": "takes a minute for all signals; challenge.md shows some, and is compared",
    "readiness scope containers": "proposes a fact of this repository; in the sample a person has confirmed it",
    "readiness scope --confirm": "confirms what was proposed here, and in the sample nothing is",
    "readiness notebook open": "starts JupyterLab and a browser",
    "readiness notebook run": "starts kernels; tests/workbook/notebook runs them",
    "readiness notebook check": "needs notebooks that are committed; tests/workbook/notebook does that",
}
"""Commands that no test of the documents runs, with the reason; docs/README.md tells both."""

MAY_SAY_NO = ("readiness gate", "readiness pr check", "readiness sheet in", "readiness evidence run")
"""Commands whose answer is about the sample, and may be no."""


@dataclass(frozen=True)
class Block:
    page: Path
    line: int
    language: str
    text: str

    @property
    def is_shell(self) -> bool:
        first = self.text.split("\n", 1)[0]
        return self.language in ("sh", "") and first.startswith(("readiness ", "git ", *NOT_RUN))


def blocks(page: Path) -> Iterator[Block]:
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        if token.type in ("fence", "code_block"):
            assert token.map is not None
            yield Block(page, token.map[0] + 1, token.info.strip(), token.content)


BLOCKS = {page: list(blocks(page)) for page in PAGES}


def commands(block: Block) -> Iterator[str]:
    """The commands without what is told beside them: behind two blanks or a sign for a comment."""
    for line in block.text.replace("\\\n", " ").splitlines():
        if line and not line.startswith(" "):
            yield re.split(r"\s{2,}(?=[A-Za-z#])|\s+#\s", line)[0] if block.language != "sh" else line.split("  #")[0]


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """The sample with a workbook, reports of other tools and a second person's answer to verify."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    # As after `. .venv/bin/activate`: the pages run pytest by its name.
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    root = materialize(tmp_path / "acme-chat")
    for words in (("user.name", "Ana Example"), ("user.email", "ana@example.com")):
        subprocess.run(["git", "config", *words], cwd=root, check=True)
    reports = ROOT / "tests" / "data" / "reports"
    given = {"coverage.xml": "coverage.xml", "junit.xml": "junit.xml", "audit.json": "pip_audit.json"}
    given |= {"results.sarif": "scanner.sarif", "run_stats.csv": "locust_stats.csv"}
    given |= {"run_stats_history.csv": "locust_history.csv"}
    for name, source in given.items():
        (root / name).write_bytes((reports / source).read_bytes())
    (root / "tests" / "test_limits.py").write_text("def test_limit():\n    assert 60 > 5\n")
    assert main(["-C", str(root), "init", "--yes"]) == 0
    subprocess.run(["git", "add", "-A"], cwd=root, check=True)
    subprocess.run(["git", "commit", "-qm", "A workbook"], cwd=root, check=True)
    subprocess.run(["git", "branch", "-M", "main"], cwd=root, check=True)
    subprocess.run(["git", "tag", "v1.0"], cwd=root, check=True)
    monkeypatch.chdir(root)
    return root


def drawn_by_hand():
    """A picture of a library that we do not know: all it can do is draw itself."""

    class Figure:
        def _repr_svg_(self) -> str:
            return "<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>"

    return Figure()


def run(command: str, root: Path, monkeypatch, capsys) -> None:
    if command.startswith("readiness verify"):
        subprocess.run(["git", "config", "user.name", "Bo Sample"], cwd=root, check=True)
        subprocess.run(["git", "config", "user.email", "bo@example.com"], cwd=root, check=True)
    if command.startswith("readiness init"):
        (root / "readiness.toml").unlink()  # the page begins where there is none
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n" * 9))
    capsys.readouterr()
    program, *arguments = shlex.split(command)
    if command.startswith(("readiness evidence run", "readiness commit")):
        arguments.insert(2, "--yes")  # what somebody at a terminal would be asked
    assert program == "readiness", f"{command}: run it here, or give the reason in NOT_RUN"
    code = main(arguments)
    told = capsys.readouterr()
    assert code == 0 or (code in (1, 3) and command.startswith(MAY_SAY_NO)), f"{command}: {code}\n{told.out}{told.err}"


SHELL = [
    page
    for page, found in BLOCKS.items()
    if any(one.is_shell or one.language == "python" or one.text.startswith("$ ") for one in found)
]


@pytest.mark.parametrize("page", SHELL, ids=lambda one: one.name)
def test_the_commands_and_cells_of_a_page_run_in_their_order(page, scratch, monkeypatch, capsys):
    names: dict[str, object] = {"Path": Path, "figure": drawn_by_hand()}
    for block in BLOCKS[page]:
        if block.is_shell:
            for command in commands(block):
                if not command.startswith(tuple(NOT_RUN)):
                    run(command, scratch, monkeypatch, capsys)
        elif block.text.startswith("$ "):
            _compare(block, scratch, monkeypatch, capsys)
        elif block.language == "python":
            (scratch / "docs" / "runbook.md").write_text("# Runbook\n")
            _execute(block, scratch, names)


def _compare(block: Block, root: Path, monkeypatch, capsys) -> None:
    """A command with what it says: every line that is shown must be in that."""
    command, *shown = block.text.splitlines()
    monkeypatch.chdir(root.parent)
    code = main(shlex.split(command)[2:])
    told = capsys.readouterr()
    assert code == 0, told.err
    assert [line for line in shown if line not in ("", "…") and line not in told.out] == []
    monkeypatch.chdir(root)


def _execute(block: Block, root: Path, names: dict[str, object]) -> None:
    """A cell as a reader would run it, after the cells before it."""
    exec(compile(block.text, f"{block.page.name}:{block.line}", "exec"), names)  # noqa: S102  a page of our own
    assert root.is_dir()


def _parse(block: Block) -> None:
    if block.language == "toml":
        tables = tomllib.loads(block.text)
        if tables.keys() <= SECTIONS:
            whole = {"schema": SCHEMA, "catalogue": "1.0", "workbook": {"decides": "fifty-point"}} | tables
            state = read_state(whole, load_catalogue(), datetime.now(UTC).date())
            assert state.problems == (), [one.text for one in state.problems]
    elif block.language in ("yaml", "yml"):
        assert yaml.safe_load(block.text)
    else:
        json.loads(block.text)


SECTIONS = {"controls", "items", "measurements", "readings", "scores", "gate", "waivers", "decisions", "attested"}
"""Tables of our own state files, which our reader must find nothing wrong in."""


@pytest.mark.parametrize(
    "block",
    [one for found in BLOCKS.values() for one in found if one.language in ("toml", "yaml", "yml", "json")],
    ids=lambda one: f"{one.page.name}:{one.line}",
)
def test_the_data_on_a_page_is_what_our_readers_take(block):
    _parse(block)


def test_every_block_is_run_executed_parsed_or_left_out_for_a_reason_that_is_told(figure):
    told = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    count: Counter[str] = Counter()
    for found in BLOCKS.values():
        for one in found:
            if one.is_shell:
                for command in commands(one):
                    left_out = command.startswith(tuple(NOT_RUN))
                    count["commands left out for a reason" if left_out else "commands run"] += 1
                    known = command == "readiness" or left_out or command.split()[1] in COMMANDS
                    assert known, f"{one.page.name}:{one.line}: {command}"
            elif one.text.startswith("$ "):
                count["transcripts compared"] += 1
            elif one.language == "python":
                count["cells executed"] += 1
            elif one.language in ("toml", "yaml", "yml", "json"):
                count["data parsed"] += 1
            else:
                assert one.language == "text" or one.text.lstrip().startswith(("## ", "![")), one
                count["shown"] += 1
    for start, reason in NOT_RUN.items():
        assert f"| `{start}` | {reason} |" in told
    assert count["commands run"] > 2 * count["commands left out for a reason"]
    figure("blocks of the documents", "all", ", ".join(f"{number} {what}" for what, number in sorted(count.items())))
