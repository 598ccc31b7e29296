"""Our own supply chain: what we install is held to hashes, what CI runs is pinned, and the wheel can be made again."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
LISTS = ("run", "dev", "build")

VERIFIED = {
    "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8": "v5.0.0",
    "actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405": "v6.2.0",
    "github/codeql-action/upload-sarif@8aad20d150bbac5944a9f9d289da16a4b0d87c1e": "v4.36.2",
    "actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f": "v6.0.0",
}
"""Actions we may use: the commit, and the tag of the action's own repository that was seen to name it."""


def tracked(*folders: str) -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z", *folders], cwd=ROOT, capture_output=True, text=True, check=True)
    return [Path(name) for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


# -- what we install -------------------------------------------------------------------------------------------------


def entries(name: str) -> dict[str, str]:
    """The entries of a list with their hashes, by normalized name."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "requirements" / f"{name}.txt").read_text(), flags=re.MULTILINE)
    found = re.split(r"\n(?=[A-Za-z0-9])", "\n" + text)[1:]
    return {re.split(r"[=\[ ;]", entry)[0].lower().replace("_", "-"): entry for entry in found}


def pinned(entry: str) -> str:
    return entry.partition("==")[2].split()[0]


@pytest.mark.parametrize("name", LISTS)
def test_requirements_are_pinned_with_hashes_and_without_addresses(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    assert not re.search(r"^\s*-", text.replace("\n    --hash=sha256:", ""), flags=re.MULTILINE), "options in the list"
    assert entries(name)
    for entry in entries(name).values():
        assert "==" in entry.splitlines()[0], entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_the_lists_hold_everything_that_is_declared_in_one_version_each() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    run, dev, build = (entries(name) for name in LISTS)
    declared = {
        re.split(r"[<>=!\[; ]", text)[0].lower().replace("_", "-") for text in project["project"]["dependencies"]
    }
    assert declared <= set(run)
    assert set(run) <= set(dev)
    for name, entry in {**build, **dev}.items():
        if name in run:
            assert pinned(entry) == pinned(run[name])
    assert tuple(map(int, pinned(run["gitpython"]).split("."))) >= (3, 1, 62)


def test_every_list_is_installed_with_its_hashes_and_nothing_else() -> None:
    makefile = (ROOT / "Makefile").read_text()
    installs = [line for line in makefile.splitlines() if line.startswith("$$install ")]
    assert len(installs) == 2
    for line in installs:
        assert "--no-deps" in line
        assert "--require-hashes" in line or "--no-build-isolation --editable ." in line
    assert not re.search(r"(?<!uv )pip install (?!--)", makefile), "an install beside the lists"


# -- what CI runs ----------------------------------------------------------------------------------------------------


def workflows() -> list[Path]:
    """Those of GitHub's form. The sample's are flawed on purpose and run nowhere."""
    return [path for path in tracked(".github/workflows") if path.suffix in {".yml", ".yaml"}]


def steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job.get("steps", [job])


def test_there_are_workflows_to_look_at() -> None:
    assert Path(".github/workflows/ci.yml") in workflows()


@pytest.mark.parametrize("path", workflows(), ids=str)
def test_a_workflow_uses_pinned_actions_least_permissions_and_no_text_of_strangers(path: Path) -> None:
    text = (ROOT / path).read_text()
    workflow = yaml.safe_load(text)
    # The word `on` is a truth value in YAML 1.1.
    triggers = workflow.get("on", workflow.get(True))
    assert "pull_request_target" not in str(triggers)
    jobs = workflow["jobs"].values()
    if set(triggers) == {"workflow_call"}:
        # A called one has what its caller grants; were it to ask for more, no caller without that could start it.
        assert "permissions" not in workflow
        assert not any("permissions" in job for job in jobs)
    else:
        granted = [workflow["permissions"], *(job.get("permissions", {}) for job in jobs)]
        assert all(isinstance(one, dict) for one in granted), "read-all and write-all grant what nobody asked for"
        assert set(workflow["permissions"].values()) <= {"read", "none"}, "a job that must write says so itself"
    assert all("timeout-minutes" in job or "uses" in job for job in jobs)

    for step in steps(workflow):
        if step.get("uses", "").startswith("./"):
            # Ours, at the commit that runs.
            assert step["uses"] in ("./.github/workflows/readiness.yml", "./tool")
        elif "uses" in step:
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", step["uses"]), step["uses"]
            assert re.search(rf"{re.escape(step['uses'])} # {re.escape(VERIFIED[step['uses']])}\n", text), step["uses"]
        if str(step.get("uses", "")).startswith("actions/checkout@"):
            assert step.get("with", {}).get("persist-credentials") is False
        # A script is given values by `env:`; pasted in, a branch's name would be run.
        assert "${{" not in step.get("run", ""), step["run"]
        assert "github.event" not in str(step.get("run", ""))


# -- what we hand out ------------------------------------------------------------------------------------------------

BUILD = ("-P", "-m", "hatchling", "build", "--target", "wheel")


def build(source: Path, out: Path, **environment: str) -> Path:
    subprocess.run(
        [sys.executable, *BUILD, "--directory", str(out)], cwd=source, check=True, capture_output=True,
        env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | environment,
    )  # fmt: skip
    (wheel,) = out.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("wheel"))


def test_the_wheel_carries_the_templates_as_data_of_the_workbook(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"checks", "tui", "workbook"}
    shipped = {f"workbook/{path.as_posix()}" for path in tracked() if path.parts[0] == "templates"}
    assert shipped <= names
    assert {
        f"workbook/templates/sample/{name}" for name in (".gitignore", ".env.example", ".github/workflows/ci.yml")
    } <= names


def test_the_wheel_is_the_same_wherever_and_whenever_it_is_made(tmp_path: Path) -> None:
    """From two folders, with other ages of files, another mask for modes, another zone, language and hash seed."""
    made = []
    for number, (mask, age, environment) in enumerate(
        [
            (0o022, 1_500_000_000, {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"}),
            (0o077, 1_700_000_000, {"TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"}),
        ]
    ):
        source = tmp_path / f"folder {number}" / ("deeper" * number)
        before = os.umask(mask)
        try:
            for path in sorted(tracked(), reverse=bool(number)):
                (source / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / path, source / path)
                os.utime(source / path, (age + len(made), age))
            made.append(build(source, tmp_path / f"out{number}", **environment))
        finally:
            os.umask(before)
    one, other = (hashlib.sha256(path.read_bytes()).hexdigest() for path in made)
    assert one == other
    assert made[0].name == made[1].name


def test_the_documented_way_to_make_the_wheel_is_the_tested_one() -> None:
    assert f".venv/bin/python {' '.join(BUILD)}" in (ROOT / "SECURITY.md").read_text()
