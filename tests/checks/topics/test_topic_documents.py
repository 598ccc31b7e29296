# ruff: noqa: E501 - small files as one string each are easier to compare than wrapped ones
from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from checks.git import Git
from checks.look import Look
from checks.observation import Observation
from checks.topics.documents import architecture, readme
from checks.topics.operations import backups, objectives, runbooks
from checks.topics.release import changelog, rollback
from checks.topics.requirements import requirements
from checks.tree import Tree

Write = Callable[[Mapping[str, str]], Look]

WORDS = "The chat service answers customers from stored conversations and keeps every message in one database. " * 6
STATE = {"app/db.py": "import psycopg\n\nconnection = psycopg.connect('')\n"}


def said(observation: object) -> str:
    assert isinstance(observation, Observation)
    return observation.outcome.value


def fenced(*lines: str) -> str:
    return "# Acme\n\n```sh\n" + "\n".join(lines) + "\n```\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"README.md": fenced("pip install -r requirements.txt", "uvicorn app.main:app")}, "met"),
        ({"README.md": fenced("docker compose up")}, "met"),
        ({"README.md": "Install with `npm install`, start with `npm run dev`.\n", "package.json": '{"scripts": {"dev": "vite"}, "dependencies": {"a": "1"}}'}, "met"),
        ({"README.md": "# Acme\n", "docs/getting-started.md": fenced("poetry install", "poetry run serve")}, "met"),
        ({"README.md": fenced("pip install -r requirements.txt")}, "partial"),
        ({"README.md": fenced("npm install", "npm run start"), "package.json": '{"scripts": {"dev": "vite"}, "dependencies": {"a": "1"}}'}, "partial"),
        ({"README.md": "# Acme\n\nSee [the docs](https://docs.example.com).\n"}, "partial"),
        ({"README.md": "# Acme\n\nA chat. Make sure you have Node, run it and install what is missing.\n"}, "unmet"),
        ({"README.md": "# Acme\n"}, "unmet"),
        ({}, "unmet"),
    ],
)  # fmt: skip
def test_the_readme_says_how_to_run_it(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(readme(look_at({"app.py": "print(1)\n", "requirements.txt": "fastapi==1.0\n"} | files))) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"docs/architecture.md": f"# Architecture\n\n{WORDS}\n"}, "met"),
        (
            {"docs/adr/0001-postgres.md": f"# 1. Postgres\n\n## Context\n\n{WORDS}\n\n## Decision\n\nOne database.\n"},
            "met",
        ),
        ({"ARCHITECTURE.md": f"# Parts\n\n{WORDS}\n"}, "met"),
        ({"README.md": f"# Acme\n\n## Architecture\n\n{WORDS}\n"}, "partial"),
        ({"docs/architecture.png": "x"}, "partial"),
        ({"docs/adr/template.md": "# Title\n\n## Context\n\nTODO\n\n## Decision\n\nTODO\n"}, "unmet"),
        ({"docs/architecture.md": "# Architecture\n\nTODO\n"}, "unmet"),
        ({"src/architecture.py": "x = 1\n"}, "unmet"),
    ],
)
def test_architecture(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(architecture(look_at(files))) == expected


NFR = f"# Production requirements\n\n{WORDS}\n\n- p95 latency below 800 ms\n- availability 99.5 %\n- 200 concurrent users\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"docs/requirements.md": NFR}, "met"),
        ({"docs/prd.md": NFR}, "met"),
        (
            {"README.md": "# Acme\n\n## Non-functional requirements\n\n- 99.5 % availability\n- p95 latency 800 ms\n"},
            "met",
        ),
        ({"docs/prd.md": f"# Product requirements\n\n{WORDS}\n\nIt must be fast and always available.\n"}, "partial"),
        ({"README.md": "# Acme\n\n## Requirements\n\n- Python 3.12\n- 8 GB of memory\n"}, "unmet"),
        ({"specs/upload/spec.md": f"# Upload\n\n{WORDS}\n\n- 30 s for slow requests\n- load 20 users\n"}, "partial"),
        ({"requirements.txt": "fastapi==1.0\n"}, "unmet"),
        ({}, "unmet"),
    ],
)
def test_requirements(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(requirements(look_at(files))) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"scripts/backup.sh": "#!/bin/sh\npg_dump acme > /backups/acme.sql\n"}, "met"),
        ({"compose.yaml": "services:\n  backup:\n    image: prodrigestivill/postgres-backup-local:16\n"}, "met"),
        ({"infra/db.tf": 'resource "aws_db_instance" "main" {\n  backup_retention_period = 7\n}\n'}, "met"),
        ({"docs/backups.md": f"# Backups\n\n{WORDS}\n\n1. Restore the newest dump\n"}, "met"),
        ({"docs/deployment.md": "# Deploy\n\n## Backups\n\nThe host makes backups for us.\n"}, "partial"),
        ({"scripts/backup.sh": "#!/bin/sh\n# pg_dump acme > /backups/acme.sql\necho later\n"}, "unmet"),
        ({"docs/password-recovery.md": f"# Password recovery\n\n{WORDS}\n"}, "unmet"),
        ({}, "unmet"),
    ],
)
def test_backups(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(backups(look_at(STATE | files))) == expected


def test_without_state_there_is_nothing_to_back_up(look_at: Write) -> None:
    assert said(backups(look_at({"app.py": "print(1)\n"}))) == "not-applicable"


RUNBOOK = f"# Runbook: the queue stands still\n\n{WORDS}\n\nSymptom: an alert says so. Check the logs, restart the worker, then escalate.\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"docs/runbooks/queue.md": RUNBOOK}, "met"),
        ({"docs/on-call.md": RUNBOOK}, "met"),
        ({"docs/incidents/2026-01-02.md": RUNBOOK}, "met"),
        ({"docs/runbooks/template.md": "# Runbook\n\nTODO\n"}, "partial"),
        (
            {"docs/troubleshooting.md": f"# Help\n\n{WORDS}\n\nLook at the logs, restart docker, restore the data.\n"},
            "partial",
        ),
        ({".claude/playbook.md": RUNBOOK}, "unmet"),
        ({"ansible/playbook.yml": "- hosts: all\n"}, "unmet"),
        ({"README.md": "We will write runbooks.\n"}, "unmet"),
    ],
)
def test_runbooks(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(runbooks(look_at(files))) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"docs/slo.md": "# Service level objectives\n\n99.5 % of requests succeed in a month.\n"}, "met"),
        ({"README.md": "# Acme\n\n## SLOs\n\n- p95 below 800 ms\n"}, "met"),
        ({"slo/api.yaml": "apiVersion: openslo/v1\nkind: SLO\n"}, "met"),
        ({"docs/slo.md": "# Service level objectives\n\nAnswers are quick.\n"}, "partial"),
        ({"docs/slo.md": "# SLO\n\nAvailability: ____ %\n"}, "partial"),
        ({"README.md": "# Acme\n\nFast, 99 % of the time. Slow queries take 5 s.\n"}, "unmet"),
        ({"app/slot.py": "slots = 5\n"}, "unmet"),
        ({}, "unmet"),
    ],
)
def test_service_levels(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(objectives(look_at(files))) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"docs/rollback.md": f"# Rollback\n\n{WORDS}\n\n1. Find the last good tag\n2. Run fly deploy with it\n"},
            "met",
        ),
        (
            {
                "docs/deploy.md": "# Deploy\n\n## Rolling back\n\n1. Pick the previous image tag of the service\n2. Run helm rollback with it\n"
            },
            "met",
        ),
        ({"k8s/api.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: api}\nspec: {}\n"}, "met"),
        ({"docs/deploy.md": "# Deploy\n\nIf it fails, roll back.\n"}, "partial"),
        ({"docs/deploy.md": "# Deploy\n\n## Rollback\n\nTODO\n"}, "partial"),
        ({"app/db.py": "session.rollback()\n"}, "unmet"),
        ({"docs/deploy.md": "# Deploy\n\nThe transaction is a rollback of the migration.\n"}, "unmet"),
        ({"CHANGELOG.md": "# Changelog\n\n## 1.0\n\n- Rollback of the new page\n"}, "unmet"),
    ],
)
def test_rollback(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(rollback(look_at(files))) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"CHANGELOG.md": "# Changelog\n\n## 1.2.0 - 2026-10-01\n\n- Uploads\n"}, "met"),
        ({"HISTORY.rst": "History\n=======\n\n1.0.0 (2026-10-01)\n------------------\n"}, "met"),
        (
            {
                ".github/workflows/r.yml": "on: push\njobs:\n  a:\n    steps:\n      - uses: googleapis/release-please-action@v4\n"
            },
            "met",
        ),
        ({"CHANGELOG.md": "# Changelog\n"}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_changelog_outside_git(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(changelog(look_at(files))) == expected


def test_tags_of_versions_count_and_others_do_not(acme: Path, git_in: Callable[..., str]) -> None:
    def outcome() -> str:
        with Git.open(acme) as git:
            return said(changelog(Look(Tree.read(acme, git), git)))

    assert outcome() == "unmet"
    git_in(acme, "tag", "before-the-move")
    assert outcome() == "unmet"
    git_in(acme, "tag", "v1.0.0")
    assert outcome() == "met"
