"""Container images: does every service have one, does it run without root, and from a pinned base."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from checks.application.hosting import NOT_SHIPPED, package_of, serverless, shared_packages
from checks.application.hosts_named import run_by_platform
from checks.application.numbers import share
from checks.application.reach import Entry
from checks.application.wiring import answer, complain
from checks.files.kinds import is_test
from checks.look import Look
from checks.observation import Confidence, Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.readers.containers import Dockerfile, Service, Stage
from checks.topics.containers_start import drops_privileges

IMAGE = "run.container"
ROOT = "run.non-root"
PINNED = "run.image-pinned"
SEARCHED = ("Dockerfile, Containerfile and *.Dockerfile", "compose files", "platform files")

_RUNTIMES = re.compile(
    r"^(docker\.io/)?(library/)?(node|python|golang|ruby|php|openjdk|eclipse-temurin|denoland/deno|oven/bun|rust)(:|$)"
)
_BUILT_OTHERWISE = re.compile(
    r"\b(pack build|nixpacks build|ko (build|apply)|jib\w*|buildctl|s2i build|spring-boot:build-image)\b"
)


def shipped(look: Look) -> tuple[Dockerfile, ...]:
    """The image definitions that are deployed; those for development and tests only where there are no others."""
    found = [item for item in look.containers.dockerfiles if not is_test(item.path)]
    kept = [item for item in found if not NOT_SHIPPED.search(item.path)]
    aside = re.compile(r"(^|/)(\.devcontainer|docs?|examples?|samples?)/")
    return tuple(kept or [item for item in found if not aside.search(item.path)])


def run_from_runtime(look: Look) -> Iterator[tuple[Service, Location]]:
    """Compose services that start own code in a plain language image, each with the line of its image."""
    for service in look.containers.services:
        if service.build or not service.command or NOT_SHIPPED.search(service.path):
            continue
        if _RUNTIMES.match(service.image):
            lines = (look.tree.text(service.path) or "").splitlines()
            below = range(service.line, len(lines))
            at = next((number for number in below if "image:" in lines[number]), service.line - 1)
            yield service, Location(service.path, at + 1)


_FOR_TESTS = re.compile(r"(?i)[._-](?:tests?|ci|e2e|playwright|cypress)\b[^/]*$")
"""Names of image definitions that no service runs from."""


# -- an image for every service -----------------------------------------------------------------------------------


@probe(IMAGE)
def container(look: Look) -> Observation:
    """Every deployable service has an image definition."""
    fix = "add a Dockerfile for each service that is deployed"
    images = shipped(look)
    places = [Location(item.path, item.stages[0].line) for item in images]
    without = [place for _, place in run_from_runtime(look)]
    if images and all(_FOR_TESTS.search(item.path) for item in images):
        said = "only an image that runs the tests"
        return answer(IMAGE, Outcome.PARTIAL, said, places, searched=SEARCHED, fix=fix)
    if images:
        without = without or _uncovered(look, images)
        if without:
            message = "this service has no image definition of its own"
            complain(look, "containers.no-image", IMAGE, without, Severity.MEDIUM, message)
            said = "some services have no image definition"
            return answer(IMAGE, Outcome.PARTIAL, said, without, searched=SEARCHED, fix=fix)
        return answer(IMAGE, Outcome.MET, "an image definition", places, searched=SEARCHED)
    built = [run.location for w in look.workflows.all for job in look.workflows.jobs_of(w)
             for run in look.workflows.commands_of(job) if _BUILT_OTHERWISE.search(run.text)]  # fmt: skip
    if built:
        said = "an image seems to be built without a Dockerfile"
        return answer(IMAGE, Outcome.UNKNOWN, said, built, searched=SEARCHED)
    if target := serverless(look):
        said = "serverless: the platform runs it without an image"
        return answer(IMAGE, Outcome.NOT_APPLICABLE, said, target, searched=SEARCHED)
    host, named = run_by_platform(look)
    if host and not without:
        said = f"{host} builds and runs it without an image, by what names the host"
        return answer(IMAGE, Outcome.NOT_APPLICABLE, said, named, searched=SEARCHED, confidence=Confidence.LOW)
    sure = Confidence.HIGH
    return answer(IMAGE, Outcome.UNMET, "no image definition", without, searched=SEARCHED, confidence=sure, fix=fix)


def _uncovered(look: Look, images: tuple[Dockerfile, ...]) -> list[Location]:
    """Services whose code no image takes in: the first file of each."""
    taken = [folder for image in images for folder in _sources(look, image)]
    found: dict[str, Location] = {}
    shared = shared_packages(look)
    for point in look.reach.entry_points:
        if point.entry is not Entry.SERVICE or NOT_SHIPPED.search(point.path) or is_test(point.path):
            continue
        root = package_of(look, point.path)
        if root in shared:
            continue
        if not any(not source or point.path == source or point.path.startswith(f"{source}/") for source in taken):
            hosted = any(item.path.rpartition("/")[0] == root for item in look.containers.platforms)
            if not hosted and root not in {image.path.rpartition("/")[0] for image in images}:
                found.setdefault(root, Location(point.path))
    return list(found.values())


def _sources(look: Look, image: Dockerfile) -> Iterator[str]:
    """What an image copies in, as paths of the repository; "" for all of it."""
    folder = image.path.rpartition("/")[0]
    services_at = [point.path for point in look.reach.entry_points if point.entry is Entry.SERVICE]
    own = any(path.startswith(f"{folder}/") for path in services_at)
    beside = folder  # a folder of image definitions alone is built from the nearest one above that holds a service
    while beside and not any(path.startswith(f"{beside}/") for path in services_at):
        beside = beside.rpartition("/")[0]
    contexts = {folder, ""}
    named = {
        "" if service.build == "." else service.build
        for service in look.containers.services
        if service.build and _is_built_from(service, image)
    }
    contexts |= named
    for stage in image.stages:
        for copy in stage.copies:
            words = re.sub(r'[\[\]",]', " ", copy).split()
            if any(word.startswith("--from") for word in words):
                continue
            for source in [word for word in words if not word.startswith("--")][:-1]:
                bare = source.strip("./")
                for context in contexts:
                    joined = posixpath.join(context, bare) if bare else context
                    # A whole copy counts from the Dockerfile's own folder, unless compose names another one, or that
                    # folder holds no service: then it is built from further above.
                    if bare or context == folder or len(contexts) > 2:  # noqa: PLR2004 - beyond the two guesses
                        yield joined.rstrip("/*")
                    elif not own:
                        yield context if context in named else beside
        if any("--mount=type=bind" in run or "git clone" in run for run in stage.runs):
            yield folder


# -- without root -------------------------------------------------------------------------------------------------

_SAFE_BASE = re.compile(
    r"nonroot|unprivileged|rootless|^(docker\.io/)?bitnami/|^cgr\.dev/chainguard/|^public\.ecr\.aws/lambda/"
)
_DROPS_ITSELF = re.compile(
    r"^(docker\.io/)?(library/)?(postgres|postgis/postgis|pgvector/pgvector|timescale/\S+|mysql|mariadb|mongo|redis|valkey/valkey|rabbitmq|memcached)(:|$)"
)
"""Images whose own entry point starts the server as another user."""
_ROOT = frozenset({"root", "0", "0:0", "root:root", "0:root"})


@probe(ROOT)
def non_root(look: Look) -> Observation:
    """Images switch to another user, start from a base that does, or drop privileges in the entry point."""
    fix = "create a user in the Dockerfile and switch to it with USER before CMD"
    images = shipped(look)
    if not images:
        return answer(ROOT, Outcome.NOT_APPLICABLE, "no image", searched=SEARCHED)
    grades = {Location(item.path, item.stages[-1].line): _runs_as(look, item) for item in images}
    as_root = [place for place, grade in grades.items() if grade in {"root", "put back"}]
    doubtful = [place for place, grade in grades.items() if grade == "unknown"]
    if as_root:
        message = "the image runs as root: it switches to no other user"
        complain(look, "containers.root", ROOT, as_root, Severity.MEDIUM, message)
        outcome = Outcome.PARTIAL if {"other", "put back"} & set(grades.values()) else Outcome.UNMET
        said = share(len(as_root), len(grades), "image", "runs as root", "run as root")
        return answer(ROOT, outcome, said, as_root, searched=SEARCHED, confidence=Confidence.HIGH, fix=fix)
    if doubtful:
        said = "the user is a build argument without a default"
        return answer(ROOT, Outcome.UNKNOWN, said, doubtful, searched=SEARCHED)
    return answer(ROOT, Outcome.MET, "images run as another user than root", list(grades), searched=SEARCHED)


def _runs_as(look: Look, image: Dockerfile) -> str:
    """Who the process of an image is: "root", "other", "unknown", or "put back" where compose starts it as root."""
    user = image.final.user.strip("\"'")
    if "$" in user:
        name = re.sub(r"[${}]|:.*", "", user)
        text = look.tree.text(image.path) or ""
        default = re.search(rf"(?m)^\s*(?:ARG|ENV)\s+{re.escape(name)}[= ](\S+)", text)
        if not default:
            return "unknown"
        user = default[1].strip("\"'")
    services = [item for item in look.containers.services if item.build and _is_built_from(item, image)]
    if user and user.lower() not in _ROOT:
        started_as = [item.user.split(":")[0] for item in services if not NOT_SHIPPED.search(item.path)]
        put_back = bool(started_as) and all(name in _ROOT for name in started_as)
        return "put back" if put_back and not drops_privileges(look, image) else "other"
    if drops_privileges(look, image):
        return "other"
    if not user and not image.final.command and not image.final.entrypoint and _DROPS_ITSELF.search(image.final.image):
        return "other"
    if not user and _SAFE_BASE.search(image.final.image):
        return "other"
    if services and all(item.user and item.user.split(":")[0] not in _ROOT for item in services):
        return "other"
    boxes = [box for item in look.containers.resources if item.is_workload for box in item.containers]
    return "other" if boxes and all(box.runs_as_non_root for box in boxes) else "root"


def _is_built_from(service: Service, image: Dockerfile) -> bool:
    named = posixpath.normpath(posixpath.join(service.build, service.dockerfile or "Dockerfile"))
    return named == image.path


# -- pinned bases -------------------------------------------------------------------------------------------------

_CODENAMES = re.compile(r"\b(bookworm|bullseye|buster|trixie|noble|jammy|focal|bionic)\b")


@probe(PINNED)
def image_pinned(look: Look) -> Observation:
    """Every base image has a version tag or a digest."""
    fix = "name a version in every FROM, such as python:3.12-slim, or a digest"
    images = shipped(look)
    bases = [(item.path, stage) for item in images for stage in item.stages if stage.image and stage.image != "scratch"]
    if not bases:
        return answer(PINNED, Outcome.NOT_APPLICABLE, "no base image", searched=SEARCHED)
    open_ends = [Location(path, stage.line) for path, stage in bases if "$" in stage.image and not stage.digest]
    loose = [Location(path, stage.line) for path, stage in bases if "$" not in stage.image and not _is_pinned(stage)]
    if loose:
        message = "the base image has no version tag: the next build may start from another one"
        complain(look, "containers.image-not-pinned", PINNED, loose, Severity.MEDIUM, message)
        outcome = Outcome.PARTIAL if len(loose) < len(bases) else Outcome.UNMET
        said = share(len(loose), len(bases), "base image", "has no version", "have no version")
        return answer(PINNED, outcome, said, loose, searched=SEARCHED, confidence=Confidence.HIGH, fix=fix)
    if open_ends:
        said = "a base image is a build argument without a default"
        return answer(PINNED, Outcome.UNKNOWN, said, open_ends, searched=SEARCHED)
    places = [Location(path, stage.line) for path, stage in bases]
    return answer(PINNED, Outcome.MET, "every base image has a version tag or a digest", places, searched=SEARCHED)


def _is_pinned(stage: Stage) -> bool:
    tag = stage.tag
    if stage.digest:
        return True
    if not tag or tag.startswith("latest"):
        return False
    # A codename is the version of a distribution's own image; of a language's image, the language still floats.
    if _RUNTIMES.match(stage.image):
        return bool(re.search(r"\d", re.sub(r"(?:alpine|debian|ubuntu)-?[\d.]*", "", tag)))
    return bool(re.search(r"\d", tag) or _CODENAMES.search(tag))
