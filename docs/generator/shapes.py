"""Pages of formats and of the environment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from checks.reports.formats import FORMATS as REPORTS
from workbook.cli.report import FORMATS
from workbook.text import markdown_prose

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"

VARIABLES = {
    "CI_MERGE_REQUEST_DESCRIPTION": "GitLab: the description whose ticks are read",
    "CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED": "GitLab: whether the host cut it",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA": "GitLab: the commit a change is compared with",
    "CI_MERGE_REQUEST_IID": "GitLab: the number of the merge request",
    "CI_PIPELINE_SOURCE": "GitLab: what started the run, so whether it is a change or a schedule",
    "DISPLAY": "whether a desktop's clipboard can be asked",
    "EDITOR": "the editor for a note, where VISUAL names none",
    "GITHUB_BASE_REF": "GitHub: the branch a change is compared with",
    "GITHUB_EVENT_NAME": "GitHub: what started the run",
    "GITHUB_EVENT_PATH": "GitHub: the file that holds the pull request's description",
    "GITLAB_USER_LOGIN": "GitLab: who started the run",
    "GIT_CONFIG_GLOBAL": "where git's own settings lie, to learn who you are; all other GIT_ variables are ignored",
    "GIT_DIR": "set by us for our own helper; what is inherited is ignored",
    "HOME": "where the settings, git's configuration and, by default, our cache lie",
    "PATH": "where git, semgrep and an editor are found; folders of the repository in it are passed over",
    "READINESS_HEADLESS": "1 where nobody sits at a notebook: nothing is written",
    "READINESS_RECORDS": "set by `readiness notebook run --verify` for its kernels",
    "VISUAL": "the editor for a note",
    "WAYLAND_DISPLAY": "whether a desktop's clipboard can be asked",
    "WSL_DISTRO_NAME": "whether the clipboard of Windows can be asked",
    "XDG_CACHE_HOME": "where our cache lies",
}
"""Variables that the program reads by name; a test finds them in the code."""

LIBRARIES = {
    "NO_COLOR": "no colors in the terminal face",
    "XDG_CONFIG_HOME": "where the settings lie",
    "XDG_DATA_HOME": "where the sample is unpacked",
}
"""Variables that the libraries below us read."""


def formats_page() -> Iterator[str]:
    """What comes out, what can be read, and the schemas of JSON."""
    yield "## Out: `readiness report --format`"
    yield ""
    yield "| Format | Made by |"
    yield "|---|---|"
    yield from (f"| `{name}` | `workbook/exports/{module}.py` |" for name, (module, _) in sorted(FORMATS.items()))
    yield ""
    yield "Plug-ins add their own; what each is for: [reports for others](../reports.md)."
    yield ""
    yield "## In: `readiness evidence import`"
    yield ""
    yield "| Format | Name |"
    yield "|---|---|"
    yield from (f"| {markdown_prose(one.title)} | `{one.id}` |" for one in REPORTS.values())
    yield ""
    yield "What is taken from each: [importing reports](../importing.md)."
    yield ""
    yield "## JSON schemas"
    yield ""
    yield "| Schema | Of |"
    yield "|---|---|"
    for path in sorted(SCHEMAS.glob("*.json")):
        title = json.loads(path.read_text(encoding="utf-8"))["title"]
        yield f"| [{path.name}](../schemas/{path.name}) | {markdown_prose(title)} |"


def environment_page() -> Iterator[str]:
    """The variables that change what the program does."""
    yield "| Variable | Read for |"
    yield "|---|---|"
    for name, said in sorted({**VARIABLES, **LIBRARIES}.items()):
        yield f"| `{name}` | {markdown_prose(said)} |"
    yield ""
    yield "Verdicts depend on none of them, nor on the locale, the clock's zone or inherited `GIT_` variables."
