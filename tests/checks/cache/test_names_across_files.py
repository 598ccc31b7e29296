"""What a call is named by other files is known of them all, and an edit of one of them leaves nothing stale."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from checks import run
from checks.application import calls_seen
from checks.cache.store import Store
from checks.observation import Outcome
from checks.report_wire import pack

TIMEOUTS = "calls.timeouts"
MAIN = "from fastapi import FastAPI\nimport app.leaf\n\napp = FastAPI()\n"
USES = "def go(url):\n    return grab(url)\n"
PYTHON = (
    "from app.m{one} import n{two}",
    "from app.vendor.m{one} import n{two}",
    "import app.m{one}",
    "n{two} = None",
    "n{two} = n{three}",
    "from httpx import get as n{two}",
    "import httpx\nn{two} = httpx.Client()",
    "from openai import OpenAI\nn{two} = OpenAI()",
    "def f{two}(url):\n    return n{three}(url)",
    "def g{two}(url, n{three}: N):\n    return n{three}.get(url)",
    "import httpx\n\n\nclass N(httpx.Client):\n    pass",
    "def h{two}(q):\n    return n{three}.chat.completions.create(model='m', messages=[q])",
    "from tenacity import retry\n\n\n@retry\ndef again{two}():\n    return n{three}('https://example.com')",
)
WEB = (
    "import {{ n{two} }} from './m{one}';",
    "import axios from 'axios';\nexport const n{two} = axios.create();",
    "export const n{two} = n{three};",
    "export function f{two}(u) {{ return n{three}.get(u); }}",
    "export * from './m{one}';",
)


@pytest.fixture
def product(tmp_path: Path) -> Path:
    root = tmp_path / "acme"
    (root / "app").mkdir(parents=True)
    (root / "app" / "__init__.py").write_text("")
    (root / "app" / "main.py").write_text(MAIN)
    return root


def alike(root: Path, store: Store, signals: frozenset[str] | None) -> Outcome:
    """What calls to others come to in a warm look, which is like a cold one."""
    warm, cold = run.look_over(root, signals=signals, store=store), run.look_over(root, signals=signals)
    assert json.dumps(pack(warm)) == json.dumps(pack(cold))
    return warm.observations[TIMEOUTS].outcome


@pytest.mark.parametrize("signals", [None, frozenset({TIMEOUTS})])
@pytest.mark.parametrize("between", [False, True])
def test_an_answer_that_held_rests_on_what_a_changed_file_came_to_read(
    product: Path, tmp_path: Path, signals: frozenset[str] | None, *, between: bool
) -> None:
    leaf, other = product / "app" / "leaf.py", product / "app" / "other.py"
    leaf.write_text(f"from app.other import named\n\n{USES}")
    other.write_text("import httpx\n\nnamed = 1\ngrab = None\n")
    with Store(tmp_path / "looks.sqlite3") as store:
        assert alike(product, store, signals) is Outcome.NOT_APPLICABLE
        # The call is as unknown as before, and from now on the other file decides what it is.
        leaf.write_text(f"from app.other import grab, named\n\n{USES}")
        assert alike(product, store, signals) is Outcome.NOT_APPLICABLE
        if between:
            (product / "notes.md").write_text("# Notes\n")
            assert alike(product, store, signals) is Outcome.NOT_APPLICABLE
        other.write_text("import httpx\n\nnamed = 1\ngrab = httpx.get\n")
        assert alike(product, store, signals) is Outcome.UNMET


@pytest.mark.parametrize("signals", [None, frozenset({TIMEOUTS})])
@pytest.mark.parametrize("text", ["named = 1\ngrab = None\n", "def broken(:\n"])
@pytest.mark.parametrize("folder", ["vendor", "tests", "examples"])
def test_what_is_no_part_of_the_product_is_examined_for_no_name(
    product: Path, tmp_path: Path, folder: str, text: str, signals: frozenset[str] | None
) -> None:
    leaf, other = product / "app" / "leaf.py", product / "app" / folder / "other.py"
    other.parent.mkdir()
    other.write_text(text)
    with Store(tmp_path / "looks.sqlite3") as store:
        for names in ("named", "grab, named", "named"):
            leaf.write_text(f"from app.{folder}.other import {names}\n\n{USES}")
            for note in ("# Notes\n", "# More notes\n"):
                (product / "notes.md").write_text(note)
                assert alike(product, store, signals) is Outcome.NOT_APPLICABLE


def test_only_files_that_may_hold_such_calls_are_walked_again(
    product: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        (product / "app" / f"quiet_{number}.py").write_text("def quiet(value):\n    return str(value)\n")
    leaf = product / "app" / "leaf.py"
    leaf.write_text("import httpx\n\n\ndef go(url):\n    return httpx.get(url)\n")
    signals = frozenset({TIMEOUTS})
    with Store(tmp_path / "looks.sqlite3") as store:
        assert alike(product, store, signals) is Outcome.UNMET
        leaf.write_text("import httpx\n\n\ndef go(url):\n    return httpx.get(url, timeout=3)\n")
        walked: set[str] = set()
        walk = calls_seen._of_file
        monkeypatch.setattr(calls_seen, "_of_file", lambda look, path: (walked.add(path), walk(look, path))[1])
        warm = run.look_over(product, signals=signals, store=store)
    assert warm.observations[TIMEOUTS].outcome is Outcome.MET
    assert walked == {"app/leaf.py"}


def test_random_names_leave_warm_and_cold_looks_the_same(product: Path, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)  # noqa: S311  # which names, no secret
    (product / "app" / "main.py").write_text(f"from app import m0\nimport app.m1\n{MAIN}app.include_router(m0.n0)\n")
    (product / "app" / "vendor").mkdir()
    done = []

    def written() -> None:
        name = f"m{chance.randrange(4)}"
        path, kinds = chance.choice([(f"{name}.py", PYTHON), (f"vendor/{name}.py", PYTHON), (f"{name}.ts", WEB)])
        lines = [
            chance.choice(kinds).format(one=chance.randrange(4), two=chance.randrange(3), three=chance.randrange(3))
            for _ in range(chance.randrange(5))
        ]
        (product / "app" / path).write_text("\n".join(lines) + "\n")
        done.append((path, lines))

    for _ in range(8):
        written()
    with Store(tmp_path / "looks.sqlite3") as store:
        for _ in range(8):
            written()
            warm, cold = run.look_over(product, store=store), run.look_over(product)
            assert json.dumps(pack(warm)) == json.dumps(pack(cold)), (seed, done)
