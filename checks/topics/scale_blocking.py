"""Blocking calls inside asynchronous code: each one stops every request of the process."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.numbers import counted
from checks.application.start_up import is_startup
from checks.application.wiring import (
    answer,
    blind_spots,
    callees,
    complain,
    is_one_off,
    not_applicable,
    python_modules,
)
from checks.look import Look
from checks.observation import Confidence, Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.readers.python_facts import Call, Function, PythonModule
from checks.topics.scale_blocking_web import blocking_in_web

SIGNAL = "scale.no-blocking-async"
A_FEW = 3
SEARCHED = ("asynchronous functions, and the functions they call directly",)

_BLOCKS = re.compile(
    r"time\.sleep|requests\.(?:Session\.)?(?:get|post|put|patch|delete|head|options|request)|urllib\.request\.urlopen|urllib3\..*request"
    r"|httpx\.(?:get|post|put|patch|delete|head|request|stream)|httpx\.Client\.\w+|subprocess\.(?:run|call|check_call|check_output)"
    r"|os\.system|openai\.(?:Azure)?OpenAI\.\w.*(?:create|parse|generate)|anthropic\.Anthropic\.\w.*(?:create|stream)"
    r"|psycopg2?\.connect.*|sqlite3\.connect.*|pymysql\.connect.*|smtplib\.SMTP.*\.(?:send\w*|login)|socket\.create_connection"
    r"|psycopg_pool\.(?:\w+\.)*ConnectionPool\..*|boto3\.client\.\w+|groq\.Groq\..*create|litellm\.completion|litellm\.embedding"
    r"|openai\.(?:ChatCompletion|Completion)\.create"
)
_SESSIONS = frozenset({"sqlalchemy.orm.Session", "sqlmodel.Session", "sqlalchemy.orm.session.Session"})
_ASKS = frozenset({"execute", "query", "commit", "scalar", "scalars", "get", "flush", "refresh", "exec"})
_TO_THREAD = re.compile(r"(?:^|\.)(?:to_thread|run_in_executor|run_in_threadpool|run_sync|submit|sync_to_async)$")
_DEEPEST = 3


@probe(SIGNAL)
def no_blocking_async(look: Look) -> Observation:
    """No asynchronous function sleeps, asks the network or runs a program in the blocking way."""
    fix = "await an asynchronous client, or hand the call to a thread"
    found: list[Location] = []
    asynchronous = 0
    for module in python_modules(look):
        for function in module.functions:
            if function.is_async:
                asynchronous += 1
                aside = is_one_off(module.path) and not look.reach.served(module.path)
                blocking = [] if aside else list(_blocking(look, module, function))
                found += blocking if blocking and not is_startup(look, module, function) else []
    in_web, of_web = blocking_in_web(look)
    found += in_web
    asynchronous += of_web
    found = sorted(set(found))
    if found:
        complain(
            look, "scale.blocking-in-async", SIGNAL, found, Severity.MEDIUM, "a blocking call inside asynchronous code"
        )
        outcome = Outcome.PARTIAL if len(found) <= A_FEW else Outcome.UNMET
        said = f"{counted(len(found), 'blocking call')} inside asynchronous code"
        return answer(SIGNAL, outcome, said, found, searched=SEARCHED, confidence=Confidence.HIGH, fix=fix)
    if not asynchronous:
        return not_applicable(look, SIGNAL, "no asynchronous code", searched=SEARCHED)
    if blind := blind_spots(look):
        return answer(SIGNAL, Outcome.UNKNOWN, f"no blocking call was seen, but {blind}", searched=SEARCHED)
    return answer(SIGNAL, Outcome.MET, f"none in {counted(asynchronous, 'asynchronous function')}", searched=SEARCHED)


def _blocking(look: Look, module: PythonModule, function: Function) -> Iterator[Location]:
    """Blocking calls of an asynchronous function itself, and of the plain functions below it, three calls deep."""
    yield from (Location(module.path, call.line, call.end_line) for call in _own(look, module, function))
    waiting = [(module, function, 0)]
    seen = {(module.path, function.qualified)}
    while waiting:
        above, caller, depth = waiting.pop()
        for target, inner in callees(look, above, caller) if depth < _DEEPEST else ():
            key = (target.path, inner.qualified)
            if key not in seen and not inner.is_async and not _returns_later(above, caller, inner):
                seen.add(key)
                waiting.append((target, inner, depth + 1))
                yield from (Location(target.path, call.line, call.end_line) for call in _own(look, target, inner))


def _own(look: Look, module: PythonModule, function: Function) -> Iterator[Call]:
    for call in module.calls:
        if (
            call.function == function.qualified
            and not call.awaited
            and (
                _asks_a_session(look, module, function, call)
                or (_BLOCKS.fullmatch(look.python.trace(module.path, call)) and not _is_another(module, call))
            )
            and not _is_handed_over(module, call)
        ):
            yield call


def _asks_a_session(look: Look, module: PythonModule, function: Function, call: Call) -> bool:
    """Whether the call asks the database through a parameter that is a synchronous session of SQLAlchemy."""
    head, _, rest = call.callee.partition(".")
    typed = next((item.annotation for item in function.parameters if item.name == head), "")
    if not typed or rest.partition(".")[0] not in _ASKS:
        return False
    names = _session_types(module)
    for item in module.imports:
        target = look.python.module(item.paths[-1]) if item.paths else None
        names |= {item.local} if target and item.name in _session_types(target) else set()
    return any(re.search(rf"(?<![\w.]){re.escape(name)}\b", typed) for name in names)


def _session_types(module: PythonModule) -> set[str]:
    """The names a module has for the synchronous session, as in `SessionDep = Annotated[Session, Depends(get_db)]`."""
    names = {item.local for item in module.imports if item.dotted in _SESSIONS}
    return names | {
        item.target
        for item in module.assignments
        if not item.function and any(re.match(rf"Annotated\[\s*{name}\b", item.value.text) for name in names)
    }


def _is_another(module: PythonModule, call: Call) -> bool:
    """Whether the name is not the library's: `requests` may be a dictionary of this file."""
    head = call.callee.partition(".")[0]
    imported = any(item.local.partition(".")[0] == head for item in module.imports)
    return call.resolved == call.callee and not imported


def _is_handed_over(module: PythonModule, call: Call) -> bool:
    """Whether the call stands in a lambda that is given to a thread."""
    return any(
        outer.function == call.function
        and outer.line <= call.line <= outer.end_line
        and _TO_THREAD.search(outer.callee)
        and any(value.text.startswith("lambda") and f"{call.callee}(" in value.text for value in outer.arguments)
        for outer in module.calls
    )


def _returns_later(module: PythonModule, function: Function, inner: Function) -> bool:
    """Whether the call stands inside one that moves it to a thread, as in `to_thread(lambda: work())`."""
    return any(
        call.function == function.qualified
        and _TO_THREAD.search(call.callee)
        and any(re.search(rf"\b{re.escape(inner.name)}\b", value.text) for value in call.arguments)
        for call in module.calls
    )
