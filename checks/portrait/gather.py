"""A portrait put together from what the readers see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from checks.portrait import Container, Keeper, Person, Portrait
from checks.portrait.parts import PLAIN, parts
from checks.portrait.serving import application, compose, frameworks, health_route, port, routes, startable
from checks.secrets.shapes import redact

if TYPE_CHECKING:
    from checks.look import Look

Value = TypeVar("Value")

_PROVIDERS: Final = {
    "OpenAI": ("openai", "langchain_openai", "@ai-sdk/openai", "@langchain/openai", "@azure/openai"),
    "Anthropic": ("anthropic", "langchain_anthropic", "@anthropic-ai/*", "@ai-sdk/anthropic", "@langchain/anthropic"),
    "Google": (
        "google.genai", "google.generativeai", "vertexai", "langchain_google_genai", "langchain_google_vertexai",
        "@google/generative-ai", "@google/genai", "@ai-sdk/google", "@langchain/google*",
    ),
    "AWS Bedrock": ("langchain_aws", "@aws-sdk/client-bedrock-runtime", "@ai-sdk/amazon-bedrock"),
    "Mistral": ("mistralai", "langchain_mistralai", "@mistralai/*", "@ai-sdk/mistral"),
    "Cohere": ("cohere", "cohere-ai", "@ai-sdk/cohere"),
    "Groq": ("groq", "langchain_groq", "groq-sdk", "@ai-sdk/groq"),
    "Together": ("together", "together-ai"),
    "Replicate": ("replicate",),
    "Ollama": ("ollama",),
    "OpenRouter": ("@openrouter/*",),
    "LiteLLM": ("litellm",),
}  # fmt: skip
_HOSTS: Final = {
    "api.openai.com": "OpenAI", "api.anthropic.com": "Anthropic", "generativelanguage.googleapis.com": "Google",
    "openrouter.ai": "OpenRouter", "ai.gateway.lovable.dev": "Lovable AI gateway", "api.mistral.ai": "Mistral",
    "api.groq.com": "Groq", "api.together.": "Together", "api.cohere.": "Cohere", "api.deepseek.com": "DeepSeek",
    "api.x.ai": "xAI", "api.perplexity.ai": "Perplexity", "localhost:11434": "Ollama",
}  # fmt: skip
_DATABASES: Final = {
    "PostgreSQL": ("psycopg", "psycopg2", "asyncpg", "pg", "postgres", "@neondatabase/*", "@vercel/postgres"),
    "MySQL": ("pymysql", "MySQLdb", "aiomysql", "mysql2"),
    "MongoDB": ("pymongo", "motor", "mongoengine", "beanie", "mongoose", "mongodb"),
    "Redis": ("redis", "ioredis", "@upstash/redis"),
    "SQLite": ("sqlite3", "aiosqlite", "better-sqlite3"),
    "Supabase": ("supabase", "@supabase/supabase-js", "@supabase/ssr"),
    "Firebase": ("firebase_admin", "firebase", "firebase-admin"),
}  # fmt: skip
_IMAGES: Final = (("postgres", "PostgreSQL"), ("mysql", "MySQL"), ("mongo", "MongoDB"), ("redis", "Redis"))
_BOT: Final = re.compile(r"(?i)\[bot\]|\bbot\b|noreply@(?:anthropic|github|cursor|openai)|cursoragent|copilot|devin-ai")
_PRIVATE: Final = re.compile(r"(?:\d+\+)?([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))@users\.noreply\.github\.com")
_MAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_MARKUP: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]+>|[*`]")
_NO_NAME: Final = re.compile(
    r"(?i)(getting started|readme|(quick ?)?start|install\w*|welcome to your|overview|features|about|introduction"
    r"|table of)"
)
"""Titles of a README that are no name of a product."""
_LONGEST_NAME: Final = 60
_VERSION: Final = re.compile(r"v?\d+(?:\.\d+)+")
_MOST: Final = 12
_RECENT: Final = 500
_OWNERS: Final = 2
_NONE: Final[tuple[str, ...]] = ()
_NO_COMPOSE: Final[tuple[str, tuple[Container, ...]]] = ("", ())
_LONGEST: Final = 200
"""Characters of one text; a longer one is cut."""


def portrait(look: Look) -> Portrait:
    """What the tree reveals. What a reader fails at is left empty and named in `trouble`; nothing is guessed."""
    gathering = _Gathering(look)
    seen = gathering.whole()
    missing = dict.fromkeys(gathering.failed)
    told = f"not told because a reader failed: {', '.join(missing)}" if missing else ""
    return replace(cast(Portrait, _shown(seen)), trouble=told)


class _Gathering:
    """Each piece by itself, so that one that fails takes no other with it."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.failed: list[str] = []

    def whole(self) -> Portrait:
        look = self.look
        found = self.one("frameworks", lambda: frameworks(look), _NONE)
        first = found[0] if found else ""
        number, told = self.one("port", lambda: port(look, first), (0, ""))
        path, services = self.one("compose", lambda: compose(look), _NO_COMPOSE)
        return Portrait(
            name=self.one("name", lambda: _name(look), ""),
            parts=self.one("parts", lambda: tuple(parts(look)), ()),
            frameworks=found,
            application=self.one("application", lambda: application(look, first), ""),
            endpoints=self.one("routes", lambda: routes(look), ()),
            health=self.one("health", lambda: health_route(look), ""),
            port=number,
            port_from=told,
            providers=self.one("providers", lambda: tuple(dict.fromkeys(_providers(look))), ()),
            models=self.one("models", lambda: _models(look), ()),
            calls=self.one("calls", lambda: _calls(look), ()),
            databases=self.one("databases", lambda: _in_order(_databases(look)), ()),
            compose=path,
            containers=services,
            images=self.one("images", lambda: tuple(item.path for item in look.containers.dockerfiles)[:_MOST], ()),
            platforms=self.one("platforms", lambda: _platforms(look), ()),
            clusters=self.one("workloads", lambda: _workloads(look), ()),
            startable=self.one("compose", lambda: startable(look, path), ()),
            keepers=self.one("folders", lambda: tuple(_keepers(look)), ()),
            workflows=self.one("workflows", lambda: any(one.system == "github" for one in look.workflows.all), False),
            people=self.one("people", lambda: tuple(_people(look)), ()),
            tag=self.one("tag", lambda: _tag(look), ""),
        )

    def one(self, what: str, read: Callable[[], Value], otherwise: Value) -> Value:
        try:
            return read()
        except Exception:  # noqa: BLE001  # what one reader meets must not take the rest; it is named instead
            self.failed.append(what)
            return otherwise


def _shown(value: Any) -> Any:
    """The same without secrets, and with no text longer than a line."""
    if isinstance(value, str):
        return redact(value)[:_LONGEST]
    if isinstance(value, tuple):
        return tuple(map(_shown, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _shown(getattr(value, field.name)) for field in fields(value)})
    return value


def _name(look: Look) -> str:
    """What the README's title or a manifest at the root calls it, else the folder."""
    readme = look.documents.readme
    title = _MARKUP.sub(r"\1", readme.title) if readme else ""
    title = re.sub(r"^[^\w]+|[^\w)]+$", "", title)
    if title and len(title) <= _LONGEST_NAME and not _NO_NAME.match(title):
        return title
    named = [item.name for item in look.manifests.packages if not item.folder and item.name]
    return next(iter(named), look.tree.root.name)


def _providers(look: Look) -> Iterator[str]:
    yield from (name for name, packages in _PROVIDERS.items() if look.importers(*packages))
    for path in look.source_paths():
        text = look.tree.text(path) or ""
        if look.reach.reached(path) is not False:
            yield from (name for host, name in _HOSTS.items() if host in text)


def _models(look: Look) -> tuple[str, ...]:
    from checks.models.names import named_models

    return tuple(dict.fromkeys(one.text for one in named_models(look)))[:_MOST]


def _calls(look: Look) -> tuple[str, ...]:
    from checks.models.calls import model_calls

    return tuple(dict.fromkeys(f"{one.place.path}:{one.place.line}" for one in model_calls(look)))[:_MOST]


def _in_order(found: Iterator[str]) -> tuple[str, ...]:
    """What keeps the data first, caches and clients later: the order in which they are listed."""
    seen = set(found)
    return tuple(name for name in _DATABASES if name in seen)


def _databases(look: Look) -> Iterator[str]:
    yield from (name for name, packages in _DATABASES.items() if look.importers(*packages))
    for service in look.containers.services:
        yield from (name for sign, name in _IMAGES if sign in service.image.rsplit("/", 1)[-1])
    for path in look.tree.match("schema.prisma"):
        if match := re.search(r"provider\s*=\s*\"(postgresql|mysql|sqlite|mongodb)\"", look.tree.text(path) or ""):
            yield {"postgresql": "PostgreSQL", "mysql": "MySQL", "sqlite": "SQLite", "mongodb": "MongoDB"}[match[1]]


def _platforms(look: Look) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.platform for item in look.containers.platforms))[:_MOST]


def _workloads(look: Look) -> tuple[str, ...]:
    return tuple(item.name for item in look.containers.resources if item.is_workload and not item.templated)[:_MOST]


def _keepers(look: Look) -> Iterator[Keeper]:
    tops = Counter(path.split("/", 1)[0] for path in look.source_paths() if "/" in path)
    folders = [name for name, _ in tops.most_common(_MOST) if PLAIN.fullmatch(name)]
    handles = {one.name.casefold(): one.owner for one in _people(look) if one.owner}
    commits: dict[str, Counter[str]] = {name: Counter() for name in folders}
    for one in look.git.changes(_RECENT) if look.git else ():
        owner = handles.get(one.author.partition(" <")[0].casefold())
        for top in {path.split("/", 1)[0] for path in one.paths} if owner else ():
            if top in commits:
                commits[top][str(owner)] += 1
    for name in folders:
        yield Keeper(name, tuple(owner for owner, _ in commits[name].most_common(_OWNERS)))


def _people(look: Look) -> Iterator[Person]:
    """Who wrote the newest commits, programs left out; nobody where there is no history."""
    authors = Counter(one.author for one in (look.git.changes(_RECENT) if look.git else ()))
    found: dict[str, Person] = {}
    for author, commits in authors.most_common():
        name, _, mail = author.partition(" <")
        mail = mail.removesuffix(">")
        if not _BOT.search(author):
            private = _PRIVATE.fullmatch(mail)
            owner = f"@{private[1]}" if private else mail if _MAIL.fullmatch(mail) else ""
            known = found.get(name.casefold(), Person(name, owner, 0))
            # A handle is what hosts surely know; of several addresses the one used most stays.
            best = owner if private else known.owner or owner
            found[name.casefold()] = Person(known.name, best, known.commits + commits)
    yield from sorted(found.values(), key=lambda one: -one.commits)[:_MOST]


def _tag(look: Look) -> str:
    if look.git is None:
        return ""
    return next((one.name for one in look.git.tags() if _VERSION.fullmatch(one.name)), "")
