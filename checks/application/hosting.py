"""Where the product runs serverless: platform files, adapters, and code that only such a platform calls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.reach import Entry
from checks.files.kinds import is_test
from checks.files.listed import WEB_OF_PRODUCT
from checks.look import PYTHON, is_product
from checks.observation import Location
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look

NOT_SHIPPED = re.compile(
    r"(^|/)(\.devcontainer|\.github|docs?|examples?|samples?|\.gitpod|benchmarks?)/|(?i:[._-](dev|test|tests|local|ci|e2e|playwright|cypress)\b)"
)
"""Paths of images and platform files that are not for production."""

_FUNCTIONS_ONLY = frozenset({"supabase", "netlify", "firebase", "cloudflare", "vercel", "amplify"})
"""Platforms that run web code, and Python only where it is one of their functions."""
_ADAPTERS = (
    "@sveltejs/adapter-vercel", "@sveltejs/adapter-netlify", "@sveltejs/adapter-cloudflare*", "@astrojs/vercel*",
    "@astrojs/netlify*", "@astrojs/cloudflare", "@opennextjs/*", "@cloudflare/next-on-pages", "@netlify/plugin-nextjs",
    "@netlify/vite-plugin*", "@cloudflare/vite-plugin", "@react-router/cloudflare", "@remix-run/cloudflare*",
    "@vercel/remix", "@vercel/config",
)  # fmt: skip
"""Build adapters that make functions of a framework's application."""
_CALLED_BY_PLATFORM = (
    "serverless-http", "hono/aws-lambda", "hono/vercel", "hono/cloudflare-workers", "hono/netlify", "@hono/aws-lambda",
    "@fastify/aws-lambda", "@vendia/serverless-express", "@codegenie/serverless-express", "firebase-functions",
    "@google-cloud/functions-framework", "@azure/functions", "@netlify/functions", "@vercel/node", "@vercel/functions",
    "@middy/core", "mangum", "aws_lambda_powertools", "chalice", "functions_framework", "firebase_functions",
    "azure.functions", "modal", "cloudflare:workers", "zappa", "apig_wsgi", "serverless_wsgi",
)  # fmt: skip
"""Libraries that code of a function imports."""
_ONLY_THERE = re.compile(r"(?m)^export const (?:maxDuration|preferredRegion|runtime\s*=\s*[\"']edge[\"'])")
"""Settings of a Next.js route that only a platform of functions reads."""
_DEPLOYS = re.compile(
    r"\b(?:vercel(?: deploy)?\b(?! dev| env| link| pull| build).*(?:--prod|deploy)|netlify deploy"
    r"|wrangler (?:pages )?(?:deploy|publish)|(?:serverless|sls) deploy|sst deploy|firebase deploy"
    r"|opennextjs-cloudflare (?:deploy|upload)|modal deploy|zappa deploy|chalice deploy)"
)


def serverless(look: Look) -> list[Location]:
    """What says that all of the product runs serverless; nothing where a server of its own remains."""
    platforms = [item for item in look.containers.platforms if not NOT_SHIPPED.search(item.path)]
    functions = _functions_by_program(look)
    if functions:
        platforms = [item for item in platforms if item.platform not in {"aws-cdk", "pulumi"}]
    if any(not item.serverless for item in platforms):
        return []
    files = [item for item in platforms if item.serverless]
    in_code = list(_in_code(look)) if _may_be(look) else []
    if not files and not in_code:
        return functions
    only_web = {item.platform for item in files} <= _FUNCTIONS_ONLY
    python = {place.path for place in in_code if place.path.endswith(PYTHON)}
    if only_web and any(not _is_function(look, path, python) for path in _python_services(look)):
        return []
    if not files and not _all_covered(look, in_code):
        return []
    return [*(Location(item.path) for item in files), *in_code]


_MAKES_FUNCTIONS = re.compile(
    r"\b(?:NodejsFunction|PythonFunction|LambdaRestApi|lambda_?\.Function|_lambda\.Function|sst\.aws\.(?:Function|ApiGatewayV2|Nextjs))\b"
)
_MAKES_SERVERS = re.compile(
    r"(?i)fargate|ecs_?patterns|\becs\.|\beks\.|ec2\.Instance|DockerImageFunction|apprunner|sst\.aws\.(?:Service|Cluster)"
)


def _functions_by_program(look: Look) -> list[Location]:
    """Where a program that makes the infrastructure, such as one for the CDK, makes functions and no servers."""
    places = look.importers("aws_cdk", "aws_cdk.*", "aws-cdk-lib", "aws-cdk-lib/*", "@aws-cdk/*", reached=False)
    texts = {place: look.tree.text(place.path) or "" for place in places}
    if any(_MAKES_SERVERS.search(text) for text in texts.values()):
        return []
    return [place for place, text in texts.items() if _MAKES_FUNCTIONS.search(text)]


def _may_be(look: Look) -> bool:
    """Whether nothing else describes how the product runs: an image, or workloads of a cluster."""
    return not any(not NOT_SHIPPED.search(item.path) for item in look.containers.dockerfiles) and not any(
        item.is_workload for item in look.containers.resources
    )


def _in_code(look: Look) -> Iterator[Location]:
    yield from look.depends_on(*_ADAPTERS, dev=True)
    yield from look.importers(*_CALLED_BY_PLATFORM)
    for path, lines in look.gather(_set_only_there, "", WEB_OF_PRODUCT).items():
        yield from (Location(path, line) for line in lines)
    for path in look.tree.match("vercel.ts", "sst.config.ts"):
        if is_product(path):
            yield Location(path)
    for script in look.manifests.scripts:
        if any(_DEPLOYS.search(command) for command in script.commands):
            yield Location(script.path, script.line)


@of_one_file
def _set_only_there(look: Look, path: str, _: str) -> list[int]:
    """The line of a file's first setting that only a platform of functions reads."""
    text = look.tree.text(path) or ""
    match = _ONLY_THERE.search(text)
    return [text.count("\n", 0, match.start()) + 1] if match else []


def _python_services(look: Look) -> list[str]:
    return [
        point.path
        for point in look.reach.entry_points
        if point.entry is Entry.SERVICE and point.path.endswith(PYTHON) and not is_test(point.path)
    ]


def _is_function(look: Look, path: str, called: set[str]) -> bool:
    """Whether a Python service is itself a function of the platform: by its place, or by what it imports."""
    if path in called or not called.isdisjoint(look.reach.imported_by(path)):
        return True
    return bool(re.search(r"(?:^|/)(?:api|netlify/functions|functions)/", path)) or any(
        path.rpartition("/")[0] == item.path.rpartition("/")[0] and item.platform == "vercel"
        for item in look.containers.platforms
    )


def _all_covered(look: Look, evidence: list[Location]) -> bool:
    """Whether every service stands in a package that some of the evidence is in."""
    folders = {package_of(look, place.path) for place in evidence}
    return all(
        package_of(look, point.path) in folders
        for point in look.reach.entry_points
        if point.entry is Entry.SERVICE and not is_test(point.path)
    )


def package_of(look: Look, path: str) -> str:
    """The folder of the nearest manifest above a file."""
    folders = {item.folder for item in look.manifests.packages}
    at = path.rpartition("/")[0]
    while at and at not in folders:
        at = at.rpartition("/")[0]
    return at


_STARTS = frozenset({"start", "serve", "preview", "start:prod", "prod"})


def shared_packages(look: Look) -> frozenset[str]:
    """The folders of packages that others of the repository depend on and that no script of their own starts."""
    wanted = {item.name for item in look.manifests.dependencies}
    started = {item.path.rpartition("/")[0] for item in look.manifests.scripts if item.name in _STARTS}
    return frozenset(
        item.folder
        for item in look.manifests.packages
        if item.folder and item.name in wanted and item.folder not in started
    )
