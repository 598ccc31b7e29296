"""Blanks that a person still has to fill in, and the documents that hold them."""

from pathlib import Path

import pytest

from checks.blanks import Blank, blanks, said_of, unfilled
from checks.observation import Outcome
from checks.run import look_over

FILLED = {
    "docs/slo.md": ("ops.slo", "# Service level objectives\n\n- Availability: 99.5 % of requests a month\n"),
    "docs/runbook.md": (
        "ops.runbooks",
        (
            "# Runbook\n\n"
            "1. The alert `HighErrorRate` fires: look at `docker compose logs api` and the dashboard.\n"
            "2. If the last release is the cause, roll back with `make rollback VERSION=1.4.2` and restart the api.\n"
            "3. If the database does not answer, restart it with `docker compose restart db` and check the disk.\n"
            "4. Page the on-call engineer, who escalates to the founder after half an hour of outage for severity 1.\n"
            "Write down what happened, when, and which users were hit; the post-mortem is due within five days.\n"
        ),
    ),
    "docs/requirements.md": (
        "docs.requirements",
        "# Production requirements\n\n- Load: 200 users at once\n- Latency: p95 below 800 ms for every request\n",
    ),
    "docs/decisions/0001-database.md": (
        "docs.architecture",
        (
            "# 0001: One Postgres database\n\n## Status\n\nAccepted\n\n"
            "## Context\n\nWe store orders and users and want "
            "transactions over both.\n\n## Decision\n\nOne Postgres database, reached through one pool.\n\n"
            "## Consequences\n\nBackups are one job; a second region needs a replica.\n"
        ),
    ),
    "docs/rollback.md": (
        "release.rollback",
        (
            "# Rollback\n\nWhen a release misbehaves, the person on duty brings the last version back:\n\n"
            "1. `git checkout v1.4.1`\n2. `docker compose up -d --build api`\n"
            "3. Watch the error rate for ten minutes.\n"
        ),
    ),
    "SECURITY.md": ("gov.security-policy", "# Security\n\nWrite to security@example.com.\n"),
    ".github/CODEOWNERS": ("gov.codeowners", "* ana@example.com\n"),
    "ops/alerts.yml": (
        "obs.alert-rules",
        "groups:\n  - name: api\n    rules:\n      - alert: Errors\n        expr: rate(errors[5m]) > 0.05\n",
    ),
    "load/k6.js": (
        "tests.load",
        'import http from "k6/http";\nexport default () => http.get(`${__ENV.BASE}/items`);\n',
    ),
}
BLANK = {"md": "\n[fill in: who is called at night]\n", "js": "// [fill in: the peak]\n"}


def test_a_blank_says_where_it_is_and_what_belongs_there() -> None:
    text = "# Runbook\n\nCall [fill in: who is on\ncall], then [Fill in: whom next].\n"
    assert blanks(text) == (Blank(3, "who is on call"), Blank(4, "whom next"))
    assert said_of("docs/runbook.md", text) == "; docs/runbook.md has 2 blanks to fill in"
    assert said_of("docs/runbook.md", "done") == ""


@pytest.mark.parametrize("text", ["[fill in: …]", "[fill in]", "fill in: the name", "[filling: a b]", ""])
def test_what_only_speaks_of_blanks_is_none(text: str) -> None:
    assert not unfilled(text)


@pytest.mark.parametrize("path", FILLED)
def test_one_blank_keeps_a_document_from_counting(path: str, tmp_path: Path) -> None:
    signal, text = FILLED[path]
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "app.py").write_text("print('hi')\n")

    file.write_text(text)
    assert look_over(tmp_path, signals=[signal]).observations[signal].outcome is Outcome.MET

    file.write_text(text + BLANK.get(path.rpartition(".")[2], "# [fill in: who is called at night]\n"))
    seen = look_over(tmp_path, signals=[signal]).observations[signal]
    assert seen.outcome in {Outcome.UNMET, Outcome.PARTIAL}
    if path not in {"ops/alerts.yml", "load/k6.js"}:
        assert "blank" in seen.summary


def test_a_blank_in_a_readme_leaves_the_rest_of_it_standing(tmp_path: Path) -> None:
    readme = "# Shop\n\n```\npip install -r requirements.txt\nuvicorn app:app\n```\n\nAsk: [fill in: your question]\n"
    (tmp_path / "README.md").write_text(readme)
    (tmp_path / "requirements.txt").write_text("fastapi\n")
    seen = look_over(tmp_path, signals=["docs.readme"]).observations["docs.readme"]
    assert seen.outcome is Outcome.MET
