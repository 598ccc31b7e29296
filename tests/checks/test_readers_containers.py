from __future__ import annotations

from checks.readers.dockerfile import words_of


def test_dockerfile_stages_arguments_and_what_the_last_stage_inherits(look_at):
    look = look_at(
        {
            "Dockerfile": (
                "# comment\nARG VERSION=3.12\nFROM python:${VERSION}-slim AS base\nUSER app\nHEALTHCHECK CMD curl x\n"
                "RUN <<EOF\nUSER root\nEOF\nFROM node@sha256:abc AS web\nFROM base\nCOPY --from=web /a \\\n  /b\n"
                'ENTRYPOINT ["/entry.sh"]\nCMD ["uvicorn", "app:app"]\n'
            )
        }
    )
    found = look.containers.dockerfiles[0]
    assert [(stage.name, stage.image, stage.base) for stage in found.stages] == [
        ("base", "python:3.12-slim", ""),
        ("web", "node@sha256:abc", ""),
        ("", "", "base"),
    ]
    assert (found.final.user, found.final.healthcheck, found.final.image) == ("app", "CMD curl x", "python:3.12-slim")
    assert (found.stages[0].tag, found.stages[1].digest, found.stages[1].tag) == ("3.12-slim", True, "")
    assert found.final.exec_form
    assert words_of(found.final.command) == ("uvicorn", "app:app")
    assert found.stages[2].line == 10


def test_privileges_dropped_in_the_entry_script(look_at):
    image = 'FROM x:1\nCOPY docker/entrypoint.sh /\nENTRYPOINT ["/entrypoint.sh"]\n'
    dropped = look_at({"a/Dockerfile": image, "a/docker/entrypoint.sh": '#!/bin/sh\nexec gosu app "$@"\n'})
    assert dropped.containers.dockerfiles[0].drops_privileges == "a/docker/entrypoint.sh"


def test_a_comment_about_gosu_drops_nothing(look_at):
    image = 'FROM x:1\nENTRYPOINT ["/entrypoint.sh"]\n'
    kept = look_at({"Dockerfile": image, "entrypoint.sh": '#!/bin/sh\n# maybe use gosu one day\nexec "$@"\n'})
    assert kept.containers.dockerfiles[0].drops_privileges == ""


def test_compose_services(look_at):
    look = look_at(
        {
            "deploy/compose.yml": (
                "x-a: &a {restart: always}\nservices:\n"
                "  api:\n    <<: *a\n"
                "    build: {context: ../api, dockerfile: D}\n"
                "    healthcheck: {test: x}\n    deploy: {replicas: 3, resources: {limits: {memory: 1g}}}\n"
                "    environment: [A=1, B]\n"
                "    stop_grace_period: 30s\n"
                "  db:\n    image: postgres:16\n"
                "    healthcheck: {disable: true}\n"
            )
        }
    )
    api, db = look.containers.services
    assert (api.build, api.replicas, api.healthcheck, api.limits, api.restart) == ("api", 3, True, True, "always")
    assert (dict(api.environment), api.stop_grace, api.line) == ({"A": "1", "B": ""}, "30s", 3)
    assert (db.image, db.healthcheck, db.replicas) == ("postgres:16", False, None)


def test_kubernetes_workloads_and_helm_templates(look_at):
    deployment = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  replicas: 2\n  template:\n    spec:\n"
        "      securityContext: {runAsNonRoot: true}\n      containers:\n        - name: api\n          image: a:1\n"
        "          livenessProbe: {}\n          resources: {limits: {cpu: 1}}\n---\napiVersion: v1\nkind: Service\n"
    )
    look = look_at(
        {
            "k8s/api.yaml": deployment,
            "chart/templates/d.yaml": "apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: {{ .Values.n }}\n",
            ".github/workflows/x.yml": "kind: Deployment\napiVersion: v1\n",
            "other.yaml": "a: 1\n",
        }
    )
    templated, api, service = look.containers.resources
    assert (templated.templated, templated.kind, templated.line) == (True, "Deployment", 2)
    assert (api.is_workload, api.replicas, service.is_workload) == (True, 2, False)
    box = api.containers[0]
    assert (box.liveness, box.readiness, box.limits, box.requests, box.runs_as_non_root) == (
        True,
        False,
        True,
        False,
        True,
    )


def test_terraform_and_platform_files(look_at):
    look = look_at(
        {
            "infra/main.tf": (
                'provider "x" {}\n'
                'resource "aws_db_instance" "main" {\n'
                "  backup_retention_period = 7\n}\n"
                'module "vpc" {\n}\n'
            ),
            "Procfile": "web: gunicorn app:app\n# worker: nothing\n",
            "vercel.json": '{"crons": [{"path": "/x"}]}',
            "render.yaml": "services:\n  - startCommand: node server.js\n",
            "config/app.json": '{"name": "not a platform"}',
        }
    )
    found = [(item.kind, item.name, item.line) for item in look.containers.infrastructure]
    assert found == [("aws_db_instance", "main", 2), ("vpc", "", 5)]
    assert "backup_retention_period = 7" in look.containers.infrastructure[0].body
    platforms = {item.platform: item for item in look.containers.platforms}
    assert set(platforms) == {"heroku", "vercel", "render"}
    assert (platforms["heroku"].commands, platforms["render"].commands) == (("gunicorn app:app",), ("node server.js",))
    assert platforms["vercel"].serverless
