"""What remains of a model call: its log or trace, and what it cost."""

from __future__ import annotations

import re

from checks.application.calls_seen import (
    Seen,
    around,
    calls_in,
    calls_of,
    calls_that,
    function_span,
    lines_of,
    text_of,
    users_of,
)
from checks.application.named_values import written_out
from checks.application.numbers import counted, share
from checks.application.wiring import absent, answer, blind_spots, complain, is_used
from checks.files.listed import CODE_OF_PRODUCT, named_so
from checks.look import Look
from checks.models.calls import SEARCHED, model_calls, unless_called
from checks.models.development import development_files
from checks.models.kept_usage import uncounted
from checks.models.tracing import is_traced, left_to_the_environment, traced
from checks.observation import Location, Observation, Outcome, Severity
from checks.once import once
from checks.probe import probe
from checks.reads import of_one_file

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
_OWN_LOG = re.compile(r"(?i)_?(?:write_?)?(?:log|record|emit|trace|track|audit|capture|persist)\w*")
_WRITES = re.compile(
    r"console\.\w+\(|\blogg?(?:er|ing)?\.\w+\(|print\(|\.write\w*\(|appendFile\w*\(|writeFile\w*\(|(?i:\binsert\s+into\b)"
    r"|\.(?:a?add|insert\w*|a?create|a?save|put_item|values|xadd|rpush|lpush)\("
)
_MEASURED = re.compile(
    r"(?:[\"']?\b\w{1,60}[\"']?\s*[:=]\s*)?(?:"
    r"\blen\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|[\w$.?\[\]]{1,80}\.length\b"
    r"|[\w$.()]{1,80}\[\s*0?\s*:\s*[1-4]?\d{1,2}\s*\]|[\w$.?]{1,80}\.(?:slice|substring|substr)\(\s*0\s*,\s*[1-4]?\d{1,2}\s*\))"
)
"""A length or a few characters of a text, with its key: the text itself is not kept."""
_COUNTS = (
    r"\b(?:prompt_tokens|completion_tokens|input_tokens|output_tokens|total_tokens|promptTokens|completionTokens|inputTokens|outputTokens"
    r"|totalTokens|totalUsage|usage_metadata|usageMetadata|eval_count|completion_cost|cost_per_token|get_openai_callback|total_cost_usd"
    r"|promptTokenCount|candidatesTokenCount|prompt_token_count|candidates_token_count|total_cost|totalCost)\b"
)
_OWNERS = (
    r"user|plan|subscription|account|org|organization|team|tenant|workspace|customer|member|quota|billing|limits?|project|profile|self|this"
    r"|process|disk|memory|cpu|parser|cmd|command|program"
)
"""Whose usage is none of a model's answer."""
_USED = re.compile(
    rf"{_COUNTS}|\b(?!(?:{_OWNERS})\b)[\w$]{{1,60}}[)\]]{{0,3}}\??\.usage\b|[)\]]\??\.usage\b|\[[\"']usage[\"']\]|\bget\([\"']usage[\"']"
    r"|\{[^{}=\n]{0,200}\busage\b[^{}=\n]{0,200}\}\s*(?:=(?!=)|\)\s*=>)"
)
"""What a model's answer says of its use; `({ usage }) =>` takes it out of one."""
_STORED = re.compile(
    r"\.(?:add|insert|insert_one|insertOne|create|save|upsert|execute|inc|observe|record|increment|incrby|labels|query|values|update|put_metric_data)\("
)
_STORES = re.compile(
    r"a(?:save|create|update)|bulk_create|update_or_create|get_or_create|set_attributes?|setAttributes?|append_?[fF]ile\w*|write\w*"
    r"|histogram|distribution|gauge|add|add_all|insert|insert_one|insertOne|insert_many|create|createMany|save|upsert|execute|exec|run|query|values|set|update"
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
    r"(?m)\b\w+\.(?:total_cost\w*|totalCost\w*|\w*cost_usd|\w*(?:input|output|prompt|completion|total|used)_?[tT]okens|tokens(?:_\w+)?|cost_\w+|cost)\b[^=\n]*=(?!=)"
)
_CAPS = re.compile(r"\bmax_?\w*[tT]okens\w*")
"""What bounds a call is not what it used."""
_ROW = re.compile(
    r"^\w+$|\basdict\((\w+)\)|\b(\w+)\.(?:model_dump|to_dict|dict|toJSON)\w*\(|\bJSON\.stringify\((\w+)\)"
)
"""A row that is stored by its name, as it is or turned to plain data."""
_SPREAD = re.compile(r"(?:\.\.\.|\*\*)(\w+)")
_RETURNED = re.compile(r"\breturn\b[^;\n]*(?:\n[^;\n]+){0,8}")
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
        said = f"a tracing product records only {len(calls) - len(missed)} of {counted(len(calls), 'model call')}"
        return answer(LOGGING, Outcome.PARTIAL, said, [*missed, *places], searched=searched, fix=fix)
    fields = [(call, _logged_fields(look, call.seen)) for call in calls]
    complete = [call for call, logged in fields if len(logged) == len(_FIELDS)]
    some = [call for call, logged in fields if logged]
    shown = [call.place for call in (complete or some or [call for call, _ in fields])]
    if len(complete) == len(calls) and not blind_spots(look) and all(call.seen.reached for call in calls):
        return answer(LOGGING, Outcome.MET, "prompt, output and latency are logged", shown, searched=searched)
    if complete or some:
        named = sorted({name for call, logged in fields for name in logged})
        said = f"{share(len(some), len(calls), 'call', 'logs', 'log')} some of it: {', '.join(named)}"
        return answer(LOGGING, Outcome.PARTIAL, said, shown, searched=searched, fix=fix)
    helpers = [one.place for one in calls_that(look, _logs_models) if one.reached and _near(look, one.path)]
    if helpers:
        said = "a function whose name speaks of logging model calls is called; what it keeps was not traced"
        return answer(LOGGING, Outcome.UNKNOWN, said, helpers, searched=searched, fix=fix)
    if places := left_to_the_environment(look):
        said = "only an example of the environment turns a tracing product on"
        return answer(LOGGING, Outcome.PARTIAL, said, places, searched=searched, fix=fix)
    complain(look, "models.not-logged", LOGGING, shown, Severity.LOW, "this model call leaves no log of what was said")
    result = absent(look, LOGGING, "no log of prompts, outputs and latency", searched=searched, fix=fix)
    return answer(LOGGING, result.outcome, result.summary, shown, searched=searched, fix=fix)


def _logs_models(call: Seen, _: str) -> bool:
    """Whether the name of what is called speaks of logging model calls."""
    return bool(_HELPER.fullmatch(call.last))


def _is_own_log(look: Look, call: Seen) -> bool:
    """Whether a call such as `log("asked", {...})` goes to a function of the repository that writes it down."""
    if not _OWN_LOG.fullmatch(call.last):
        return False
    near = {call.path, *look.reach.imports_of(call.path)}
    near |= {further for path in list(near) for further in look.reach.imports_of(path)}
    for path in near:
        module = look.python.module(path) or look.web.module(path)
        for function in module.functions if module else ():
            if function.name.rsplit(".", 1)[-1] == call.last and _WRITES.search(
                lines_of(look, path, function.line, function.end_line)
            ):
                return True
    return False


def _near(look: Look, path: str) -> bool:
    files = {call.seen.path for call in model_calls(look)}
    return path in files or any(path in look.reach.imported_by(one) for one in files)


def _logged_fields(look: Look, seen: Seen, hops: int = 2) -> set[str]:
    """Which of prompt, output and latency are logged or kept as a row, as values, not as words of a message.

    In the function that calls the model, or else in every function that calls that one.
    """
    found = _logged_here(look, seen.path, seen.line)
    name = seen.function.rsplit(".", 1)[-1]
    if len(found) == len(_FIELDS) or not hops or not name:
        return found
    users = users_of(look, seen.path, name)
    users = [one for one in users if look.reach.served(one.path) is not False] or users
    each = [_logged_fields(look, user, hops - 1) for user in users]
    return found | set.intersection(*each) if each else found


def _logged_here(look: Look, path: str, line: int) -> set[str]:
    first, last = function_span(look, path, line)
    models = {call.place for call in model_calls(look)}
    found: set[str] = set()
    for call in calls_of(look, path):
        if not first <= call.line <= last or call.place in models:
            continue
        if (
            not _LOGS.fullmatch(call.callee)
            and not _is_own_log(look, call)
            and not _KEEPS.fullmatch(call.callee)
            and not (call.last in {"query", "execute"} and _INSERTS.search(text_of(look, call)))
        ):
            continue
        if _ERROR_LOG.search(call.callee):
            continue  # it tells of failures only
        told = _MEASURED.sub(" ", written_out(look, call).partition("(")[2])
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
    for path in sorted(filter(named_so(CODE_OF_PRODUCT), near)):
        if look.reach.reached(path) is False or path in aside:
            continue
        for line, kept in look.answer_of(_uses, path, ""):
            if _is_run(look, path, line):
                (stored if kept else returned).append(Location(path, line))
    if in_store := _kept(look):
        if dropped := uncounted(look, in_store, _reads_use):
            said = f"token counts are stored, but not those of {counted(len(dropped), 'other model call')}"
            where = [call.place for call in dropped]
            return answer(COST, Outcome.PARTIAL, said, where, searched=searched, fix=fix)
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


def _reads_use(text: str) -> bool:
    """Whether a text reads what an answer says of its use."""
    told = _CAPS.sub(" ", text)
    return bool(_USED.search(told) or _TOKENS.search(told))


@of_one_file
def _uses(look: Look, path: str, _: str) -> list[tuple[int, bool]]:
    """The lines in which a file reads what an answer says of its use, and whether that is stored or sent there."""
    found = []
    text = lines_of(look, path)
    for match in _USED.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        first, last = function_span(look, path, line)
        whole = lines_of(look, path, first, min(last, line + 60))
        kept = _STORED.search(_without_model_call(whole)) or _SENT_LOG.search(whole)
        found.append((line, bool(kept) and last - first < 400))  # noqa: PLR2004 - a whole module is no context
    return found


def _is_run(look: Look, path: str, line: int) -> bool:
    """Whether the function around a line of Python is called by anything; other lines run."""
    module = look.python.module(path)
    around = [one for one in module.functions if one.line <= line <= one.end_line] if module else []
    return module is None or all(is_used(look, module, one.qualified) for one in around)


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
    near |= {one for path in near for one in (*look.reach.imported_by(path), *look.reach.imports_of(path))}
    near -= development_files(look)
    models = {call.place for call in model_calls(look)}
    asking = {place.path for place in models}
    found: list[Location] = []
    for call in calls_in(look, near, _stores):
        if not call.reached or (call.path in asking and call.place in models):
            continue
        text = _without_model_call(text_of(look, call))
        whole = _begin(around(look, call))
        rows = [
            next(filter(None, match.groups()), match[0])
            for one in call.arguments
            for match in _ROW.finditer(one.strip())
        ]
        made = "\n".join(_made(whole, row) for row in rows)
        saves = call.last in {"save", "asave", "commit", "flush", "saveChanges"} and _SET_ON_ROW.search(whole)
        told = _CAPS.sub(" ", f"{text}\n{made}")
        spread = "\n".join(_made(whole, row) for row in _SPREAD.findall(text))
        handed_on = any(given and f"{name}(" in spread for name, given in _usage_readers(look).items())
        counts = _TOKENS.search(told) or saves or handed_on or (_COST.search(told) and _OF_MODELS.search(whole))
        if counts and _of_an_answer(look, call, f"{told}\n{whole}"):
            found.append(call.place)
    return found


def _begin(text: str) -> str:
    return "\n".join(text.split("\n", _LONGEST + 1)[: _LONGEST + 1])


def _stores(call: Seen, _: str) -> bool:
    return bool(_STORES.fullmatch(call.last))


@once
def _usage_readers(look: Look) -> dict[str, bool]:
    """Functions that ask a model and read what the answer used, by name: true where what they return names it."""
    found: dict[str, bool] = {}
    for model in model_calls(look):
        seen = model.seen
        text = _CAPS.sub(" ", around(look, seen))
        if seen.function and _USED.search(text):
            found[seen.function.rsplit(".", 1)[-1]] = bool(_TOKENS.search(" ".join(_RETURNED.findall(text))))
    return found


def _of_an_answer(look: Look, call: Seen, text: str, hops: int = 3) -> bool:
    """Whether counts come from what a model answered: read here, or by whoever calls the function that stores them.

    Tokens of a sign-in, of a bucket or of a plan are counted and stored too.
    """
    if _USED.search(text) or any(word in _usage_readers(look) for word in re.findall(r"(\w+)\(", text)):
        return True
    name = call.function.rsplit(".", 1)[-1]
    if not hops or not name:
        return False
    owner = call.function.rpartition(".")[0] if name in {"__init__", "constructor"} else ""
    for user in users_of(look, call.path, owner or name):
        whole = _CAPS.sub(" ", _begin(around(look, user)))
        if _of_an_answer(look, user, whole, hops - 1):
            return True
    return False


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
