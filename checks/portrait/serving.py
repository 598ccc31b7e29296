"""What a product serves: its frameworks, its routes, the port it listens on, and the services beside it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from checks.application.endpoints import endpoints
from checks.look import is_product
from checks.observation import Observation, Outcome
from checks.portrait import Container, Endpoint
from checks.portrait.parts import PLAIN
from checks.topics.api_service import health

if TYPE_CHECKING:
    from checks.look import Look

_MOST_ROUTES: Final = 200
_MOST_SERVICES: Final = 30
_MAKERS: Final = {
    "fastapi": r"\bFastAPI\(", "flask": r"\bFlask\(", "express": r"\bexpress\(\)", "fastify": r"\b[fF]astify\(",
    "hono": r"\bnew Hono\b", "koa": r"\bnew Koa\b",
}  # fmt: skip
_BY_IMPORT: Final = (
    "fastapi", "django", "flask", "streamlit", "gradio", "next", "express", "fastify", "hono", "koa", "nuxt", "astro",
)  # fmt: skip
_PORTS: Final = {
    "fastapi": 8000, "django": 8000, "flask": 5000, "streamlit": 8501, "gradio": 7860, "next": 3000, "express": 3000,
    "fastify": 3000, "nuxt": 3000, "astro": 4321, "vite": 5173,
}  # fmt: skip
"""Where each listens if nobody says otherwise."""
_EXPOSED: Final = re.compile(r"(?im)^\s*EXPOSE\s+(\d{2,5})")
_TOLD: Final = re.compile(
    r"--(?:server\.)?port[= ]\"?(\d{2,5})|(?:-b|--bind)[= ][\w.]*:(\d{2,5})|runserver [\w.]*:(\d+)"
)
_LISTENS: Final = re.compile(
    r"\.listen\(\s*(?:process\.env\.PORT\s*(?:\|\||\?\?)\s*)?(\d{2,5})|PORT\s*(?:\|\||\?\?)\s*(\d{2,5})"
)


_STATEFUL: Final = re.compile(r"(^|/)(postgres|postgis|pgvector|mysql|mariadb|mongo|redis|valkey|memcached)\b")
_REQUIRED: Final = re.compile(r"\$\{\w+:?\?|(?m:^\s+env_file:)")
"""Settings without which compose starts nothing."""
_MAIN: Final = re.compile(r"(^|/)(docker-)?compose\.ya?ml$")
"""What is started where no file is named."""


def routes(look: Look) -> tuple[Endpoint, ...]:
    """The served routes, at most 200, each once."""
    found = (
        Endpoint(
            item.methods,
            _resolved(look, item.path),
            item.framework,
            f"{item.place.path}:{item.place.line}",
            item.is_public_on_purpose,
        )
        for item in endpoints(look)
        if item.path
    )
    return tuple(dict.fromkeys(found))[:_MOST_ROUTES]


_SETTING: Final = re.compile(r"\{[\w.]*?\b([A-Z][A-Z0-9_]{2,})\}")


def _resolved(look: Look, path: str) -> str:
    """A route with the settings in its prefix filled in, where the code gives each exactly one value."""

    def value(match: re.Match[str]) -> str:
        given = re.compile(rf"(?m)^\s*{match[1]}\s*(?::\s*\w+\s*)?=\s*[\"']([\w/.-]+)[\"']")
        found = {hit for file in look.source_paths(".py") for hit in given.findall(look.tree.text(file) or "")}
        return found.pop() if len(found) == 1 else match[0]

    return _SETTING.sub(value, path)


def frameworks(look: Look) -> tuple[str, ...]:
    """The serving frameworks: those of routes first, by their number, then those that are only imported."""
    by_routes = [name for name, _ in Counter(item.framework for item in endpoints(look)).most_common()]
    imported = [name for name in _BY_IMPORT if look.importers(name) or look.depends_on(name)]
    return tuple(dict.fromkeys([*by_routes, *imported]))


def application(look: Look, framework: str) -> str:
    """The file that makes the framework's application; "" where none was found, or its path is no plain one."""
    pattern = re.compile(_MAKERS.get(framework, r"(?!)"))
    found = [
        path
        for path in look.source_paths()
        if pattern.search(look.tree.text(path) or "") and look.reach.reached(path) is not False
    ]
    if framework == "django":
        found = [path for path in look.tree.match("urls.py") if is_product(path)]
    if framework == "next":
        found = [p for p in look.source_paths() if re.search(r"(^|/)app/(.*/)?(page|layout|route)\.[jt]sx?$", p)]
    plain = [path for path in found if PLAIN.fullmatch(path) or framework == "next"]
    return min(plain, key=lambda path: (path.count("/"), path), default="")


def health_route(look: Look) -> str:
    """The health route that there is, as `path:line`; "" without one."""
    seen = health(look)
    for one in (seen,) if isinstance(seen, Observation) else seen:
        if one.outcome is Outcome.MET and one.locations:
            return f"{one.locations[0].path}:{one.locations[0].line}"
    return ""


def port(look: Look, framework: str) -> tuple[int, str]:
    """The port the product listens on, and where that stands; (0, "") where it is not known."""
    for item in look.containers.dockerfiles:
        text = look.tree.text(item.path) or ""
        for pattern in (_EXPOSED, _TOLD):
            if match := pattern.search(text):
                return int(next(filter(None, match.groups()))), item.path
    for path, command in look.containers.commands:
        if match := _TOLD.search(command):
            return int(next(filter(None, match.groups()))), path
    for service in look.containers.services:
        for mapped in service.ports if service.build else ():
            if match := re.search(r"(\d{2,5})(?:/tcp)?$", mapped):
                return int(match[1]), service.path
    for path in look.source_paths(".js", ".mjs", ".cjs", ".ts", ".mts"):
        if (match := _LISTENS.search(look.tree.text(path) or "")) and look.reach.reached(path) is not False:
            return int(match[1] or match[2]), path
    usual = _PORTS.get(framework, 0)
    return usual, f"what {framework} uses by itself" if usual else ""


def compose(look: Look) -> tuple[str, tuple[Container, ...]]:
    """The compose file nearest to the root, and its services; ("", ()) without one."""
    services = [item for item in look.containers.services if is_product(item.path)]
    if not services:
        return "", ()
    path = min((item.path for item in services), key=lambda one: (one.count("/"), not _MAIN.search(one), one))
    found = (
        Container(item.name, "" if item.build else item.image)
        for item in services
        if item.path == path and PLAIN.fullmatch(item.name)
    )
    return path, tuple(dict.fromkeys(found))[:_MOST_SERVICES]


def startable(look: Look, path: str) -> tuple[str, ...]:
    """Databases and caches of a compose file that start without a setting of one's own."""
    text = look.tree.text(path) or ""
    if not PLAIN.fullmatch(path) or _REQUIRED.search(text):
        return ()
    services = (item for item in look.containers.services if item.path == path and not item.build)
    return tuple(item.name for item in services if _STATEFUL.search(item.image) and PLAIN.fullmatch(item.name))
