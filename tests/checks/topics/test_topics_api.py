"""Planted gaps, clean code and traps for the API signals."""

from __future__ import annotations

import pytest

from checks.observation import Outcome
from checks.topics.api import input_validation
from checks.topics.api_access import authentication
from checks.topics.api_headers import security_headers
from checks.topics.api_limits import rate_limiting
from checks.topics.api_service import docs, health
from checks.topics.api_upload import upload_limits

MET, PARTIAL, UNMET, NONE = Outcome.MET, Outcome.PARTIAL, Outcome.UNMET, Outcome.NOT_APPLICABLE
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
EXPRESS = """
    import express from "express";
    const app = express();
"""
PACKAGE = {
    "package.json": '{"name": "x", "private": true, "main": "server.ts", "scripts": {"start": "node server.ts"}}'
}
CLAIM = {"README.md": "We validate, authenticate and rate limit everything with slowapi, helmet, and /health.\n"}


def fastapi(body: str) -> dict[str, str]:
    return {"main.py": FASTAPI + body}


def flask(body: str) -> dict[str, str]:
    return {"app.py": FLASK + body + "\n    if __name__ == '__main__':\n        app.run()\n"}


def express(body: str) -> dict[str, str]:
    return {"server.ts": EXPRESS + body + "\n    app.listen(3000);\n", **PACKAGE}


NEXT = "app/api/orders/route.ts"

CASES = [
    # -- input validation
    ("fastapi-raw", input_validation, UNMET, {"main.py": """
    from fastapi import FastAPI, Request
    app = FastAPI()
    @app.post("/orders")
    async def order(request: Request):
        body = await request.json()
        return {"paid": body["amount"]}
    """}),
    ("fastapi-dict", input_validation, UNMET, {"main.py": """
    from fastapi import FastAPI
    app = FastAPI()
    @app.post("/orders")
    async def order(body: dict):
        return body["amount"]
    """}),
    ("fastapi-schema", input_validation, MET, fastapi("""
    @app.post("/orders")
    async def order(body: Order):
        return body
    """)),
    ("flask-raw", input_validation, UNMET, flask("""
    @app.route("/orders", methods=["POST"])
    def order():
        return jsonify(request.get_json()["amount"])
    """)),
    ("flask-marshmallow", input_validation, MET, flask("""
    from marshmallow import Schema, fields
    class OrderSchema(Schema):
        amount = fields.Int(required=True)
    @app.route("/orders", methods=["POST"])
    def order():
        return OrderSchema().load(request.get_json())
    """)),
    ("express-raw", input_validation, UNMET, express("""
    app.post("/orders", (req, res) => { res.json(req.body.amount * 2); });
    """)),
    ("express-zod", input_validation, MET, express("""
    import { z } from "zod";
    const order = z.object({ amount: z.number() });
    app.post("/orders", (req, res) => { res.json(order.parse(req.body)); });
    """)),
    ("next-raw", input_validation, UNMET, {NEXT: """
    export async function POST(request: Request) {
      const body = await request.json();
      return Response.json(body.amount);
    }
    """, **PACKAGE}),
    ("next-zod", input_validation, MET, {NEXT: """
    import { z } from "zod";
    const Order = z.object({ amount: z.number() });
    export async function POST(request: Request) {
      const body = Order.parse(await request.json());
      return Response.json(body.amount);
    }
    """, **PACKAGE}),
    ("path-from-request", input_validation, PARTIAL, fastapi("""
    import os
    @app.get("/files/{name}")
    def read(name: str):
        return open(os.path.join("data", name)).read()
    """)),
    ("no-api", input_validation, NONE, {"tool.py": "print(1)\n"}),
    # -- authentication
    ("fastapi-open", authentication, UNMET, {**fastapi("""
    @app.get("/orders")
    def orders():
        return []
    """), **CLAIM}),
    ("fastapi-guarded", authentication, MET, fastapi("""
    def get_current_user(request: Request):
        if not request.headers.get("authorization"):
            raise HTTPException(401)
    @app.get("/orders", dependencies=[Depends(get_current_user)])
    def orders():
        return []
    @app.get("/health")
    def health():
        return {}
    """)),
    ("fastapi-guard-that-lets-all-in", authentication, UNMET, fastapi("""
    def get_current_user(request: Request):
        return request.headers.get("authorization")
    @app.get("/orders", dependencies=[Depends(get_current_user)])
    def orders():
        return []
    """)),
    ("fastapi-half", authentication, PARTIAL, fastapi("""
    def require_user(request: Request):
        raise HTTPException(401)
    @app.get("/orders", dependencies=[Depends(require_user)])
    def orders():
        return []
    @app.post("/refunds")
    def refund(order: Order):
        return order
    """)),
    ("session-is-no-guard", authentication, UNMET, fastapi("""
    def get_db_session():
        raise RuntimeError
    @app.get("/orders")
    def orders(session=Depends(get_db_session)):
        return []
    """)),
    ("flask-login", authentication, MET, flask("""
    from flask_login import login_required
    @app.route("/orders")
    @login_required
    def orders():
        return "x"
    """)),
    ("flask-before-request", authentication, MET, flask("""
    @app.before_request
    def check():
        if request.headers.get("X-Key") != "k":
            abort(401)
    @app.route("/orders")
    def orders():
        return "x"
    """)),
    ("express-open", authentication, UNMET, express("""
    app.get("/orders", (req, res) => { res.json([]); });
    """)),
    ("express-guarded", authentication, MET, express("""
    import { requireAuth } from "@clerk/express";
    app.get("/orders", requireAuth(), (req, res) => { res.json([]); });
    """)),
    ("next-session", authentication, MET, {NEXT: """
    import { getServerSession } from "next-auth";
    export async function GET(request: Request) {
      const session = await getServerSession();
      if (!session) return new Response("", { status: 401 });
      return Response.json([]);
    }
    """, **PACKAGE}),
    ("next-open", authentication, UNMET, {NEXT: """
    export async function GET() { return Response.json([]); }
    """, **PACKAGE}),
    ("streamlit-alone", authentication, NONE, {"app.py": "import streamlit as st\nst.title('x')\n"}),
    # -- rate limits
    ("no-limiter", rate_limiting, UNMET, {**fastapi("""
    @app.get("/orders")
    def orders():
        return []
    """), **CLAIM}),
    ("slowapi-default", rate_limiting, MET, fastapi("""
    from slowapi import Limiter
    from slowapi.middleware import SlowAPIMiddleware
    limiter = Limiter(key_func=lambda: "x", default_limits=["60/minute"])
    app.state.limiter = limiter
    app.add_middleware(SlowAPIMiddleware)
    @app.get("/orders")
    def orders():
        return []
    """)),
    ("slowapi-one-route", rate_limiting, PARTIAL, fastapi("""
    from slowapi import Limiter
    limiter = Limiter(key_func=lambda: "x")
    @app.get("/orders")
    def orders():
        return []
    @app.post("/login")
    @limiter.limit("5/minute")
    def login(request: Request):
        return {}
    """)),
    ("slowapi-wrong-request", rate_limiting, UNMET, fastapi("""
    from slowapi import Limiter
    limiter = Limiter(key_func=lambda: "x")
    @app.post("/orders")
    @limiter.limit("5/minute")
    def order(request: Order):
        return {}
    """)),
    ("limiter-never-imported", rate_limiting, UNMET, {**fastapi("""
    @app.get("/orders")
    def orders():
        return []
    """), "limits.py": "from slowapi import Limiter\nlimiter = Limiter(key_func=str, default_limits=['5/minute'])\n"}),
    ("express-limited", rate_limiting, MET, express("""
    import rateLimit from "express-rate-limit";
    const limiter = rateLimit({ windowMs: 60000, max: 60 });
    app.use(limiter);
    app.get("/orders", (req, res) => { res.json([]); });
    """)),
    ("express-relays-429", rate_limiting, UNMET, express("""
    app.get("/orders", async (req, res) => {
      const answer = await fetch("https://api.example.com");
      if (answer.status === 429) { res.status(429).json("Rate limit exceeded"); return; }
      res.json([]);
    });
    """)),
    ("flask-limiter", rate_limiting, MET, flask("""
    from flask_limiter import Limiter
    limiter = Limiter(app=app, key_func=str, default_limits=["10 per minute"])
    @app.route("/orders")
    def orders():
        return "x"
    """)),
    # -- CORS and headers
    ("cors-wildcard", security_headers, UNMET, fastapi("""
    from fastapi.middleware.cors import CORSMiddleware
    app.add_middleware(CORSMiddleware, allow_origins=["*"])
    @app.get("/orders")
    def orders():
        return []
    """)),
    ("cors-wildcard-in-settings", security_headers, UNMET, {"config.py": """
    from pydantic_settings import BaseSettings
    class Settings(BaseSettings):
        CORS_ORIGINS: list[str] = ["*"]
    settings = Settings()
    """, **fastapi("""
    from fastapi.middleware.cors import CORSMiddleware
    from config import settings
    app.add_middleware(CORSMiddleware, allow_origins=settings.CORS_ORIGINS)
    @app.get("/orders")
    def orders():
        return []
    """)}),
    ("cors-named", security_headers, MET, fastapi("""
    from fastapi.middleware.cors import CORSMiddleware
    app.add_middleware(CORSMiddleware, allow_origins=["https://shop.example.com"])
    @app.get("/orders")
    def orders():
        return []
    """)),
    ("cors-bare-express", security_headers, UNMET, express("""
    import cors from "cors";
    app.use(cors());
    app.get("/orders", (req, res) => { res.json([]); });
    """)),
    ("helmet", security_headers, MET, express("""
    import helmet from "helmet";
    import cors from "cors";
    app.use(helmet());
    app.use(cors({ origin: "https://shop.example.com" }));
    app.get("/orders", (req, res) => { res.json([]); });
    """)),
    ("flask-cors-bare", security_headers, UNMET, flask("""
    from flask_cors import CORS
    CORS(app)
    @app.route("/orders")
    def orders():
        return "x"
    """)),
    ("nothing-configured", security_headers, UNMET, {**express("""
    app.get("/orders", (req, res) => { res.json([]); });
    """), **CLAIM}),
    # -- uploads
    ("upload-whole", upload_limits, UNMET, fastapi("""
    @app.post("/files")
    async def upload(file: UploadFile):
        return len(await file.read())
    """)),
    ("upload-bounded", upload_limits, MET, fastapi("""
    @app.post("/files")
    async def upload(file: UploadFile):
        if file.size > 1_000_000:
            raise HTTPException(413)
        return len(await file.read())
    """)),
    ("upload-streamed", upload_limits, MET, fastapi("""
    import shutil
    @app.post("/files")
    def upload(file: UploadFile):
        with open("out", "wb") as out:
            shutil.copyfileobj(file.file, out)
    """)),
    ("flask-upload-limit", upload_limits, MET, flask("""
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    @app.route("/files", methods=["POST"])
    def upload():
        return str(len(request.files["f"].read()))
    """)),
    ("multer-unbounded", upload_limits, UNMET, express("""
    import multer from "multer";
    const upload = multer({ storage: multer.memoryStorage() });
    app.post("/files", upload.single("f"), (req, res) => { res.json(1); });
    """)),
    ("multer-bounded", upload_limits, MET, express("""
    import multer from "multer";
    const upload = multer({ limits: { fileSize: 1000000 } });
    app.post("/files", upload.single("f"), (req, res) => { res.json(1); });
    """)),
    ("no-upload", upload_limits, NONE, fastapi("""
    @app.get("/orders")
    def orders():
        return []
    """)),
    # -- health
    ("health-fastapi", health, MET, fastapi("""
    @app.get("/healthz")
    def ok():
        return {}
    """)),
    ("health-next", health, MET, {"app/api/health/route.ts": """
    export async function GET() { return Response.json({}); }
    """, **PACKAGE}),
    ("health-express", health, MET, express("""
    app.get("/ping", (req, res) => { res.send("pong"); });
    """)),
    ("no-health", health, UNMET, {**flask("""
    @app.route("/orders")
    def orders():
        return "x"
    """), **CLAIM}),
    ("health-router-never-mounted", health, UNMET, {"health.py": """
    from fastapi import APIRouter
    router = APIRouter()
    @router.get("/health")
    def ok():
        return {}
    """, **fastapi("""
    @app.get("/orders")
    def orders():
        return []
    """)}),
    # -- documentation
    ("docs-fastapi", docs, MET, fastapi("""
    @app.get("/orders")
    def orders():
        return []
    """)),
    ("docs-off", docs, UNMET, {"main.py": """
    from fastapi import FastAPI
    app = FastAPI(openapi_url=None)
    @app.get("/orders")
    def orders():
        return []
    """}),
    ("docs-express-none", docs, UNMET, express("""
    app.get("/orders", (req, res) => { res.json([]); });
    """)),
    ("docs-swagger", docs, MET, express("""
    import swaggerUi from "swagger-ui-express";
    app.use("/docs", swaggerUi.serve, swaggerUi.setup({}));
    app.get("/orders", (req, res) => { res.json([]); });
    """)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "wanted", "files"), [case[1:] for case in CASES], ids=[f"{c[1].__name__}-{c[0]}" for c in CASES]
)
def test_api_signals(look_at, ask, wanted, files):
    seen = ask(look_at(files))
    assert seen.outcome is wanted, seen
    assert seen.searched
    if wanted in {MET, PARTIAL} and ask is not upload_limits:
        assert seen.locations, "what was seen has a place"
