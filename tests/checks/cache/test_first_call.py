"""That a file holds no call is told too: its first one counts for who looks for users of a function."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checks import run
from checks.cache.store import Store
from checks.report_wire import pack

FILES = {
    "app/__init__.py": "",
    "app/shape.py": "class Answer:\n    text: str\n",
    "app/model.py": """import openai

client = openai.OpenAI()


def ask(question):
    return client.chat.completions.create(model="m", messages=[question])
""",
    "app/main.py": """from fastapi import FastAPI
from app.page import show

app = FastAPI()


@app.get("/answer")
def read(question: str):
    return show(question)
""",
}
LOGGED = """import logging
from app.model import ask

logger = logging


def show(question):
    answer = {given}
    {then}
    return answer
"""
CHECKED = """from app.model import ask
from app.shape import Answer


def show(question):
    return {given}
"""


def looked(root: Path, signal: str, store: Store | None) -> str:
    return json.dumps(pack(run.look_over(root, signals={signal}, store=store)))


@pytest.mark.parametrize(
    ("signal", "before", "after"),
    [
        (
            "llm.call-logging",
            LOGGED.format(given="ask", then="pass"),
            LOGGED.format(given="ask(question)", then='logger.info("asked", question, answer)'),
        ),
        (
            "llm.output-validated",
            CHECKED.format(given="ask"),
            CHECKED.format(given="Answer.model_validate_json(ask(question))"),
        ),
    ],
)
def test_the_first_call_in_a_file_is_seen(tmp_path: Path, signal: str, before: str, after: str) -> None:
    root = tmp_path / "acme"
    for path, text in {**FILES, "app/page.py": before}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    with Store(tmp_path / "looks.sqlite3") as store:
        first = looked(root, signal, store)
        (root / "app/page.py").write_text(after)
        again = looked(root, signal, store)
    assert again == looked(root, signal, None)
    assert again != first
