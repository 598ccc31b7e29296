"""What users get when the model fails: a handler that answers, another model, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.calls_seen import Seen, calls_that, function_span, lines_of, users_of
from checks.application.named_values import assigned, written_out
from checks.application.numbers import share
from checks.application.services import run_apart
from checks.application.wiring import absent, answer, blind_spots, complain, web_modules
from checks.files.listed import PYTHON_OF_PRODUCT, WEB_OF_PRODUCT
from checks.look import PYTHON, WEB, Look
from checks.models.calls import SEARCHED, ModelCall, calls_in_use, model_files, unless_called
from checks.models.chat_hooks import answers_to_hooks
from checks.observation import Confidence, Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.reads import of_one_file

FALLBACK = "llm.failure-fallback"

_SHOWS = re.compile(
    r"\bst\.(?:error|warning|info|exception)\(|toast|set\w*Error\(|messages\.error\(|flash\(|gr\.(?:Warning|Info)\(|alert\("
)
_STATES = re.compile(r"\bonError\b|\bisError\b|ErrorBoundary|\berror\b[^\n]*=\s*use(?:Chat|Completion|Object)\(")
_GLOBAL = re.compile(
    r"(?:.*\.)?(?:exception_handler|errorhandler|add_exception_handler|register_error_handler|onError)"
)
_TELLS = re.compile(
    r"(?:raise\s+|throw\s+new\s+)(?:\w+\.)*(?:HTTPException|\w*HTTP\w*|HttpException|ServiceUnavailable\w*|BadGateway\w*|APIException"
    r"|TRPCError|GatewayTimeout\w*)\(|\babort\(\s*5\d\d"
)
_MODEL_ERROR = re.compile(
    r"(?i)(?:openai|anthropic|litellm|groq|mistral|cohere|genai|google|botocore|llm|model|provider)\w{0,60}(?:\.\w{1,60}){0,6}error"
    r"|^(?:API|APIStatus|APIConnection|APITimeout|RateLimit|Client|BotoCore|Server)Error$|(?i:llm|model|provider)\w{0,60}(?:Unavailable|Failed|Exception)"
)
_OVER_MODELS = re.compile(r"(?i)\bfor\b[^\n:;]{0,60}(?:model|provider|client|backend|llm)[^\n:;]{0,40}\s(?:in|of)\s")
_ANSWERS = re.compile(
    r"\breturn\s+\S|\byield\b|\bres\.\w+\(|Response\b|\bc\.(?:json|text)\(|\bset[A-Z]\w*\((?!false|true)"
)
_ON_ERROR = re.compile(
    r"\bonError\s*(?::\s*(?:async\s*)?(?:\([^)]*\)|\w+)\s*=>|\([^)]*\)|:\s*(?:async\s+)?function\s*\w*\([^)]*\))"
)
_GIVES_BACK = re.compile(r"(?m)^[^\S\n]*(?:return|yield)\s+(?!None\b|null\b|undefined\b)\S")
_LOG_LINE = re.compile(r"(?:console|log|logger|Sentry|captureException)[\w.]*\([^;\n]*\);?")
_TO_PERSON = re.compile(
    r"\breturn\s+[^;\s]|^\s*[\"'`]|^\s*\w[\w.]*\(|\.(?:write|send|append|enqueue|json|insert|create|save)\w*\("
)
_SECOND = re.compile(r"with_?[fF]allbacks\(|\bfallbacks[\"']?\s*[=:](?!\s*(?:None|\[\s*\]))")
_HOPS = 6


@probe(FALLBACK)
def failure_fallback(look: Look) -> Observation:
    """Whether a failing model call ends in a state that somebody chose, on the way from the user to the model."""
    if missing := unless_called(look, FALLBACK):
        return missing
    searched = (*SEARCHED, "handlers in the functions that lead to them", "catches of the pages")
    fix = "catch a failing model call where the user waits, and show a state of your own"
    calls = calls_in_use(look)
    graded = [(call, _grade(look, call)) for call in calls]
    handled = [call.place for call, grade in graded if grade == "handled"]
    weak = [call.place for call, grade in graded if grade == "weak"]
    bare = [call.place for call, grade in graded if grade == ""]
    said = share(len(handled), len(calls), "model call", "ends", "end")
    said += f" in a handler that answers, {len(weak)} in one that only logs"
    if len(handled) == len(calls) and all(call.seen.reached for call in calls):
        served = [call for call in calls if look.reach.served(call.seen.path)]
        if not served or blind_spots(look):
            said = "failures are handled, in code that no service was seen to run"
            return answer(FALLBACK, Outcome.PARTIAL, said, handled, searched=searched)
        return answer(FALLBACK, Outcome.MET, said, handled, searched=searched)
    if handled or weak:
        return answer(FALLBACK, Outcome.PARTIAL, said, bare or weak, searched=searched, fix=fix)
    if pages := _pages_that_catch(look):
        said = "no handler near the model calls; pages catch errors, and whether of these calls was not traced"
        return answer(
            FALLBACK,
            Outcome.PARTIAL,
            said,
            [*bare[:3], *pages[:3]],
            searched=searched,
            confidence=Confidence.LOW,
            fix=fix,
        )
    complain(look, "errors.model-failure", FALLBACK, bare, Severity.MEDIUM, "nothing catches a failure of this call")
    said = "no handler between the users and the model calls"
    result = absent(look, FALLBACK, said, searched=searched, fix=fix)
    return answer(FALLBACK, result.outcome, result.summary, bare, searched=searched, fix=fix)


def _pages_that_catch(look: Look) -> list[Location]:
    """Catches and error states of pages, and handlers for all errors of a service."""
    states = [
        Location(path, lines_of(look, path).count("\n", 0, match.start()) + 1)
        for path in look.gather(_shows_failure, "", WEB_OF_PRODUCT)
        if look.reach.reached(path) is not False
        and path not in model_files(look)
        and (match := _STATES.search(lines_of(look, path)))
    ]
    states += [call.place for call in calls_that(look, _catches_all) if call.reached]
    return states + [
        Location(web.path, catch.line)
        for web in web_modules(look, "catches", dead=True)
        for catch in web.catches
        if look.reach.reached(web.path) is not False and catch.body == "handles"
    ]


@of_one_file
def _shows_failure(look: Look, path: str, _: str) -> bool:
    return bool(_STATES.search(lines_of(look, path)))


def _catches_all(call: Seen, _: str) -> bool:
    """Whether a call sets what handles all errors of a service."""
    return bool(_GLOBAL.fullmatch(call.callee))


_FAILS = re.compile(
    r"\bonFailure\b|@?OnWorkerEvent\(\s*[\"']failed|\.on\(\s*[\"']failed[\"']|\bon_failure\b|link_error|task_failure|OnQueueFailed"
)
"""What a queue calls when a task has failed for good."""


def _has_handler_of_queue(look: Look, seen: Seen) -> bool:
    """Whether a task that leads to the call has a handler for its failure which writes that down."""
    near = {seen.path, *look.reach.imported_by(seen.path)}
    near |= {user for path in near for user in look.reach.imported_by(path)}
    return any(
        (match := _FAILS.search(lines_of(look, path)))
        and re.search(
            r"\.(?:update|save|set|values|commit|insert|execute)\w*\(|state|status",
            lines_of(look, path)[match.start() : match.start() + 700],
        )
        for path in sorted(near)
    )


def _grade(look: Look, call: ModelCall) -> str:
    """The word "handled" where a handler answers on every way to the call, "weak" on some or where one logs, or ""."""
    if _has_handler_of_queue(look, call.seen):
        return "handled"
    if _has_second(look, call.seen) or _has_handler_of_service(look, call.seen):
        return "handled"
    here = _on_all_ways(look, call.seen, _HOPS, {}) or ""
    return "handled" if here != "handled" and answers_to_hooks(look, call.seen) else here


def _has_handler_of_service(look: Look, seen: Seen) -> bool:
    """Whether the Python service answers errors of the model's client in one place for all of its routes."""
    if not seen.path.endswith(PYTHON) or look.reach.served(seen.path) is False:
        return False
    named = [
        call for call in calls_that(look, _adds_handler) if call.reached and not run_apart(look, call.path, seen.path)
    ]
    if any(call.arguments and _MODEL_ERROR.search(call.arguments[0]) for call in named):
        return True
    return any(
        look.reach.reached(path) is not False and not run_apart(look, path, seen.path)
        for path in look.gather(_handles_model_errors, "", PYTHON_OF_PRODUCT)
    )


@of_one_file
def _handles_model_errors(look: Look, path: str, _: str) -> bool:
    """Whether a function of a file is marked to handle an error of a model's client."""
    module = look.python.module(path)
    marks = [mark for function in module.decorated for mark in function.decorators] if module else []
    return any(
        mark.callee.rsplit(".", 1)[-1] in {"exception_handler", "errorhandler"}
        and mark.arguments
        and _MODEL_ERROR.search(mark.arguments[0].text)
        for mark in marks
    )


def _adds_handler(call: Seen, _: str) -> bool:
    return call.last in {"add_exception_handler", "register_error_handler"}


def _has_second(look: Look, seen: Seen) -> bool:
    """Whether another model answers when this one fails: named in the call, or where its object is made."""
    owner = seen.callee.split(".", 1)[0]
    return bool(_SECOND.search(f"{written_out(look, seen)}\n{assigned(look, seen.path, owner)}"))


def _on_all_ways(look: Look, seen: Seen, hops: int, known: dict[tuple[str, str], str | None]) -> str | None:
    """The grade of one call, or None where no way leads to it: a function that nothing calls."""
    here = set(_bodies(look, seen))
    if here & {"handles", "returns"} or _answers_in_callback(look, seen):
        return "handled"
    if here & {"logs", "empty"}:
        if _tries_another(look, seen):
            return "handled"
        return "weak" if here & {"empty"} or _goes_on(look, seen) else ""
    name = seen.function.rsplit(".", 1)[-1]
    if not hops or not name:
        return ""
    if (seen.path, name) not in known:
        known[seen.path, name] = None  # a function that calls itself is no further way
        known[seen.path, name] = _of_users(look, seen, hops, known)
    return known[seen.path, name]


def _of_users(look: Look, seen: Seen, hops: int, known: dict[tuple[str, str], str | None]) -> str | None:
    every = users_of(look, seen.path, seen.function.rsplit(".", 1)[-1])
    users = [user for user in every if look.reach.served(user.path) is not False] or every
    grades = {_on_all_ways(look, user, hops - 1, known) for user in users} - {None}
    entered = _is_entered(look, seen) if seen.path.endswith(PYTHON) else not grades
    if not grades:
        return "" if entered else None
    if grades == {"handled"} and not entered:
        return "handled"
    return "weak" if grades != {""} else ""


def _is_entered(look: Look, seen: Seen) -> bool:
    """Whether a framework or a shell calls the Python function: it is decorated, or named main."""
    module = look.python.module(seen.path)
    function = module.function(seen.function) if module else None
    return function is None or bool(function.decorators and not function.owner) or function.name == "main"


def _bodies(look: Look, seen: Seen) -> Iterator[str]:
    """What the handlers do that stand behind a call in its function."""
    first, last = function_span(look, seen.path, seen.line)
    if seen.path.endswith(PYTHON):
        module = look.python.module(seen.path)
        for item in module.handlers if module else ():
            if seen.end_line < item.line <= last and _tries(look, seen.path, first, seen.line, item.line):
                yield _kind(look, seen.path, item.line, item.end_line, item.body)
        return
    web = look.web.module(seen.path)
    for catch in web.catches if web else ():
        if seen.line <= catch.line <= last or catch.line <= seen.line <= catch.end_line <= last:
            yield _kind(look, seen.path, catch.line, catch.end_line, catch.body)


def _tries_another(look: Look, seen: Seen) -> bool:
    """Whether the call stands in a loop over models or providers, so that the next one answers."""
    before = lines_of(look, seen.path, function_span(look, seen.path, seen.line)[0], seen.line)
    return bool(_OVER_MODELS.search(before))


def _goes_on(look: Look, seen: Seen) -> bool:
    """Whether something is still answered behind the handlers of a call, in the same function."""
    last = function_span(look, seen.path, seen.line)[1]
    if seen.path.endswith(PYTHON):
        module = look.python.module(seen.path)
        ends = [item.end_line for item in module.handlers if seen.end_line < item.line <= last] if module else []
    else:
        web = look.web.module(seen.path)
        ends = [item.end_line for item in web.catches if seen.line <= item.line <= last] if web else []
    return bool(ends) and bool(_ANSWERS.search(lines_of(look, seen.path, min(ends) + 1, last)))


def _answers_in_callback(look: Look, seen: Seen) -> bool:
    """Whether what handles errors of a stream says something: `onError: () => "Try again."`, more than a log line."""
    if not seen.path.endswith(WEB):
        return False
    text = lines_of(look, seen.path, seen.line, function_span(look, seen.path, seen.line)[1])
    return any(_TO_PERSON.search(_LOG_LINE.sub("", _block(text, match.end()))) for match in _ON_ERROR.finditer(text))


def _block(text: str, start: int) -> str:
    """What follows up to the end of the value or the braces that open there."""
    depth = 0
    for at in range(start, min(len(text), start + 1500)):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if depth < 0 or (depth == 0 and (text[at] == "," or (text[at] == "}" and text[start:at].strip()))):
            return text[start : at + 1]
    return text[start : start + 1500]


def _kind(look: Look, path: str, first: int, last: int, body: str) -> str:
    """What a handler does; words shown to the user, or an error of HTTP for them, are an answer too."""
    text = lines_of(look, path, first, last)
    told = (body in {"logs", "raises"} and (_SHOWS.search(text) or "raise gr.Error(" in text)) or (
        body == "raises" and _TELLS.search(text)
    )
    # A log line and a sentence for the person after it: the reader tells of the log line alone.
    says = body == "logs" and _GIVES_BACK.search(text)
    return "handles" if told or says else body


def _tries(look: Look, path: str, first: int, line: int, handler: int) -> bool:
    """Whether the `try` of a handler opens before a line: the handler's own indentation tells which one it is."""
    lines = lines_of(look, path, first, handler).split("\n")
    depth = len(lines[-1]) - len(lines[-1].lstrip())
    for number in range(len(lines) - 2, -1, -1):
        text = lines[number]
        if text.lstrip().startswith("try:") and len(text) - len(text.lstrip()) == depth:
            return first + number < line
    return False
