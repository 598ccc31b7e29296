"""How well secrets are told from ordinary text: two small labelled sets of our own."""

import importlib.util
from pathlib import Path

import pytest

from checks.secrets.shapes import find, redact, suspect


def _module():
    path = Path(__file__).parents[1] / "hostile" / "fake_secrets.py"
    spec = importlib.util.spec_from_file_location("fake_secrets", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FAKES = _module().fakes()

ORDINARY = [
    # What people write in notes, reasons and evidence, and must always be able to write.
    "Limits hold since 4f2c9e1a7b3d5c6e8f9a0b1c2d3e4f5a6b7c8d9e; checked by Bo.",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "image ghcr.io/acme/api@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "Run 123e4567-e89b-42d3-a456-426614174000 shows the restore.",
    "The key AKIAIOSFODNN7EXAMPLE stands in the tutorial only.",
    "Keys are put in as sk-..., YOUR_KEY or sk-your-api-key-here-please-0001 and loaded at run time.",
    "api_key = YOUR_API_KEY",
    "API_KEY=<your key here>",
    "password: changeme-in-production-1",
    "The token is rotated every 90 days by the platform team.",
    "Passwords: argon2id with 64 MiB; see docs/security.md#passwords-2",
    "secret_key: ${SECRET_KEY_FROM_VAULT_V2}",
    "token = request.headers['X-Token-V2']",
    "token: process.env.API_TOKEN_V2",
    "const token = await getAccessTokenSilently2({ scope });",
    "password = get_password_from_keyring_v2(user1)",
    "access_token_expires=2026-11-20T10:00:00Z",
    "max_tokens: 128000 and token_limit=1234567890123",
    "credentials: read from /run/secrets/db_password_2026",
    "https://github.example.com/acme/api/actions/runs/19500000001/job/55840000002",
    "https://docs.example.com/a?page=2&key=architecture-overview&version=v1.2.3",
    "https://example.com/dash?from=1732000000000&to=1732100000000&token-type=none",
    "postgresql://user:${DB_PASSWORD}@db.internal/app",
    "git@github.example.com:acme/api.git",
    "Authorization: Bearer <token>",
    "-----BEGIN CERTIFICATE-----",
    "Who can show it: Ana Example <ana@example.com>, folder Compliance/2026/Q4.",
    "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
    '"integrity": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="',
    "aGVsbG8gd29ybGQsIHRoaXMgaXMgYSBwbGFpbiB0ZXh0IQ==",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
    "Secrets Manager arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme/api-AbCdEf",
    "token_sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'",
    "password_hash: $argon2id$v=19$m=65536,t=3,p=4",
    "The password is checked against 1000 common ones.",
    "Token bucket: 60/min per key, burst 10; login 5/min.",
]


@pytest.mark.stress
def test_fake_secrets_are_found_and_ordinary_text_is_left_alone(figure):
    hits = [one.kind for one in FAKES if not any(core in redact(one.text) for core in one.cores)]
    missed = [one.kind for one in FAKES if one.kind not in hits]
    alarms = [text for text in ORDINARY if suspect(text)]
    figure(
        "secret shapes: labelled set",
        "all found, 0 false alarms",
        f"{len(hits)} of {len(FAKES)} found, {len(alarms)} false alarms in {len(ORDINARY)} ordinary texts",
    )
    assert not missed
    assert not alarms
    assert len(FAKES) >= 50


def test_redaction_keeps_lines_and_what_is_no_secret():
    text = "\n".join(f"before {number}\n{one.text}\nafter {number}" for number, one in enumerate(FAKES))
    shown = redact(text)
    assert shown.count("\n") == text.count("\n")
    for number, one in enumerate(FAKES):
        assert f"before {number}\n" in shown
        assert f"\nafter {number}" in shown
        assert not [core for core in one.cores if core in shown], one.kind


def test_loose_shapes_hide_but_never_accuse():
    assert suspect("SESSION_TOKEN=k3Jf8sLq0Zx7Wm2Pq9Rt")
    assert not list(find("SESSION_TOKEN=k3Jf8sLq0Zx7Wm2Pq9Rt"))
