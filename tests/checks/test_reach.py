from __future__ import annotations

import pytest

from checks.application.reach import Entry

PYTHON = {
    "app/__init__.py": "",
    "app/main.py": (
        "from fastapi import FastAPI\nfrom app.api import items\napp = FastAPI()\napp.include_router(items.router)\n"
    ),
    "app/api/__init__.py": "",
    "app/api/items.py": "from .. import db\nrouter = None\n",
    "app/db.py": "",
    "app/metrics.py": "import prometheus_client\n",
    "app/typed.py": "",
    "app/tool.py": "import app.helper\nif __name__ == '__main__':\n    print(1)\n",
    "app/helper.py": "",
}


def test_what_nothing_imports_is_not_reached(look_at):
    reach = look_at(PYTHON).reach
    assert reach.reached("app/db.py") is True
    assert reach.reached("app/metrics.py") is False
    assert reach.imported_by("app/db.py") == ("app/api/items.py",)
    assert reach.imported_by("app/metrics.py") == ()


def test_a_script_with_a_main_guard_reaches_but_does_not_serve(look_at):
    reach = look_at(PYTHON).reach
    assert (reach.reached("app/helper.py"), reach.served("app/helper.py")) == (True, False)
    assert (reach.reached("app/db.py"), reach.served("app/db.py")) == (True, True)


def test_without_an_entry_point_of_its_language_it_cannot_be_told(look_at):
    reach = look_at({**PYTHON, "web/widget.ts": "export const a = 1\n"}).reach
    assert reach.reached("web/widget.ts") is None
    assert look_at({}).reach.reached("app/metrics.py") is False


def test_importers_leave_out_what_is_not_reached(look_at):
    look = look_at(PYTHON)
    assert look.importers("prometheus_client") == ()
    assert [place.path for place in look.importers("prometheus_client", reached=False)] == ["app/metrics.py"]


def test_imports_for_type_checking_only_load_nothing(look_at):
    files = {**PYTHON, "app/db.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app import typed\n"}
    assert look_at(files).reach.reached("app/typed.py") is False


@pytest.mark.parametrize(
    ("files", "entry"),
    [
        ({"Procfile": "web: uvicorn srv.web:app\n", "srv/web.py": "app = make()\n"}, "srv/web.py"),
        (
            {"Dockerfile": 'FROM x\nCMD ["python", "-m", "srv"]\n', "srv/__init__.py": "", "srv/__main__.py": ""},
            "srv/__main__.py",
        ),
        ({"api/Dockerfile": 'FROM x\nCMD ["python", "serve.py"]\n', "api/serve.py": ""}, "api/serve.py"),
        ({"pyproject.toml": "[project]\nname='a'\nscripts={a='srv.cli:go'}\n", "srv/cli.py": ""}, "srv/cli.py"),
        ({"package.json": '{"scripts": {"start": "node dist/server.js"}}', "src/server.ts": ""}, "src/server.ts"),
        ({"package.json": '{"main": "./lib/start.js"}', "lib/start.js": ""}, "lib/start.js"),
        ({"index.html": '<script type="module" src="/src/boot.tsx"></script>', "src/boot.tsx": ""}, "src/boot.tsx"),
        ({"package.json": '{"dependencies": {"next": "1"}}', "app/(x)/page.tsx": ""}, "app/(x)/page.tsx"),
        ({"web/package.json": '{"dependencies": {"next": "1"}}', "web/src/middleware.ts": ""}, "web/src/middleware.ts"),
        ({"langgraph.json": '{"graphs": {"a": "./src/agent.py:graph"}}', "src/agent.py": "graph = 1"}, "src/agent.py"),
        ({"a/langgraph.json": '{"graphs": {"b": {"path": "g.ts:graph"}}}', "a/g.ts": "", "g.ts": ""}, "a/g.ts"),
        ({"langgraph.json": '{"graphs": {"a": "desk.agent:graph"}}', "desk/agent.py": "graph = 1"}, "desk/agent.py"),
        ({"langgraph.json": '{"graphs": [1], "http": {"app": "./api.py:app"}}', "api.py": "app = 1"}, "api.py"),
        ({"supabase/functions/chat/index.ts": ""}, "supabase/functions/chat/index.ts"),
        ({"page.py": "import streamlit as st\nst.title('x')\n"}, "page.py"),
        ({"jobs.py": "from celery import Celery\nq = Celery('x')\n"}, "jobs.py"),
    ],
)
def test_entry_points_are_found(look_at, files, entry):
    assert entry in {item.path for item in look_at(files).reach.entry_points}


def test_tests_and_examples_are_no_entry_points(look_at):
    source = "from fastapi import FastAPI\napp = FastAPI()\n"
    look = look_at({"tests/app.py": source, "examples/app.py": source, "docs/app.py": source})
    assert look.reach.entry_points == ()


def test_django_settings_lead_to_what_they_name(look_at):
    look = look_at(
        {
            "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site_.settings')\n",
            "site_/__init__.py": "",
            "site_/settings.py": (
                "INSTALLED_APPS = ['shop']\nROOT_URLCONF = 'site_.urls'\nMIDDLEWARE = ['shop.audit.Log']\n"
            ),
            "site_/urls.py": "from django.urls import include, path\nurlpatterns = [path('', include('shop.urls'))]\n",
            "shop/__init__.py": "",
            "shop/urls.py": "",
            "shop/audit.py": "",
            "shop/models.py": "",
            "shop/unused.py": "",
        }
    )
    reached = {path for path in look.python.paths if look.reach.reached(path)}
    assert reached == set(look.python.paths) - {"shop/unused.py"}


def test_web_modules_are_reached_through_aliases_generated_routers_and_dynamic_imports(look_at):
    look = look_at(
        {
            "package.json": "{}",
            "src/main.tsx": "import { tree } from './tree.gen';\nconst Lazy = lazy(() => import('@/lazy'));\n",
            "src/tree.gen.ts": "import './page';\n",
            "src/page.tsx": "import type { T } from './types';\n",
            "src/lazy.tsx": "",
            "src/types.ts": "",
            "src/Boundary.tsx": "",
        }
    )
    reached = {path for path in look.source_paths() if look.reach.reached(path)}
    assert reached == {"src/main.tsx", "src/page.tsx", "src/lazy.tsx"}


def test_entries_say_how_they_start(look_at):
    kinds = {item.path: item.entry for item in look_at(PYTHON).reach.entry_points}
    assert kinds == {"app/main.py": Entry.SERVICE, "app/tool.py": Entry.SCRIPT}
