"""Deployment configuration: what describes it, how many run, and the probes of Kubernetes workloads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.hosting import serverless
from checks.application.hosts_named import instances_set_at, run_by_platform
from checks.application.infrastructure import not_configured, programs_kubernetes, programs_say
from checks.application.numbers import share
from checks.application.reach import Entry
from checks.application.wiring import answer, complain
from checks.files.kinds import is_test, is_vendored
from checks.look import Look
from checks.observation import Confidence, Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.readers.containers import Container, Infrastructure, Resource
from checks.topics.containers import shipped

CONFIG = "run.deploy-config"
SCALING = "run.autoscaling"
PROBES = "run.k8s-probes"
SEARCHED = ("compose files", "Kubernetes manifests and charts", "Terraform", "platform files")

_ASIDE = re.compile(r"(^|/)(\.devcontainer|examples?|samples?|\.gitpod|\.github)/")
_BESIDE_THE_CLOUD = re.compile(
    r"(?:github|gitlab|bitbucket|random|tls|null|local|time|pagerduty|opsgenie|datadog|sentry|grafana|newrelic|auth0|okta)_"
)
_AS_CODE = frozenset({"serverless", "aws-sam", "aws-cdk", "pulumi", "azure"})
_OTHER_CODE = (
    "Chart.yaml",
    "kustomization.y*ml",
    "*.nomad",
    "*.nomad.hcl",
    "*.bicep",
    "ansible.cfg",
    "helmfile.y*ml",
    "skaffold.yaml",
)


@probe(CONFIG)
def deploy_config(look: Look) -> Observation:
    """Compose, Kubernetes, Terraform or an equivalent describes the deployment."""
    fix = "describe the deployment in files: compose, Kubernetes or Terraform"
    services = [item for item in look.containers.services if not (_ASIDE.search(item.path) or is_test(item.path))]
    running = [item for item in services if not (item.idles or item.path in look.containers.for_developers)]
    own = [item for item in running if item.build or not _is_infrastructure(item.image)]
    resources = [item for item in look.containers.resources if not (_ASIDE.search(item.path) or is_test(item.path))]
    workloads = [Location(item.path, item.line) for item in resources]
    cloud = [Location(item.path, item.line) for item in look.containers.infrastructure if _runs_something(item)]
    code = [Location(path) for path in look.tree.match(*_OTHER_CODE) if not (is_test(path) or is_vendored(path))]
    platforms = [item for item in look.containers.platforms if not _ASIDE.search(item.path)]
    code += [Location(item.path) for item in platforms if item.platform in _AS_CODE]
    code += [Location(path) for path in look.tree.match("*.yml", "*.yaml") if _is_playbook(look, path)]
    code += [Location(path) for path in look.tree.match("config/deploy*.yml") if _is_of_kamal(look, path)]
    described = [
        *(_first_line(look, path) for path in dict.fromkeys(item.path for item in own)),
        *workloads,
        *cloud,
        *code,
    ]
    if described:
        return answer(CONFIG, Outcome.MET, "the deployment is described in files", described, searched=SEARCHED)
    if not platforms and (space := _space(look)):
        return answer(CONFIG, Outcome.PARTIAL, "only the settings of a Space", space, searched=SEARCHED, fix=fix)
    if platforms:
        places = [Location(item.path) for item in platforms]
        said = f"only a platform file ({platforms[0].path.rsplit('/', 1)[-1]})"
        return answer(CONFIG, Outcome.PARTIAL, said, places, searched=SEARCHED, fix=fix)
    if services:
        places = [Location(item.path, item.line) for item in services]
        said = "compose starts only what developers need beside the application: databases, or an idle container"
        return answer(CONFIG, Outcome.UNMET, said, places, searched=SEARCHED, fix=fix)
    return answer(CONFIG, Outcome.UNMET, "no deployment configuration", searched=SEARCHED, fix=fix)


def _space(look: Look) -> list[Location]:
    """The README whose front matter tells Hugging Face how to run the application."""
    text = look.tree.text("README.md") or ""
    return [Location("README.md", 1)] if re.match(r"---\n(?:.*\n){0,40}?sdk:\s*\w+\n(?:.*\n){0,40}?---", text) else []


def _runs_something(cloud: Infrastructure) -> bool:
    """Whether a Terraform resource is of a cloud: settings of the code's own host or of a watcher run nothing."""
    return not _BESIDE_THE_CLOUD.match(cloud.kind)


def _is_playbook(look: Look, path: str) -> bool:
    """Whether the file is an Ansible playbook: a list whose items name hosts and what is done there."""
    if _ASIDE.search(path) or is_test(path) or is_vendored(path):
        return False
    text = look.tree.text(path) or ""
    return bool(re.search(r"(?m)^(-\s+|  )hosts:\s*\S", text) and re.search(r"(?m)^\s+(tasks|roles):", text))


def _is_of_kamal(look: Look, path: str) -> bool:
    """Whether the file tells Kamal which image goes to which servers."""
    text = look.tree.text(path) or ""
    return all(re.search(rf"(?m)^{key}:", text) for key in ("service", "image", "servers"))


def _first_line(look: Look, path: str) -> Location:
    match = re.search(r"(?m)^services:", look.tree.text(path) or "")
    return Location(path, (look.tree.text(path) or "").count("\n", 0, match.start()) + 1 if match else 0)


def _is_infrastructure(image: str) -> bool:
    """Whether an image is a database, broker or tool that others make."""
    return bool(
        re.search(
            r"postgres|mysql|mariadb|mongo|redis|valkey|rabbitmq|kafka|zookeeper|elastic|opensearch|minio|mailhog"
            r"|mailpit|mailcatcher"
            r"|adminer|pgadmin|localstack|qdrant|chroma|weaviate|milvus|memcached|nats|clickhouse|pgvector|ollama"
            r"|jaeger|keycloak",
            image,
        )
    )


# -- scaling ------------------------------------------------------------------------------------------------------

_OWN_REGISTRY = re.compile(r"(?!docker\.io/|quay\.io/|ghcr\.io/|mcr\.)[\w-]+\.[\w.-]+(?::\d+)?/")
_SCALERS = frozenset({"HorizontalPodAutoscaler", "ScaledObject", "VerticalPodAutoscaler", "PodAutoscaler"})
_CLOUD_SCALERS = re.compile(
    r"autoscal|appautoscaling|_scaling_policy|scale_set|google_cloud_run|lambda_function|apprunner"
)
_ENDS_AT_ONE = re.compile(r"\bmax_(?:capacity|size|replicas|instances|instance_count)\s*=\s*[01]\b")
_KNATIVE = re.compile(r"autoscaling\.knative\.dev/(?:min|max)-?[sS]cale\W+(?:[2-9]|\d\d)")
_WORKERS = re.compile(
    r"--workers[=\s\",]+(\$|[2-9]|\d\d)|-w[=\s\",]*([2-9]|\$)|WEB_CONCURRENCY|UVICORN_WORKERS"
    r"|GUNICORN_WORKERS|pm2 .*-i "
)


@probe(SCALING)
def autoscaling(look: Look) -> Observation:
    """An autoscaler, or more than one replica."""
    fix = "run more than one replica, or configure an autoscaler"
    found = list(_scaled(look))
    if found:
        return answer(SCALING, Outcome.MET, "an autoscaler or several replicas", found, searched=SEARCHED)
    if target := serverless(look):
        return answer(SCALING, Outcome.NOT_APPLICABLE, "serverless: the platform scales it", target, searched=SEARCHED)
    templated = [
        Location(i.path, i.line)
        for i in look.containers.resources
        if i.templated and i.kind in {*_SCALERS, "Deployment"}
    ]
    if templated:
        said = "charts set replicas by values that are not evaluated here"
        return answer(SCALING, Outcome.UNKNOWN, said, templated, searched=SEARCHED)
    workers = [Location(path) for path, text in look.containers.commands if _WORKERS.search(text)]
    workers += [
        Location(image.path, image.final.line)
        for image in shipped(look)
        if any(_WORKERS.fullmatch(name) for name in image.final.environment)
    ]
    if workers:
        said = "several workers in one instance only"
        return answer(SCALING, Outcome.PARTIAL, said, workers, searched=SEARCHED, fix=fix)
    platforms = [item for item in look.containers.platforms if not item.serverless and not _ASIDE.search(item.path)]
    own = any(item.build and not _ASIDE.search(item.path) for item in look.containers.services)
    if platforms and not look.containers.resources and not own:
        places = [Location(item.path) for item in platforms]
        said = f"how many instances run is set at the host ({platforms[0].platform})"
        return answer(SCALING, Outcome.UNKNOWN, said, places, searched=SEARCHED)
    host, named = run_by_platform(look)
    if host:
        said = f"{host} runs it and decides how often, by what names the host"
        return answer(SCALING, Outcome.NOT_APPLICABLE, said, named, searched=SEARCHED, confidence=Confidence.LOW)
    host, named = instances_set_at(look)
    if host:
        said = f"how many instances run is set at the host ({host})"
        return answer(SCALING, Outcome.UNKNOWN, said, named, searched=SEARCHED)
    served = any(point.entry is Entry.SERVICE for point in look.reach.entry_points)
    boxed = look.containers.services or look.containers.dockerfiles or look.containers.infrastructure
    if not served and not boxed and not any(item.is_workload for item in look.containers.resources):
        return answer(SCALING, Outcome.NOT_APPLICABLE, "no service and no deployment of its own", searched=SEARCHED)
    return not_configured(look, SCALING, "one instance: no autoscaler and no replicas", searched=SEARCHED, fix=fix)


def _scaled(look: Look) -> Iterator[Location]:
    own = [item for item in look.containers.resources if not (item.templated or is_test(item.path))]
    for item in own:
        many = (item.is_workload and (item.replicas or 0) > 1) or _KNATIVE.search(str(item.spec.get("template", "")))
        if (_scales(item) and _has_a_target(look, item)) or (many and not _is_bought(item)):
            yield Location(item.path, item.line)
    for service in look.containers.services:
        if (service.replicas or 0) > 1 and not _is_infrastructure(service.image):
            yield Location(service.path, service.line)
    for cloud in look.containers.infrastructure:
        counted = re.search(
            r"(?m)^\s*(desired_count|min_size|min_replicas|min_instance_count)\s*=\s*([2-9]|\d\d)", cloud.body
        )
        if (_CLOUD_SCALERS.search(cloud.kind) and not _ENDS_AT_ONE.search(cloud.body)) or counted:
            yield Location(cloud.path, cloud.line)
    for platform in look.containers.platforms:
        if _counts(platform.data, 0):
            yield Location(platform.path)
    yield from programs_say(look, _SCALED_BY_PROGRAM)


_SCALED_BY_PROGRAM = re.compile(
    r"\.auto_?[sS]cale_?(?:Task_?Count|task_count|InstanceCount)?\(|\.scale_?[oO]n_?(?:Cpu|cpu|Request|request|Memory|memory)\w*\("
    r"|\bdesired_?[cC]ount\s*[:=]\s*(?:[2-9]|\d\d)|\bmin_?[cC]apacity\s*[:=]\s*(?:[2-9]|\d\d)|appautoscaling\.\w*Target\("
)
_INSTANCES = frozenset({
    "min_machines_running", "numInstances", "numReplicas", "instance_count", "minInstances", "min_instances",
    "quantity", "minReplicas", "min_num_instances", "instances", "minNodes",
})  # fmt: skip
_BY_LOAD = frozenset({"automatic_scaling", "scaling", "autoscaling"})


def _counts(value: object, depth: int) -> bool:
    """Whether a platform's file asks for more than one instance, or for as many as the load needs."""
    if depth > 8:  # noqa: PLR2004 - platform files nest three or four deep
        return False
    if isinstance(value, list):
        return any(_counts(item, depth + 1) for item in value)
    if not isinstance(value, dict):
        return False
    for key, item in value.items():
        if (key in _BY_LOAD and item) or (key in _INSTANCES and isinstance(item, int) and item > 1):
            return True
        if _counts(item, depth + 1):
            return True
    return False


def _scales(item: Resource) -> bool:
    """Whether it is an autoscaler that may go above one."""
    most = item.spec.get("maxReplicas", item.spec.get("maxReplicaCount"))
    return item.kind in _SCALERS and not (isinstance(most, int) and most <= 1)


def _has_a_target(look: Look, item: Resource) -> bool:
    """Whether what an autoscaler scales is there, as far as the workloads of the repository are written out."""
    target = item.spec.get("scaleTargetRef", item.spec.get("targetRef"))
    wanted = str(target.get("name") or "") if isinstance(target, dict) else ""
    workloads = [one for one in look.containers.resources if one.kind == "Deployment" or one.is_workload]
    if not wanted or not workloads or any(one.templated for one in workloads):
        return True
    return any(one.name == wanted for one in workloads)


def _is_bought(item: Resource) -> bool:
    """Whether a workload runs nothing but databases, brokers and tools that others make."""
    images = [box.image for box in item.containers if box.image]
    return bool(images) and all(_is_infrastructure(image) and not _OWN_REGISTRY.match(image) for image in images)


# -- probes -------------------------------------------------------------------------------------------------------


@probe(PROBES)
def k8s_probes(look: Look) -> Observation:
    """Every Kubernetes workload has a probe and resource limits."""
    fix = "give each container a readiness and a liveness probe and resource limits"
    workloads = [item for item in look.containers.resources if item.is_workload and not is_test(item.path)]
    plain = [item for item in workloads if not item.templated]
    templated = [Location(item.path, item.line) for item in workloads if item.templated]
    if not workloads and (programs := programs_kubernetes(look)):
        said = "Kubernetes workloads are made by a program that is not read"
        return answer(PROBES, Outcome.UNKNOWN, said, programs, searched=SEARCHED, fix=fix)
    if not workloads:
        return answer(PROBES, Outcome.NOT_APPLICABLE, "no Kubernetes workloads", searched=SEARCHED)
    grades = dict(_graded(look, plain))
    bad = [place for place, good in grades.items() if not good]
    if bad:
        message = "this workload lacks a probe or resource limits"
        complain(look, "deployment.k8s-probes", PROBES, bad, Severity.MEDIUM, message)
        outcome = Outcome.PARTIAL if len(bad) < len(grades) or templated else Outcome.UNMET
        said = f"{share(len(bad), len(grades), 'workload', 'lacks', 'lack')} a probe or resource limits"
        return answer(PROBES, outcome, said, bad, searched=SEARCHED, fix=fix)
    if templated or not grades:
        said = "chart templates cannot be told without their values"
        return answer(PROBES, Outcome.UNKNOWN, said, templated, searched=SEARCHED)
    return answer(PROBES, Outcome.MET, "all workloads have probes and limits", list(grades), searched=SEARCHED)


def _graded(look: Look, workloads: list[Resource]) -> Iterator[tuple[Location, bool]]:
    """Each workload by kind and name, with what overlays of the same name add to it."""
    together: dict[tuple[str, str], list[Resource]] = {}
    for item in workloads:
        together.setdefault((item.kind, item.name), []).append(item)
    for found in together.values():
        parts = [item for item in found if any(box.image for box in item.containers) or _is_taken_in(look, item)]
        whole = next((item for item in parts if any(box.image for box in item.containers)), None)
        if whole:
            names = [box.name for box in whole.containers if box.image]
            boxes = [[box for part in parts for box in part.containers if box.name == name] for name in names]
            yield Location(whole.path, whole.line), all(_is_safe(same) for same in boxes)


def _is_taken_in(look: Look, patch: Resource) -> bool:
    """Whether the kustomization beside a patch names it; a patch that has none beside it may be used in other ways."""
    folder, _, name = patch.path.rpartition("/")
    beside = [path for path in look.tree.match("kustomization.y*ml") if path.rpartition("/")[0] == folder]
    return not beside or any(name in (look.tree.text(path) or "") for path in beside)


def _is_safe(same: list[Container]) -> bool:
    return any(box.liveness or box.readiness for box in same) and any(box.limits for box in same)
