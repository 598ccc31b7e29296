from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

MAIN = "from fastapi import FastAPI\napp = FastAPI()\n"


def holds(look, fact: str) -> bool | None:
    return next(item.holds for item in look.proposals if item.fact == fact)


def test_every_fact_of_the_catalogue_gets_a_proposal_with_a_reason(look_at):
    catalogue = tomllib.loads((Path(__file__).parents[2] / "templates" / "scope.toml").read_text())
    found = look_at({"main.py": MAIN}).proposals
    assert [item.fact for item in found] == list(catalogue)
    assert all(item.reason for item in found)


def test_facts_only_a_person_knows_stay_open(look_at):
    look = look_at({"main.py": MAIN})
    assert {holds(look, fact) for fact in ("public", "sensitive-data", "high-stakes", "changing-data")} == {None}


@pytest.mark.parametrize(
    ("fact", "source"),
    [
        ("server", ""),
        ("sign-in", "import jwt\n"),
        ("several-roles", "def f(u):\n    return u.is_admin\n"),
        ("many-tenants", "class Item:\n    owner_id: int\n"),
        ("uploads", "from fastapi import UploadFile\n@app.post('/f')\ndef f(file: UploadFile): ...\n"),
        ("websockets", "@app.websocket('/w')\nasync def w(ws): ...\n"),
        ("database", "import sqlalchemy\n"),
        ("writes-data", "import sqlalchemy\ns = sqlalchemy.Session()\ns.add(1)\n"),
        ("personal-data", "class User:\n    email: str\n"),
        ("model", "import openai\n"),
        ("model", "import httpx\nhttpx.post('https://api.openai.com/v1/x')\n"),
        ("generative-model", "import openai\nc = openai.OpenAI()\nc.chat.completions.create()\n"),
        ("paid-model", "import anthropic\n"),
        ("model-output-to-users", "import openai\n@app.get('/a')\ndef a(): ...\n"),
        ("model-output-to-code", "import json, openai\njson.loads('1')\n"),
        ("model-tools", "import openai\nopenai.OpenAI().responses.create(tools=[])\n"),
        ("knowledge", "import openai, chromadb\n"),
        ("outside-services", "import httpx\n"),
        ("data-pipelines", "import apscheduler\n"),
        ("slow-work", "import smtplib\n"),
    ],
)
def test_a_fact_is_proposed_from_wired_code(look_at, fact, source):
    look = look_at({"main.py": MAIN + source})
    proposal = next(item for item in look.proposals if item.fact == fact)
    assert proposal.holds is True
    assert proposal.locations


@pytest.mark.parametrize(
    "fact", ["sign-in", "uploads", "websockets", "database", "model", "paid-model", "containers", "writes-data"]
)
def test_absence_is_told_from_a_tree_that_was_read_in_full(look_at, fact):
    assert holds(look_at({"main.py": MAIN}), fact) is False


@pytest.mark.parametrize("other", [{"api/main.go": "package main\n"}, {"broken.py": "def (\n"}])
def test_absence_is_not_told_where_code_was_not_read(look_at, other):
    look = look_at({"main.py": MAIN, **other})
    assert holds(look, "model") is None
    assert holds(look, "database") is None
    assert holds(look, "containers") is False  # file names are enough


def test_without_code_nothing_is_denied_but_what_file_names_tell(look_at):
    look = look_at({"README.md": "We call a model and a database.\n"})
    assert {item.fact for item in look.proposals if item.holds is not None} == {"containers"}


def test_words_tests_and_dead_modules_show_nothing(look_at):
    look = look_at(
        {
            "main.py": MAIN + "# import openai one day\n",
            "README.md": "Uses openai.",
            "tests/test_a.py": "import openai\n",
            "examples/e.py": "import openai\n",
            "dead.py": "import openai\n",
        }
    )
    assert holds(look, "model") is False


def test_names_that_speak_of_signing_in_keep_the_question_open(look_at):
    assert holds(look_at({"main.py": MAIN + "def f(password):\n    return password == 'x'\n"}), "sign-in") is None


def test_a_chat_message_role_is_no_user_role(look_at):
    look = look_at({"main.py": MAIN + "m = [{'role': 'user', 'content': 'x'}]\n"})
    assert holds(look, "several-roles") is None


def test_a_local_model_is_not_billed(look_at):
    look = look_at({"main.py": MAIN + "import llama_cpp\n"})
    assert (holds(look, "model"), holds(look, "paid-model")) == (True, False)


def test_asking_for_facts_reads_each_file_with_its_own_reader(look_at):
    look = look_at({"src/App.tsx": "export const App = () => <main>hello</main>;\n", "api/main.py": "print('hello')\n"})
    assert look.proposals
    assert look.unread == []
