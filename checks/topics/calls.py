"""Calls to other services: how long they wait, and whether a failed one is tried again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache, partial

from checks.application.calls_seen import (
    Seen,
    around,
    calls_in,
    calls_of,
    calls_that,
    function_span,
    lines_of,
    places,
    text_of,
)
from checks.application.endpoints import endpoints
from checks.application.http_calls import external_calls, waits
from checks.application.mail_calls import mail_calls
from checks.application.numbers import share
from checks.application.own_clients import own_client
from checks.application.service_sdks import stripe_tries
from checks.application.switches import default_of, values_of
from checks.application.wiring import absent, answer, blind_spots, complain, function_at, not_applicable
from checks.application.wrapped import definition, wrappers
from checks.files.listed import PYTHON_OF_PRODUCT
from checks.look import PYTHON, WEB, Look
from checks.models.calls import clients_for, embedding_calls, model_calls
from checks.models.limits import waits_for_model
from checks.observation import Confidence, Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.readers.python_facts import Call
from checks.reads import of_one_file
from checks.topics.queue_retries import run_again, tried_again, worked_files
from checks.topics.tries_again import OPTION, has_option, loops

TIMEOUTS, RETRIES = "calls.timeouts", "calls.retries"
SEARCHED = ("HTTP and model calls of application code",)
NEARLY_ALL = 0.9
MAIN = 0.6

_BACKOFF = re.compile(
    r"tenacity\.(?:\w+\.)*(?:retry|Retrying|AsyncRetrying)|backoff\.(?:\w+\.)*on_(?:exception|predicate)"
    r"|retrying\.retry|stamina\.(?:\w+\.)*(?:retry|retry_context)|urllib3\.(?:\w+\.)*Retry|requests\.\w+\.HTTPAdapter"
    r"|requests\.packages\.\S*Retry|httpx_retries\.\w+|aiohttp_retry\.\w+|p-retry\.\w+|async-retry(?:\.\w+)?|exponential-backoff\.\w+"
    r"|axios-retry(?:\.\w+)?|cockatiel\.\w+|opossum(?:\.\w+)?|retry\.(?:default|operation)|ts-retry\.\w+|pybreaker\.CircuitBreaker"
    r"|langchain\.agents\.middleware\.(?:\w+\.)*(?:Model|Tool)Retry\w*|(?:langchain|@langchain/[\w/]+)\..*(?:model|tool)RetryMiddleware"
    r"|circuitbreaker\.circuit|aiobreaker\.CircuitBreaker|purgatory\.\w+|@nestjs/axios\.retry|httpx\.(?:Async)?HTTPTransport"
)
_POLICY = re.compile(r"(?:cockatiel|opossum|pybreaker|aiobreaker)\..*\.(?:execute|fire|call|call_async)")
"""What runs a function under a policy or behind a circuit breaker made elsewhere."""
_TASKS = frozenset({"task", "shared_task"})
"""Decorators of Celery: how often a task may ask to be run again says nothing of whether it does."""
_TRIES = (
    (re.compile(r"stop_after_attempt\(\s*([\w.]+)|\b(?:max_tries|attempts)\s*=\s*([\w.]+)"), "1"),
    (re.compile(r"\bRetry\(\s*(?:total\s*=\s*)?([\w.]+)\s*[,)]|\bretries\s*:\s*([\w.]+)"), "0"),
    (re.compile(r"\b(?:max_?[rR]etries|num_retries)[\"']?\s*[=:]\s*([\w.]+)"), "0"),
)
"""How often a call is tried, and the number by which it is never tried again."""
_SOMEWHERE = re.compile(r"retries\s*=|max_retries|total\s*=|Retry\(")
_PLAIN = re.compile(r"httpx\.(?:Async)?HTTPTransport|requests\.\w+\.HTTPAdapter")
_RECONNECTS = re.compile(r"(?:ioredis|redis|aioredis|mongoose|mongodb|pymongo|socket\.io-client|amqplib)\b")
"""Clients that open their own connection again; the calls to other services gain nothing by that."""
_NOT_REMOTE = re.compile(
    r"(?:@tanstack/\w+-query|react-query|swr|@trpc/\w+-query|@reduxjs/toolkit|vitest|@playwright/test|jest)\b"
    r"|(?i:.*(?:lock(?!file)|otp|log_?in|sign_?in|password|verif|limit))"
)
"""Queries of a page, tests, and attempts of people: an option named so there says nothing of calls to services."""

_EMBEDS = re.compile(
    r"(?:.*\.)?(?:(?:Azure)?OpenAI|Cohere|Mistral(?:AI)?|GoogleGenerativeAI|Voyage(?:AI)?|VertexAI|Together|Fireworks)Embeddings?"
)
"""Clients that ask a service for embeddings, whenever the store they are handed to needs one."""
_LIMITED = re.compile(r"(?i)timeout")


def _checked(look: Look) -> tuple[list[Seen], list[Seen]]:
    """External calls with and without a time limit; a model call over HTTP counts once."""
    models = model_calls(look)
    over_http = {call.seen.place for call in models}
    seen = [(call, waits(look, call)) for call in external_calls(look) if call.place not in over_http]
    asked = [*(call for call in models if call.seen.reached), *embedding_calls(look)]
    seen += [(call.seen, waits_for_model(look, call)) for call in asked]
    seen = seen or mail_calls(look)  # a mail server is asked over another protocol: it counts where nothing else is
    return [call for call, waiting in seen if waiting], [call for call, waiting in seen if not waiting]


@probe(TIMEOUTS)
def timeouts(look: Look) -> Observation:
    """The share of external calls with an explicit limit on how long they wait."""
    fix = "give every call to another service a timeout, at the call or at its client"
    limited, open_ended = _checked(look)
    embedding = [call for call in calls_that(look, _embeds) if call.reached]
    limited += [call for call in embedding if _LIMITED.search(text_of(look, call))]
    open_ended += [call for call in embedding if call not in limited]
    total = len(limited) + len(open_ended)
    blind = blind_spots(look)
    if not total:
        return not_applicable(look, TIMEOUTS, "no external calls", searched=SEARCHED)
    said = share(len(limited), total, "external call", "has an explicit timeout", "have an explicit timeout")
    if len(limited) >= NEARLY_ALL * total:
        if blind:
            return answer(TIMEOUTS, Outcome.UNKNOWN, f"{said}, but {blind}", places(limited), searched=SEARCHED)
        return answer(TIMEOUTS, Outcome.MET, said, places(limited), searched=SEARCHED)
    message = "this call has no explicit timeout"
    complain(look, "calls.no-timeout", TIMEOUTS, places(open_ended), Severity.MEDIUM, message)
    if limited:
        return answer(TIMEOUTS, Outcome.PARTIAL, said, places(open_ended), searched=SEARCHED, fix=fix)
    if any(call.hidden or _options_elsewhere(call) for call in open_ended) and blind:
        return answer(TIMEOUTS, Outcome.UNKNOWN, f"{said}; {blind}", places(open_ended), searched=SEARCHED)
    return answer(
        TIMEOUTS, Outcome.UNMET, said, places(open_ended), searched=SEARCHED, confidence=Confidence.HIGH, fix=fix
    )


def _embeds(call: Seen, _: str) -> bool:
    return "Embedding" in call.name and bool(_EMBEDS.fullmatch(call.name))


def _options_elsewhere(call: Seen) -> bool:
    return len(call.arguments) > 1 and call.arguments[-1].isidentifier()


@probe(RETRIES)
def retries(look: Look) -> Observation:
    """Retries with growing pauses, or circuit breakers, around the main external calls."""
    fix = "retry the main external calls a few times with growing pauses, or set the client's number of retries"
    limited, open_ended = _checked(look)
    external = limited + open_ended
    found = _retrying(look)
    if not external and not found:
        return not_applicable(look, RETRIES, "no external calls", searched=SEARCHED)
    if not found:
        said = "no retry, backoff or circuit breaker was found; defaults inside the clients do not count"
        return absent(look, RETRIES, said, searched=SEARCHED, fix=fix)
    covered = [call for call in external if _is_covered(look, call, found)]
    if external and not covered and all(_is_put_on_a_client(look, place) for place, _, _ in found):
        said = "retries are put on a client that no call uses"
        return absent(look, RETRIES, said, searched=SEARCHED, fix=fix)
    growing = [place for place, grows, _ in found if grows]
    said = (
        share(len(covered), len(external), "external call", "is retried", "are retried")
        if external
        else "retries around other work only"
    )
    shown = [place for place, _, _ in found]
    if external and growing and len(covered) >= MAIN * len(external):
        return answer(RETRIES, Outcome.MET, said, shown, searched=SEARCHED)
    said += "" if growing else ", without a growing pause"
    return answer(RETRIES, Outcome.PARTIAL, said, shown, searched=SEARCHED, fix=fix)


_Retry = tuple[Location, bool, tuple[int, int]]
"""Where, whether the pause grows, and the lines it covers."""


def _retrying(look: Look) -> list[_Retry]:
    found: list[_Retry] = []
    for call in _that_may_retry(look, set(filter(partial(_is_run, look), look.gather(has_option)))):
        name = call.name
        if not call.reached or _RECONNECTS.match(name) or _NOT_REMOTE.match(name):
            continue
        text = text_of(look, call)
        if _gives_up(look, text) or (name.startswith("opossum") and not _is_fired(look)):
            continue
        if _backs_off(name):
            if _PLAIN.fullmatch(name) and not _SOMEWHERE.search(text):
                continue
            found.append((call.place, _pauses(name, text), _covers(look, call)))
        elif call.last not in _TASKS and OPTION.search(text) and not re.search(r"[rR]etry\b.*\b(?:false|0)\b", text):
            found.append((call.place, True, (call.line, call.end_line)))
    found += [(call.place, grows, (0, 0)) for call, grows in tried_again(look)]
    found += [(place, True, (0, 0)) for place in stripe_tries(look)]
    found += [*_decorated(look), *run_again(look)]
    for path, its in look.gather(loops).items():
        for line, grows, first, last in its if _is_run(look, path) else ():
            found.append((Location(path, line), grows, (first, last)))
    return found


def _that_may_retry(look: Look, with_option: set[str]) -> list[Seen]:
    """The calls of retries and circuit breakers, and all of files with an option to try again; in path order."""
    policies = [call for call in calls_that(look, _makes_policy) if call.path not in with_option]
    return sorted([*policies, *calls_in(look, with_option)], key=lambda call: (call.path.endswith(WEB), call.path))


def _makes_policy(call: Seen, _: str) -> bool:
    return _backs_off(call.name)


def _is_fired(look: Look) -> bool:
    """Whether any circuit breaker is asked to call what it was made for: to call that by its own name goes past it."""
    return any(call.reached for call in calls_that(look, _fires))


def _fires(call: Seen, _: str) -> bool:
    return call.last == "fire"


def _gives_up(look: Look, text: str) -> bool:
    """Whether a retry is told a number of attempts that leaves none after the first."""
    for pattern, once_only in _TRIES:
        for match in pattern.finditer(text):
            given = (match[1] or match[match.re.groups]).rpartition(".")[2]
            values = [given] if given.isdigit() else [default_of(one) for one in values_of(look, given) if one]
            if values and all(value == once_only for value in values):
                return True
    return False


@lru_cache(maxsize=50_000)
def _backs_off(name: str) -> bool:
    return bool(_BACKOFF.fullmatch(name))


def _is_run(look: Look, path: str) -> bool:
    return look.reach.reached(path) is not False


def _decorated(look: Look) -> list[_Retry]:
    """Functions below a bare decorator, as `@retry` is no call, and tasks that Celery runs as a whole again."""
    paths = (path for path in look.gather(_is_retried, "", PYTHON_OF_PRODUCT) if _is_run(look, path))
    functions = [
        (module.path, item, one)
        for module in filter(None, map(look.python.module, paths))
        for item in module.decorated
        for one in item.decorators
    ]
    return [
        (Location(path, one.line), _pauses(one.resolved, ""), (item.line, item.end_line))
        for path, item, one in functions
        if _is_bare(one)
    ] + [
        (Location(path, one.line), "retry_backoff" in one.keywords, (item.line, item.end_line))
        for path, item, one in functions
        if _is_of_a_task(one)
    ]


@of_one_file
def _is_retried(look: Look, path: str, _: str) -> bool:
    module = look.python.module(path)
    return module is not None and any(
        _is_bare(one) or _is_of_a_task(one) for item in module.decorated for one in item.decorators
    )


def _is_bare(one: Call) -> bool:
    return bool(_BACKOFF.fullmatch(one.resolved)) and not one.arguments and not one.keywords


def _is_of_a_task(one: Call) -> bool:
    named = one.callee.rsplit(".", 1)[-1] in {"task", "shared_task", "actor"}
    return named and not {"autoretry_for", "retry_backoff", "max_backoff"}.isdisjoint(one.keywords)


def _pauses(name: str, text: str) -> bool:
    """Whether a retry pauses longer each time: some libraries retry at once unless told otherwise."""
    if name.startswith(("tenacity.", "retrying.")):
        return bool(re.search(r"wait_(?:random_)?exponential|wait_incrementing|wait_chain|backoff", text))
    return not name.endswith("Retry") or name.startswith("httpx") or "backoff" in text


def _covers(look: Look, call: Seen) -> tuple[int, int]:
    """The lines below a decorator's function, or of the function a retry stands in."""
    if call.path.endswith(PYTHON):
        module = look.python.module(call.path)
        for item in module.functions if module else ():
            if any(one.line == call.line for one in item.decorators):
                return item.line, item.end_line
    first, last = function_span(look, call.path, call.line)
    return (first, last) if (first, last) != (1, 10**9) else (call.line, call.end_line)


def _is_covered(look: Look, call: Seen, found: list[_Retry]) -> bool:
    """Whether a retry stands around a call, in its client, or around the function that holds it."""
    for place, _, (first, last) in found:
        if place.path == call.path and first <= call.line <= last:
            return True
    if OPTION.search(text_of(look, call)) or _is_made_with(look, call, found):
        return True
    if call.name.startswith("stripe.") and call.path.endswith(PYTHON) and stripe_tries(look):
        return True
    for model in (*model_calls(look), *embedding_calls(look)):
        if model.seen == call:
            made = [one for one in clients_for(look, model) if not _stands_in(look, one)]
            if made and all(OPTION.search(text_of(look, one)) for one in made):
                return True
    if tried_again(look) and call.path in worked_files(look) and not _serves(look, call.path):
        return True
    near = {call.path, *(look.reach.imports_of(call.path) if not call.path.endswith(PYTHON) else ())}
    if any(place.path in near and _mounts(look, place, call) for place, _, _ in found):
        return True
    if any(_POLICY.fullmatch(outer.name) for outer in wrappers(look, call)):
        return True
    spans = tuple(_around(look, call))
    if any(place.path == path and first <= place.line <= last for place, _, _ in found for path, first, last in spans):
        return True
    name = call.function.rsplit(".", 1)[-1]
    return bool(name) and any(
        re.search(rf"\b{re.escape(name)}\b", lines_of(look, place.path, first, last))
        for place, _, (first, last) in found
        if place.path == call.path or call.path in look.reach.imports_of(place.path)
    )


def _stands_in(look: Look, client: Seen) -> bool:
    """Whether a client is asked only where another one has failed: `first.with_fallbacks([second])`."""
    name = re.match(
        r"[ \t]*(?:(?:const|let|var)\s+)?([\w.$]+)\s*(?::[^=\n]+)?=",
        lines_of(look, client.path, client.line, client.line),
    )
    if name is None:
        return False
    return bool(re.search(rf"with_?[fF]allbacks\([^)]{{0,400}}\b{re.escape(name[1])}\b", lines_of(look, client.path)))


def _serves(look: Look, path: str) -> bool:
    """Whether a file answers requests, which no queue runs again."""
    return any(one.path == path for one in endpoints(look))


def _is_made_with(look: Look, call: Seen, found: list[_Retry]) -> bool:
    """Whether the object that is asked was made with a retry in its arguments: `ky.create({retry})`, an agent."""
    makers = [
        one
        for one in calls_in(look, {call.path, *look.reach.imports_of(call.path)}, _makes, call.name)
        if one.reached and one != call
    ]
    return any(
        OPTION.search(text_of(look, one))
        or any(place.path == one.path and one.line <= place.line <= one.end_line for place, _, _ in found)
        for one in makers
    )


def _makes(call: Seen, asked: str) -> bool:
    """Whether what a call gives is what one of that name is made on."""
    return asked.startswith(f"{call.name}.")


def _around(look: Look, call: Seen) -> Iterator[tuple[str, int, int]]:
    """Where else a retry of a call may stand: its client's definition, and the decorators of its function."""
    if own := own_client(look, call):
        yield own.path, own.first, own.last
    for outer in wrappers(look, call):  # `withRetry(() => fetch(url))`
        yield from definition(look, outer)
    module = look.python.module(call.path) if call.path.endswith(PYTHON) else None
    function = module.function(call.function) if module else None
    for decorator in function.decorators if function else ():
        if found := function_at(look, call.path, decorator.callee):
            yield found[0].path, found[1].line, found[1].end_line


def _mounts(look: Look, place: Location, asked: Seen) -> bool:
    """Whether a retry is put on the client object of a call itself: `session.mount(…)`, `axiosRetry(axios)`."""
    here = [call for call in calls_of(look, place.path) if call.line == place.line]
    mounted = [one for one in calls_of(look, place.path) if one.last == "mount" and not _ONLY_PLAIN.match(_first(one))]
    return any(re.match(r"axios-retry|urllib3|requests\.|httpx\.", call.name) for call in here) and any(
        call in mounted
        or ("axios-retry" in call.name and _is_same_client(look, call, asked))
        or ("transport" in around(look, call) and "axios-retry" not in call.name)
        for call in here + mounted
    )


def _is_put_on_a_client(look: Look, place: Location) -> bool:
    return any("axios-retry" in call.name for call in calls_of(look, place.path) if call.line == place.line)


_ONLY_PLAIN = re.compile(r"[\"']http:/{0,2}[\"']$")
"""A prefix below which no call that is encrypted lies."""


def _first(call: Seen) -> str:
    return next(iter(call.arguments), "")


def _is_same_client(look: Look, mount: Seen, asked: Seen) -> bool:
    """Whether `axiosRetry` is given what a call is made on: an instance says nothing of calls of axios itself."""
    module = look.web.module(mount.path)
    is_instance = (module.assigned if module else {}).get(_first(mount), "").endswith(".create")
    return not is_instance or ".create" in asked.name or not asked.name.startswith("axios")
