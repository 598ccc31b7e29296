from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from checks.look import Look
from checks.observation import Observation
from checks.topics.ci import lint_and_types, on_change, run_in_ci
from checks.topics.ci_coverage import threshold
from checks.topics.ci_deploy import deploy_gated
from checks.topics.ci_security import actions_pinned, security_scan

Write = Callable[[Mapping[str, str]], Look]

TEST = "from app import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"
APP = {"app.py": "def add(a, b):\n    return a + b\n", "tests/test_app.py": TEST}
WEB = {
    "package.json": '{"name": "web", "scripts": {"test": "vitest run", "lint": "eslint .", "typecheck": "tsc"}}',
    "src/add.ts": "export const add = (a: number, b: number) => a + b;\n",
    "src/add.test.ts": 'import { add } from "./add";\nit("adds", () => {\n  expect(add(1, 2)).toBe(3);\n});\n',
}


def workflow(*steps: str, on: str = "[push, pull_request]", job: str = "") -> str:
    lines = ["name: CI", f"on: {on}", "jobs:", "  check:", "    runs-on: ubuntu-latest"]
    lines += [f"    {line}" for line in job.splitlines()]
    lines += ["    steps:", "      - uses: actions/checkout@v4"]
    lines += [f"      - {step}" for step in steps]
    return "\n".join(lines) + "\n"


def ci(*steps: str, on: str = "[push, pull_request]", job: str = "") -> dict[str, str]:
    return {".github/workflows/ci.yml": workflow(*steps, on=on, job=job)}


def said(observation: object) -> str:
    assert isinstance(observation, Observation)
    return observation.outcome.value


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (ci("run: pytest"), "met"),
        (ci("run: pytest", on="\n  pull_request:\n    branches: [main]"), "met"),
        ({".gitlab-ci.yml": "test:\n  script:\n    - pytest\n"}, "met"),
        (ci("run: pytest", on="workflow_dispatch"), "partial"),
        (ci("run: pytest", on="\n  push:\n    tags: ['v*']"), "partial"),
        ({}, "unmet"),
        ({"README.md": "CI runs on every push with GitHub Actions.\n"}, "unmet"),
        ({".github/workflows/ci.yml": "jobs: [unclosed\n"}, "unknown"),
        ({"Jenkinsfile": "pipeline {}\n"}, "unknown"),
    ],
)
def test_ci_runs_on_a_change(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(on_change(look_at(APP | files))) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (APP | ci("run: pytest"), "met"),
        (APP | ci("run: uv run pytest -q tests"), "met"),
        (APP | ci("run: make check") | {"Makefile": "check: test\ntest:\n\tpython -m pytest\n"}, "met"),
        (APP | ci("run: tox") | {"tox.ini": "[testenv]\ncommands = pytest tests\n"}, "met"),
        (APP | ci("run: task py:test") | {"Taskfile.yml": "tasks:\n  py:test:\n    cmds:\n      - pytest\n"}, "met"),
        (APP | ci("run: .ci/run") | {".ci/run": "#!/usr/bin/env bash\nset -e\npytest\n"}, "met"),
        (
            APP | ci("run: make test") | {"Makefile": "V := .venv\nPY ?= $(V)/bin/python\ntest:\n\t@$(PY) -m pytest\n"},
            "met",
        ),
        (APP | ci("run: make test") | {"Makefile": "A = $(A)$(A)\ntest:\n\t$(A)\n"}, "unmet"),
        (APP | ci("run: .ci/run") | {".ci/run": "#!/usr/bin/env bash\nset -e\nls\n"}, "unmet"),
        (WEB | ci("run: npm test"), "met"),
        (WEB | ci("run: |\n          npm ci\n          npm run test"), "met"),
        (
            APP
            | {
                ".github/workflows/all.yml": "on: push\njobs:\n  a:\n    uses: ./.github/workflows/part.yml\n",
                ".github/workflows/part.yml": workflow("run: pytest", on="workflow_call"),
            },
            "met",
        ),
        # only some of them, or ignored
        (APP | WEB | ci("run: pytest"), "partial"),
        (APP | ci("run: pytest\n        continue-on-error: true"), "partial"),
        (APP | ci("run: pytest || true"), "partial"),
        (APP | ci("run: make test") | {"Makefile": "test:\n\t-pytest\n"}, "partial"),
        # nothing runs
        (APP | ci("run: pytest backend/tests"), "unmet"),
        (WEB | ci("run: npm run test:ci"), "unmet"),
        (APP | ci("run: echo running pytest"), "unmet"),
        (APP | ci("run: pytest\n        if: false"), "unmet"),
        (APP | ci("run: pytest", on="workflow_dispatch"), "unmet"),
        (APP | ci("run: pytest --collect-only"), "unmet"),
        (APP, "unmet"),
        ({"app.py": "print(1)\n"} | ci("run: pytest"), "unmet"),
        ({"package.json": WEB["package.json"], "src/add.ts": WEB["src/add.ts"]} | ci("run: npm test"), "unmet"),
        (
            APP
            | {".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    uses: acme/shared/.github/workflows/t.yml@v1\n"},
            "unknown",
        ),
        (APP | ci("run: docker build .") | {"Dockerfile": "FROM python:3.12\nCOPY . .\nRUN pytest\n"}, "unknown"),
        ({"README.md": "# Notes\n"}, "not-applicable"),
    ],
)
def test_tests_run_in_ci(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(run_in_ci(look_at(files))) == expected


def test_a_folder_that_does_not_exist_is_a_finding_at_its_line(look_at: Write) -> None:
    look = look_at(APP | ci("run: pip install -r requirements.txt", "run: pytest backend/tests"))
    observation = run_in_ci(look)
    assert isinstance(observation, Observation)
    assert [(place.path, place.line) for place in observation.locations] == [(".github/workflows/ci.yml", 9)]
    [finding] = look.findings
    assert finding.rule == "ci.no-tests"
    assert finding.message.startswith("CI runs no tests")
    assert finding.location.line == 9


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (ci("run: ruff check .", "run: mypy ."), "met"),
        (WEB | ci("run: npm run lint", "run: npm run typecheck"), "met"),
        (ci("uses: pre-commit/action@v3.0.1", "run: pyright")
         | {".pre-commit-config.yaml": "repos:\n  - repo: x\n    hooks:\n      - id: ruff\n"}, "met"),
        (ci("run: eslint .", "run: next build") | {"next.config.js": "module.exports = {}\n"}, "met"),
        (ci("run: eslint .", "run: next build")
         | {"next.config.js": "module.exports = { typescript: { ignoreBuildErrors: true } }\n"}, "partial"),
        (ci("run: ruff check ."), "partial"),
        (ci("run: ruff check .", "run: mypy .\n        continue-on-error: true"), "partial"),
        (ci("run: eslint . || true", "run: tsc --noEmit"), "partial"),
        (ci("run: ruff format --check ."), "unmet"),
        (ci("run: npm run lint") | {"package.json": '{"name": "a", "scripts": {}}'}, "unmet"),
        ({"pyproject.toml": "[tool.mypy]\nstrict = true\n[tool.ruff]\nline-length = 100\n"}, "unmet"),
    ],
)  # fmt: skip
def test_lint_and_types(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(lint_and_types(look_at(files))) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (ci("run: pytest --cov=app --cov-fail-under=80"), "met"),
        (ci("run: pytest --cov=app") | {"pyproject.toml": "[tool.coverage.report]\nfail_under = 70\n"}, "met"),
        (ci("run: pytest") | {"pytest.ini": "[pytest]\naddopts = --cov=app --cov-fail-under=70\n"}, "met"),
        (WEB | ci("run: npx vitest run --coverage")
         | {"vitest.config.ts": "export default { test: { coverage: { thresholds: { lines: 80 } } } };\n"}, "met"),
        (ci("run: pytest --cov=app", "uses: codecov/codecov-action@v4")
         | {"codecov.yml": "coverage:\n  status:\n    project:\n      default:\n        target: 80%\n"}, "met"),
        (ci("run: pytest --cov=app", "uses: codecov/codecov-action@v4"), "partial"),
        (ci("run: pytest --cov=app --cov-fail-under=0"), "partial"),
        (ci("run: pytest --cov=app --cov-fail-under=80 || true"), "partial"),
        (ci("run: pytest"), "unmet"),
        ({"pyproject.toml": "[tool.coverage.report]\nfail_under = 70\n"}, "unmet"),
        (ci("run: pytest missing/ --cov-fail-under=80"), "unmet"),
        (ci("run: pytest") | {"Makefile": "coverage:\n\tpytest --cov --cov-fail-under=90\n"}, "unmet"),
    ],
)  # fmt: skip
def test_coverage_floor(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(threshold(look_at(APP | files))) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (ci("uses: github/codeql-action/analyze@v3"), "met"),
        (ci("run: pip-audit"), "met"),
        (ci("run: npm audit --audit-level=high"), "met"),
        (ci("run: bandit -r app", on="\n  schedule:\n    - cron: '0 0 * * 0'"), "met"),
        (ci("uses: aquasecurity/trivy-action@v1\n        with:\n          exit-code: '1'"), "met"),
        (ci("uses: aquasecurity/trivy-action@v1"), "partial"),
        (ci("run: pip-audit || true"), "partial"),
        (ci("uses: gitleaks/gitleaks-action@v2\n        continue-on-error: true"), "partial"),
        (ci("run: semgrep scan --config p/ci"), "partial"),
        (ci("uses: pre-commit/action@v3.0.1")
         | {".pre-commit-config.yaml": "repos:\n  - repo: x\n    hooks:\n      - id: detect-private-key\n"}, "partial"),
        (ci("run: pip install bandit"), "unmet"),
        ({"README.md": "We plan to run CodeQL and gitleaks.\n"}, "unmet"),
        (ci("run: pip-audit", on="workflow_dispatch"), "unmet"),
    ],
)  # fmt: skip
def test_security_scan(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(security_scan(look_at(APP | files))) == expected


def test_the_summary_names_the_kinds_of_scan(look_at: Write) -> None:
    observation = security_scan(look_at(APP | ci("uses: github/codeql-action/analyze@v3", "run: pip-audit")))
    assert isinstance(observation, Observation)
    assert "code (" in observation.summary
    assert "dependencies (" in observation.summary
    assert "secrets" not in observation.summary


PINNED = "acme/thing@0123456789abcdef0123456789abcdef01234567 # v1"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([f"uses: {PINNED}"], "met"),
        ([f"uses: {PINNED}", "uses: acme/other@v2"], "partial"),
        (["uses: acme/other@v2"], "unmet"),
        (["uses: acme/other@main"], "unmet"),
        (["run: pytest"], "not-applicable"),
        (["uses: actions/setup-python@v5"], "not-applicable"),
    ],
)
def test_actions_are_pinned(look_at: Write, steps: list[str], expected: str) -> None:
    assert said(actions_pinned(look_at(ci(*steps)))) == expected


def deploying(
    needs: str = "", extra: str = "", run: str = "flyctl deploy", test: str = "pytest && pip-audit"
) -> dict[str, str]:
    text = f"""
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: {test}
  deploy:
    runs-on: ubuntu-latest
    {needs}
    {extra}
    steps:
      - run: {run}
"""
    return {".github/workflows/deploy.yml": "\n".join(line for line in text.splitlines() if line.strip()) + "\n"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (deploying("needs: test"), "met"),
        (deploying("needs: [test]", run="kubectl apply -f k8s/"), "met"),
        (
            {".gitlab-ci.yml": "stages: [deploy]\ngo:\n  stage: deploy\n  when: manual\n  script:\n    - fly deploy\n"},
            "met",
        ),
        (deploying("needs: test", test="pytest"), "partial"),
        (deploying("needs: test", test="ruff check ."), "partial"),
        (deploying(), "unmet"),
        (deploying("needs: test", test="echo tested"), "unmet"),
        (deploying(run="vercel deploy --prod"), "unmet"),
        (deploying(extra="environment: production"), "unknown"),
        (deploying(run="echo deploying"), "not-applicable"),
        ({}, "not-applicable"),
    ],
)
def test_deployment_is_gated(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(deploy_gated(look_at(APP | files))) == expected
