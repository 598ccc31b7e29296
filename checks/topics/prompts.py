"""Prompts: where they live, what users can put into them, and the examples they are measured with."""

from __future__ import annotations

import re

from checks.application.calls_seen import all_calls, lines_of
from checks.application.wiring import absent, answer, blind_spots, complain
from checks.files.kinds import is_vendored
from checks.look import PYTHON, WEB, Look
from checks.models.calls import model_calls, model_files, unless_called
from checks.models.prompt_texts import inline_prompts, prompt_files, prompt_modules, system_prompts
from checks.observation import Location, Observation, Outcome, Severity
from checks.probe import Stage, probe

VERSIONED, INJECTION, EVALUATION = "llm.prompts-versioned", "llm.prompt-injection", "llm.evaluation-set"
_FED = ("llm.user-input-in-system-prompt", "llm.input-named-in-system-prompt")
_FILTERS = re.compile(
    r"(?i)llm_guard|lakera|rebuff|nemoguardrails|guardrails\.|prompt_?guard|promptarmor|detect_?(?:prompt_?)?injection|sanitize_?prompt"
)
_EVALUATORS = (
    *(
        "deepeval",
        "ragas",
        "inspect_ai",
        "langsmith.evaluation",
        "langsmith.evaluate",
        "evidently",
        "trulens",
        "trulens_eval",
    ),
    *(
        "braintrust",
        "autoevals",
        "promptfoo",
        "evals",
        "phoenix.evals",
        "mlflow.genai",
        "langfuse.experiment",
        "evalite",
        "openevals",
    ),
)
_EVAL_PLACE = re.compile(
    r"(?i)(?:^|/)(?:llm[_-]?)?(?:evals?|evaluations?|evaluation_sets?|eval[_-](?:data|sets?)|benchmarks?|golden(?:[_-]\w+)?)/"
    r"|(?:^|/)[\w-]*(?:evals?|evaluat(?:e|ion|or)|golden|ground_?truth)[\w-]*\.\w+$"
)
_DATA = (".jsonl", ".csv", ".json", ".yaml", ".yml", ".tsv", ".parquet")
_CASE = re.compile(
    r"(?i)[\"']?\b(?:question|input|prompt|query|expected\w*|ground_?truth|reference|answer|output|ideal)\b[\"']?\s*[:,;]"
)
_RUNS = re.compile(
    r"(?i)openai|anthropic|litellm|langchain|generateText|\bllm\b|\bchat\(|complet|generate|answer|predict|judge|invoke"
)


@probe(VERSIONED)
def prompts_versioned(look: Look) -> Observation:
    """Prompts in files of their own, in a module of their own, or amid the code."""
    if missing := unless_called(look, VERSIONED):
        return missing
    searched = (
        "prompt and template files that code names",
        "modules that hold only prompts",
        "texts beside model calls",
    )
    fix = "move prompts to text files that the code loads, so that a change of wording is a change one can review"
    files = prompt_files(look)
    modules = prompt_modules(look)
    inline = inline_prompts(look)
    where = [Location(path) for path in files]
    if files and not inline:
        said = f"{len(files)} prompt files that code loads, no prompt in the code"
        if blind := blind_spots(look):
            return answer(VERSIONED, Outcome.UNKNOWN, f"{said}, but {blind}", where, searched=searched)
        return answer(VERSIONED, Outcome.MET, said, where, searched=searched)
    if files:
        outcome = Outcome.MET if len(files) >= 4 * len(inline) and not blind_spots(look) else Outcome.PARTIAL
        said = f"{len(files)} prompt files that code loads, {len(inline)} prompts in the code"
        return answer(VERSIONED, outcome, said, [*inline[:5], *where], searched=searched, fix=fix)
    if modules and len(inline) <= 3 * len(modules):
        said = f"prompts are kept in modules of code: {', '.join(modules[:3])}"
        return answer(
            VERSIONED, Outcome.PARTIAL, said, [Location(path) for path in modules], searched=searched, fix=fix
        )
    if inline:
        complain(look, "prompts.inline", VERSIONED, inline[:20], Severity.LOW, "a prompt stands in the code")
        said = f"{len(inline)} prompts stand in the code"
        return answer(VERSIONED, Outcome.UNMET, said, inline, searched=searched, fix=fix)
    said = "no prompt text was recognized beside the model calls"
    return answer(VERSIONED, Outcome.UNKNOWN, said, [call.place for call in model_calls(look)], searched=searched)


@probe(INJECTION, stage=Stage.CODE)
def prompt_injection(look: Look) -> Observation:
    """What users write stays out of the system prompt, by data flow in functions and across direct calls."""
    if missing := unless_called(look, INJECTION):
        return missing
    searched = ("system prompts in application code", "data flow from requests, by the code rules")
    fix = "send what users write as a user message and keep the system prompt constant"
    product = set(look.source_paths())
    prompts = system_prompts(look)
    closed = {(one.place.path, one.place.line) for one in prompts if one.closed}
    fed = [
        Location(one.path, one.line, one.end_line)
        for one in look.code.of(*_FED)
        if one.path in product and not any((one.path, line) in closed for line in range(one.line, one.end_line + 1))
    ]
    fed += [one.place for one in prompts if one.fed]
    if fed:
        complain(
            look, "prompts.user-input", INJECTION, fed, Severity.HIGH, "user input becomes part of the system prompt"
        )
        said = f"user input is put into {len(set(fed))} system prompt{'s' if len(set(fed)) > 1 else ''}"
        return answer(INJECTION, Outcome.UNMET, said, fed, searched=searched, fix=fix)
    if problem := _rules_unread(look):
        return answer(INJECTION, Outcome.UNKNOWN, problem, searched=searched)
    filtered = [call.place for call in all_calls(look) if call.reached and _FILTERS.search(call.name)]
    doubtful = [one.place for one in prompts if one.holes]
    if doubtful and not filtered:
        holes = sorted({hole for one in prompts for hole in one.holes})
        said = f"values whose origin was not traced are put into system prompts: {', '.join(holes[:4])}"
        return answer(INJECTION, Outcome.PARTIAL, said, doubtful, searched=searched, fix=fix)
    if filtered:
        return answer(INJECTION, Outcome.MET, "prompts pass a filter for injections", filtered, searched=searched)
    if not prompts:
        return _without_system_prompt(look, searched)
    with_prompt = {one.place.path for one in prompts}
    files = sorted({call.seen.path for call in model_calls(look) if call.kind == "text"})
    bare = [path for path in files if not with_prompt.intersection((path, *_around(look, path)))]
    if len(bare) > len(files) / 2:
        said = (
            f"{len(bare)} of {len(files)} files with model calls get their messages from elsewhere; that was not traced"
        )
        return answer(INJECTION, Outcome.UNKNOWN, said, [Location(path) for path in bare], searched=searched)
    said = f"{len(prompts)} system prompts hold no value from outside"
    return answer(INJECTION, Outcome.MET, said, [one.place for one in prompts], searched=searched)


def _without_system_prompt(look: Look, searched: tuple[str, ...]) -> Observation:
    """No system prompt in sight: with plain user messages nothing is mixed; else nothing can be told."""
    calls = model_calls(look)
    mixed = [Location(place.path, place.line) for place in inline_prompts(look) if place.path in model_files(look)]
    if mixed:
        said = "instructions and input share one message, with no system prompt of their own"
        return answer(
            INJECTION, Outcome.PARTIAL, said, mixed, searched=searched, fix="give instructions a system prompt"
        )
    said = "no system prompt was recognized, so where user input goes could not be told"
    return answer(INJECTION, Outcome.UNKNOWN, said, [call.place for call in calls], searched=searched)


def _around(look: Look, path: str) -> tuple[str, ...]:
    return (*look.reach.imported_by(path), *look.reach.imports_of(path))


def _rules_unread(look: Look) -> str:
    if look.code.trouble:
        return look.code.trouble
    left = sorted(path for path in model_files(look) if not look.code.complete_for([path]))
    return f"the code rules did not read {', '.join(left[:3])} in full" if left else ""


@probe(EVALUATION)
def evaluation_set(look: Look) -> Observation:
    """A data set for the model's answers, and code that runs the model over it."""
    if missing := unless_called(look, EVALUATION):
        return missing
    searched = ("promptfoo and like configurations", "folders and files named for evaluation", "evaluation libraries")
    fix = "keep a set of questions with expected answers, and a command that runs the model over it"
    configured = [path for path in look.tree.match("promptfooconfig.*", "**/promptfoo*.y*ml") if _has_cases(look, path)]
    near = [path for path in look.tree.paths if _EVAL_PLACE.search(path) and not is_vendored(path)]
    runners = [path for path in near if path.endswith((*PYTHON, *WEB, ".ipynb", ".sh")) and _runs_model(look, path)]
    libraries = _evaluator_files(look)
    data = [
        path
        for path in near
        if path.endswith(_DATA) and (_has_cases(look, path) or _is_read(look, path, [*runners, *libraries]))
    ]
    embedded = [path for path in {*runners, *libraries} if _lists_cases(look, path)]
    if configured or (data and (runners or libraries)) or embedded:
        where = [Location(path) for path in (*configured, *data, *embedded, *runners, *libraries)]
        return answer(EVALUATION, Outcome.MET, "an evaluation set and a way to run it", where, searched=searched)
    if data or runners or libraries:
        said = "examples without a way to run them" if data else "an evaluator without a data set of its own"
        where = [Location(path) for path in (*data, *runners, *libraries)]
        return answer(EVALUATION, Outcome.PARTIAL, said, where, searched=searched, fix=fix)
    return absent(look, EVALUATION, "no evaluation set for the model's answers", searched=searched, fix=fix)


def _has_cases(look: Look, path: str) -> bool:
    """Whether a data file holds questions or expected answers: several of them, not a setting."""
    if path.endswith(".parquet"):
        return True
    head = (look.tree.text(path) or "")[:20_000]
    if path.endswith((".csv", ".tsv")):
        return bool(_CASE.search(head.split("\n", 1)[0] + ",")) and head.count("\n") > 1
    return len(_CASE.findall(head)) > 1


def _is_read(look: Look, path: str, runners: list[str]) -> bool:
    """Whether an evaluation script names a data file of several records, whatever its fields are called."""
    records = [line for line in (look.tree.text(path) or "")[:20_000].split("\n") if line.strip()]
    name = path.rsplit("/", 1)[-1]
    return len(records) > 1 and any(name in lines_of(look, runner) for runner in runners)


def _runs_model(look: Look, path: str) -> bool:
    """Whether an evaluation script calls a model, or imports code of the product that does."""
    if path.endswith((".ipynb", ".sh")):
        return bool(_RUNS.search(look.tree.text(path) or ""))
    files = model_files(look)
    if path in files:
        return True
    if path.endswith(PYTHON):
        module = look.python.module(path)
        loaded = {target for item in module.imports for target in item.paths} if module else set()
    else:
        web = look.web.module(path)
        loaded = {item.path for item in web.imports if item.path} if web else set()
    further = {target for one in loaded for target in look.reach.imports_of(one)}
    return bool((loaded | further) & files) or bool(
        re.search(r"(?i)openai|anthropic|litellm|judge", look.tree.text(path) or "") and _asks(look, path)
    )


def _asks(look: Look, path: str) -> bool:
    return bool(
        re.search(r"completions\.create|messages\.create|generateText|\.invoke\(|completion\(", lines_of(look, path))
    )


def _evaluator_files(look: Look) -> list[str]:
    """Files, tests and scripts included, that use an evaluation library."""
    found = [
        module.path
        for module in look.python.modules(path for path in look.python.paths if not is_vendored(path))
        if any(not item.paths and item.dotted.startswith(_EVALUATORS) for item in module.imports)
    ]
    for path in look.web.paths:
        if is_vendored(path):
            continue
        web = look.web.module(path)
        if web and any(item.package in _EVALUATORS for item in web.imports):
            found.append(path)
    return found


def _lists_cases(look: Look, path: str) -> bool:
    """Whether an evaluation script brings its cases along: a list of questions with what is expected."""
    text = lines_of(look, path)
    return (
        len(
            re.findall(
                r"(?i)[\"'](?:expected\w*|ground_?truth|reference|ideal)[\"']\s*:|LLMTestCase\(|\bexpected\w*\s*[:=]\s*[\"']",
                text,
            )
        )
        > 1
    )
