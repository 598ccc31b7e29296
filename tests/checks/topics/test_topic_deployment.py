# ruff: noqa: E501 - small files as one string each are easier to compare than wrapped ones
from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from checks.look import Look
from checks.observation import Observation
from checks.topics.containers import container, image_pinned, non_root
from checks.topics.deployment import autoscaling, deploy_config, k8s_probes
from checks.topics.environments import separate_environments
from checks.topics.shutdown import graceful_shutdown

Write = Callable[[Mapping[str, str]], Look]

APP = {"app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/')\ndef home():\n    return {}\n"}
CMD = 'CMD ["uvicorn", "app.main:app"]\n'
IMAGE = {"Dockerfile": f"FROM python:3.12-slim\nCOPY . /app\n{CMD}"}
PAGE = {
    "web/package.json": '{"name": "web", "dependencies": {"react": "18.3.1"}}',
    "web/index.html": "<script type='module' src='/src/main.tsx'></script>\n",
    "web/src/main.tsx": 'import React from "react";\nReact.version;\n',
}


def said(observation: object) -> str:
    assert isinstance(observation, Observation)
    return observation.outcome.value


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (IMAGE, "met"),
        ({"docker/app.Dockerfile": IMAGE["Dockerfile"]}, "met"),
        (IMAGE | PAGE, "met"),
        ({"Dockerfile": f"FROM python:3.12\nCOPY app ./app\n{CMD}"} | PAGE, "partial"),
        (IMAGE | {"compose.yaml": "services:\n  web:\n    image: node:22\n    command: npm run dev\n"}, "partial"),
        ({"Procfile": "web: uvicorn app.main:app\n"}, "unmet"),
        ({"README.md": "Build the Docker image with docker build.\n"}, "unmet"),
        ({}, "unmet"),
    ],
)
def test_every_service_has_an_image(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(container(look_at(APP | files))) == expected


def test_serverless_functions_need_no_image(look_at: Write) -> None:
    look = look_at(
        {
            "supabase/config.toml": "project_id = 'x'\n",
            "supabase/functions/chat/index.ts": "Deno.serve(() => new Response());\n",
        }
    )
    assert said(container(look)) == "not-applicable"
    assert said(graceful_shutdown(look)) == "not-applicable"
    assert said(autoscaling(look)) == "not-applicable"


def docker(lines: str) -> dict[str, str]:
    return {"Dockerfile": f"FROM python:3.12-slim\nCOPY . /app\n{lines}\n{CMD}"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (docker("USER app"), "met"),
        (docker("USER 1000:1000"), "met"),
        ({"Dockerfile": "FROM gcr.io/distroless/python3-debian12:nonroot\nCOPY . /app\n"}, "met"),
        ({"Dockerfile": "FROM python:3.12 AS base\nUSER app\nFROM base\nCOPY . /app\n"}, "met"),
        # privilege dropped in the entry point, without USER
        ({"Dockerfile": 'FROM python:3.12\nCOPY . /app\nENTRYPOINT ["/app/entrypoint.sh"]\n', "entrypoint.sh": '#!/bin/sh\nexec gosu app "$@"\n'}, "met"),
        ({"docker/Dockerfile": 'FROM python:3.12\nCOPY ./docker/entry.sh /app/run.sh\nENTRYPOINT ["/app/run.sh"]\n', "docker/entry.sh": '#!/bin/sh\nexec su-exec app python main.py\n'}, "met"),
        ({"Dockerfile": 'FROM python:3.12\nCOPY . /app\nENTRYPOINT ["/app/entrypoint.sh"]\n', "entrypoint.sh": '#!/bin/sh\n# exec gosu app would be better\nexec "$@"\n'}, "unmet"),
        (docker("USER app") | {"worker.Dockerfile": IMAGE["Dockerfile"]}, "partial"),
        (docker("RUN useradd app"), "unmet"),
        (docker("USER app\nUSER root"), "unmet"),
        ({"Dockerfile": "FROM python:3.12 AS build\nUSER app\nFROM python:3.12\nCOPY . /app\n"}, "unmet"),
        (docker("USER $WHO"), "unknown"),
        ({}, "not-applicable"),
    ],
)  # fmt: skip
def test_images_run_without_root(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(non_root(look_at(APP | files))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM python:3.12-slim\n", "met"),
        ("FROM python@sha256:" + "a" * 64 + "\n", "met"),
        ("ARG V=20\nFROM node:${V}-alpine AS build\nFROM build\n", "met"),
        ("FROM debian:bookworm-slim\n", "met"),
        ("FROM node:20 AS build\nFROM nginx\nCOPY --from=build /a /b\n", "partial"),
        ("FROM python\n", "unmet"),
        ("FROM python:latest\n", "unmet"),
        ("FROM registry.example.com:5000/acme/base\n", "unmet"),
        ("ARG BASE\nFROM $BASE\n", "unknown"),
    ],
)
def test_base_images_are_pinned(look_at: Write, text: str, expected: str) -> None:
    assert said(image_pinned(look_at({"Dockerfile": text}))) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"compose.yaml": "services:\n  api:\n    build: .\n"}, "met"),
        ({"k8s/api.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {}\n"}, "met"),
        ({"infra/main.tf": 'resource "aws_ecs_service" "api" {\n}\n'}, "met"),
        ({"Procfile": "web: uvicorn app.main:app\n"}, "partial"),
        ({"vercel.json": "{}\n"}, "partial"),
        ({"docker-compose.yml": "services:\n  db:\n    image: postgres:16\n"}, "unmet"),
        ({".devcontainer/docker-compose.yml": "services:\n  dev:\n    build: .\n"}, "unmet"),
        ({"docs/deploy.md": "Write a compose file or use Terraform.\n"}, "unmet"),
        ({"start.sh": "uvicorn app.main:app\n"}, "unmet"),
    ],
)
def test_deployment_is_described(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(deploy_config(look_at(APP | files))) == expected


def deployment(extra: str = "", replicas: int = 1) -> str:
    return f"""apiVersion: apps/v1
kind: Deployment
metadata: {{name: api}}
spec:
  replicas: {replicas}
  template:
    spec:
      containers:
        - name: api
          image: acme/api:1.0
{extra}"""


PROBE = "          livenessProbe: {httpGet: {path: /health, port: 80}}\n"
LIMITS = "          resources: {limits: {memory: 1Gi}}\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"k8s/api.yaml": deployment(replicas=3)}, "met"),
        ({"k8s/hpa.yaml": "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: api}\nspec: {}\n"}, "met"),
        ({"infra/main.tf": 'resource "aws_appautoscaling_target" "api" {\n}\n'}, "met"),
        ({"Dockerfile": 'FROM python:3.12\nCMD ["gunicorn", "app:app", "--workers", "4"]\n'.replace('", "4', ' 4')}, "partial"),
        ({"k8s/api.yaml": deployment()}, "unmet"),
        (IMAGE, "unmet"),
        ({"Procfile": "web: uvicorn app.main:app\n"}, "unknown"),
    ],
)  # fmt: skip
def test_autoscaling(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(autoscaling(look_at(APP | files))) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"k8s/api.yaml": deployment(PROBE + LIMITS)}, "met"),
        ({"base/api.yaml": deployment(PROBE), "overlays/prod/api.yaml": deployment(LIMITS).replace("          image: acme/api:1.0\n", "")}, "met"),
        ({"k8s/api.yaml": deployment(PROBE + LIMITS), "k8s/b.yaml": deployment().replace("{name: api}", "{name: b}")}, "partial"),
        ({"k8s/api.yaml": deployment(PROBE)}, "unmet"),
        ({"k8s/api.yaml": deployment()}, "unmet"),
        ({"chart/templates/api.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Values.name }}\n"}, "unknown"),
        ({}, "not-applicable"),
    ],
)  # fmt: skip
def test_workloads_have_probes(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(k8s_probes(look_at(files))) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({".env.development": "A=1\n", ".env.staging": "A=1\n", ".env.production": "A=1\n"}, "met"),
        ({"overlays/dev/kustomization.yaml": "a: 1\n", "overlays/staging/kustomization.yaml": "a: 1\n", "overlays/prod/kustomization.yaml": "a: 1\n"}, "met"),
        ({"app/settings.py": 'class S:\n    ENVIRONMENT: Literal["local", "staging", "production"] = "local"\n'}, "unmet"),
        (
            {
                "app/settings.py": 'class S:\n    ENVIRONMENT: Literal["local", "staging", "production"] = "local"\n',
                "app/main.py": 'from app.settings import S\n\nif S().ENVIRONMENT != "local":\n    print("tracing")\n',
            },
            "met",
        ),
        ({"compose.dev.yml": "services: {}\n", "compose.prod.yml": "services: {}\n"}, "partial"),
        ({"config/development.json": "{}\n", "config/production.json": "{}\n"}, "partial"),
        ({".env.example": "A=1\n"}, "unmet"),
        ({"docs/staging.md": "We want staging and production.\n"}, "unmet"),
        ({"app/product.py": "x = 1\n", "app/stage.py": "x = 1\n"}, "unmet"),
    ],
)  # fmt: skip
def test_environments_are_apart(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(separate_environments(look_at(files))) == expected


LIFESPAN = """
from contextlib import asynccontextmanager
from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
    yield
    {after}


app = FastAPI({use})


@app.get("/")
def home():
    return {{}}
"""


def served(after: str, use: str = "lifespan=lifespan") -> dict[str, str]:
    return {"app/main.py": LIFESPAN.format(after=after, use=use)}


NODE = {"package.json": '{"name": "api", "main": "server.js", "dependencies": {"express": "4.0.0"}}'}
SERVER = 'const express = require("express");\nconst app = express();\nconst server = app.listen(3000);\n'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (served("await engine.dispose()"), "met"),
        (served("await engine.dispose()") | IMAGE, "met"),
        (NODE | {"server.js": SERVER + 'process.on("SIGTERM", () => {\n  server.close();\n});\n'}, "met"),
        (served("logger.info('bye')"), "partial"),
        (APP | IMAGE, "partial"),
        (served("await engine.dispose()", use=""), "unmet"),
        (APP, "unmet"),
        (APP | {"Procfile": "web: uvicorn app.main:app\n"}, "unmet"),
        # the shell gets the signal, not the server
        (served("await engine.dispose()") | {"Dockerfile": "FROM python:3.12\nCOPY . /app\nCMD uvicorn app.main:app\n"}, "unmet"),
        (served("await engine.dispose()") | {"Dockerfile": 'FROM python:3.12\nCOPY . /app\nCMD ["./start.sh"]\n', "start.sh": "#!/bin/sh\nuvicorn app.main:app\n"}, "unmet"),
        (served("await engine.dispose()") | {"Dockerfile": 'FROM python:3.12\nCOPY . /app\nCMD ["./start.sh"]\n', "start.sh": "#!/bin/sh\nexec uvicorn app.main:app\n"}, "met"),
        (NODE | {"server.js": SERVER}, "unmet"),
        (NODE | {"server.js": SERVER + 'process.on("unhandledRejection", () => {\n  server.close();\n});\n'}, "unmet"),
    ],
)  # fmt: skip
def test_shutdown_is_graceful(look_at: Write, files: dict[str, str], expected: str) -> None:
    assert said(graceful_shutdown(look_at(files))) == expected


def test_a_lost_signal_is_a_finding_at_its_command(look_at: Write) -> None:
    look = look_at(APP | {"Dockerfile": "FROM python:3.12\nCOPY . /app\n\nCMD uvicorn app.main:app\n"})
    graceful_shutdown(look)
    assert [(item.rule, item.location.path, item.location.line) for item in look.findings] == [
        ("shutdown.signal-lost", "Dockerfile", 4)
    ]
