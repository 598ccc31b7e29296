"""The table of complex code that changes often, as the command shows it; it needs no workbook and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from workbook.cli.main import main

HARD = "def hard(a):\n" + "".join(f"    if a == {number}:\n        return {number}\n" for number in range(4))
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(repository: Path, git: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> Call:
    (repository / "api" / "hard.py").write_text(HARD)
    (repository / "web.ts").write_text("export function shown(a) {\n  return a ? 1 : 2;\n}\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Hard")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["-C", str(repository), "probe", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_the_table_names_functions_and_files_with_what_is_known_of_each(call: Call) -> None:
    code, out, _ = call("--hotspots")
    assert code == 0
    rows = [line.split() for line in out.splitlines()]
    hard = next(row for row in rows if row[-2:] == ["api/hard.py:1", "hard"])
    assert hard[:4] == ["5", "5", "1", "1"]
    shown = next(row for row in rows if row[-2:] == ["web.ts:1", "shown"])
    assert shown[:5] == ["2", "2", "1", "1", "-"]
    assert any(row and row[-1] == "api/hard.py" for row in rows)
    assert "Note" not in out


def test_json_is_one_document_with_every_figure(call: Call, repository: Path, git: Callable[..., str]) -> None:
    code, out, _ = call("--hotspots", "--format", "json")
    data = json.loads(out)
    assert code == 0
    assert (data["version"], data["commit"]) == (1, git(repository, "rev-parse", "HEAD"))
    assert [one["function"] for one in data["functions"]] == ["hard", "shown"]
    file = next(one for one in data["files"] if one["path"] == "api/hard.py")
    assert set(file) == {
        *("path", "functions", "complexity", "maintainability", "volume", "difficulty", "effort"),
        *("lloc", "comments", "sloc", "commits", "authors", "score"),
    }
    assert file["volume"] > 0


@pytest.mark.parametrize("others", [["docs.readme"], ["--area", "quality"], ["--accept"]])
def test_the_table_stands_alone(call: Call, others: list[str]) -> None:
    code, out, told = call("--hotspots", *others)
    assert (code, out) == (2, "")
    assert "--hotspots" in told


def test_a_repository_without_code_says_so(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "api" / "main.py").unlink()
    assert main(["-C", str(repository), "probe", "--hotspots"]) == 0
    assert "No function" in capsys.readouterr().out
