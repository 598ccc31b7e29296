"""The pages on a probe and on a checklist of one's own, followed from the first block to the last."""

import re
from pathlib import Path

import pytest

from checks.plugins import api, signals
from checks.plugins.answers import FIGURES
from checks.plugins.installed import GROUPS

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def variables(tmp_path, doc_pages):
    return doc_pages.variables(doc_pages.environment(tmp_path / "made"), tmp_path / "home")


@pytest.mark.parametrize("name", ["own-probe.md", "own-checklists.md"])
def test_the_page_can_be_followed_from_nothing_to_its_end(name, tmp_path, doc_pages, variables):
    folder = tmp_path / "reader"
    folder.mkdir()
    assert doc_pages.run(DOCS / name, folder, variables) >= 6


def test_the_page_lists_the_whole_context_and_every_group():
    page = (DOCS / "own-probe.md").read_text()
    rows = re.findall(r"(?m)^\| `(\w+)[`(]", page)
    assert sorted(rows) == sorted(name for name in dir(api.Context) if not name.startswith("_"))
    assert re.findall(r"(?m)^\| `readiness_workbook\.(\w+)` ", page) == list(GROUPS)
    assert [name for name in FIGURES if f"`{name}`" not in page] == []
    assert f"`VERSION` is {api.VERSION}" in page
    assert signals.FILE in page
