"""Calls to services over HTTP: which ones leave the product, and which say how long they wait."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, around, calls_that, imports, lines_of, text_of
from checks.application.named_values import assigned, written_out
from checks.application.own_clients import OwnClient, is_on_one, own_client, own_client_waits, own_clients
from checks.application.service_sdks import is_service, service_waits
from checks.application.switches import values_of
from checks.application.wrapped import definition, wrappers
from checks.look import PYTHON
from checks.once import once
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look

_VERB = r"(?:get|post|put|patch|delete|head|options|request|stream|send)"
_CLIENT = re.compile(
    rf"(?:requests|httpx|niquests|curl_cffi\.requests)\.{_VERB}"
    rf"|(?:requests|niquests)\.(?:sessions\.)?(?:Session|session)\.{_VERB}|httpx\.(?:Async)?Client\.{_VERB}"
    rf"|aiohttp\.(?:client\.)?ClientSession\.(?:{_VERB}|ws_connect)|aiohttp\.request"
    r"|urllib\.request\.(?:urlopen|urlretrieve)|urllib3\.(?:PoolManager\.)?(?:request|urlopen)"
    rf"|axios(?:\.default|\.\*)?(?:\.create)?(?:\.{_VERB})?"
    rf"|(?:got|ky)(?:\.default)?(?:\.(?:create|extend))*(?:\.{_VERB})?"
    r"|node-fetch(?:\.default)?|cross-fetch\.(?:default|fetch)|undici\.(?:fetch|request)|ofetch\.(?:ofetch|\$fetch)"
    r"|fetch|globalThis\.fetch|window\.fetch|\$fetch"
)
_NATIVE = frozenset({"fetch", "globalThis.fetch", "window.fetch"})
"""They know no option `timeout`: whoever gives one waits for ever all the same."""
_WEB_ONLY = re.compile(r"(?:axios|got|ky|fetch|\$fetch|node-fetch|undici|ofetch)\b")
_MADE = re.compile(
    r"httpx\.(?:Async)?Client|aiohttp\.(?:client\.)?ClientSession|axios(?:\.default)?\.create|ky(?:\.default)?\.(?:create|extend)|got(?:\.default)?\.extend"
)
_PASSED = re.compile(rf"(?:requests|httpx)\.{_VERB}")
_WAITS = re.compile(
    r"\b(?:request_?)?timeout(?:_?(?:ms|s|seconds))?[\"']?\s*[=:,}]"
    r"(?!\s*(?:None\b|undefined\b|null\b|0\b|false\b|Infinity\b|(?:\w+\.)*(?:Client)?Timeout\(\s*(?:\w+\s*=\s*)?None\s*\)))",
    re.IGNORECASE,
)
_ABORTS = re.compile(r"AbortSignal\.(?:timeout|any)\(")
_SIGNAL = re.compile(r"\b(?:abortS|s)ignal\b")
_CONTROLLED = re.compile(r"setTimeout\([^;]{0,160}\.abort\b", re.DOTALL)
_AXIOS = re.compile(r"\baxios\.defaults\.timeout\s*=(?!\s*0\b)")
_CANCELS = re.compile(
    r"asyncio\.(?:wait_for|timeout)\(|async_timeout\.timeout\(|anyio\.(?:fail_after|move_on_after)\(|Promise\.race\("
)
_OWN = re.compile(
    r"^[\"'`]\s*(?:/(?!/)|\.{1,2}/|data:|blob:)|localhost|127\.0\.0\.1|0\.0\.0\.0|window\.location|location\.origin"
)
_FAR = re.compile(r"https?://(?!localhost|127\.|0\.0\.0\.0|\$\{|\{)")
_ON_SERVER = re.compile(
    r"(?:^|/)(?:route|middleware|proxy|hooks\.server|\+server|\+(?:page|layout)\.server)\.[jt]s$|(?:^|/)pages/api/|\.server\.[jt]s$"
    r"|(?:^|/)(?:server|functions)/"
)
"""Files of web frameworks that run on the server, whatever the folder of their package is called."""
_BROWSER = re.compile(r"(?:react|react-dom|vue|svelte|solid-js|@tanstack/\w+-query|next/navigation)(?:/|$)")

_CONSTANT = re.compile(r"(?:`\$\{\s*)?([A-Z][A-Z0-9_]*)\b")
_OWN_SERVER = re.compile(r"(?:^|_)(?:API|BASE|BACKEND|SERVER|HOST)(?:_|$)")
_HOOK = re.compile(r"use[A-Z]")


def is_http(call: Seen) -> bool:
    """Whether a call sends an HTTP request with one of the usual clients of its language."""
    if call.path.endswith(PYTHON) and _WEB_ONLY.match(call.name):
        return False  # a variable of that name
    return is_http_name(call.name)


@lru_cache(maxsize=50_000)
def is_http_name(name: str) -> bool:
    """Whether the function of that resolved name sends an HTTP request."""
    return bool(_CLIENT.fullmatch(name))


@once
def external_calls(look: Look) -> tuple[Seen, ...]:
    """Reached HTTP calls that leave the product, those through the libraries of services among them.

    Calls of browser code whose address cannot be read mostly go to the product's own server: they count only where
    there is nothing else.
    """
    sure: list[Seen] = []
    perhaps: list[Seen] = []
    for call in calls_that(look, _asks_somebody, own_clients(look)):
        if not call.reached:
            continue
        if is_service(call):
            sure.append(call)
            continue
        target = call.arguments[0] if call.arguments else call.keys.get("url", "")
        if _has_base(look, call):  # what follows is below an address of its own
            sure.append(call)
            continue
        if _OWN.search(target):
            continue
        if _FAR.search(target) or not in_browser(look, call.path) or _is_far_by_name(look, call.path, target):
            sure.append(call)
        else:
            perhaps.append(call)
    return tuple(sure or perhaps)


@once
def _clients_made(look: Look) -> tuple[Seen, ...]:
    """Where client objects are made."""
    return calls_that(look, _makes_a_client)


def _makes_a_client(call: Seen, _: str = "") -> bool:
    """Whether a call makes a client object; an instance of web code may be called itself, under the same name."""
    made = bool(_MADE.fullmatch(call.name))
    return made and (call.path.endswith(PYTHON) or call.last in {"create", "extend"})


def _asks_somebody(call: Seen, own: str) -> bool:
    """Whether a call asks a service, or sends a request: with a usual client, or one of the product's own."""
    if is_service(call):
        return True
    sends = is_http(call) or bool(is_on_one(call, own) and re.fullmatch(_VERB, call.last)) or _passes_one(call)
    return sends and not _makes_a_client(call)


def _has_base(look: Look, call: Seen) -> bool:
    """Whether the client of a call, outside the browser, was made with the address of another service."""
    owner = call.name.rsplit(".", 1)[0]
    made = [one for one in _clients_made(look) if one.name == owner]
    if call.path.endswith(PYTHON):
        here = [one for one in made if one.path == call.path] or made
        bases = [
            one.keys["base_url"] for one in here if one.reached and "base_url" in one.keys and not _in_process(one)
        ]
        return any(not _OWN.search(base) for base in bases)
    if not re.search(r"\.(?:create|extend)\.", call.name) or in_browser(look, call.path):
        return False
    return any(re.search(r"\b(?:baseURL|prefixUrl)\s*:(?!\s*[\"'`]/)", written_out(look, one)) for one in made)


def _in_process(made: Seen) -> bool:
    """Whether a client calls an application inside its own process."""
    return "app" in made.keys or bool(re.search(r"\b[AW]SGITransport\b", made.keys.get("transport", "")))


def _passes_one(call: Seen) -> bool:
    """`tasks.add_task(requests.post, url, timeout=15)`: the client's function is handed to somebody who calls it."""
    return any(_PASSED.fullmatch(argument) for argument in call.arguments)


def _is_far_by_name(look: Look, path: str, target: str) -> bool:
    """Whether an address begins with a constant that is another host's, and not named as the product's own server."""
    named = _CONSTANT.match(target)
    if named is None or _OWN_SERVER.search(named[1]):
        return False
    value = assigned(look, path, named[1])
    return value[:1] in {'"', "'", "`"} and bool(_FAR.match(value[1:]))


def in_browser(look: Look, path: str) -> bool:
    """Whether a file is code of pages, by its kind, its folder or what it imports, and not of a server."""
    if path.endswith(PYTHON):
        return False
    if _ON_SERVER.search(path):
        return False
    if path.endswith((".tsx", ".jsx", ".vue", ".svelte")) or look.answer_of(_reads_its_build, path, ""):
        return True
    module = look.web.module(path)
    parts = path.split("/")
    folder = bool({"web", "frontend", "client", "ui"}.intersection(parts[:-1]))
    if folder or imports(look, path, _BROWSER) or bool(module and "use client" in module.directives):
        return True
    above = look.reach.imported_by(path)
    return bool(above) and all(_is_sure_of_browser(look, one) for one in above)


@of_one_file
def _reads_its_build(look: Look, path: str, _: str) -> bool:
    """Whether a file asks for what a bundler puts in its place."""
    return "import.meta.env" in (look.tree.text(path) or "")


def _is_sure_of_browser(look: Look, path: str) -> bool:
    """Whether a file cannot run on a server: it says so, or loads hooks; a component alone may be rendered there."""
    module = look.web.module(path)
    if module is None:
        return False
    return "use client" in module.directives or any(
        _BROWSER.match(item.specifier) and any(_HOOK.match(name) for name in item.names.values())
        for item in module.imports
    )


def waits(look: Look, call: Seen) -> bool:
    """Whether the call says how long it waits: itself, through its client object, or by what wraps it."""
    text = text_of(look, call)
    if _is_no_limit(look, call):
        return False
    takes_one = call.name not in _NATIVE
    if (takes_one and _WAITS.search(text)) or _ABORTS.search(text):
        return True
    if takes_one and call.keys.get("timeout", "None") not in {"None", "undefined"}:
        return True
    whole = around(look, call)
    if _SIGNAL.search(text) and (_ABORTS.search(whole) or _CONTROLLED.search(lines_of(look, call.path))):
        return True
    if _CANCELS.search(whole) or _is_cut_short(look, call):
        return True
    if (
        takes_one
        and (call.hidden or _is_named_options(call))
        and (_WAITS.search(whole) or _WAITS.search(written_out(look, call)))
    ):
        return True
    return _client_waits(look, call)


_NONE = re.compile(r"(?:(?:\w+\.)*(?:Client)?Timeout\(\s*(?:\w+\s*=\s*)?)?None\s*\)?")
_NAMED_LIMIT = re.compile(r"\btimeout\s*=\s*(?:\w+\.)*(\w+)\s*[,)]")


def _is_no_limit(look: Look, call: Seen) -> bool:
    """Whether a Python call is given a name for its timeout that stands for none."""
    named = _NAMED_LIMIT.search(text_of(look, call)) if call.path.endswith(PYTHON) else None
    values = [text for text in values_of(look, named[1]) if text] if named else []
    return bool(values) and all(_NONE.fullmatch(text) for text in values)


def _is_unlimited(look: Look, own: OwnClient) -> bool:
    """Whether the product's own client is given a name for its timeout that stands for none."""
    named = _NAMED_LIMIT.search(lines_of(look, own.path, own.first, own.last))
    values = [text for text in values_of(look, named[1]) if text] if named else []
    return bool(values) and all(_NONE.fullmatch(text) for text in values)


def _is_cut_short(look: Look, call: Seen) -> bool:
    """Whether the call is handed to something that gives up on it: `withTimeout(fetch(url), 3000)`, `pTimeout(…)`."""
    for outer in wrappers(look, call):
        if outer.name.startswith("p-timeout"):
            return True
        if any(_CANCELS.search(lines_of(look, *where)) for where in definition(look, outer)):
            return True
    return False


def _is_named_options(call: Seen) -> bool:
    """Whether the options are a variable: `fetch(url, options)`."""
    return len(call.arguments) > 1 and call.arguments[-1].isidentifier()


@once
def _axios_waits(look: Look) -> bool:
    """Whether `axios.defaults.timeout` is set anywhere."""
    files = {one.path for one in calls_that(look, _is_of_axios) if one.reached}
    return any(_AXIOS.search(lines_of(look, path)) for path in sorted(files))


def _is_of_axios(call: Seen, _: str) -> bool:
    return call.name.startswith("axios")


@once
def _mounted(look: Look) -> tuple[Seen, ...]:
    """Where something is mounted: on a session, or whatever else has such a method."""
    return tuple(call for call in calls_that(look, _mounts) if call.reached)


def _mounts(call: Seen, _: str) -> bool:
    return call.last == "mount"


def _adapter_waits(look: Look, call: Seen) -> bool:
    """Whether an adapter of the product that sets a limit is mounted where the session of a call comes from."""
    if "ession" not in call.name or not _mounted(look):
        return False
    near = {call.path, *look.reach.imports_of(call.path)}
    for one in (one for one in _mounted(look) if one.path in near):
        module = look.python.module(one.path)
        for word in re.findall(r"\b[A-Z]\w+", " ".join(one.arguments)):
            for item in module.classes if module else ():
                body = lines_of(look, one.path, item.line, item.end_line)
                if item.name == word and re.search(r"[\"']timeout[\"']|\btimeout\s*=", body):
                    return True
    return False


def _client_waits(look: Look, call: Seen) -> bool:
    """Whether the client object of the call was made with a timeout: in its file, or where its name comes from."""
    if is_service(call):
        return service_waits(look, call)
    if own := own_client(look, call):
        return own_client_waits(look, own) and not _is_unlimited(look, own)
    if call.name.startswith("axios") and _axios_waits(look):
        return True
    if call.name.startswith("requests.") and _adapter_waits(look, call):
        return True
    owner = call.name if _MADE.fullmatch(call.name) else call.name.rsplit(".", 1)[0]
    made = [one for one in _clients_made(look) if owner.startswith(one.name)]
    here = [one for one in made if one.path == call.path] or made
    return bool(here) and all(
        not _is_no_limit(look, one)
        and (
            _WAITS.search(written_out(look, one))
            or one.keys.get("timeout", "None") not in {"None", "undefined", "null", "false", "0"}
        )
        for one in here
    )
