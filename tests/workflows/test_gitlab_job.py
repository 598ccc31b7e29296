"""The job for GitLab: its form, and its script run with the variables that GitLab sets."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "templates" / "workflows" / "gitlab.yml"
TEMPLATE = yaml.safe_load(FILE.read_text())
JOB = TEMPLATE["readiness"]
REQUEST = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "7"}

PYTHON = """#!/bin/sh
# Stands for Python where the job installs the tool: notes what is asked for, and puts the tool there.
printf '%s\\n' "$*" >> "$ASKED"
case "$2" in
venv)
  mkdir -p "$3/bin"
  cp "$0" "$3/bin/python"
  ln -s "$READINESS" "$3/bin/readiness" ;;
esac
"""


@pytest.fixture
def job(tmp_path):
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python3"
    python.write_text(PYTHON)
    python.chmod(0o755)

    def run(workspace, **variables):
        asked = tmp_path / "asked"
        asked.write_text("")
        script = tmp_path / "job.sh"
        script.write_text("\n".join([*JOB["before_script"], *JOB["script"]]))
        given = {name: about["value"] for name, about in TEMPLATE["variables"].items()}
        done = subprocess.run(
            ["bash", "-eo", "pipefail", script],
            cwd=workspace, capture_output=True, text=True, check=False, timeout=300,
            env={
                "PATH": f"{tmp_path / 'bin'}:/usr/local/bin:/usr/bin:/bin",
                "HOME": str(tmp_path), "TMPDIR": str(tmp_path),
                "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"], "CI": "true", "GITLAB_CI": "true",
                "CI_PROJECT_DIR": str(workspace), "ASKED": str(asked),
                "READINESS": str(Path(sys.executable).parent / "readiness"),
                **{name: str(value) for name, value in JOB["variables"].items()}, **given, **variables,
            },
        )  # fmt: skip
        summary = workspace / "readiness-gate.md"
        return done, summary.read_text() if summary.exists() else "", asked.read_text().splitlines()

    return run


def test_a_merge_request_is_compared_with_its_base(job, origin, tmp_path):
    base = origin.git("rev-parse", "main")
    origin.branch()
    origin.leak()
    workspace = origin.checkout(tmp_path / "project", "refs/heads/topic")
    evil = '"; touch pwned #\n$(touch pwned)'
    done, summary, asked = job(
        workspace, **REQUEST, CI_MERGE_REQUEST_DIFF_BASE_SHA=base, CI_MERGE_REQUEST_TITLE=evil,
        CI_MERGE_REQUEST_DESCRIPTION=f"- [x] {evil} <!-- readiness:control runbooks -->",
        CI_MERGE_REQUEST_SOURCE_BRANCH_NAME="$(touch${IFS}pwned)",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert f"compared with `{base[:7]}`" in summary
    assert "secrets-manager: probe disagrees" in summary
    assert not list(tmp_path.rglob("pwned"))
    assert asked[0].startswith("-m venv /")
    assert asked[1:] == ["-m pip install --quiet --disable-pip-version-check readiness-workbook==0.1.0"]


def test_a_description_that_was_cut_is_said_to_be_unknown(job, origin, tmp_path):
    workspace = origin.checkout(tmp_path / "project", "refs/heads/main")
    done, summary, _ = job(
        workspace, **REQUEST, CI_MERGE_REQUEST_DIFF_BASE_SHA=origin.git("rev-parse", "main"),
        CI_MERGE_REQUEST_DESCRIPTION="- [x] y <!-- readiness:control runbooks -->",
        CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED="true",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "The description is cut, so what is ticked in it cannot be told." in summary


def test_a_schedule_and_a_push_have_nothing_to_compare(job, origin, tmp_path):
    workspace = origin.checkout(tmp_path / "project", "refs/heads/main")
    for source in ("schedule", "push"):
        done, summary, _ = job(workspace, CI_PIPELINE_SOURCE=source, CI_COMMIT_BRANCH="main")
        assert done.returncode == 0, done.stderr
        assert "Nothing is compared" in summary


def test_a_shallow_clone_says_what_to_fetch(job, origin, tmp_path):
    base = origin.git("rev-parse", "main")
    origin.branch()
    origin.leak()
    workspace = origin.checkout(tmp_path / "project", "refs/heads/topic", depth=1)
    done, summary, _ = job(workspace, **REQUEST, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert (done.returncode, summary) == (2, "")
    assert "GIT_DEPTH" in done.stderr


def test_the_tool_and_the_folder_are_chosen_by_variables_and_never_run(job, origin, tmp_path):
    workspace = origin.checkout(tmp_path / "project", "refs/heads/main")
    done, _, asked = job(
        workspace,
        READINESS_TOOL="$(touch pwned); readiness-workbook @ git+https://example.com/readiness@4f2c9e1",
        READINESS_FOLDER="no such `touch pwned`",
    )
    assert done.returncode == 2
    assert asked[1].endswith("$(touch pwned); readiness-workbook @ git+https://example.com/readiness@4f2c9e1")
    assert not list(tmp_path.rglob("pwned"))


# Its form


def test_it_has_the_form_that_gitlab_reads():
    assert TEMPLATE.keys() == {"variables", "readiness"}
    assert all(about.keys() == {"value", "description"} for about in TEMPLATE["variables"].values())
    known = {
        *("stage", "image", "timeout", "interruptible", "variables", "rules", "before_script", "script"),
        *("allow_failure", "artifacts"),
    }
    assert JOB.keys() <= known
    assert all(isinstance(line, str) for line in (*JOB["before_script"], *JOB["script"])), (
        "YAML took a line for a mapping"
    )
    assert JOB["variables"]["GIT_DEPTH"] == "0"
    assert JOB["allow_failure"] == {"exit_codes": [3]}, "red is for what fails, yellow for what cannot be told"
    assert [rule["if"] for rule in JOB["rules"]] == [
        '$CI_PIPELINE_SOURCE == "merge_request_event"',
        '$CI_PIPELINE_SOURCE == "schedule"',
        "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
    ]


def test_no_variable_stands_bare_in_a_script():
    for line in (*JOB["before_script"], *JOB["script"]):
        bare = re.sub(r'"[^"]*"', "", line)
        assert "$" not in bare.replace("$(mktemp -d)", ""), line
        assert "MERGE_REQUEST" not in line


def test_the_version_it_installs_is_ours():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = f"{project['name']}=={project['version']}"
    assert TEMPLATE["variables"]["READINESS_TOOL"]["value"] == pinned
    assert FILE.read_text().count(pinned) == 2, "in the comment too"
