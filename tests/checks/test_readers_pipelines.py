"""CI services beside GitHub and GitLab: what their jobs run, what starts them, and what cannot be followed."""

from __future__ import annotations

import pytest

CIRCLE = ".circleci/config.yml"
ONE_JOB = "version: 2.1\njobs:\n  a:\n    steps: [{run: pytest}]\n"
PARAMETER = "<< pipeline.parameters.n >>"


def ran(look) -> list[str]:
    return [item.text for item in look.workflows.commands_on_change()]


def hidden(look) -> list[str]:
    return [said for workflow in look.workflows.all for said in workflow.hidden]


@pytest.mark.parametrize(
    "files",
    [
        {".travis.yml": "language: python\nscript: pytest tests\n"},
        {".travis.yml": "jobs:\n  include:\n    - {stage: lint, script: ruff check .}\n    - {script: pytest tests}\n"},
        {CIRCLE: "version: 2\njobs:\n  build:\n    steps:\n      - checkout\n      - run: pytest tests\n"},
        {
            CIRCLE: "version: 2.1\ncommands:\n  go:\n    parameters: {what: {default: docs}}\n    steps:\n"
            "      - run: pytest << parameters.what >>\njobs:\n  a:\n    steps:\n      - go: {what: tests}\n"
            "workflows:\n  w:\n    jobs: [a]\n"
        },
        {"azure-pipelines.yml": "steps:\n  - script: pytest tests\n"},
        {"azure-pipelines.yml": "steps:\n  - task: Bash@3\n    inputs: {script: pytest tests}\n"},
        {
            "azure-pipelines.yml": "stages:\n  - template: ci/a.yml\n    parameters: {folder: tests}\n",
            "ci/a.yml": "parameters:\n  - name: folder\nstages:\n  - stage: a\n    jobs:\n"
            "      - job: b\n        steps:\n"
            "          - bash: pytest ${{ parameters.folder }}\n",
        },
        {"bitbucket-pipelines.yml": "pipelines:\n  default:\n    - step: {script: [pytest tests]}\n"},
        {
            "bitbucket-pipelines.yml": "pipelines:\n  pull-requests:\n    '**':\n      - parallel:\n          steps:\n"
            "            - step: {script: [pytest tests]}\n"
        },
        {"Jenkinsfile": "pipeline { stages { stage('Test') { steps { sh 'pytest tests' } } } }\n"},
        {"Jenkinsfile": "node {\n dir('api') {\n sh(script: '''\n pytest ../tests\n''', label: 'x')\n }\n}\n"},
    ],
)
def test_a_command_of_a_change_is_found(look_at, files) -> None:
    look = look_at({"tests/test_a.py": "def test_a():\n    assert 1\n", "api/x.py": "", **files})
    assert any(text.startswith("pytest") and text.endswith("tests") for text in ran(look)), ran(look)


@pytest.mark.parametrize(
    "files",
    [
        {".travis.yml": "if: type = cron\nscript: pytest\n"},
        {CIRCLE: f"{ONE_JOB}workflows:\n  w: {{triggers: [{{schedule: {{cron: 0 0 * * *}}}}], jobs: [a]}}\n"},
        {CIRCLE: f"{ONE_JOB}parameters:\n  n: {{default: false}}\nworkflows:\n  w: {{when: {PARAMETER}, jobs: [a]}}\n"},
        {"azure-pipelines.yml": "trigger: none\npr: none\nsteps:\n  - script: pytest\n"},
        {"bitbucket-pipelines.yml": "pipelines:\n  custom:\n    t:\n      - step: {script: [pytest]}\n"},
        {"Jenkinsfile": "pipeline {\n  // sh 'pytest'\n  post { always { sh 'pytest' } }\n}\n"},
    ],
)  # fmt: skip
def test_what_no_change_starts_is_no_command_of_one(look_at, files) -> None:
    assert ran(look_at(files)) == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {CIRCLE: "version: 2.1\norbs: {node: circleci/node@5}\nworkflows:\n  w:\n    jobs: [node/test]\n"},
            "of an orb",
        ),
        ({CIRCLE: "version: 2.1\nsetup: true\nworkflows:\n  w:\n    jobs: []\n"}, "while it runs"),
        ({"azure-pipelines.yml": "steps:\n  - template: a.yml@shared\n"}, "lies elsewhere"),
        ({"azure-pipelines.yml": "steps:\n  - template: a.yml\n"}, "is not there"),
        ({"azure-pipelines.yml": "steps:\n  - task: MadeUp@1\n"}, "MadeUp@1"),
        (
            {"bitbucket-pipelines.yml": "pipelines:\n  default:\n    - step: {script: [{pipe: ex/scan:1}]}\n"},
            "ex/scan:1",
        ),
        ({"Jenkinsfile": "@Library('a') _\nshared()\n"}, "elsewhere"),
        ({"Jenkinsfile": "node { sh command }\n"}, "Groovy"),
    ],
)
def test_what_cannot_be_followed_is_said(look_at, files, said) -> None:
    assert any(said in one for one in hidden(look_at(files))), hidden(look_at(files))


def test_what_somebody_approves_is_held_and_what_requires_it_too(look_at) -> None:
    text = (
        "version: 2.1\njobs:\n  t: {steps: [{run: pytest}]}\n  d: {steps: [{run: fly deploy}]}\n"
        "workflows:\n  w:\n    jobs:\n"
        "      - t\n      - hold: {type: approval, requires: [t]}\n      - d: {requires: [hold]}\n"
    )
    jobs = look_at({CIRCLE: text}).workflows.all[0].jobs
    assert {job.id: job.manual for job in jobs} == {"t": False, "hold": True, "d": True}


def test_files_that_hold_themselves_come_to_an_end(look_at) -> None:
    again = "".join("      - again\n" for _ in range(50))
    circle = f"version: 2.1\ncommands:\n  again:\n    steps:\n{again}jobs:\n  build:\n    steps:\n      - again\n"
    steps = "".join("  - template: azure-pipelines.yml\n" for _ in range(50))
    look = look_at({CIRCLE: circle, "azure-pipelines.yml": f"trigger: [main]\nsteps:\n{steps}"})
    assert ran(look) == []


@pytest.mark.parametrize("name", [".travis.yml", CIRCLE, "azure-pipelines.yml", "bitbucket-pipelines.yml"])
@pytest.mark.parametrize(
    "text", ["jobs: [unclosed\n", "- 1\n", "jobs: 3\nworkflows: [a]\npipelines: x\nsteps: {a: b}\n"]
)
def test_a_broken_pipeline_is_no_crash(look_at, name, text) -> None:
    assert ran(look_at({name: text})) == []
