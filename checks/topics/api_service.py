"""What the service says of itself: its health, and how to call it."""

from __future__ import annotations

import re

from checks.application.endpoint import Endpoint
from checks.application.endpoints import endpoints, source, without_endpoints
from checks.application.numbers import counted
from checks.application.switches import conditions, switched_off
from checks.application.wiring import Hit, absent, answer, calls, line_matches
from checks.blanks import unfilled
from checks.look import Look, is_product
from checks.observation import Location, Observation, Outcome
from checks.probe import probe
from checks.readers.python_facts import Call
from checks.reads import of_one_file
from checks.topics.api_annotated import annotated_share
from checks.topics.api_early_health import answered_early

HEALTH = "api.health-endpoint"
DOCS = "api.docs"

_HEALTH_PATH = re.compile(
    r"(?i)(?:^|[/_-])(?:health(?:z|[_-]?(?:check|status|probe|live|ready)\w*)?|ready|readyz|readiness|live|livez|liveness|ping"
    r"|heartbeat|alive[\w-]*|_?status|up|ok|okay|healthcheck[\w-]*)/?$"
)
_HEALTH_NAME = re.compile(
    r"(?i)^(?:get_?)?(?:health(?:z|_?(?:check|status|probe)\w*)?|check_?health|readiness\w*|liveness\w*|ping|heartbeat|healthcheck)$"
)
_SAYS_FINE = re.compile(r"(?i)\b(?:status|message)[\"']?\s*:\s*[\"'](?:ok|up|healthy|alive|running|pong)")
_CHECKED = r"(?im)(?:HEALTHCHECK|healthcheck|healthCheckPath|httpGet|test:|livenessProbe|path\s*[:=])[^\n]*?(?:https?://[^/\s\"']+)?(/[\w/.-]+)"
_GENERATED_NODE = (
    r"(?:swagger-ui-express|@fastify/swagger|@fastify/swagger-ui|@hono/zod-openapi|@hono/swagger-ui|@nestjs/swagger"
    r"|tsoa|swagger-jsdoc|koa2-swagger-ui|@scalar/[\w-]+|@elysiajs/swagger|next-swagger-doc).*"
)
_GENERATED_PYTHON = (
    "flask_smorest", "flasgger", "flask_restx", "apiflask", "flask_openapi3", "connexion", "drf_spectacular",
    "drf_yasg",
    "ninja", "spectree", "apispec", "litestar", "sanic_ext",
)  # fmt: skip
_NEARLY_ALL = 0.8
_IN_PASSING = 0.05
"""A share of endpoints that a text may name without being a description of the API."""


@of_one_file
def _is_unfilled(look: Look, path: str, _: str) -> bool:
    return unfilled(look.tree.text(path) or "")


@probe(HEALTH)
def health(look: Look) -> Observation:
    """A mounted route that is meant for health checks, whatever its path."""
    served = [item for item in endpoints(look) if not look.answer_of(_is_unfilled, item.module, "")]
    searched = ("routes of the application", "image and orchestrator health checks", "proxy configuration")
    hidden = [item for item in served if _HEALTH_PATH.search(item.path) and _is_hidden(look, item)]
    for item in served:
        if item in hidden:
            continue
        if _HEALTH_PATH.search(item.path) or _HEALTH_NAME.search(item.handler.rsplit(".", 1)[-1]):
            return answer(
                HEALTH, Outcome.MET, f"a health route: {item.path or item.handler}", [item.place], searched=searched
            )
    ready_made = (
        calls(look, r"@godaddy/terminus.*|@nestjs/terminus.*|healthcheck\.HealthCheck|fastapi_health\.health") or ()
    )
    if ready_made or look.importers("health_check"):
        places = [hit.place for hit in ready_made] or list(look.importers("health_check"))
        return answer(HEALTH, Outcome.MET, "a health-check library is wired", places, searched=searched)
    for path in look.tree.match("*.conf", "*.conf.template", "Caddyfile*"):
        if located := line_matches(look, path, r"(?im)^\s*(?:location\s+=?\s*|handle\s+|respond\s+)/\w*health\w*"):
            return answer(HEALTH, Outcome.MET, "the proxy answers health checks", located, searched=searched)
    if not served:
        return without_endpoints(look, HEALTH, searched=searched)
    if early := answered_early(look, _HEALTH_PATH, _HEALTH_NAME):
        return answer(HEALTH, Outcome.MET, "health is answered before routing", early, searched=searched)
    if hidden:
        said = "a health route is served only where a switch is on that is off by default"
        return answer(HEALTH, Outcome.PARTIAL, said, [item.place for item in hidden], searched=searched)
    if indirect := _indirect(look):
        said = "health is asked through a route that serves something else"
        return answer(
            HEALTH, Outcome.PARTIAL, said, indirect, searched=searched, fix="add a route of its own for health"
        )
    fine = [item.place for item in served if item.path in {"", "/"} and _SAYS_FINE.search(source(look, item, hops=0))]
    if fine:
        return answer(HEALTH, Outcome.MET, "the root route answers that the service is up", fine, searched=searched)
    return absent(look, HEALTH, "no route meant for health", searched=searched, fix="add a route such as /health")


def _is_hidden(look: Look, item: Endpoint) -> bool:
    """Whether a route is behind a switch that is off, or is there in tests only."""
    asked = conditions(look, item.place)
    return bool(switched_off(look, item.place)) or any(
        re.search(r"={2,3}\s*[\"']test(?:ing)?[\"']", one) for one in asked
    )


def _indirect(look: Look) -> list[Location]:
    """Health checks of images and orchestrators that ask a route of the application."""
    files = look.tree.match(
        *("Dockerfile*", "*.dockerfile", "*compose*.y*ml", "*.k8s.y*ml", "k8s/**", "deploy/**/*.y*ml"),
        *("railway.json", "railway.toml", "render.yaml", "fly.toml", "app.yaml", "apprunner.yaml"),
    )
    known = {re.sub(r"[{:<].*", "", item.path).rstrip("/") for item in endpoints(look) if len(item.path) > 1}
    found: list[Location] = []
    for path in files:
        text = look.tree.text(path) or ""
        found += [
            Location(path, text.count("\n", 0, match.start()) + 1)
            for match in re.finditer(_CHECKED, text)
            if any(match[1].rstrip("/").endswith(one) for one in known if one)
        ]
        found += _by_script(look, path, text, known)
    return found


def _by_script(look: Look, path: str, text: str, known: set[str]) -> list[Location]:
    """A HEALTHCHECK that runs a script of this repository which asks a route."""
    match = re.search(r"(?ms)^HEALTHCHECK[^\n]*?(?:\\\n[^\n]*)*?([\w./-]+\.(?:py|sh|js))", text)
    name = match[1].rsplit("/", 1)[-1] if match else ""
    for script in look.tree.match(name) if name else ():
        asked = re.findall(
            r"https?://[^/\s\"']+(/[\w/.-]+)|[\"'](/[\w/.-]+)[\"']|\}(/[\w/-]+)", look.tree.text(script) or ""
        )
        if any(
            one and any(one.rstrip("/").endswith(route) for route in known if route) for group in asked for one in group
        ):
            line = text.count("\n", 0, match.start()) + 1 if match else 0
            return [Location(path, line), Location(script)]
    return []


@probe(DOCS)
def docs(look: Look) -> Observation:
    """The API describes itself, or somebody wrote its description."""
    served = endpoints(look)
    searched = ("the application object's documentation", "OpenAPI libraries and files", "written API documents")
    if not served:
        return without_endpoints(look, DOCS, searched=searched)
    shown = [hit.place for hit in calls(look, r"fastapi\.(?:applications\.)?FastAPI") if _is_documented(look, hit)]
    if shown:
        return answer(DOCS, Outcome.MET, "FastAPI serves the API's description", shown, searched=searched)
    shared = annotated_share(look)
    if shared and 0 < shared[0] < _NEARLY_ALL * shared[1]:
        said = f"the description comes of annotations, which {shared[0]} of {shared[1]} endpoints have"
        places = [hit.place for hit in calls(look, _GENERATED_NODE)] or list(look.importers("flasgger"))
        return answer(DOCS, Outcome.PARTIAL, said, places, searched=searched, fix="annotate the other endpoints too")
    if shared and not shared[0]:
        said = "a library puts the description together from annotations, of which none was found"
        return answer(
            DOCS, Outcome.UNKNOWN, said, [hit.place for hit in calls(look, _GENERATED_NODE)], searched=searched
        )
    generated = [hit.place for hit in calls(look, _GENERATED_NODE)] or list(look.importers(*_GENERATED_PYTHON))
    if generated:
        return answer(DOCS, Outcome.MET, "a library generates the API's description", generated, searched=searched)
    written = _written(look)
    if written:
        own = [item for item in served if not re.search(r"\[\.{3}|/inngest\b|/uploadthing\b|/\*$", item.path)]
        own = [item for item in own if item.path.startswith("/api/")] or own  # pages stand beside it
        paths = {re.sub(r"[{:<\[].*", "", item.path).rstrip("/") for item in own} - {""}
        text = "\n".join(look.tree.text(place.path) or "" for place in written)
        named = [path for path in paths if re.search(rf"(?<![\w-]){re.escape(path)}(?![\w-])", text)]
        if paths and len(named) >= _NEARLY_ALL * len(paths):
            return answer(DOCS, Outcome.MET, "a written description names the endpoints", written, searched=searched)
        if len(named) > _IN_PASSING * len(paths):
            said = f"a written description names {len(named)} of {counted(len(paths), 'endpoint')}"
            return answer(
                DOCS, Outcome.PARTIAL, said, written, searched=searched, fix="bring the description up to date"
            )
    if schema := _schema_of_graphql(look):
        said = "a schema of GraphQL is kept, with descriptions"
        return answer(DOCS, Outcome.MET, said, schema, searched=searched)
    return absent(look, DOCS, "no description of the API", searched=searched, fix="generate an OpenAPI description")


_GRAPHQL = (
    "graphene", "graphene_django", "strawberry", "ariadne", "graphql", "@apollo/server", "apollo-server*",
    "graphql-yoga", "@nestjs/graphql", "type-graphql", "mercurius", "@pothos/core",
)  # fmt: skip
_FEWEST_DESCRIPTIONS = 3


def _schema_of_graphql(look: Look) -> list[Location]:
    """Files with the schema that the application serves by GraphQL, where descriptions stand in them."""
    if not look.importers(*_GRAPHQL):
        return []
    texts = {path: look.tree.text(path) or "" for path in look.tree.match("*.graphql", "*.graphqls", "*.gql")}
    return [
        Location(path, 1)
        for path, text in texts.items()
        if is_product(path)
        and re.search(r"(?m)^(?:extend )?type Query\b", text)
        and text.count('"""') >= 2 * _FEWEST_DESCRIPTIONS
    ]


def _is_documented(look: Look, hit: Hit) -> bool:
    call = hit.call
    if not isinstance(call, Call):
        return False
    names = ("openapi_url", "docs_url", "redoc_url")
    off = {name for name in names if name in call.keywords and call.keywords[name].value is None}
    if call.unpacked:  # the options stand apart
        near = (hit.place.path, *look.reach.imports_of(hit.place.path))
        text = "\n".join(look.tree.text(path) or "" for path in near)
        off |= {name for name in names if re.search(rf"\b{name}[\"']?\s*[:=]\s*None\b", text)}
    return "openapi_url" not in off and not {"docs_url", "redoc_url"} <= off


def _written(look: Look) -> list[Location]:
    specified = look.tree.match("openapi*.y*ml", "openapi*.json", "swagger*.y*ml", "swagger*.json")
    prose = look.tree.match(
        *(f"/docs/{name}.{end}" for name in ("**/*api*", "*API*") for end in ("md", "rst", "adoc", "txt")),
        *("/API.md", "/api.md", "/README.md", "/README.rst", "/API.rst", "*.postman_collection.json"),
    )
    return [Location(path) for path in (*specified, *prose)]
