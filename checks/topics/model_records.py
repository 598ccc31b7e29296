"""What remains of a model call: its log or trace, and what it cost."""

from __future__ import annotations

import re

from checks.application.calls_seen import Seen, all_calls, function_span, lines_of, text_of
from checks.application.named_values import written_out
from checks.application.wiring import absent, answer, blind_spots, complain
from checks.look import Look
from checks.models.calls import SEARCHED, model_calls, unless_called
from checks.models.development import development_files
from checks.models.tracing import is_traced, left_to_the_environment, traced
from checks.observation import Location, Observation, Outcome, Severity
from checks.probe import probe

LOGGING, COST = "llm.call-logging", "llm.cost-tracking"

_LOGS = re.compile(
    r"(?:.*\.)?(?:_?log(?:ger|ging)?|LOG(?:GER)?|console|structlog|winston|pino|log\w*)"
    r"\.(?:debug|info|log|warn|warning|error|exception|bind)|print"
)
_ERROR_LOG = re.compile(r"(?:error|exception|warn|warning)$")
_KEEPS = re.compile(r"(?:.*\.)?(?:add|insert|insert_one|insertOne|create|save|put_item)")
_INSERTS = re.compile(r"(?i)\binsert\s+into\b")
_PROMPT = r"(?i)(?<!len\()\b(?:\w*prompt|messages|question|user_?(?:input|message)|query)\b(?!\.length)"
_OUTPUT = r"(?i)\b(?:\w*response(?:_text)?|answer|completion|output|reply|content)\b(?!\.(?:status|ok|usage))"
_LATENCY = (
    r"(?i)latency|elapsed|duration|\btook\b|_ms\b|\bms\b|\bseconds\b|monotonic|performance\.now|perf_counter"
    r"|Date\.now\(\)\s*-|time\(\)\s*-"
)
_FIELDS = (
    ("the prompt", re.compile(_PROMPT)),
    ("the output", re.compile(_OUTPUT)),
    ("the latency", re.compile(_LATENCY)),
)
_STRING = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`")
_KEY = re.compile(r"[\"'](\w+)[\"']\s*:")
"""`"prompt": text` names what is kept."""
_HOLE = re.compile(r"\{([^{}]+)\}")
_HELPER = re.compile(
    r"(?i)(?:log|record|trace|track|audit)_?(?:llm|ai|model|prompt|completion|generation|interaction|chat)\w*"
    r"|(?:llm|ai|model|generation)_?(?:log|trace|record)\w*"
)
_USED = re.compile(
    r"\b(?:prompt_tokens|completion_tokens|input_tokens|output_tokens|total_tokens|promptTokens|completionTokens|inputTokens|outputTokens"
    r"|totalTokens|totalUsage|usage_metadata|usageMetadata|eval_count|completion_cost|cost_per_token|get_openai_callback|total_cost|totalCost)\b"
    r"|\.usage\b|\[[\"']usage[\"']\]|\bget\([\"']usage[\"']"
)
_STORED = re.compile(
    r"\.(?:add|insert|insert_one|insertOne|create|save|upsert|execute|inc|observe|record|increment|incrby|labels|query|values|update|put_metric_data)\("
)
_STORES = re.compile(
    r"add|add_all|insert|insert_one|insertOne|insert_many|create|createMany|save|upsert|execute|exec|run|query|values|set|update"
    r"|update_one|updateOne|put|put_item|inc|incr\w*|hincrby|zincrby|observe|record|increment|commit|flush|labels|put_metric_data"
    r"|add_metric|capture|track"
)
_TOKENS = re.compile(
    r"\b(?:\w+_)?(?:input|output|prompt|completion|total|num|n|used|cached|reasoning|thinking|llm)_?tokens?\b"
    r"|\b\w*(?:input|output|prompt|completion|total|used|Input|Output|Prompt|Completion|Total|Used)Tokens\b"
    r"|[\"']tokens(?:_\w+)?[\"']\s*:|\btokens(?:_(?:in|out|used|total|count|input|output))?\s*[:=](?!=)|[{,]\s*tokens\s*[,}]|\btokens\b(?=[^()]*\)\s*values)"
    r"|\b(?:response|completion|message|result|answer|reply|resp|res|chunk|event|output|data)\w*(?:\??\.|\[[\"\'])usage\b"
    r"|\busage[.\[]|completion_cost|cost_per_token"
)
_COST = re.compile(r"\b(?:total_?)?[cC]ost(?:_?(?:usd|cents)|Usd|Cents)?\b")
_OF_MODELS = re.compile(r"(?i)token|model|llm|prompt|completion")
"""What a function speaks of besides, where a cost is that of a model call."""
_SET_ON_ROW = re.compile(
    r"(?m)\b\w+\.(?:\w*(?:input|output|prompt|completion|total|used)_?[tT]okens|tokens(?:_\w+)?|cost_\w+|cost)\b[^=\n]*=(?!=)"
)
_LONGEST = 120
"""Lines of a function that are looked through."""
_SENT_LOG = re.compile(r"\blog(?:ger|ging)?\.(?:info|debug|bind|log)\(|console\.(?:log|info)\(|\bprint\(")


@probe(LOGGING)
def call_logging(look: Look) -> Observation:
    """Prompt, output and latency of model calls, in a log or a tracing product."""
    if missing := unless_called(look, LOGGING):
        return missing
    searched = (
        *SEARCHED,
        "tracing products that are set to work on model calls",
        "log lines in the functions that call a model",
    )
    fix = "log prompt, output and latency of each model call, or start a tracing product for them"
    calls = model_calls(look)
    if places := traced(look):
        said = "model calls go to a tracing product: a wrapper, handler or decorator is set in reached code"
        missed = [call.place for call in calls if not is_traced(look, call)]
        if not missed:
            return answer(LOGGING, Outcome.MET, said, places, searched=searched)
        said = f"a tracing product records only {len(calls) - len(missed)} of {len(calls)} model calls"
        return answer(LOGGING, Outcome.PARTIAL, said, [*missed, *places], searched=searched, fix=fix)
    fields = [(call, _logged_fields(look, call.seen.path, call.seen.line)) for call in calls]
    complete = [call for call, logged in fields if len(logged) == len(_FIELDS)]
    some = [call for call, logged in fields if logged]
    shown = [call.place for call in (complete or some or [call for call, _ in fields])]
    if len(complete) == len(calls) and not blind_spots(look) and all(call.seen.reached for call in calls):
        return answer(LOGGING, Outcome.MET, "prompt, output and latency are logged", shown, searched=searched)
    if complete or some:
        named = sorted({name for call, logged in fields for name in logged})
        said = f"{len(some)} of {len(calls)} calls log some of it: {', '.join(named)}"
        return answer(LOGGING, Outcome.PARTIAL, said, shown, searched=searched, fix=fix)
    helpers = [
        one.place for one in all_calls(look) if one.reached and _HELPER.fullmatch(one.last) and _near(look, one.path)
    ]
    if helpers:
        said = "a function whose name speaks of logging model calls is called; what it keeps was not traced"
        return answer(LOGGING, Outcome.UNKNOWN, said, helpers, searched=searched, fix=fix)
    if places := left_to_the_environment(look):
        said = "only an example of the environment turns a tracing product on"
        return answer(LOGGING, Outcome.PARTIAL, said, places, searched=searched, fix=fix)
    complain(look, "models.not-logged", LOGGING, shown, Severity.LOW, "this model call leaves no log of what was said")
    result = absent(look, LOGGING, "no log of prompts, outputs and latency", searched=searched, fix=fix)
    return answer(LOGGING, result.outcome, result.summary, shown, searched=searched, fix=fix)


def _is_own_log(look: Look, call: Seen) -> bool:
    """Whether a call such as `log("asked", {...})` goes to a function of the repository that writes a log line."""
    if not re.fullmatch(r"(?i)(?:write_?)?log\w*|record\w*|emit\w*", call.callee):
        return False
    homes = (call.path, *look.reach.imports_of(call.path))
    for path in homes:
        module = look.python.module(path) or look.web.module(path)
        for function in module.functions if module else ():
            if function.name == call.callee:
                body = lines_of(look, path, function.line, function.end_line)
                return bool(re.search(r"console\.\w+\(|\blogg?(?:er|ing)?\.\w+\(|print\(", body))
    return False


def _near(look: Look, path: str) -> bool:
    files = {call.seen.path for call in model_calls(look)}
    return path in files or any(path in look.reach.imported_by(one) for one in files)


def _logged_fields(look: Look, path: str, line: int) -> set[str]:
    """Which of prompt, output and latency one function logs or keeps as a row, as values, not as words of a message."""
    first, last = function_span(look, path, line)
    models = {call.place for call in model_calls(look)}
    found: set[str] = set()
    for call in all_calls(look):
        if call.path != path or not first <= call.line <= last:
            continue
        if (
            not _LOGS.fullmatch(call.callee)
            and not _is_own_log(look, call)
            and not (_KEEPS.fullmatch(call.callee) and call.place not in models)
            and not (call.last in {"query", "execute"} and _INSERTS.search(text_of(look, call)))
        ):
            continue
        if _ERROR_LOG.search(call.callee):
            continue  # it tells of failures only
        told = written_out(look, call).partition("(")[2]
        keyed = _KEY.sub(r" \1 ", told)
        values = _STRING.sub(lambda text: " ".join(_HOLE.findall(text[0])), keyed)
        found |= {name for name, pattern in _FIELDS if pattern.search(values)}
    return found


@probe(COST)
def cost_tracking(look: Look) -> Observation:
    """Tokens or cost of each call, kept somewhere."""
    if missing := unless_called(look, COST):
        return missing
    searched = ("uses of token counts and costs in reached application code",)
    fix = "store the token counts that each response brings, with the model's name"
    stored: list[Location] = []
    returned: list[Location] = []
    near, aside = _files_near_models(look), development_files(look)
    for path in look.source_paths():
        if look.reach.reached(path) is False or path not in near or path in aside:
            continue
        text = lines_of(look, path)
        for match in _USED.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            first, last = function_span(look, path, line)
            whole = lines_of(look, path, first, min(last, line + 60))
            place = Location(path, line)
            kept = _STORED.search(_without_model_call(whole)) or _SENT_LOG.search(whole)
            (stored if kept and last - first < 400 else returned).append(place)  # noqa: PLR2004 - a whole module is no context
    if in_store := _kept(look):
        outcome = Outcome.UNKNOWN if blind_spots(look) else Outcome.MET
        return answer(COST, outcome, "token counts or costs are stored", in_store, searched=searched)
    if stored:
        return answer(COST, Outcome.PARTIAL, "token counts go to the log only", stored, searched=searched, fix=fix)
    if places := traced(look) or left_to_the_environment(look):
        return answer(COST, Outcome.PARTIAL, "implicit in a tracing product", places, searched=searched, fix=fix)
    if returned:
        return answer(
            COST, Outcome.PARTIAL, "token counts are read but not stored", returned, searched=searched, fix=fix
        )
    return absent(look, COST, "neither tokens nor cost of model calls are recorded", searched=searched, fix=fix)


def _without_model_call(text: str) -> str:
    """`completions.create(` stores nothing."""
    return re.sub(
        r"(?:completions|messages|responses|speech|transcriptions|client|axios|requests)\.(?:create|post|put)\(",
        "(",
        text,
    )


def _kept(look: Look) -> list[Location]:
    """Where token counts or costs are written to a store or a metric: the writing call itself names them."""
    near = _files_near_models(look)
    near |= {one for path in near for one in look.reach.imported_by(path)} - development_files(look)
    models = {call.place for call in model_calls(look)}
    found: list[Location] = []
    for call in all_calls(look):
        if not call.reached or call.path not in near or call.place in models or not _STORES.fullmatch(call.last):
            continue
        text = _without_model_call(text_of(look, call))
        first, last = function_span(look, call.path, call.line)
        whole = lines_of(look, call.path, first, min(last, first + _LONGEST))
        rows = [word for one in call.arguments for word in re.findall(r"^\w+$", one.strip())]
        made = "\n".join(_made(whole, row) for row in rows)
        saves = call.last in {"save", "commit", "flush", "saveChanges"} and _SET_ON_ROW.search(whole)
        told = f"{text}\n{made}"
        if _TOKENS.search(told) or saves or (_COST.search(told) and _OF_MODELS.search(whole)):
            found.append(call.place)
    return found


def _made(text: str, name: str) -> str:
    """What a name is made of in a text: `row = Usage(tokens=…)` up to its end, and what is set on it."""
    found = [
        text[match.start() : _closed(text, match.end())]
        for match in re.finditer(rf"\b{name}\s*(?::[^=\n]*)?=\s*[^\n(]*\(?", text)
    ]
    found += re.findall(rf"\b{name}[.\[][\"']?\w*[tT]okens\w*[^\n]*=", text)
    return "\n".join(found)


def _closed(text: str, start: int) -> int:
    depth = 1 if text[start - 1 : start] == "(" else 0
    for position in range(start, min(start + 1500, len(text))):
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(text[position], 0)
        if depth <= 0 and text[position] in ")}\n":
            return position
    return min(start + 1500, len(text))


def _files_near_models(look: Look) -> set[str]:
    """Files with model calls, what they import, and what imports them."""
    files = {call.seen.path for call in model_calls(look)}
    return files | {one for path in files for one in (*look.reach.imports_of(path), *look.reach.imported_by(path))}
