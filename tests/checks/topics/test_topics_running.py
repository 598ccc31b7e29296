"""Planted gaps, clean code and traps for observability, debug modes and feature flags."""

# ruff: noqa: E501 - planted sources read best as one case a line

from __future__ import annotations

import json
from textwrap import dedent

import pytest

from checks.observation import Outcome
from checks.topics.alert_rules import alert_rules
from checks.topics.observability import correlation_ids, structured_logging
from checks.topics.observability_files import dashboards
from checks.topics.observability_wired import metrics, tracing
from checks.topics.runtime_app import debug_off, feature_flags

MET, PARTIAL, UNMET, NONE = Outcome.MET, Outcome.PARTIAL, Outcome.UNMET, Outcome.NOT_APPLICABLE

APP = """
    from fastapi import Depends, FastAPI, Request
    app = FastAPI()
    @app.get("/orders")
    def orders():
        return []
"""
PACKAGE = {
    "package.json": '{"name": "x", "private": true, "main": "server.ts", "scripts": {"start": "node server.ts"}}'
}
CLAIM = {"README.md": "Sentry, OpenTelemetry, Prometheus, structlog, X-Request-ID and LaunchDarkly are used.\n"}
RULE = "groups:\n- name: a\n  rules:\n  - alert: Slow\n"


def app(body: str, **more: str) -> dict[str, str]:
    return {"main.py": dedent(APP) + dedent(body), **more}


def web(body: str) -> dict[str, str]:
    start = (
        "import express from 'express';\nconst app = express();\napp.get('/orders', (req, res) => { res.json([]); });\n"
    )
    return {"server.ts": start + dedent(body) + "\napp.listen(3000);\n", **PACKAGE}


CASES = [
    # -- structured logging
    ("print", structured_logging, UNMET, {**app("print('x')\n"), **CLAIM}),
    ("text", structured_logging, UNMET, app("import logging\nlogging.basicConfig(format='%(message)s')\nlogging.info('x')\n")),
    ("structlog", structured_logging, MET, app("import structlog\nstructlog.configure(processors=[])\n")),
    ("structlog-in-a-dead-module", structured_logging, UNMET, {**app("print('x')\n"), "logs.py": "import structlog\nstructlog.configure()\n"}),
    ("set-up-never-called", structured_logging, UNMET, {**app("import logs\n"), "logs.py": "import structlog\ndef set_up():\n    structlog.configure()\n"}),
    ("set-up-called", structured_logging, MET, {**app("import logs\nlogs.set_up()\n"), "logs.py": "import structlog\ndef set_up():\n    structlog.configure()\n"}),
    ("own-json-formatter", structured_logging, MET, app("""
    import json, logging
    class Json(logging.Formatter):
        def format(self, record):
            return json.dumps({"message": record.getMessage()})
    handler = logging.StreamHandler()
    handler.setFormatter(Json())
    """)),
    ("beside-many-prints", structured_logging, PARTIAL, app("import structlog\nstructlog.configure()\n" + "print('x')\n" * 9)),
    ("console", structured_logging, UNMET, web("console.log('x');")),
    ("pino", structured_logging, MET, web("import pino from 'pino';\nconst log = pino();\nlog.info('x');")),
    ("winston-text", structured_logging, UNMET, web("import winston from 'winston';\nconst log = winston.createLogger({ format: winston.format.simple() });")),
    # -- metrics and error tracking
    ("none", metrics, UNMET, {**app(""), "requirements.txt": "sentry-sdk==2.0\nprometheus-client==0.2\n", **CLAIM}),
    ("sentry", metrics, MET, app("import sentry_sdk\nsentry_sdk.init(dsn='x')\n")),
    ("sentry-never-called", metrics, PARTIAL, app("import sentry_sdk\ndef set_up():\n    sentry_sdk.init(dsn='x')\n")),
    ("counters-never-exposed", metrics, PARTIAL, app("from prometheus_client import Counter\nSEEN = Counter('a', 'b')\n")),
    ("module-never-imported", metrics, PARTIAL, {**app(""), "metrics.py": "from prometheus_client import Counter, start_http_server\nstart_http_server(9000)\n"}),
    ("exposed", metrics, MET, app("from prometheus_client import make_asgi_app\napp.mount('/metrics', make_asgi_app())\n")),
    ("behind-a-login", metrics, PARTIAL, app("""
    from prometheus_client import generate_latest
    def require_admin():
        raise RuntimeError
    @app.get("/metrics", dependencies=[Depends(require_admin)])
    def show():
        return generate_latest()
    """)),
    ("sentry-node", metrics, MET, web("import * as Sentry from '@sentry/node';\nSentry.init({ dsn: 'x' });")),
    ("node-none", metrics, UNMET, web("")),
    # -- tracing
    ("none", tracing, UNMET, {**app(""), **CLAIM}),
    ("otel", tracing, MET, app("""
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
    trace.set_tracer_provider(TracerProvider())
    trace.get_tracer_provider().add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    FastAPIInstrumentor.instrument_app(app)
    """)),
    ("otel-without-exporter", tracing, PARTIAL, app("""
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
    trace.set_tracer_provider(TracerProvider())
    FastAPIInstrumentor.instrument_app(app)
    """)),
    ("instrumented-too-early", tracing, PARTIAL, app("""
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
    FastAPIInstrumentor.instrument_app(app)
    trace.set_tracer_provider(TracerProvider())
    """)),
    ("dead-module", tracing, PARTIAL, {**app(""), "tracing.py": "from opentelemetry import trace\ntrace.set_tracer_provider(None)\n"}),
    ("model-calls-only", tracing, PARTIAL, app("from langfuse import observe\n@observe()\ndef ask():\n    pass\n")),
    ("sentry-without-traces", tracing, UNMET, app("import sentry_sdk\nsentry_sdk.init(dsn='x')\n")),
    ("sentry-traces", tracing, MET, app("import sentry_sdk\nsentry_sdk.init(dsn='x', traces_sample_rate=0.1)\n")),
    ("node-sdk", tracing, MET, web("import { NodeSDK } from '@opentelemetry/sdk-node';\nconst sdk = new NodeSDK({});\nsdk.start();")),
    # -- correlation ids
    ("none", correlation_ids, UNMET, {**app("import logging\nlogging.info('x')\n"), **CLAIM}),
    ("generated-only", correlation_ids, PARTIAL, app("""
    from asgi_correlation_id import CorrelationIdMiddleware
    app.add_middleware(CorrelationIdMiddleware)
    """)),
    ("bound", correlation_ids, MET, app("""
    import structlog
    from asgi_correlation_id import CorrelationIdMiddleware
    app.add_middleware(CorrelationIdMiddleware)
    @app.middleware("http")
    async def bind(request: Request, call_next):
        structlog.contextvars.bind_contextvars(request_id=request.headers.get("x-request-id"))
        return await call_next(request)
    """)),
    ("pino-http", correlation_ids, MET, web("import pinoHttp from 'pino-http';\napp.use(pinoHttp());")),
    ("not-a-service", correlation_ids, NONE, {"tool.py": "print(1)\n"}),
    # -- files
    ("prometheus", alert_rules, MET, {"ops/alerts.yml": RULE + "    expr: latency > 0.5\n"}),
    ("no-threshold", alert_rules, PARTIAL, {"ops/alerts.yml": RULE + "    expr: absent(up)\n"}),
    ("terraform", alert_rules, MET, {"infra/a.tf": 'resource "aws_cloudwatch_metric_alarm" "a" {\n  threshold = 5\n}\n'}),
    ("only-promised", alert_rules, UNMET, {"README.md": "alert: Slow\nexpr: latency > 0.5\n"}),
    ("grafana", dashboards, MET, {"ops/board.json": json.dumps({"title": "a", "schemaVersion": 30, "panels": [{"id": 1}]})}),
    ("link", dashboards, PARTIAL, {"README.md": "See https://acme.grafana.net/d/abc/orders\n"}),
    ("other-json", dashboards, UNMET, {"data.json": json.dumps({"panels": "solar"}), **CLAIM}),
    # -- debug
    ("fastapi", debug_off, UNMET, {"main.py": "from fastapi import FastAPI\napp = FastAPI(debug=True)\n"}),
    ("flask-run", debug_off, UNMET, {"app.py": "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run(debug=True)\n"}),
    ("flask-run-beside-gunicorn", debug_off, MET, {
        "app.py": "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run(debug=True)\n",
        "Dockerfile": "FROM python:3.12\nCMD [\"gunicorn\", \"app:app\"]\n",
    }),
    ("reload-in-image", debug_off, UNMET, app("", Dockerfile="FROM python:3.12\nCMD uvicorn main:app --reload\n")),
    ("django-default-on", debug_off, PARTIAL, {"manage.py": "import shop.settings\n", "shop/settings.py": "import os\nDEBUG = os.getenv('DEBUG', 'True')\n"}),
    ("django-on", debug_off, UNMET, {"manage.py": "import shop.settings\n", "shop/settings.py": "DEBUG = True\n"}),
    ("django-off", debug_off, MET, {"manage.py": "import shop.settings\n", "shop/settings.py": "import os\nDEBUG = os.getenv('DEBUG', 'False') == 'True'\n"}),
    ("clean", debug_off, MET, app("")),
    ("node-dev-image", debug_off, UNMET, {**web(""), "Dockerfile": "FROM node:22\nCMD npm run dev\n"}),
    # -- flags
    ("none", feature_flags, UNMET, {**app("import os\nNEW = os.getenv('ENABLE_NEW')\n"), **CLAIM}),
    ("launchdarkly", feature_flags, MET, app("import ldclient\n@app.get('/x')\ndef x():\n    return ldclient.get().variation('new', {}, False)\n")),
    ("never-asked", feature_flags, PARTIAL, app("import ldclient\nldclient.set_config('x')\n")),
    ("module-never-imported", feature_flags, UNMET, {**app(""), "flags.py": "import ldclient\ndef is_enabled(name):\n    return ldclient.get().variation(name, {}, False)\n"}),
    ("growthbook", feature_flags, MET, web("import { GrowthBook } from '@growthbook/growthbook';\nconst gb = new GrowthBook({});\nif (gb.isOn('new')) { console.log('x'); }")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "wanted", "files"), [case[1:] for case in CASES], ids=[f"{c[1].__name__}-{c[0]}" for c in CASES]
)
def test_running_signals(look_at, ask, wanted, files):
    seen = ask(look_at(files))
    assert seen.outcome is wanted, seen
    assert seen.searched
