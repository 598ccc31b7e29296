from __future__ import annotations

from checks.readers.python_facts import PythonModule


def module(look, path: str) -> PythonModule:
    found = look.python.module(path)
    assert found is not None
    return found


def test_calls_resolve_through_imports_and_assignments(look_at):
    look = look_at({"a.py": "from openai import OpenAI as O\nc = O(timeout=3)\nc.chat.completions.create(model='m')\n"})
    names = [call.resolved for call in module(look, "a.py").calls]
    assert names == ["openai.OpenAI", "openai.OpenAI.chat.completions.create"]
    made = module(look, "a.py").calls[0]
    assert made.keywords["timeout"].value == 3
    assert module(look, "a.py").calls[1].keywords["model"].value == "m"


def test_a_name_from_another_file_is_followed_to_where_it_was_made(look_at):
    look = look_at(
        {
            "app/__init__.py": "",
            "app/llm.py": "import openai\nclient = openai.OpenAI()\n",
            "app/use.py": "from app.llm import client\n\ndef ask():\n    return client.responses.create(input='x')\n",
        }
    )
    call = next(call for call in module(look, "app/use.py").calls if call.function == "ask")
    assert look.python.trace("app/use.py", call) == "openai.OpenAI.responses.create"


def test_a_parameter_hides_a_module_level_name(look_at):
    look = look_at({"a.py": "import requests as client\n\ndef f(client):\n    client.get('x')\n"})
    assert [call.resolved for call in module(look, "a.py").calls] == ["client.get"]


def test_code_after_return_and_under_if_false_shows_nothing(look_at):
    look = look_at({"a.py": "def f():\n    return 1\n    start_tracing()\n\nif False:\n    init_sentry()\n\nreal()\n"})
    assert [call.callee for call in module(look, "a.py").calls] == ["real"]


def test_imports_resolve_relative_absolute_and_source_roots(look_at):
    look = look_at(
        {
            "backend/pyproject.toml": "",
            "backend/app/__init__.py": "",
            "backend/app/core.py": "",
            "backend/app/api/__init__.py": "",
            "backend/app/api/users.py": (
                "from ..core import x\nfrom app.core import y\nimport logging\nimport requests\n"
            ),
            "backend/app/logging.py": "",
            "src/tool/__init__.py": "",
            "src/tool/run.py": "from tool import helpers\n",
            "src/tool/helpers.py": "",
        }
    )
    paths = [item.paths for item in module(look, "backend/app/api/users.py").imports]
    core = ("backend/app/__init__.py", "backend/app/core.py")
    assert paths == [core, core, (), ()]
    assert module(look, "src/tool/run.py").imports[0].paths == ("src/tool/__init__.py", "src/tool/helpers.py")


def test_a_root_known_to_pythonpath_alone_is_found_when_it_is_the_only_fit(look_at):
    look = look_at(
        {
            "chatbot/bot/client/llm.py": "",
            "backend/main.py": "from bot.client.llm import ask\nfrom requests import get\n",
        }
    )
    imports = module(look, "backend/main.py").imports
    assert [item.paths for item in imports] == [("chatbot/bot/client/llm.py",), ()]


def test_handlers_say_what_they_do(look_at):
    bodies = {
        "pass": "empty",
        "...": "empty",
        "logger.exception('x')": "logs",
        "print(1); return None": "logs",
        "return None": "returns",
        "raise": "raises",
        "recover()": "handles",
    }
    source = "".join(
        f"def f{n}():\n    try:\n        g()\n    except Exception:\n        {body}\n" for n, body in enumerate(bodies)
    )
    handlers = module(look_at({"a.py": source}), "a.py").handlers
    assert [handler.body for handler in handlers] == list(bodies.values())
    assert all(handler.broad for handler in handlers)


def test_loops_awaits_and_hidden_arguments_are_marked(look_at):
    source = (
        "async def f(rows, **o):\n    for r in rows:\n"
        "        await db.get(r, **o)\n"
        "    [load(r) for r in rows]\n    once()\n"
    )
    calls = {call.callee: call for call in module(look_at({"a.py": source}), "a.py").calls}
    assert (calls["db.get"].in_loop, calls["db.get"].awaited, calls["db.get"].unpacked) == (True, True, True)
    assert calls["load"].in_loop
    assert not calls["once"].in_loop


FASTAPI = {
    "app/__init__.py": "",
    "app/main.py": (
        "from fastapi import Depends, FastAPI\nfrom app.api import users, dead\nfrom app.auth import current\n"
        "app = FastAPI()\napp.include_router(users.router, prefix='/api', dependencies=[Depends(current)])\n"
        "@app.get('/health')\ndef health(): return 'ok'\n"
    ),
    "app/auth.py": (
        "from typing import Annotated\n"
        "from fastapi import Depends\n"
        "\ndef current(): ...\n"
        "User = Annotated[str, Depends(current)]\n"
    ),
    "app/api/__init__.py": "",
    "app/api/users.py": (
        "from fastapi import APIRouter\nfrom app.auth import User\nrouter = APIRouter(prefix='/users')\n"
        "@router.post('/{id}')\nasync def change(id: int, user: User): ...\n"
    ),
    "app/api/dead.py": "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/dead')\ndef dead(): ...\n",
}


def test_fastapi_routes_carry_prefixes_guards_and_whether_they_are_mounted(look_at):
    look = look_at(FASTAPI)
    routes = {route.handler: route for route in look.python.routes(look.python.paths)}
    change = routes["change"]
    assert (change.methods, change.path, change.mounted, change.is_async) == (("POST",), "/api/users/{id}", True, True)
    assert "[Depends(current)]" in change.dependencies
    assert any(guard.startswith("User = Annotated") for guard in change.dependencies)
    assert routes["health"].dependencies == ()
    assert routes["dead"].mounted is False


def test_flask_and_django_routes(look_at):
    look = look_at(
        {
            "web.py": (
                "from flask import Flask, Blueprint\n"
                "app = Flask(__name__)\n"
                "bp = Blueprint('b', __name__, url_prefix='/b')\n"
                "@bp.route('/x', methods=['POST', 'PUT'])\n@login_required\ndef x(): ...\napp.register_blueprint(bp)\n"
                "@cache.get('key')\ndef not_a_route(): ...\n"
            ),
            "site/urls.py": (
                "from django.urls import path, include\n"
                "urlpatterns = [path('a/', views.a), "
                "path('b/', include('c.urls'))]\n"
            ),
        }
    )
    found = {(route.framework, route.path): route for route in look.python.routes(look.python.paths)}
    assert set(found) == {("flask", "/b/x"), ("django", "/a/")}
    assert found["flask", "/b/x"].methods == ("POST", "PUT")
    assert "login_required" in found["flask", "/b/x"].decorators


def test_newer_syntax_is_read_in_full_or_outlined_and_said(look_at):
    look = look_at(
        {
            "except.py": "try:\n    f()\nexcept KeyError, ValueError:\n    pass\n",
            "generic.py": "type Pair = tuple\n\ndef first[T](x: T) -> T:\n    return call(x)\n",
            "quotes.py": 'import httpx\n\ndef f(a):\n    return f"{a["x"]}"\n',
            "broken.py": "def (:\n",
        }
    )
    assert module(look, "except.py").handlers[0].names == ("KeyError", "ValueError")
    assert module(look, "generic.py").calls[0].callee == "call"
    quotes = module(look, "quotes.py")
    assert [item.dotted for item in quotes.imports] == ["httpx"]
    assert look.python.module("broken.py") is None
    reasons = {item.path: item.reason for item in look.unread}
    assert "broken.py" in reasons
    # From Python 3.12 on the grammar knows nested quotes; before, the outline must say what it left out.
    assert quotes.complete or "only imports and definition names" in reasons["quotes.py"]


def test_tests_count_assertions_per_function(look_at):
    source = "def test_a():\n    assert 1\n    assert 2\n\ndef test_b():\n    f()\n"
    functions = {item.name: item.assertions for item in module(look_at({"test_a.py": source}), "test_a.py").functions}
    assert functions == {"test_a": 2, "test_b": 0}


def test_f_strings_keep_their_literal_parts(look_at):
    texts = module(look_at({"a.py": "q = f'select * from t where id = {x}'\n"}), "a.py").texts
    assert [(text.value, text.interpolated) for text in texts] == [("select * from t where id = {}", True)]


def test_guards_of_own_router_classes_and_class_based_views(look_at):
    look = look_at(
        {
            "base.py": (
                "from fastapi import APIRouter, Depends\n"
                "class AdminRouter(APIRouter):\n"
                "    def __init__(self, **k):\n        super().__init__(dependencies=[Depends(admin)], **k)\n"
                "class View:\n    user: str = Depends(current)\n"
            ),
            "api.py": (
                "from fastapi import FastAPI\nfrom base import AdminRouter, View\n"
                "app = FastAPI()\nrouter = AdminRouter(prefix='/admin')\n"
                "class Users(View):\n    @router.get('/users')\n    def all(self): ...\n"
                "app.include_router(router)\n"
            ),
        }
    )
    (route,) = look.python.routes(look.python.paths)
    assert (route.path, route.mounted) == ("/admin/users", True)
    assert "[Depends(admin)]" in route.dependencies
    assert "user = Depends(current)" in route.dependencies


def test_a_router_included_by_a_name_that_cannot_be_followed_keeps_the_question_open(look_at):
    files = dict(FASTAPI)
    files["app/main.py"] += "for one in load_routers():\n    app.include_router(one)\n"
    look = look_at(files)
    routes = {route.handler: route.mounted for route in look.python.routes(look.python.paths)}
    assert routes == {"change": True, "health": True, "dead": None}


def test_a_router_included_by_a_factory_s_parameter_may_be_mounted(look_at):
    look = look_at(
        {
            "api.py": (
                "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/x')\ndef x(): ...\n"
                "def install(app):\n    app.include_router(router)\n"
            )
        }
    )
    assert [route.mounted for route in look.python.routes(look.python.paths)] == [None]
