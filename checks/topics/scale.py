"""What keeps the service quick under load: caches, and slow work moved out of requests."""

from __future__ import annotations

import re
from functools import lru_cache

from checks.application.cache_classes import read_from_classes
from checks.application.calls_seen import Says, Seen, calls_in, calls_that
from checks.application.databases import databases
from checks.application.endpoints import endpoints
from checks.application.http_calls import in_browser
from checks.application.in_process import tasks_in_process
from checks.application.numbers import counted
from checks.application.own_caches import OTHER_USE, kept_by_next, kept_by_nitro, own_caches
from checks.application.queues import comes_from, queues, run_at_once
from checks.application.wiring import absent, answer, calls, line_matches, not_applicable, python_modules, reached, span
from checks.look import Look
from checks.models.calls import model_calls
from checks.observation import Location, Observation, Outcome
from checks.probe import probe
from checks.readers.python_facts import Call, Function, PythonModule
from checks.reads import SOURCES, of_one_file

CACHING = "scale.caching"
JOBS = "scale.background-jobs"
FEW = 2

_CACHE_DECORATORS = re.compile(
    r"fastapi_cache\..*cache|aiocache\..*cached\w*|cachetools\.(?:\w+\.)*cached\w*|.*\bcache\.(?:cached|memoize)|async_lru\.alru_cache"
    r"|django\.views\.decorators\.cache\.cache_page|streamlit\.cache_data|.*\bcache_(?:page|response)|cashews\..*|diskcache\..*memoize"
)
_MEMO = re.compile(r"(?:functools\.)?(?:lru_cache|cache)")
_FACTORY = re.compile(
    r"(?i)^_?(?:get|load|create|make|build|init)?_*(?:\w*(?:settings?|config\w*|client|engine|logger|templates?|model|app|session\w*|pool|service|version|dirs?|env\w*|tokenizer|encoding|embeddings?))$"
)
_CACHE_CALLS = re.compile(
    r"(?:redis|aioredis|redis\.asyncio|ioredis|@upstash/redis|@vercel/kv|pymemcache|memcache)\b.*\.(?:get|set|setex|setEx|mget|hget|hset|hSet|hGet|json)"
    r"|django\.core\.cache\.caches?\b.*\.(?:get|set|get_or_set|get_many|set_many|add)|django\.views\.decorators\.cache\.cache_page|node-cache(?:\..*)?\.(?:get|set|mget|has|take)|lru-cache\..*\.(?:get|set)|keyv\..*\.(?:get|set)"
    r"|cache-manager\..*|@nestjs/cache-manager\..*|next(?:/cache)?\.(?:default\.)?unstable_cache|cachetools\.(?:TTLCache|LRUCache)"
    r"|aiocache\..*\.(?:get|set)|diskcache\.Cache.*|apicache\..*middleware"
)
_CACHE_CLIENTS = (
    "redis", "aioredis", "ioredis", "@upstash/redis", "@vercel/kv", "pymemcache", "node-cache", "lru-cache", "keyv",
    "cachetools", "aiocache", "diskcache", "flask_caching", "fastapi_cache", "django.core.cache",
)  # fmt: skip
_CACHES_SITE = re.compile(
    r"(?s)^MIDDLEWARE\s*=[^\]]*cache\.UpdateCacheMiddleware[^\]]*cache\.FetchFromCacheMiddleware", re.MULTILINE
)
_OWN_CLIENT = re.compile(r"(?:self|this)\.\w*(?:redis|client|cache|store|kv)\w*\.(?:get|set|setex|mget|hget|hset)")
"""A client that a class keeps, in a file that loads a cache's library."""
_NOT_A_CACHE = re.compile(r"(?i)session|queue|(?<![bc])lock|limit|pubsub|token")

_SLOW = (
    "openai", "anthropic", "litellm", "langchain*", "google.genai", "google.generativeai", "transformers",
    "llama_cpp", "torch",
    "requests", "httpx", "aiohttp", "smtplib", "emails", "fastapi_mail", "sendgrid", "boto3", "PIL", "cv2", "pandas",
    "resend", "postmark", "@sendgrid/mail", "mailgun.js", "@aws-sdk/client-ses",
    "nodemailer", "@anthropic-ai/sdk", "ai", "@ai-sdk/*", "sharp", "puppeteer", "playwright", "replicate", "ollama",
    "groq",
)  # fmt: skip
_ASKED_BY_PAGES = "axios"
"""A client of HTTP that servers load as well as pages."""


@probe(CACHING)
def caching(look: Look) -> Observation:
    """Hot data is kept in a cache that code reads; a memoized factory or the settings are none."""
    searched = ("cache decorators and clients in code that runs",)
    fix = "cache what is read often and changes seldom, with a lifetime"
    if not endpoints(look) and not databases(look).any and not look.importers(*_SLOW, _ASKED_BY_PAGES):
        return not_applicable(look, CACHING, "nothing that a cache would help", searched=searched)
    loading = {place.path for place in look.importers(*_CACHE_CLIENTS)}
    kept = _kv_bindings(look)
    direct = [seen for seen in _reached(look, _may_ask_cache, kept) if seen.path in loading or _asks_cache(seen, kept)]
    empty = _keeps_nothing(look)
    direct = [seen for seen in direct if not (empty and _BY_SETTING.match(seen.name))]
    only_written = bool(direct) and all(seen.last in _WRITES for seen in direct)
    direct = [] if only_written else direct
    own = [
        *own_caches(look),
        *read_from_classes(look),
        *kept_by_next(look, _reached(look, _fetches)),
        *kept_by_nitro(look),
    ]
    places = [*(seen.place for seen in direct), *(Location(path, line) for path, line in own)]
    functions = {*own, *(_function_of(look, seen) for seen in direct)}
    for module in python_modules(look, "decorated"):
        for function in module.decorated:
            marks = [item for item in function.decorators if not (empty and _BY_SETTING.match(item.resolved))]
            if any(_is_cache(module, function, item.resolved) or _is_kept_answer(item) for item in marks):
                places.append(Location(module.path, function.line))
                functions.add((module.path, function.line))
    if not places and empty:
        said = "the cache is set to a backend that keeps nothing"
        return answer(CACHING, Outcome.UNMET, said, empty, searched=searched, fix=fix)
    if not places and only_written and not any(reached(look, one.path) for one in calls_in(look, loading, _gets)):
        said = "answers are written to a store, and none is read from it"
        return absent(look, CACHING, said, searched=searched, fix=fix)
    if not places and (clients := _other_clients(look)):
        said = "a client of a cache is loaded; whether it caches could not be told"
        return answer(CACHING, Outcome.UNKNOWN, said, clients, searched=searched, fix=fix)
    if not places:
        return absent(look, CACHING, "no cache beyond memoized factories and settings", searched=searched, fix=fix)
    everywhere = [seen.place for seen in _reached(look, _is_for_all)]
    everywhere += [Location(path) for path in look.gather(_caches_site, "", (SOURCES, ".py"))]
    if everywhere:
        return answer(CACHING, Outcome.MET, "responses are cached for the whole service", everywhere, searched=searched)
    functions |= _users(look, functions)
    if len(functions) <= FEW:
        said = f"only {counted(len(functions), 'place')} with a cache"
        return answer(CACHING, Outcome.PARTIAL, said, places, searched=searched, fix=fix)
    return answer(
        CACHING,
        Outcome.MET,
        f"{counted(len(functions), 'place reads', 'places read')} from a cache",
        places,
        searched=searched,
    )


def _may_ask_cache(seen: Seen, kept: str) -> bool:
    """Whether a call asks a cache for answers, if what a class keeps is a client of one."""
    return (_asks_cache(seen, kept) or bool(_OWN_CLIENT.fullmatch(seen.callee))) and not _is_for_others(seen)


def _asks_cache(seen: Seen, kept: str) -> bool:
    """Whether a call asks a cache, or a store that one of the lines of `kept` names."""
    if _CACHE_CALLS.fullmatch(seen.name) or seen.callee in {"caches.default.match", "caches.default.put"}:
        return True
    return seen.last in {"get", "put"} and _owner(seen) in _lines(kept)


def _owner(seen: Seen) -> str:
    return seen.callee.rpartition(".")[0].rpartition(".")[2]


@lru_cache(maxsize=8)
def _lines(names: str) -> frozenset[str]:
    return frozenset(names.split("\n")) - {""}


def _fetches(seen: Seen, _: str) -> bool:
    """Whether a request may say how long its answer is kept."""
    return seen.callee == "fetch" and ("next" in seen.keys or "cache" in seen.keys)


def _gets(seen: Seen, _: str) -> bool:
    return bool(_GETS.match(seen.last))


_WRITES = frozenset({"set", "setex", "setEx", "hset", "hSet", "set_many", "add", "put"})
_GETS = re.compile(r"(?i)[hm]?get|scan|call|eval|json|wrap")
_BY_SETTING = re.compile(r"django\.|flask_caching\.|.*\bcache\.(?:cached|memoize)$")
"""Caches whose backend is a setting."""
_EMPTY = r"cache\.backends\.dummy\.DummyCache|CACHE_TYPE[\"']?\]?\s*[:=]\s*[\"'](?:\w+\.)*(?:null|NullCache)[\"']"
_KEEPS = re.compile(
    r"cache\.backends\.(?!dummy)\w+|django_redis\.|\b(?:Redis|Memcached|LocMem|FileSystem|Simple|Database)\w*Cache\b"
    r"|CACHE_TYPE[\"']?\]?\s*[:=]\s*(?![\"'](?:\w+\.)*(?:null|NullCache)[\"'])"
)


def _keeps_nothing(look: Look) -> list[Location]:
    """Settings that name a cache which forgets at once, where no other file of the application names one that keeps."""
    files = look.sources_with("dummycache", "nullcache", "cache_type", among=(SOURCES, ".py"))
    empty = [place for path in files if reached(look, path) for place in line_matches(look, path, _EMPTY)]
    if not empty or any(_KEEPS.search(look.tree.text(path) or "") for path in look.source_paths(".py")):
        return []
    return empty


_OTHER_USE = (
    "@upstash/ratelimit", "express-rate-limit", "rate-limit-redis", "rate-limiter-flexible", "@fastify/rate-limit",
    "slowapi", "fastapi_limiter", "flask_limiter", "connect-redis", "bullmq", "bull", "@nestjs/bullmq", "@nestjs/bull",
    "rq", "arq", "celery", "socket.io-redis", "@socket.io/redis-adapter", "graphql-redis-subscriptions",
)  # fmt: skip
"""What a store in memory is also used for."""


_ASKS = frozenset({"get", "set", "setex", "setEx", "mget", "hget", "hset"})
_COUNTS = frozenset(
    {"incr", "incrby", "decr", "expire", "lpush", "rpush", "publish", "zadd", "xadd", "sadd", "evalsha"}
)


@of_one_file
def _caches_site(look: Look, path: str, _: str) -> bool:
    return bool(_CACHES_SITE.search(look.tree.text(path) or ""))


def _other_clients(look: Look) -> tuple[Location, ...]:
    """Where a client of a cache is loaded, but not where the file hands it to a limiter, a queue or sessions."""
    places = look.importers(*_CACHE_CLIENTS)
    if not places:
        return ()
    others = {place.path for place in look.importers(*_OTHER_USE)}
    others |= {seen.path for seen in _reached(look, _asks_for_others)}
    if _reached(look, _counts):
        return ()  # asked for something, and never for what it keeps
    return tuple(place for place in places if place.path not in others)


def _asks_for_others(seen: Seen, _: str) -> bool:
    return seen.last in _ASKS and _is_for_others(seen)


def _counts(seen: Seen, _: str) -> bool:
    return seen.last in _COUNTS and bool(re.search(r"(?i)redis|kv|client", seen.callee))


def _is_for_others(seen: Seen) -> bool:
    """Whether a call of a client keeps something else than answers: sessions, locks, counts of a limiter."""
    where = f"{seen.path.rsplit('/', 1)[-1]} {seen.function} {next(iter(seen.arguments), '')}"
    locks = "nx" in seen.keys or re.search(r"(?i)(?<![a-z])locks?(?![a-z])", where)
    return bool(locks or _NOT_A_CACHE.search(f"{seen.callee} {seen.function}") or OTHER_USE.search(where))


def _kv_bindings(look: Look) -> str:
    """The names under which a worker of Cloudflare gets its key-value stores, one a line."""
    files = (item.data.get("kv_namespaces") for item in look.containers.platforms if item.platform == "cloudflare")
    bound = [one for found in files if isinstance(found, list) for one in found if isinstance(one, dict)]
    return "\n".join(sorted({str(one.get("binding")) for one in bound}))


def _reached(look: Look, says: Says, argument: str = "") -> list[Seen]:
    """Calls of one kind in code that runs, one-off scripts left out, with names followed across files."""
    return [seen for seen in calls_that(look, says, argument) if reached(look, seen.path)]


def _function_of(look: Look, seen: Seen) -> tuple[str, int]:
    """The file and first line of the innermost function around a call; the call's own line at module level."""
    module = look.python.module(seen.path) or look.web.module(seen.path)
    around = [one.line for one in module.functions if one.line <= seen.line <= one.end_line] if module else []
    return seen.path, max(around, default=seen.line)


def _users(look: Look, functions: set[tuple[str, int]]) -> set[tuple[str, int]]:
    """Where the helpers are called that read the cache for others, such as `cached(key, load)`."""
    helpers: dict[str, set[str]] = {}
    for path, line in functions:
        module = look.python.module(path) or look.web.module(path)
        for one in module.functions if module else ():
            if one.line == line and one.name:
                helpers.setdefault(one.name, set()).add(path)
    return {
        _function_of(look, seen)
        for seen in _reached(look, _is_called, "\n".join(sorted(helpers)))
        if seen.path in (homes := helpers.get(seen.last, set())) or comes_from(look, seen, homes)
    }


def _is_called(seen: Seen, names: str) -> bool:
    return seen.last in _lines(names)


def _is_for_all(seen: Seen, _: str) -> bool:
    """Whether a call caches all responses: an interceptor or middleware of the whole application."""
    given = " ".join((*seen.arguments, *seen.keys.values()))
    if seen.last == "Module":
        return bool(re.search(r"APP_INTERCEPTOR\b[^}]*\bCacheInterceptor\b", given))
    return seen.last in {"useGlobalInterceptors", "add_middleware"} and bool(
        re.search(r"Cache\w*(Interceptor|Middleware)", given)
    )


def _is_cache(module: PythonModule, function: Function, decorator: str) -> bool:
    if _CACHE_DECORATORS.fullmatch(decorator):
        return True
    takes = [item for item in function.parameters if item.name not in {"self", "cls"}]
    return (
        bool(_MEMO.fullmatch(decorator))
        and bool(takes)
        and not _FACTORY.match(function.name)
        and not (re.search(r"(?i)settings|config", module.path))
    )


def _is_kept_answer(decorator: Call) -> bool:
    """Whether a route of Litestar keeps its answers: `@get("/x", cache=60)`."""
    kept = decorator.keywords.get("cache")
    return decorator.resolved.startswith("litestar.") and kept is not None and kept.text not in {"False", "None"}


_WAITED = re.compile(r"\.(?:delay|apply_async|send)\(.*\)\s*\.(?:get|wait|join|get_result)\(", re.DOTALL)


def _is_waited_for(look: Look, place: Location) -> bool:
    """Whether the result of a task is asked for in the call that hands it over."""
    return bool(_WAITED.search(span(look, place.path, place.line, place.end_line or place.line)))


def _slow_imports(look: Look) -> tuple[Location, ...]:
    """Where packages for slow work are loaded; what pages ask over HTTP holds up no request of the service."""
    asks = (place for place in look.importers(_ASKED_BY_PAGES, reached=False) if not in_browser(look, place.path))
    return tuple(sorted({*look.importers(*_SLOW, reached=False), *asks}))


@probe(JOBS)
def background_jobs(look: Look) -> Observation:
    """Slow work goes to a queue or worker, not into the request."""
    searched = ("queues, workers and schedulers in code that runs", "slow calls of the service")
    fix = "move slow work such as model calls, mail and file processing to a worker with a queue"
    found = queues(look)
    if found.handed and (eager := run_at_once(look)):
        said = "tasks run at once, inside the process that hands them over"
        return answer(JOBS, Outcome.PARTIAL, said, eager, searched=searched, fix=fix)
    if found.handed and all(_is_waited_for(look, place) for place in found.handed):
        said = "tasks go to a queue, and who hands them over waits for each"
        return answer(JOBS, Outcome.PARTIAL, said, found.handed, searched=searched, fix=fix)
    if found.handed:
        return answer(JOBS, Outcome.MET, "slow work is handed to a queue", found.handed, searched=searched)
    inside = tasks_in_process(look)
    if found.published:
        said = "messages go to a broker; nothing here takes them and does the work"
        return answer(JOBS, Outcome.PARTIAL, said, found.published, searched=searched, fix=fix)
    if found.libraries:
        outcome = Outcome.PARTIAL if inside or found.has_tasks else Outcome.UNMET
        said = "a queue is set up, but nothing hands work to it"
        return answer(JOBS, outcome, said, [*found.libraries, *inside], searched=searched, fix=fix)
    if inside:
        said = "only as tasks inside the serving process"
        return answer(JOBS, Outcome.PARTIAL, said, inside, searched=searched, fix=fix)
    slow = (
        _slow_imports(look)
        or tuple(call.place for call in model_calls(look))
        or tuple(hit.place for hit in calls(look, r"fetch|.*\.sendMail") if not in_browser(look, hit.place.path))
    )
    if not slow and not endpoints(look):
        return not_applicable(look, JOBS, "nothing slow and no requests", searched=searched)
    if not slow:
        return not_applicable(look, JOBS, "no model, mail, media or remote call was seen", searched=searched)
    result = absent(look, JOBS, "no queue or worker; slow work runs inside the request", searched=searched, fix=fix)
    return answer(JOBS, result.outcome, result.summary, slow, searched=searched, fix=fix)
