from __future__ import annotations

import pytest

CI = ".github/workflows/ci.yml"


def workflow(run: str, extra: str = "") -> str:
    lines = "\n".join(f"          {line}" for line in run.splitlines())
    return f"on: [push]\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n{lines}\n{extra}"


def commands(look) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(item.text, item.folder, item.missing) for item in look.workflows.commands_on_change()]


def texts(look) -> list[str]:
    return [item.text for item in look.workflows.commands_on_change() if not item.missing]


@pytest.mark.parametrize(
    ("run", "files"),
    [
        ("pytest tests", {}),
        ("cd api && uv run pytest ../tests", {"api/x.py": ""}),
        ("uv run --with coverage python -m pytest tests", {}),
        ("poetry run pytest tests -q", {}),
        (
            "npm run ci",
            {"package.json": '{"scripts": {"ci": "npm run lint && npm test", "lint": "x", "test": "pytest tests"}}'},
        ),
        ("make check", {"Makefile": "check: unit\nunit:\n\tpytest tests\n"}),
        ("task test", {"Taskfile.yml": "tasks:\n  test:\n    cmds: [pytest tests]\n"}),
        ("just", {"justfile": "default:\n    pytest tests\n"}),
        ("tox -e py", {"tox.ini": "[testenv]\ncommands = pytest tests\n"}),
        ("uvx nox -s unit", {"noxfile.py": "@nox.session\ndef unit(session):\n    session.run('pytest', 'tests')\n"}),
        ("bash ./scripts/test.sh", {"scripts/test.sh": "#!/bin/sh\nset -e\npytest tests\n"}),
        ("docker compose run --rm api pytest tests", {}),
        ("npx turbo run test", {"p/package.json": '{"name": "p", "scripts": {"test": "pytest ../tests"}}'}),
        ("pnpm --filter web test", {"web/package.json": '{"name": "web", "scripts": {"test": "pytest ../tests"}}'}),
        ("if [ -n x ]; then\n  env A=1 pytest tests\nfi", {}),
        ("A=1 pytest \\\n  tests", {}),
    ],
)
def test_the_test_run_is_found_through_its_wrappers(look_at, run, files):
    look = look_at({CI: workflow(run), "tests/test_a.py": "", **files})
    found = [item for item in look.workflows.commands_on_change() if item.program == "pytest"]
    assert len(found) == 1
    assert not found[0].missing
    assert not found[0].tolerated
    assert found[0].path == CI


@pytest.mark.parametrize(
    ("run", "files", "missing"),
    [
        ("pytest tests/unit", {}, "tests/unit"),
        ("cd api\npytest tests", {"api/x.py": ""}, "tests"),
        ("npm run ci", {"package.json": '{"scripts": {"test": "x"}}'}, "script ci in ./package.json"),
        ("npm test", {}, "script test in ./package.json"),
        ("make ci", {"Makefile": "test:\n\tpytest\n"}, "make target ci"),
        ("./scripts/test.sh", {}, "scripts/test.sh"),
        ("python scripts/check.py", {}, "scripts/check.py"),
        ("tox", {}, "tox configuration in ."),
    ],
)
def test_what_a_command_needs_and_the_tree_has_not_is_named(look_at, run, files, missing):
    look = look_at({CI: workflow(run), **files})
    assert [item.missing for item in look.workflows.commands_on_change()] == [(missing,)]


def test_tolerated_failures_and_steps_that_never_run(look_at):
    look = look_at(
        {
            CI: workflow(
                "pytest || true\nmypy .",
                "      - run: ruff check\n"
                "        continue-on-error: true\n"
                "      - run: never\n"
                "        if: ${{ false }}\n"
                "  b:\n    if: false\n    steps: [{run: nothing}]\n",
            )
        }
    )
    found = [(item.text, item.tolerated) for item in look.workflows.commands_on_change()]
    assert found == [("pytest", True), ("mypy .", False), ("ruff check", True)]


def test_echo_does_not_run_what_it_says(look_at):
    look = look_at({CI: workflow("echo pytest tests\n# pytest tests\ncat <<EOF\npytest tests\nEOF\n")})
    assert [item.program for item in look.workflows.commands_on_change()] == ["echo", "cat"]


def test_reusable_workflows_and_composite_actions_are_followed(look_at):
    look = look_at(
        {
            CI: (
                "on:\n  pull_request:\njobs:\n"
                "  call:\n    uses: ./.github/workflows/test.yml\n"
                "  ship:\n"
                "    needs: call\n"
                "    environment: {name: production}\n"
                "    steps:\n"
                "      - uses: ./.github/actions/scan\n"
                "        with: {tool: bandit}\n"
            ),
            ".github/workflows/test.yml": "on: workflow_call\njobs:\n  t:\n    steps:\n      - run: pytest\n",
            ".github/actions/scan/action.yml": (
                "runs:\n  using: composite\n  steps:\n    - run: ${{ inputs.tool }} -r .\n      shell: bash\n"
            ),
        }
    )
    assert texts(look) == ["pytest", "bandit -r ."]
    jobs = {job.id: job for job in look.workflows.all[0].jobs}
    assert (jobs["ship"].needs, jobs["ship"].environment) == (("call",), "production")
    assert jobs["ship"].line == 6


def test_a_local_reference_that_leads_nowhere_is_broken(look_at):
    look = look_at({CI: "on: push\njobs:\n  a:\n    uses: ./.github/workflows/none.yml\n"})
    assert look.workflows.all[0].broken == ("./.github/workflows/none.yml",)


def test_triggers_decide_what_runs_on_change(look_at):
    look = look_at(
        {CI: "on:\n  schedule: [{cron: '0 0 * * *'}]\n  workflow_dispatch:\njobs: {a: {steps: [{run: pytest}]}}\n"}
    )
    assert look.workflows.on_change == ()
    assert set(look.workflows.all[0].triggers) == {"schedule", "workflow_dispatch"}


def test_gitlab_stages_extends_and_includes(look_at):
    look = look_at(
        {
            ".gitlab-ci.yml": (
                "include: ['ci/base.yml']\n"
                "stages: [test, deploy]\n"
                "unit:\n  extends: .base\n"
                "  script: [pytest]\nship:\n  stage: deploy\n"
                "  environment: production\n  when: manual\n"
                "  script: deploy\n"
            ),
            "ci/base.yml": ".base:\n  stage: test\n  before_script: [pip install x]\n",
        }
    )
    jobs = {job.id: job for job in look.workflows.all[0].jobs}
    assert set(jobs) == {"unit", "ship"}
    assert (jobs["ship"].needs, jobs["ship"].environment, jobs["ship"].manual) == (("unit",), "production", True)
    assert texts(look) == ["pip install x", "pytest", "deploy"]


def test_pre_commit_hooks_are_what_pre_commit_runs(look_at):
    hooks = "repos:\n  - repo: x\n    hooks: [{id: ruff}, {id: own, entry: mypy src}]\n"
    action = "on: push\njobs:\n  a:\n    steps:\n      - uses: pre-commit/action@v3\n"
    look = look_at({CI: action, ".pre-commit-config.yaml": hooks, "src/a.py": ""})
    assert texts(look) == ["pre-commit run", "ruff", "mypy src"]


def test_scripts_that_call_each_other_end(look_at):
    look = look_at({CI: workflow("make a"), "Makefile": "a: b\n\tmake b\nb: a\n\tmake a\n"})
    assert len(commands(look)) < 100
