import pytest

from workbook.places import is_ours


@pytest.mark.parametrize("path", [
    "readiness.toml",
    "readiness-waivers.toml",
    ".readiness/checklists/own.toml",
    "pull_request_template.md",
    "PULL_REQUEST_TEMPLATE.TXT",
    ".github/Pull_Request_Template.md",
    ".github/PULL_REQUEST_TEMPLATE/release.md",
    "docs/pull_request_template.md",
    ".gitlab/merge_request_templates/Default.md",
])  # fmt: skip
def test_our_own_files_are_told(path):
    assert is_ours(path)


@pytest.mark.parametrize("path", [
    "api/readiness.toml",
    "Readiness.toml",
    ".readiness2/a.toml",
    "src/pull_request_template.md",
    ".github/workflows/pull_request_template.md",
    "pull_request_template.py",
    "pull_request_template",
    ".GitHub/other/pull_request_template.md",
    ".gitlab/issue_templates/Default.md",
])  # fmt: skip
def test_what_is_the_teams_is_not(path):
    assert not is_ours(path)
