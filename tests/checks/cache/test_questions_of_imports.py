"""What files load and import is asked of each file, and says the same where something else in it changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checks import run
from checks.cache.store import Store
from checks.look import Look
from checks.report_wire import pack
from checks.tree import Tree

SIGNALS = {"scale.background-jobs"}
FILES = {
    "app/__init__.py": "",
    "app/main.py": "import celery\nfrom fastapi import FastAPI\n\nfrom app import jobs\n\napi = FastAPI()\n",
    "app/jobs.py": "def work():\n    return 1\n",
    "app/broken.py": "def broken(:\n",
    "web/package.json": '{"name": "shop", "dependencies": {"express": "4"}}',
    "web/server.js": 'import express from "express";\nimport "./rooms.js";\nexpress().listen(1);\n',
    "web/rooms.js": "export const rooms = 1;\n",
}


@pytest.fixture
def product(tmp_path: Path) -> Path:
    root = tmp_path / "acme"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def looked(root: Path, store: Store | None) -> str:
    return json.dumps(pack(run.look_over(root, signals=SIGNALS, store=store)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/jobs.py", "def work():\n    print('other.parts')\n    return 1\n"),
        ("app/jobs.py", "import colorsys\n\n\ndef work():\n    return colorsys\n"),
        ("web/rooms.js", '\n\nexport const rooms = "two";\n'),
    ],
)
def test_an_answer_that_rests_on_imports_holds_where_others_come(
    product: Path, tmp_path: Path, recalled: set[str], path: str, text: str
) -> None:
    with Store(tmp_path / "looks.sqlite3") as store:
        first = looked(product, store)
        assert "app/broken.py" in first
        assert not recalled
        (product / path).write_text(text)
        assert looked(product, store) == looked(product, None)
        assert recalled >= SIGNALS


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/main.py", "from fastapi import FastAPI\n\napi = FastAPI()\n"),
        ("app/main.py", "import celery\n"),
        ("app/jobs.py", "import rq\n\n\ndef work():\n    return rq\n"),
        ("web/server.js", 'import express from "express";\nexpress().listen(1);\n'),
        ("web/rooms.js", 'import { Queue } from "bullmq";\nexport const rooms = new Queue("a");\n'),
        ("app/broken.py", "import celery\n"),
    ],
)
def test_what_a_file_loads_now_counts(product: Path, tmp_path: Path, path: str, text: str) -> None:
    with Store(tmp_path / "looks.sqlite3") as store:
        looked(product, store)
        (product / path).write_text(text)
        assert looked(product, store) == looked(product, None)


def test_a_name_that_may_be_a_secret_is_followed_and_not_kept(product: Path, tmp_path: Path) -> None:
    secret = "AKIA" + "Z7Q2M4X9K1L8P3R6"
    (product / "web" / "server.js").write_text(
        f'import express from "express";\nimport "./{secret}.js";\nexpress().listen(1);\n'
    )
    (product / "web" / f"{secret}.js").write_text("export const rooms = 1;\n")
    kept: list[object] = []
    with Store(tmp_path / "looks.sqlite3") as store:
        put = store.put
        store.put = lambda values: (kept.extend(values.values()), put(values))[1]  # type: ignore[method-assign]  # watched
        looked(product, store)
    assert kept
    assert f'"./{secret}' not in json.dumps(kept)
    assert Look(Tree.read(product, None)).reach.reached(f"web/{secret}.js")
