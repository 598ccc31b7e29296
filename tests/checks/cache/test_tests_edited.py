"""What tests come to is asked of each file: an edit asks again what it touches, and nothing else goes stale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checks import run
from checks.cache.store import Store
from checks.report_wire import pack

SIGNALS = frozenset(
    {
        "tests.exist",
        "tests.assertion-quality",
        "tests.run-in-ci",
        "tests.end-to-end",
        "tests.integration",
        "ci.on-change",
    }
)
WORKFLOW = """on:
  pull_request:
    paths: ["app/**"]
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: pytest -m fast
"""
FILES = {
    "app/main.py": "def total(prices):\n    return sum(prices)\n",
    "tests/helpers.py": "def checked(value):\n    assert value == 2\n",
    "tests/base.py": "import unittest\n\n\nclass Shared(unittest.TestCase):\n    pass\n",
    "tests/test_one.py": "import pytest\nfrom tests.helpers import checked\n\n\n@pytest.mark.fast\ndef test_one():\n"
    "    checked(2)\n",
    "tests/test_two.py": "import pytest\nfrom tests.base import Shared\n\n\n@pytest.mark.fast\nclass More(Shared):\n"
    "    def test_two(self):\n        self.assertEqual(total([1]), 1)\n",
    "tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef client():\n    return 1\n",
    "e2e/shop.spec.ts": 'import { test } from "./fixtures";\ntest("buys", async ({ page }) => {\n'
    '  await page.goto("/");\n  expect(page).toHaveTitle("Shop");\n});\n',
    "e2e/fixtures.ts": 'import { test } from "@playwright/test";\nexport { test };\n',
    "pkg/shop_test.go": 'package shop\n\nfunc TestShop(t *testing.T) {\n\tt.Error("no")\n}\n',
    "package.json": '{"name": "shop", "devDependencies": {"@playwright/test": "1"}}',
    ".github/workflows/ci.yml": WORKFLOW,
}


@pytest.fixture
def product(tmp_path: Path) -> Path:
    root = tmp_path / "acme"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def looked(root: Path, store: Store | None) -> str:
    return json.dumps(pack(run.look_over(root, signals=SIGNALS, store=store))["observations"])


def edited(root: Path, path: str, text: str | None) -> None:
    if text is None:
        (root / path).unlink()
    else:
        (root / path).write_text(text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/test_one.py", f"{FILES['tests/test_one.py']}# a word\n"),
        ("tests/base.py", f"{FILES['tests/base.py']}\n# a word\n"),
        ("app/more.py", "def more():\n    return 1\n"),
        ("pkg/shop_test.go", f"{FILES['pkg/shop_test.go']}// a word\n"),
    ],
)
def test_what_makes_no_difference_asks_no_probe_again(
    product: Path, tmp_path: Path, recalled: set[str], path: str, text: str
) -> None:
    with Store(tmp_path / "looks.sqlite3") as store:
        first = looked(product, store)
        assert not recalled
        edited(product, path, text)
        assert looked(product, store) == looked(product, None) == first
        assert recalled >= SIGNALS


@pytest.mark.parametrize("path", ["app/more.py", "package.json"])
def test_a_pattern_that_only_the_host_understands_stops_no_later_look(product: Path, tmp_path: Path, path: str) -> None:
    strange = WORKFLOW.replace("app/**", "app/*-*-*-*-*.json")
    (product / ".github/workflows/ci.yml").write_text(strange)
    (product / "tsconfig.json").write_text("{}")
    with Store(tmp_path / "looks.sqlite3") as store:
        looked(product, store)
        edited(product, path, FILES.get(path, "") + "\n")
        assert looked(product, store) == looked(product, None)


def test_a_helper_of_any_script_asserts(product: Path) -> None:
    first = looked(product, None)
    text = FILES["tests/test_one.py"].replace("from tests.helpers import checked", "import os")
    helper = "\n\ndef जाँचो(value):\n    assert value\n"
    edited(product, "tests/test_one.py", text.replace("checked(2)", "जाँचो(2)") + helper)
    assert json.loads(looked(product, None))["tests.exist"] == json.loads(first)["tests.exist"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/helpers.py", "def checked(value):\n    return value\n"),
        ("tests/base.py", "class Shared:\n    pass\n"),
        ("tests/test_one.py", FILES["tests/test_one.py"].replace("checked(2)", "print(2)")),
        ("tests/test_one.py", FILES["tests/test_one.py"].replace("mark.fast", "mark.slow")),
        ("tests/test_one.py", FILES["tests/test_one.py"].replace("mark.fast", "mark.skip")),
        ("tests/test_three.py", "def test_three():\n    assert True\n"),
        ("tests/test_two.py", None),
        ("tests/test_two.py", "def broken(:\n"),
        ("e2e/fixtures.ts", 'import { test } from "vitest";\nexport { test };\n'),
        ("e2e/shop.spec.ts", FILES["e2e/shop.spec.ts"].replace("toHaveTitle", "toBeDefined")),
        ("pkg/shop_test.go", "package shop\n"),
        ("app/main.py", None),
    ],
)
def test_what_makes_a_difference_is_told_with_what_was_kept(
    product: Path, tmp_path: Path, path: str, text: str | None
) -> None:
    with Store(tmp_path / "looks.sqlite3") as store:
        first = looked(product, store)
        edited(product, path, text)
        again = looked(product, store)
        assert again == looked(product, None)
        assert again != first
        looked(product, store)
        edited(product, path, FILES.get(path))
        assert looked(product, store) == first
