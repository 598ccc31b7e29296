"""API signals where endpoints are not read, or only partly: unknown, never met or absent."""

# ruff: noqa: E501 - planted sources read best as one case a line

from __future__ import annotations

import pytest

from checks.observation import Outcome
from checks.topics.api import input_validation
from checks.topics.api_access import authentication
from checks.topics.api_limits import rate_limiting

MET = Outcome.MET
UNKNOWN = Outcome.UNKNOWN

FASTAPI = """
    from fastapi import Depends, FastAPI, File, HTTPException, Request, UploadFile
    from pydantic import BaseModel
    app = FastAPI()
    class Order(BaseModel):
        amount: int
"""
FLASK = """
    from flask import Flask, request, jsonify, abort
    app = Flask(__name__)
"""
PACKAGE = {
    "package.json": '{"name": "x", "private": true, "main": "server.ts", "scripts": {"start": "node server.ts"}}'
}


def fastapi(body: str) -> dict[str, str]:
    return {"main.py": FASTAPI + body}


def flask(body: str) -> dict[str, str]:
    return {"app.py": FLASK + body + "\n    if __name__ == '__main__':\n        app.run()\n"}


def test_code_in_a_language_that_is_not_read_makes_absence_unknown(look_at):
    seen = rate_limiting(
        look_at(
            {
                **fastapi("""
    @app.get("/orders")
    def orders():
        return []
    """),
                "gateway/main.go": "package main\n",
            }
        )
    )
    assert seen.outcome is UNKNOWN
    assert "Go" in seen.summary


def test_a_file_that_does_not_parse_makes_absence_unknown(look_at):
    files = fastapi("""
    @app.get("/orders")
    def orders():
        return []
    """)
    seen = rate_limiting(look_at({**files, "broken.py": "def (:\n"}))
    assert seen.outcome is UNKNOWN
    assert "broken.py" in seen.summary


DJANGO = {
    "manage.py": "import shop.urls\n",
    "shop/urls.py": """
    from django.urls import path
    from shop_kit.views import OrderView
    urlpatterns = [path("orders/", OrderView.as_view())]
    """,
}
OWN_VIEW = {
    "manage.py": "import shop.urls\n",
    "shop/urls.py": """
    from django.urls import path
    from shop.views import OrderView
    urlpatterns = [path("orders/", OrderView.as_view())]
    """,
    "shop/views.py": "from django.views import View\nclass OrderView(View):\n    def get(self, request):\n        return 1\n",
}
TRPC = {
    "server.ts": """
    import { initTRPC } from "@trpc/server";
    const t = initTRPC.create();
    export const router = t.router({});
""",
    **PACKAGE,
}


@pytest.mark.parametrize("ask", [authentication, input_validation])
@pytest.mark.parametrize("files", [DJANGO, TRPC], ids=["django-class-views", "trpc"])
def test_endpoints_that_are_not_read_are_unknown_never_met_or_absent(look_at, ask, files):
    assert ask(look_at(files)).outcome is UNKNOWN


def test_a_class_view_of_the_repository_is_read_for_its_guard_but_not_for_how_it_takes_input(look_at):
    assert authentication(look_at(OWN_VIEW)).outcome is Outcome.UNMET
    assert input_validation(look_at(OWN_VIEW)).outcome is UNKNOWN


def test_guarded_routes_beside_graphql_are_not_called_all(look_at):
    files = flask("""
    import strawberry
    from flask_login import login_required
    @app.route("/orders")
    @login_required
    def orders():
        return "x"
    """)
    assert authentication(look_at(files)).outcome is UNKNOWN


def test_nest_throttler_limits_nothing_without_its_guard(look_at):
    module = """
    import { ThrottlerModule } from "@nestjs/throttler";
    import { Controller, Get } from "@nestjs/common";
    ThrottlerModule.forRoot([{ ttl: 60, limit: 10 }]);
    %s
    class Orders {
      @Get("orders") list() { return []; }
    }
    """
    bare = rate_limiting(look_at({"server.ts": module % "", **PACKAGE}))
    guarded = rate_limiting(
        look_at({"server.ts": module % "const g = { provide: APP_GUARD, useClass: ThrottlerGuard };", **PACKAGE})
    )
    assert bare.outcome is not MET
    assert guarded.outcome is MET


def test_an_open_endpoint_becomes_a_finding_at_its_place(look_at):
    look = look_at(
        fastapi("""
    @app.get("/orders")
    def orders():
        return []
    """)
    )
    authentication(look)
    assert [(one.rule, one.location.path) for one in look.findings] == [("api.open-endpoint", "main.py")]
