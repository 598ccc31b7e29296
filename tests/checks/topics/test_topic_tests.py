# ruff: noqa: E501 - small files as one string each are easier to compare than wrapped ones
from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from checks.look import Look
from checks.observation import Observation
from checks.topics import tests as topic
from checks.topics import tests_integration
from checks.topics import tests_system as system

Write = Callable[[Mapping[str, str]], Look]

API = {
    "app/__init__.py": "",
    "app/main.py": """
        from fastapi import FastAPI

        app = FastAPI()


        @app.get("/items")
        def items():
            return []
        """,
}
REAL = "from app.main import items\n\n\ndef test_items():\n    assert items() == []\n"
PAGE = {
    "index.html": "<div id='root'></div>\n<script type='module' src='/src/main.ts'></script>\n",
    "src/main.ts": "x();\n",
}


def said(observation: object) -> str:
    assert isinstance(observation, Observation)
    return observation.outcome.value


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"tests/test_items.py": REAL}, "met"),
        ({"tests/test_raises.py": "import pytest\n\n\ndef test_x():\n    with pytest.raises(ValueError):\n        int('a')\n"}, "met"),
        ({"tests/test_case.py": "import unittest\n\n\nclass TestX(unittest.TestCase):\n    def test_x(self):\n        self.assertEqual(1, int('1'))\n"}, "met"),
        ({"src/a.test.ts": 'it("adds", () => {\n  expect(add(1)).toBe(2);\n});\n'}, "met"),
        ({"tests/test_help.py": "def check(x):\n    assert x == 1\n\n\ndef test_x():\n    check(1)\n"}, "met"),
        ({"tests/test_items.py": "from app.main import items\n\n\ndef test_items():\n    items()\n"}, "partial"),
        ({"src/a.test.ts": 'it("runs", () => {\n  add(1);\n});\n'}, "partial"),
        # named like tests, but manual scripts, mocks, or nothing
        ({"test_model.py": "import anthropic\n\n\ndef test_model():\n    print(anthropic.Anthropic())\n\n\nif __name__ == '__main__':\n    test_model()\n"}, "unmet"),
        ({"tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef client():\n    return 1\n"}, "unmet"),
        ({"src/api.test.ts": "export const mock = { a: 1 };\n"}, "unmet"),
        ({"pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['tests']\n"}, "unmet"),
        ({"tests/test_off.py": "import pytest\n\n\n@pytest.mark.skip\ndef test_x():\n    assert 1 == 2\n"}, "unmet"),
        ({"src/a.test.ts": 'it.skip("adds", () => {\n  expect(add(1)).toBe(2);\n});\n'}, "unmet"),
    ],
)  # fmt: skip
def test_tests_exist(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(topic.exist(look_at(API | files))) == expected


def test_a_repository_of_documents_needs_no_tests(look_at: Write) -> None:
    assert said(topic.exist(look_at({"README.md": "# Notes\n"}))) == "not-applicable"


STRONG = "def test_{0}():\n    assert add({0}, 1) == 1\n\n\n"
WEAK = "def test_w{0}():\n    result = add({0}, 1)\n    assert result is not None\n\n\n"
BARE = "def test_b{0}():\n    add({0}, 1)\n\n\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("".join(STRONG.format(n) for n in range(10)), "met"),
        ("".join(STRONG.format(n) for n in range(19)) + WEAK.format(1), "met"),
        ("".join(STRONG.format(n) for n in range(6)) + "".join(WEAK.format(n) for n in range(4)), "partial"),
        ("".join(STRONG.format(n) for n in range(6)) + "".join(BARE.format(n) for n in range(3)), "partial"),
        (STRONG.format(1) + "".join(WEAK.format(n) for n in range(4)), "unmet"),
        ("".join(BARE.format(n) for n in range(4)), "unmet"),
        ("", "not-applicable"),
    ],
)
def test_assertion_quality(look_at: Write, text: str, expected: str) -> None:
    files = {"tests/test_add.py": "from app.main import add\n\n\n" + text} if text else {}
    assert said(topic.quality(look_at(API | files))) == expected


def test_weak_assertions_of_typescript_count_as_weak(look_at: Write) -> None:
    weak = 'it("{0}", () => {{\n  expect(add({0})).toBeDefined();\n}});\n'
    look = look_at({"src/a.test.ts": "".join(weak.format(n) for n in range(4))})
    assert said(topic.quality(look)) == "unmet"


CLIENT = "from fastapi.testclient import TestClient\nfrom app.main import app\n\nclient = TestClient(app)\n\n\n"
CALL = "def test_items_{0}():\n    assert client.get('/items?n={0}').status_code == 200\n\n\n"
FIXTURE = """
import pytest
from fastapi.testclient import TestClient
from app.main import app


@pytest.fixture
def api():
    return TestClient(app)


@pytest.fixture
def signed_in(api):
    return api
"""


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"tests/test_api.py": CLIENT + "".join(CALL.format(n) for n in range(3))}, "met"),
        (
            {
                "tests/conftest.py": FIXTURE,
                "tests/test_items.py": "".join(
                    f"def test_{n}(signed_in):\n    assert signed_in.get('/items').json() == []\n\n\n" for n in range(3)
                ),
            },
            "met",
        ),
        (
            {
                "server.test.ts": 'import request from "supertest";\n'
                + "".join(f'it("{n}", async () => {{\n  expect((await request(app).get("/")).status).toBe(200);\n}});\n' for n in range(3))
            },
            "met",
        ),
        ({"tests/test_api.py": CLIENT + CALL.format(1)}, "partial"),
        ({"tests/test_items.py": REAL}, "unmet"),
        ({"tests/conftest.py": FIXTURE, "tests/test_items.py": REAL}, "unmet"),
        ({"tests/integration/__init__.py": ""}, "unmet"),
    ],
)  # fmt: skip
def test_integration(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(tests_integration.integration(look_at(API | files))) == expected


def test_integration_does_not_apply_without_api_or_database(look_at: Write) -> None:
    assert (
        said(tests_integration.integration(look_at({"tool.py": "print(1)\n", "tests/test_x.py": TEST_X})))
        == "not-applicable"
    )


TEST_X = "def test_x():\n    assert 1 + 1 == 2\n"
SPEC = 'import {{ test, expect }} from "@playwright/test";\ntest{0}("signs in", async ({{ page }}) => {{\n  await page.goto("{1}");\n  await expect(page).toHaveTitle("Acme");\n}});\n'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"e2e/login.spec.ts": SPEC.format("", "/login")}, "met"),
        ({"cypress/e2e/login.cy.ts": 'it("signs in", () => {\n  cy.visit("/");\n  cy.get("h1").should("exist");\n  expect(1).to.equal(1);\n});\n'}, "met"),
        ({"tests/test_page.py": "from playwright.sync_api import Page, expect\n\n\ndef test_page(page: Page):\n    page.goto('/')\n    expect(page).to_have_title('Acme')\n"}, "met"),
        ({"e2e/login.spec.ts": SPEC.format(".skip", "/login")}, "partial"),
        ({"e2e/login.spec.ts": SPEC.format(".fixme", "/login")}, "partial"),
        ({"src/button.cy.ts": 'it("shows", () => {\n  cy.mount(button);\n  cy.get("b").should("exist");\n  expect(1).to.equal(1);\n});\n'}, "unmet"),
        ({"playwright.config.ts": 'import { defineConfig } from "@playwright/test";\nexport default defineConfig({});\n'}, "unmet"),
        ({"e2e/example.spec.ts": SPEC.format("", "https://playwright.dev/")}, "unmet"),
        ({}, "unmet"),
    ],
)  # fmt: skip
def test_end_to_end(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(system.end_to_end(look_at(PAGE | files))) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"load/peak.js": 'import http from "k6/http";\nexport default () => { http.get(`${__ENV.BASE}/items`); };\n'}, "met"),
        ({"locustfile.py": "from locust import HttpUser, task\n\n\nclass Shopper(HttpUser):\n    @task\n    def items(self):\n        self.client.get('/items')\n"}, "met"),
        ({"perf/load.yml": "config:\n  target: http://localhost:8000\n  phases:\n    - duration: 60\nscenarios:\n  - flow: []\n"}, "met"),
        ({"load/peak.js": 'import http from "k6/http";\nexport default () => { http.get("https://test.k6.io"); };\n'}, "partial"),
        ({"scripts/stress_test.py": "import time\nimport requests\n\nstart = time.time()\nrequests.get('http://localhost')\n"}, "partial"),
        ({"tests/test_fast.py": "def test_fast(benchmark):\n    assert benchmark(int, '1') == 1\n"}, "partial"),
        ({"docs/plan.md": "We will load test with k6 and Locust.\n"}, "unmet"),
        ({"app/upload.py": "import time\nimport requests\n", "app/loader.py": "import time, requests\nfrom x import client\n"}, "unmet"),
        ({}, "unmet"),
    ],
)  # fmt: skip
def test_load(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(system.load(look_at(API | files))) == expected
