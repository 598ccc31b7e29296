"""Tokens that an API description shows: what counts as an example, and what looks live all the same."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest

from checks.secrets import shapes
from checks.secrets.examples import is_example, looks_live


def token(**claims: object) -> str:
    def part(value: dict[str, object]) -> str:
        return urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")

    return ".".join([part({"alg": "HS256", "typ": "JWT"}), part(claims), "x7Kq2mV9" * 4])


PLAIN = token(sub="64b7f0c2", iat=1_689_000_000, exp=1_689_003_600)


def judged(path: str, text: str) -> list[bool]:
    return [is_example(path, text, one) for one in shapes.find(text)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("api.yaml", f'openapi: 3.0.3\nx:\n  token:\n    example: "{PLAIN}"\n'),
        ("api.yaml", f"swagger: '2.0'\nx:\n  examples:\n    ok:\n      value:\n        token: {PLAIN}\n"),
        ("api.json", f'{{"openapi": "3.1.0", "x": {{"example": "{PLAIN}"}}}}'),
        ("a.js", f"/**\n * @openapi\n * /x:\n *   token:\n *     example: {PLAIN}\n */\nrun();\n"),
        ("a.ts", f"class A {{\n  @ApiProperty({{ example: '{PLAIN}' }})\n  token: string;\n}}\n"),
        ("a.py", f'class A(BaseModel):\n    token: str = Field(example="{PLAIN}")\n'),
    ],
)
def test_an_example_of_a_description_is_one(path: str, text: str) -> None:
    assert judged(path, text) == [True]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.js", f'// example\nconst token = "{PLAIN}";\n'),
        ("a.js", f'/**\n * @openapi\n * example: x\n */\nconst token = "{PLAIN}";\n'),
        ("values.yaml", f"example: 1\ntoken: {PLAIN}\n"),
        ("api.yaml", f"openapi: 3.0.3\nexample: 1\nx-admin: {PLAIN}\n"),
        ("api.yaml", f"openapi: 3.0.3\nexample: {token(role='service_role', iss='supabase')}\n"),
    ],
)
def test_what_stands_elsewhere_is_none(path: str, text: str) -> None:
    assert judged(path, text) == [False]


def test_what_looks_live() -> None:
    assert looks_live(token(ref="kqzjxwvb", role="anon"))
    assert looks_live(token(iat=1_689_000_000, exp=2_004_000_000))
    assert not looks_live(PLAIN)
    assert not looks_live("eyJhbGci.eyJ!.x")
