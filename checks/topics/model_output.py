"""What the model answers: checked before use, and kept away from interpreters."""

from __future__ import annotations

import re

from checks.application.calls_seen import Seen, calls_in, calls_that, function_span, lines_of, text_of, users_of
from checks.application.endpoints import endpoints
from checks.application.named_values import assigned
from checks.application.numbers import counted, share
from checks.application.wiring import answer, blind_spots, complain
from checks.files.listed import CODE_OF_PRODUCT, PYTHON_OF_PRODUCT, WEB_OF_PRODUCT, named_so
from checks.look import PYTHON, Look
from checks.models.answer_checks import FORCED, is_listed, is_read_by_code, is_typed, takes_typed_tools
from checks.models.answer_flow import CLEANS, answers_run
from checks.models.calls import SEARCHED, ModelCall, calls_in_use, model_calls, model_files, near_models, unless_called
from checks.observation import Confidence, Location, Observation, Outcome, Severity
from checks.probe import Stage, probe
from checks.reads import of_one_file

VALIDATED, UNSAFE = "llm.output-validated", "llm.no-unsafe-output"

_SCHEMA = re.compile(
    r"response_?[fF]ormat[\"']?\s*[=:](?!\s*[\"'{]\s*(?:[\"']?type[\"']?\s*:\s*)?[\"']?(?:text|json_object"
    r"|json)\b)|response_?model\s*=|responseSchema|response_schema"
    r"|json_schema|output_type\s*=|result_type\s*=|output_schema|output_pydantic|\bOutput\.(?:object|array)\("
    r"|\bschema\s*:|text_format\s*=|zodResponseFormat|zodTextFormat"
    r"|\bformat[\"']?\s*[=:]\s*\w+\.model_json_schema\("
)
_SCHEMA_CALL = re.compile(
    r"(?:.*\.)?(?:completions\.parse|responses\.parse|generateObject|streamObject)|ai\.(?:generate|stream)Object"
)
_STRUCTURED = re.compile(
    r"\.with_?[sS]tructured_?[oO]utput\(|PydanticOutputParser|StructuredOutputParser|instructor\.(?:from_|patch)"
)
_CHECKS = re.compile(
    r"model_validate(?:_json)?\(|\.parse_raw\(|\.parse_obj\(|TypeAdapter\(|validate_(?:json|python)\("
    r"|\.safeParse(?:Async)?\(|[sS]chema\.parse(?:Async)?\(|\b(?!JSON\b|Date\b|URL\b)[A-Z]\w*\.parse(?:Async)?\("
    r"|jsonschema\.validate\(|\bajv\b|\.validate\(|marshmallow"
)
_DROPPED = re.compile(r"(?m)^[ \t]*(?:await\s+)?[\w.]+\.safeParse(?:Async)?\([^()\n]*\);[ \t]*$")
"""A check that throws nothing and whose verdict nobody reads."""
_ANYTHING = re.compile(r"\boutput\s*:\s*[\"']no-schema|\bschema\s*:\s*z\.(?:any|unknown)\(\)")
"""What a call for an object is given where the object may be anything."""
_COMPILES = re.compile(
    r"\b(\w+)\s*(?::[^=\n]+)?=\s*(?:fastjsonschema\.compile|[\w.]*(?:ajv|Ajv)\w*\.compile|TypeCompiler\.Compile"
    r"|typia\.(?:json\.)?create\w+|(?:\w+\.)?Draft\w+Validator)\b"
)
"""A schema made into a function that checks."""
_PARSES = re.compile(
    r"\bjson\.loads\(|\bJSON\.parse\((?!\s*(?:await\s+)?(?:req|body|event|localStorage|sessionStorage))|orjson\.loads\("
)
_PRESENCE = re.compile(
    r"if\s*\(\s*!\s*\w*(?:image|content|text|answer|output|message|result|completion|choice|data)\w*"
    r"|if not \w*(?:content|text|answer|output|message|result|completion|choice|image)\w*\s*:",
    re.IGNORECASE,
)
_SHOWN = re.compile(r"\bst\.(?:write|markdown|chat_message|text|success)\w*\(|\bcl\.Message\(|\bgr\.Chat")
_GOES_ON = re.compile(
    r"\bmessages[\"']?\s*[=:]\s*(?:\[[^\]]{0,400}?(?:\.\.\.|\*)\s*)?[\w.]*(?:messages|history|conversation|turns)\b"
)
"""A call that is given what was said before."""
_HOPS = 3
_TALKS = re.compile(r"(?i)chat|conversation|assistant|stream|answer|reply|respond|ask|message")
_TRIES = re.compile(r"(?i)debug|health|ping|(?:^|_)(?:test|check|try)(?:_|[A-Z]|$)|^test")
"""Functions that only see whether the model answers."""
_DANGEROUS = re.compile(
    r"(?:.*\.)?(?:PythonREPLTool|PythonAstREPLTool|PythonREPL|ShellTool|BashProcess|create_python_agent"
    r"|create_pandas_dataframe_agent|create_csv_agent"
    r"|SQLDatabaseChain(?:\.from_llm)?|create_sql_agent|LocalCommandLineCodeExecutor|PandasQueryEngine|LLMMathChain)"
)
_INTERPRETS = re.compile(
    r"eval|exec|os\.(?:system|popen)|subprocess\.(?:run|Popen|call|check_output|getoutput)"
    r"|asyncio\.create_subprocess_shell|pickle\.loads|Function"
    r"|(?:node:)?child_process\.(?:exec|execSync)|vm\.run\w+"
)
_CONSTANT = re.compile(r"^(?:[\"'][^{}]*[\"']|\[\s*[\"'][^{}]*)")
_ANSWER_WORDS = re.compile(
    r"(?i)assistant|\breply|\banswer|completion|\bllm\b|\bgpt\b|\bbot\b|aiResponse|ai_response|generated"
    r"|response\.(?:text|content|message|answer)"
)
_CLEANED = re.compile(
    r"(?i)sanitize|purify|escape|rehype-sanitize|highlight|katex|prism|shiki|<style|\bcss\b|json-?ld|JSON\.stringify"
)
_HTML = re.compile(r"unsafe_allow_html\s*=\s*True")


@probe(VALIDATED)
def output_validated(look: Look) -> Observation:
    """Schemas or structured parsing around what models answer."""
    if missing := unless_called(look, VALIDATED):
        return missing
    searched = (*SEARCHED, "schemas and parsing in the functions that call a model and in their callers")
    fix = "describe the answer with a schema and refuse what does not fit it"
    calls = [call for call in calls_in_use(look) if call.kind == "text"]
    if not calls:
        return answer(VALIDATED, Outcome.NOT_APPLICABLE, "the models make no text", searched=searched)
    of: dict[str, list[Location]] = {}
    for call in calls:
        for grade in _grade(look, call).split("+"):
            of.setdefault(grade, []).append(call.place)
    checked, present, unchecked = of.get("schema", []), of.get("presence", []), of.get("unchecked", [])
    bare = of.get("bare", [])
    task, talk, tools = of.get("task", []), of.get("talk", []), of.get("tools", [])
    if checked and len(checked) == len(calls) and not unchecked and not bare:
        said = share(len(checked), len(calls), "answer", "goes through a schema", "go through a schema")
        sound = all(call.seen.reached for call in calls) and not blind_spots(look)
        return answer(VALIDATED, Outcome.MET if sound else Outcome.PARTIAL, said, checked, searched=searched)
    if checked or present or tools:
        said = share(len(checked), len(calls), "answer", "goes through a schema", "go through a schema")
        said += f", {counted(len(present), 'is', 'are')} checked in part" if present else ""
        said += f", {len(tools)} may call a tool whose input is checked" if tools else ""
        said += f", {counted(len(talk), 'is', 'are')} free text" if talk else ""
        said += ", but not for every caller" if bare else ""
        where = [*unchecked, *bare, *task, *present, *talk]
        return answer(VALIDATED, Outcome.PARTIAL, said, where, searched=searched, fix=fix)
    if unchecked or task:
        where = unchecked or task
        message = "the answer is parsed without a schema" if unchecked else "the answer is used without a check"
        complain(look, "models.unchecked-output", VALIDATED, where, Severity.MEDIUM, message)
        said = f"{counted(len(where), 'answer is', 'answers are')} {'parsed' if unchecked else 'used'} without a check"
        return answer(VALIDATED, Outcome.UNMET, said, where, searched=searched, fix=fix)
    said = "answers are free text for a conversation"
    return answer(VALIDATED, Outcome.NOT_APPLICABLE, said, talk, searched=searched)


def _grade(look: Look, call: ModelCall) -> str:
    """How an answer is used: "schema", "presence", "unchecked" (parsed as it comes), or free text: "talk", "task".

    Where callers differ, "schema+unchecked" or "schema+bare"; "talk+tools" where tools with typed input are given.
    """
    seen = call.seen
    text = text_of(look, seen)
    first, last = function_span(look, seen.path, seen.line)
    whole = lines_of(look, seen.path, first, last)
    after = _DROPPED.sub("", lines_of(look, seen.path, seen.end_line, min(last, seen.end_line + 80)))
    checks = bool(_CHECKS.search(after)) or _by_compiled(look, seen.path, after)
    if weak := _weak(text, whole, checks=checks):
        return weak
    if _SCHEMA_CALL.fullmatch(seen.name) or _SCHEMA.search(text) or checks or FORCED.search(text):
        return "schema"
    if re.search(r"with_structured_output|withStructuredOutput", seen.name) or _SCHEMA.search(_maker(look, call)):
        return "schema"
    receiver = seen.callee.rsplit(".", 1)[0]
    made = re.search(rf"\b{re.escape(receiver)}\b[^\n]*=[^=][^\n]*", lines_of(look, seen.path))
    if (made and _STRUCTURED.search(made[0])) or _STRUCTURED.search(text) or _STRUCTURED.search(whole):
        return "schema"
    parts = _callers_text(look, call)
    callers = "\n".join(parts)
    sound = [bool(_CHECKS.search(part) or _checks_inside(look, part)) for part in parts]
    if any(sound) or _checks_inside(look, after):
        rest = [part for part, good in zip(parts, sound, strict=True) if not good]
        if any(_PARSES.search(part) for part in rest):
            return "schema+unchecked"
        return "schema+bare" if any(sound) and _has_bare_way(look, call.seen, _HOPS) else "schema"
    listed = is_listed(look, call)
    if _PARSES.search(after) or _PARSES.search(callers):
        return "presence" if listed or is_typed(look, call) else "unchecked"
    if listed:
        return "schema"
    return f"{_free(look, call, text, after)}{'+tools' if takes_typed_tools(look, call) else ''}"


def _weak(text: str, whole: str, *, checks: bool) -> str:
    """The grade of a call whose check lets everything through, from its source and its function's; "" of any other."""
    if checks:
        return "schema+unchecked" if _falls_through(whole) else ""
    return "unchecked" if _ANYTHING.search(text) else ""


def _falls_through(text: str) -> bool:
    """Whether what a schema refuses is returned as it was parsed."""
    names = set(re.findall(r"\b(\w+)\b[^=\n]{0,80}=\s*(?:json\.loads|JSON\.parse)\(", text))
    every = "|".join(re.escape(name) for name in sorted(names))
    caught = r"\b(?:except\b[^\n]*:|catch\b[^\n]*\{)\s*\n(?:[^\n]*(?:log|console|print|warn)[^\n]*\n)?\s*return\s+"
    return bool(names and re.search(rf"{caught}(?:{every})\b", text))


def _by_compiled(look: Look, path: str, text: str) -> bool:
    """Whether a text calls a check that its file, or one that it loads, makes of a schema."""
    near = (path, *look.reach.imports_of(path))
    names = {name for one in near for name in _COMPILES.findall(lines_of(look, one))}
    return any(re.search(rf"(?<![\w.]){re.escape(name)}(?:\.\w+)?\(", text) for name in names)


def _free(look: Look, call: ModelCall, text: str, after: str) -> str:
    """The use of an answer that nothing parses."""
    seen = call.seen
    if _PRESENCE.search(after) and not re.search(r"\bstream\b[\"']?\s*[=:]\s*(?:True|true)", text):
        return "presence"
    streams = re.search(r"stream", seen.last) or re.search(r"\bstream\b[\"']?\s*[=:]\s*(?:True|true)", text)
    if streams or _GOES_ON.search(text) or _SHOWN.search(after) or _TALKS.search(" ".join(_chain(look, call))):
        return "talk"
    role = f"{seen.function} {seen.path.rsplit('/', 2)[-1]} {seen.path.rsplit('/', 2)[-2] if '/' in seen.path else ''}"
    return "talk" if _TALKS.search(role) or not is_read_by_code(look, call) else "task"


def _maker(look: Look, call: ModelCall) -> str:
    """The source of what made the object that is called: `agent = Agent(output_type=Answer)`."""
    owner = call.seen.name.rsplit(".", 1)[0]
    same = [one for one in calls_that(look, _is_named, owner) if one.callee != call.seen.callee.rsplit(".", 1)[0]]
    here = [one for one in same if one.path == call.seen.path] or same
    return "\n".join(text_of(look, one) for one in here)


def _is_named(call: Seen, name: str) -> bool:
    return call.name == name


def _chain(look: Look, call: ModelCall) -> list[str]:
    """Names of the functions that use the call's function, and the paths of their routes."""
    name = call.seen.function.rsplit(".", 1)[-1]
    users = users_of(look, call.seen.path, name) if name else []
    files = {call.seen.path, *(user.path for user in users)}
    names = {name, *(user.function for user in users)}
    routes = look.python.routes([path for path in sorted(files) if path.endswith(PYTHON)])
    places = [(call.seen.path, call.seen.line), *((user.path, user.line) for user in users)]
    served = [
        one.path
        for one in endpoints(look)
        if not one.is_python and any(one.module == path and one.first <= line <= one.last for path, line in places)
    ]
    return [*names, *served, *(route.path for route in routes if route.handler.rsplit(".", 1)[-1] in names)]


def _callers_text(look: Look, call: ModelCall) -> list[str]:
    """What follows the calls of the function that calls the model, and of the functions that hand its answer on."""
    parts: list[str] = []
    todo = [(call.seen, _HOPS)]
    done: set[tuple[str, str]] = set()
    while todo:
        seen, hops = todo.pop()
        name = seen.function.rsplit(".", 1)[-1]
        if not name or not hops or (seen.path, name) in done:
            continue
        done.add((seen.path, name))
        every = users_of(look, seen.path, name)
        for user in [one for one in every if look.reach.served(one.path) is not False] or every:
            last = function_span(look, user.path, user.line)[1]
            after = lines_of(look, user.path, user.line, min(last, user.line + 25))
            parts.append(_DROPPED.sub("", after))
            if re.search(r"\breturn\b|=>", after):
                todo.append((user, hops - 1))
        if seen is call.seen and not parts:
            break
    return parts


def _has_bare_way(look: Look, seen: Seen, hops: int) -> bool:
    """Whether a route gets the answer without a check, where others check what the same function gives them."""
    name = seen.function.rsplit(".", 1)[-1]
    for user in users_of(look, seen.path, name) if name else []:
        first, last = function_span(look, user.path, user.line)
        text = lines_of(look, user.path, user.line, last)
        if look.reach.served(user.path) is False or _TRIES.search(user.function):
            continue
        if _CHECKS.search(text) or _checks_inside(look, text):
            continue
        if any(one.module == user.path and one.first <= first and last <= one.last for one in endpoints(look)):
            return True
        # Farther away, many functions share a name.
        if hops and user.path == seen.path and _has_bare_way(look, user, hops - 1):
            return True
    return False


def _checks_inside(look: Look, text: str) -> bool:
    """Whether the text calls a parsing function of the repository's own that validates."""
    for name in set(re.findall(r"\b(\w*(?:parse|validate|load|decode|extract|from)_?\w*)\(", text)):
        if look.gather(_validates_in, name, PYTHON_OF_PRODUCT):
            return True
    return False


@of_one_file
def _validates_in(look: Look, path: str, name: str) -> bool:
    """Whether a function of that name in a file validates."""
    module = look.python.module(path)
    return any(
        item.name == name and _CHECKS.search(lines_of(look, path, item.line, item.end_line))
        for item in (module.functions if module else ())
    )


@probe(UNSAFE, stage=Stage.CODE)
def no_unsafe_output(look: Look) -> Observation:
    """Answers that reach eval, a shell, SQL or raw HTML, by data flow in functions and by names across them."""
    if missing := unless_called(look, UNSAFE):
        return missing
    searched = (
        "data flow from model calls, by the code rules",
        "code-running tools",
        "raw HTML in pages that show answers",
    )
    fix = "parse answers into a closed set of actions; show them as text or sanitized"
    is_code = named_so(CODE_OF_PRODUCT)
    rules = ("llm.output-to-code", "llm.output-to-sql", "llm.output-to-html")
    certain = [Location(one.path, one.line, one.end_line) for one in look.code.of(*rules) if is_code(one.path)]
    certain += [call.place for call in calls_that(look, _runs_answers) if call.reached]
    certain += [place for place in answers_run(look) if is_code(place.path)]
    shown, doubtful = _raw_html(look)
    certain += shown
    if certain:
        complain(
            look, "models.unsafe-output", UNSAFE, shown, Severity.HIGH, "an answer of the model is shown as raw HTML"
        )
        said = (
            "what the model answers reaches raw HTML"
            if certain == shown
            else "what the model answers is run or shown raw"
        )
        return answer(UNSAFE, Outcome.UNMET, said, certain, searched=searched, fix=fix)
    doubtful += _interpreters_near(look)
    pages = [path for path in look.gather(_has_raw_html, "", WEB_OF_PRODUCT) if look.reach.reached(path) is not False]
    problem = look.code.trouble or ""
    left = [path for path in (*sorted(near_models(look)), *pages) if not look.code.complete_for([path])]
    if problem or left:
        said = problem or f"the code rules did not read {', '.join(left[:3])} in full"
        return answer(UNSAFE, Outcome.UNKNOWN, said, searched=searched)
    if doubtful:
        said = "commands, code or raw HTML beside model calls; whether answers reach them was not proven"
        return answer(UNSAFE, Outcome.PARTIAL, said, doubtful, searched=searched, confidence=Confidence.LOW, fix=fix)
    if blind := blind_spots(look):
        return answer(UNSAFE, Outcome.UNKNOWN, f"no such use found, but {blind}", searched=searched)
    said = "no answer was seen to reach eval, a shell, SQL or raw HTML; flow across functions is followed by name only"
    return answer(UNSAFE, Outcome.MET, said, [call.place for call in model_calls(look)], searched=searched)


def _runs_answers(call: Seen, _: str) -> bool:
    """Whether what is made runs what a model answers, as code or as a statement."""
    return bool(_DANGEROUS.fullmatch(call.name))


def _raw_html(look: Look) -> tuple[list[Location], list[Location]]:
    """Raw HTML near words for a model's answer, and raw HTML in files with model calls without such words."""
    shown: list[Location] = []
    doubtful: list[Location] = []
    candidates = [Location(one.path, one.line, one.end_line) for one in look.code.of("fact.html.raw")]
    for path, lines in look.gather(_raw_html_in, "", WEB_OF_PRODUCT).items():
        candidates += [Location(path, line) for line in lines]
    is_code = named_so(CODE_OF_PRODUCT)
    for place in sorted(set(candidates)):
        if not is_code(place.path) or look.reach.reached(place.path) is False:
            continue
        value = lines_of(look, place.path, place.line, place.line + 2)
        if _CLEANED.search(value) or re.search(r"innerHTML\s*=\s*[\"'`][^$]*[\"'`]\s*;?\s*$", value.split("\n")[0]):
            continue
        if _is_cleaned(look, place.path, value):
            continue
        context = lines_of(look, place.path, max(place.line - 4, 1), place.line + 2)
        if _ANSWER_WORDS.search(context):
            shown.append(place)
        elif place.path in model_files(look):
            doubtful.append(place)
    return _one_a_line(shown), doubtful


@of_one_file
def _raw_html_in(look: Look, path: str, _: str) -> list[int]:
    """The lines on which a file puts text into a page as it stands."""
    text = lines_of(look, path)
    pattern = r"dangerouslySetInnerHTML|\bv-html\s*=|\{@html\b|\.innerHTML\s*="
    return [text.count("\n", 0, one.start()) + 1 for one in re.finditer(pattern, text)]


@of_one_file
def _has_raw_html(look: Look, path: str, _: str) -> bool:
    return "__html" in (look.tree.text(path) or "")


def _is_cleaned(look: Look, path: str, value: str) -> bool:
    """Whether the name that is shown is only ever given cleaned text: by assignment, or as state of the component."""
    named = re.search(r"(?:__html\s*:|v-html\s*=\s*[\"']|@html|HTML\s*=)\s*([A-Za-z_$]\w*)\s*[}\"';]", value)
    if not named:
        return False
    setter = f"set{named[1][0].upper()}{named[1][1:]}"
    set_to = re.findall(rf"\b{setter}\((?![\"'`]{{2}}\))([^;\n]*)", lines_of(look, path))
    given = [*set_to, *filter(None, [assigned(look, path, named[1])])]
    return bool(given) and all(CLEANS.search(one) for one in given)


def _one_a_line(places: list[Location]) -> list[Location]:
    return list({(place.path, place.line): place for place in places}.values())


def _interpreters_near(look: Look) -> list[Location]:
    """Interpreters with a value that is no constant, in files with model calls and in those that call them."""
    files = model_files(look)
    near = files | {user for path in files for user in look.reach.imported_by(path)}
    pages = "\n".join(look.files_with(sorted(filter(named_so(CODE_OF_PRODUCT), near)), "unsafe_allow_html"))
    found = []
    for call in calls_in(look, near, _may_interpret, pages):
        if call.reached and _INTERPRETS.fullmatch(call.name):
            first = call.arguments[0] if call.arguments else ""
            shell = not call.name.startswith("subprocess") or "shell" in call.keys
            if first and shell and not _CONSTANT.match(first):
                found.append(call.place)
        elif call.reached and _HTML.search(text_of(look, call)):
            value = call.arguments[0] if call.arguments else ""
            if not _CONSTANT.match(value) and _ANSWER_WORDS.search(value):
                found.append(call.place)
    return found


def _may_interpret(call: Seen, pages: str) -> bool:
    return bool(_INTERPRETS.fullmatch(call.name)) or call.path in pages.split("\n")
