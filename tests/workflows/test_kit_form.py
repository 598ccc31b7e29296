"""The form of what CI hosts read: known keys, no text of strangers in a script, and documented as it is."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = ACTION["runs"]["steps"]
CALLED = ROOT / ".github" / "workflows" / "readiness.yml"
OWN = ROOT / ".github" / "workflows" / "gate.yml"
PAGE = (ROOT / "docs" / "ci.md").read_text()
BLOCKS = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
ZEROS = "0" * 40


def workflow(data):
    # The word `on` is a truth value in YAML 1.1.
    return {("on" if key is True else key): value for key, value in data.items()}


def test_the_action_has_the_form_that_a_runner_reads():
    assert ACTION.keys() == {"name", "description", "inputs", "outputs", "runs"}
    assert ACTION["runs"].keys() == {"using", "steps"}
    assert ACTION["runs"]["using"] == "composite"
    assert all(one.keys() == {"description", "default"} for one in ACTION["inputs"].values())
    assert all(isinstance(one["default"], str) for one in ACTION["inputs"].values())
    assert all(one.keys() == {"description", "value"} for one in ACTION["outputs"].values())
    for step in STEPS:
        assert step.keys() <= {"name", "id", "if", "shell", "env", "run"}, "no other action, so nothing to pin"
        assert step["shell"] == "bash"
    ids = [step["id"] for step in STEPS if "id" in step]
    assert len(ids) == len(set(ids))


def test_a_script_of_the_action_gets_values_by_its_environment_alone():
    for step in STEPS:
        assert "${{" not in step["run"], step["name"]
        for value in step.get("env", {}).values():
            assert re.fullmatch(r"\$\{\{ (inputs\.\w+|steps\.\w+\.outputs\.\w+|github\.token) \}\}", value), value
    tokens = [step["name"] for step in STEPS if "github.token" in str(step.get("env"))]
    assert tokens == ["Keep one comment up to date"], "no other step has the token"


def test_every_expression_names_what_is_there():
    text = (ROOT / "action.yml").read_text()
    assert set(re.findall(r"inputs\.(\w+)", text)) == set(ACTION["inputs"])
    outputs = set(re.findall(r"steps\.(\w+)\.outputs\.(\w+)", text))
    scripts = {step["id"]: step["run"] for step in STEPS if "id" in step}
    assert all(re.search(rf"\b{name}=", scripts[step]) for step, name in outputs)


def test_the_called_workflow_gives_the_action_what_it_takes():
    called = workflow(yaml.safe_load(CALLED.read_text()))
    (job,) = called["jobs"].values()
    (ours,) = [step for step in job["steps"] if step["uses"] == "./tool"]
    assert set(ours["with"]) == set(ACTION["inputs"]) == set(called["on"]["workflow_call"]["inputs"])
    named = set(re.findall(r"inputs\.(\w+)", CALLED.read_text()))
    assert named == set(called["on"]["workflow_call"]["inputs"])
    places = {step["with"].get("path") for step in job["steps"] if step["uses"].startswith("actions/checkout@")}
    assert places == {"code", "tool"}, "what is judged never holds the tool, and the other way round"
    assert set(re.findall(r"steps\.gate\.outputs\.(\w+)", CALLED.read_text())) <= set(ACTION["outputs"])


@pytest.mark.parametrize("data", [yaml.safe_load(OWN.read_text()), BLOCKS[0]], ids=["ours", "documented"])
def test_a_caller_reads_edits_runs_weekly_and_grants_what_its_options_need(data):
    found = workflow(data)
    assert set(found["on"]["pull_request"]["types"]) == {"opened", "edited", "synchronize", "reopened"}
    (weekly,) = found["on"]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", weekly["cron"])
    assert found["permissions"] == {"contents": "read"}
    assert found["concurrency"].keys() == {"group", "cancel-in-progress"}
    (job,) = found["jobs"].values()
    needs = {"comment": ("pull-requests", "write"), "sarif": ("security-events", "write")}
    granted = {"contents": "read"} | dict(right for name, right in needs.items() if job["with"].get(name))
    assert job["permissions"] == granted
    inputs = workflow(yaml.safe_load(CALLED.read_text()))["on"]["workflow_call"]["inputs"]
    assert set(job["with"]) <= set(inputs)


def test_what_is_documented_is_what_there_is():
    called, steps, gitlab, hooks = BLOCKS
    assert called["jobs"]["readiness"]["uses"] == f"example/readiness-workbook/.github/workflows/readiness.yml@{ZEROS}"
    checkout, ours = steps["steps"]
    assert f"{checkout['uses']} # v5.0.0" in CALLED.read_text()
    assert ours["uses"] == f"example/readiness-workbook@{ZEROS}"
    assert set(ours["with"]) <= set(ACTION["inputs"])
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == set(ACTION["inputs"])
    template = yaml.safe_load((ROOT / "templates" / "workflows" / "gitlab.yml").read_text())
    assert gitlab["variables"] == {name: about["value"] for name, about in template["variables"].items()}
    ids = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    assert {hook["id"] for hook in hooks["repos"][0]["hooks"]} <= ids
    assert ids <= set(re.findall(r"readiness-[a-z-]+", PAGE))
