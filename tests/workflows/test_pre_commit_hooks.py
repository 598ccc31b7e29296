"""The hooks for pre-commit: their form, and each entry run as pre-commit runs it."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
TOOLS = Path(sys.executable).parent


@pytest.fixture
def hook(tmp_path):
    def run(root, name, *arguments):
        # git tells its hooks where it is working, by variables that must not lead us elsewhere.
        environment = {
            "PATH": f"{TOOLS}:/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path), "PRE_COMMIT": "1",
            "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"], "GIT_DIR": ".git", "GIT_INDEX_FILE": ".git/no-such-index",
            "GIT_PREFIX": "", "GIT_EDITOR": ":",
        }  # fmt: skip
        done = subprocess.run(
            [*shlex.split(HOOKS[name]["entry"]), *arguments], cwd=root, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_has_the_form_that_pre_commit_reads(name):
    hook = HOOKS[name]
    known = {"id", "name", "description", "entry", "language", "pass_filenames", "always_run", "stages"}
    assert hook.keys() <= known | {"minimum_pre_commit_version"}
    assert hook["language"] == ("system" if name.endswith("-system") else "python")
    assert hook["pass_filenames"] is False, "what is judged is the whole, not the files of a commit"
    assert hook["always_run"] is True
    assert set(hook.get("stages", ())) <= {"pre-commit", "pre-push", "manual"}
    # The names of stages are those since this version.
    assert hook["minimum_pre_commit_version"] == "3.2.0"


def test_every_hook_has_a_twin_that_is_the_same_but_for_where_the_tool_comes_from():
    own = [name for name in HOOKS if not name.endswith("-system")]
    assert own == ["readiness-gate", "readiness-checklist"]
    for name in own:
        differs = {"id", "language", "description"}
        one, twin = (
            {key: hook[key] for key in hook if key not in differs} for hook in (HOOKS[name], HOOKS[f"{name}-system"])
        )
        assert one == twin


def test_the_gate_stops_a_push_that_brings_a_key_and_lets_the_mended_one_go(hook, origin):
    origin.branch()
    assert hook(origin.root, "readiness-gate", "--base", "main")[0] == 0
    origin.leak()
    code, said = hook(origin.root, "readiness-gate", "--base", "main")
    assert (code, "secrets-manager" in said) == (1, True)
    origin.mend()
    assert hook(origin.root, "readiness-gate", "--base", "main")[0] == 0


def test_the_checklist_stops_a_commit_whose_template_is_stale(hook, origin):
    assert hook(origin.root, "readiness-checklist") == (
        0, "The checklist is current in .github/pull_request_template.md.\n",
    )  # fmt: skip
    origin.do("answer", "runbooks", "blocker")
    code, said = hook(origin.root, "readiness-checklist")
    assert (code, "bring it up to date with: readiness pr write" in said) == (1, True)
    origin.do("pr", "write")
    assert hook(origin.root, "readiness-checklist")[0] == 0


def test_a_hook_leaves_the_work_tree_as_it_is(hook, origin):
    before = origin.git("status", "--porcelain=v1", "--ignored")
    for name in HOOKS:
        hook(origin.root, name)
    assert origin.git("status", "--porcelain=v1", "--ignored") == before
