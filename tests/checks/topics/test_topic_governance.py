"""Planted gaps and clean trees for the files that hosts and lawyers look for, and for secrets kept out of git."""

from __future__ import annotations

import pytest

from checks.observation import Outcome
from checks.semgrep import scan
from checks.topics.governance import codeowners, license_file, pull_request_template, security_policy
from checks.topics.secrets import env_ignored, no_env_file, none_in_code

MET, PARTIAL, UNMET = Outcome.MET, Outcome.PARTIAL, Outcome.UNMET
OURS = "<!-- readiness:begin v=1 -->\n- [ ] 1 One item of the checklist: open gap\n<!-- readiness:end -->\n"
GUIDANCE = "## What changed and why\n\nDescribe the change for the reviewer.\n"
KEY = "f3Kq9Zr1" + "Lx8Vb2Nm7Wc4"


@pytest.mark.parametrize(
    ("ask", "wanted", "files"),
    [
        (codeowners, UNMET, {"README.md": "CODEOWNERS: Ana"}),
        (codeowners, UNMET, {".github/CODEOWNERS": "# nobody yet\n*\n"}),
        (codeowners, PARTIAL, {"MAINTAINERS.md": "- Ana Example\n"}),
        (codeowners, MET, {".github/CODEOWNERS": "* @example/team\n"}),
        (codeowners, MET, {"docs/CODEOWNERS": "api/ ana@example.com\n"}),
        (license_file, UNMET, {"README.md": "# App\n"}),
        (license_file, PARTIAL, {"package.json": '{\n  "license": "MIT"\n}'}),
        (license_file, MET, {"LICENSE": "Terms.\n"}),
        (license_file, UNMET, {"LICENSE": "\n"}),
        (security_policy, UNMET, {"api/security.py": "KEY = 1\n"}),
        (security_policy, PARTIAL, {"README.md": "# App\n\n## Security\n\nMail us.\n"}),
        (security_policy, MET, {".github/SECURITY.md": "Report to security@example.com\n"}),
        (pull_request_template, UNMET, {"docs/review.md": GUIDANCE}),
        (pull_request_template, PARTIAL, {".github/pull_request_template.md": "<!-- to be written -->\n"}),
        (pull_request_template, PARTIAL, {".github/pull_request_template.md": OURS}),
        (pull_request_template, MET, {".github/PULL_REQUEST_TEMPLATE.md": GUIDANCE + OURS}),
        (env_ignored, UNMET, {".gitignore": "node_modules/\n"}),
        (env_ignored, PARTIAL, {".gitignore": ".env.local\n"}),
        (env_ignored, PARTIAL, {"web/.gitignore": ".env\n"}),
        (env_ignored, MET, {".gitignore": "*.pyc\n.env*\n!.env.example\n"}),
        (no_env_file, UNMET, {".env": f"DATABASE_PASSWORD={KEY}\n"}),
        (no_env_file, PARTIAL, {".env": "ADMIN_PASSWORD=hunter\n"}),
        (no_env_file, MET, {".env": "PROJECT_NAME=acme\n"}),
        (no_env_file, MET, {".env.example": f"API_KEY={KEY}\n"}),
    ],
)
def test_signal(look_at, ask, wanted, files):
    assert ask(look_at(files)).outcome is wanted


@pytest.mark.parametrize(
    ("wanted", "source"),
    [
        (UNMET, 'def login(password):\n    return password == "opensesame1"\n'),
        (UNMET, f'API_KEY = "{KEY}"\n'),
        (PARTIAL, 'class Settings:\n    DEFAULT_PASSWORD: str = "letmein"\n'),
        (MET, 'def login(user):\n    return user.password == "LDAP"\n'),
        (MET, 'import os\nAPI_KEY = os.environ["API_KEY"]\n'),
    ],
)
def test_secrets_in_code(look_at, wanted, source):
    look = look_at({"api/login.py": source})
    look.begin_code(scan(look.tree))
    assert none_in_code(look).outcome is wanted
