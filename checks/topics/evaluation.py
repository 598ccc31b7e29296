"""The examples that a model's answers are measured with, and what runs them."""

from __future__ import annotations

import re

from checks.application.calls_seen import lines_of
from checks.application.partly_read import partly_read
from checks.application.wiring import absent, answer
from checks.files.kinds import is_vendored
from checks.look import PYTHON, WEB, Look
from checks.models.asking import calls_what_asks
from checks.models.calls import every_model_call, unless_called
from checks.observation import Location, Observation, Outcome
from checks.probe import probe
from checks.readers.web_facts import WebModule
from checks.reads import ENDING, of_one_file

EVALUATION = "llm.evaluation-set"
_EVALUATORS = (
    *(
        "deepeval",
        "ragas",
        "inspect_ai",
        "evidently",
        "trulens",
        "trulens_eval",
    ),
    *(
        "autoevals",
        "promptfoo",
        "evals",
        "phoenix.evals",
        "mlflow.genai",
        "evalite",
        "openevals",
    ),
)
_TRACERS = frozenset({"braintrust", "langsmith", "langfuse", "@langfuse/client", "weave", "opik", "phoenix"})
"""Products that record calls, and can evaluate too."""
_EXPERIMENT = re.compile(
    r"\bEval(?:Async)?\(|(?<![.\w])a?evaluate(?:_existing)?\(|(?:client|langsmith|ls|opik)\.a?evaluate\("
    r"|\binit(?:_experiment|Experiment)\(|\brun_?[eE]xperiment\(|(?<!\w)Evaluation\(|\brun_on_dataset\("
    r"|\bget_?[dD]ataset\([\s\S]{0,4000}\bscore"
)
"""What starts an experiment, as against what only records."""
_HOSTED_SET = re.compile(
    r"\b(?:init_?|get_?|read_?)[dD]ataset\(\s*[^)\s]"
    r"|\bdata(?:set_name|setName)?[\"']?\s*[=:]\s*(?:[\"'][\w ./:-]+[\"']|[A-Z][A-Z0-9_]*DATASET\w*)"
)
_SCORES = re.compile(
    r"\b(?:scores|scorers|evaluators|scoring_metrics|item_evaluators)[\"']?\s*[=:]\s*\[\s*[^\]\s]|\bscore\w*\("
)
_EVAL_PLACE = re.compile(
    r"(?i)(?:^|/)(?:llm[_-]?)?(?:evals?|evaluations?|evaluation_sets?|eval[_-](?:data|sets?)|benchmarks?|golden(?:[_-]\w+)?)/"
    r"|(?:^|/)[\w-]*(?:evals?|evaluat(?:e|ion|or)|golden|ground_?truth)[\w-]*\.\w+$"
)
_DATA = (".jsonl", ".csv", ".json", ".yaml", ".yml", ".tsv", ".parquet")
_CASE = re.compile(
    r"(?i)[\"']?(?:\b|__)(?:question|input|prompt|query|expected\w*|ground_?truth|reference|answer|output|ideal)\b[\"']?\s*[:,;]"
)
_FOO_CASE = re.compile(r"(?m)^\s*-\s*\{?\s*[\"']?(?:vars|description|assert)\b")
"""One test in the configuration of promptfoo, whatever its variables are called."""
_RUNS = re.compile(
    r"(?i)openai|anthropic|litellm|langchain|generateText|\bllm\b|\bchat\(|complet|generate|answer|predict|judge|invoke"
)
_REPLACED = re.compile(r"(?i)\bmock|monkeypatch|\bpatch\(|respx|responses\.activate|vcr|\bfake_?llm|nock\(|msw")
"""A test in which something else answers in the model's place."""


_EXPECTED = re.compile(
    r"(?i)[\"'](?:expected\w*|ground_?truth|reference|ideal)[\"']\s*:|LLMTestCase\(|\bexpected\w*\s*[:=]\s*[\"']"
)
_REPORTS = re.compile(r"(?i)(?:log\w*|print|record\w*|report\w*|info|debug|dumps|feedback)\s*(?:$|\s)")
"""A call that tells of an outcome: what it is handed as expected is no case."""
_MOST_CASE = 3_000
"""Characters that one case may take."""


_JUDGES = re.compile(
    r"(?i)expect|assert|scor|judg|grad(?:e|ing)|accura|metric|compar|similar|\bpass|\bfail|correct|precision|recall|bleu|rouge"
    r"|\bf1\b|evaluat|ground|truth|reference|rubric|rating|relevan|answer[\"']?\s*[:,]|ideal|label|gold|target|output[\"']?\s*:"
    r"|[=!]=|keyword|regress|latency"
)
_MOST_READ = 50_000


@probe(EVALUATION)
def evaluation_set(look: Look) -> Observation:
    """A data set for the model's answers, and code that runs the model over it."""
    missing = unless_called(look, EVALUATION)
    if missing and not every_model_call(look):
        return missing
    searched = ("promptfoo and like configurations", "folders and files named for evaluation", "evaluation libraries")
    fix = "keep a set of questions with expected answers, and a command that runs the model over it"
    configs = look.tree.match("promptfooconfig.*", "**/promptfoo*.y*ml", "promptfoo*.json")
    configured = [path for path in configs if _has_cases(look, path) or _points_to_cases(look, path)]
    near = [path for path in look.tree.named_like(_EVAL_PLACE) if not is_vendored(path)]
    runners = [path for path in near if path.endswith((*PYTHON, *WEB, ".ipynb", ".sh")) and _runs_model(look, path)]
    libraries = _evaluator_files(look)
    known = {*runners, *libraries}
    data = [path for path in near if path.endswith(_DATA) and (_has_cases(look, path) or _is_read(look, path, known))]
    data += [path for path in _named_by(look, libraries) if path not in data]
    tests = [path for path in _tests_of_answers(look) if path not in known]
    data += [path for one in tests for path in _named_by(look, [one])]
    runners += tests
    data += [path for path in _globbed(look, runners) if path not in data]
    embedded = [path for path in {*runners, *libraries} if _lists_cases(look, path)]
    hosted = [path for path in libraries if _names_a_hosted_set(look, path)]
    judged = libraries or any(_is_judged(look, path) for path in (*data, *runners))
    if data and runners and not (configured or embedded or hosted or judged):
        said = "a script puts a data set to the model, but nothing says what a good answer is"
        where = [Location(path) for path in (*data, *runners)]
        return answer(EVALUATION, Outcome.PARTIAL, said, where, searched=searched, fix=fix)
    if configured or (data and (runners or libraries)) or embedded or hosted:
        where = [Location(path) for path in (*configured, *data, *embedded, *hosted, *runners, *libraries)]
        return answer(EVALUATION, Outcome.MET, "an evaluation set and a way to run it", where, searched=searched)
    if data or runners or libraries:
        said = "examples without a way to run them" if data else "an evaluator without a data set of its own"
        where = [Location(path) for path in (*data, *runners, *libraries)]
        return answer(EVALUATION, Outcome.PARTIAL, said, where, searched=searched, fix=fix)
    return absent(look, EVALUATION, "no evaluation set for the model's answers", searched=searched, fix=fix)


def _is_judged(look: Look, path: str) -> bool:
    """Whether a file of an evaluation speaks of what is expected of an answer, or of how it is rated."""
    text = look.tree.text(path) if path.endswith((*_DATA, ".ipynb", ".sh")) else lines_of(look, path)
    return text is None or path.endswith((".ipynb", ".sh", ".parquet")) or bool(_JUDGES.search(text[:_MOST_READ]))


def _has_cases(look: Look, path: str) -> bool:
    """Whether a data file holds questions or expected answers: several of them, not a setting."""
    if path.endswith(".parquet"):
        return True
    head = (look.tree.text(path) or "")[:20_000]
    if "promptfoo" in path.rsplit("/", 1)[-1] and len(_FOO_CASE.findall(head)) > 1:
        return True
    if path.endswith((".csv", ".tsv")):
        return bool(_CASE.search(head.split("\n", 1)[0] + ",")) and head.count("\n") > 1
    return len(_CASE.findall(head)) > 1


def _points_to_cases(look: Look, path: str) -> bool:
    """Whether a configuration names a file of cases that is there: `tests: file://cases.csv`."""
    folder = path.rpartition("/")[0]
    named = re.findall(
        r"tests:[\s\S]{0,200}?(?:file://)?([\w./-]+\.(?:csv|jsonl?|ya?ml|tsv))", look.tree.text(path) or ""
    )
    return any(look.tree.exists(f"{folder}/{one.removeprefix('./')}".lstrip("/")) for one in named)


def _globbed(look: Look, runners: list[str]) -> list[str]:
    """Case files, one a case, of a folder beside a script that goes through all of them."""
    found: list[str] = []
    for runner in runners:
        text, folder = lines_of(look, runner), runner.rpartition("/")[0]
        if not re.search(r"\bglob\(|iterdir\(|listdir\(|readdir(?:Sync)?\(|scandir\(", text):
            continue
        for path in look.tree.match("*.json", "*.y*ml", "*.txt", "*.md"):
            holder = path.rpartition("/")[0]
            if (
                holder.startswith(folder)
                and holder != folder
                and re.search(rf"[\"'/]{re.escape(holder.rsplit('/', 1)[-1])}[\"'/]", text)
            ):
                found.append(path)
    return found


def _is_read(look: Look, path: str, runners: set[str]) -> bool:
    """Whether an evaluation script names a data file of several records, whatever its fields are called."""
    records = [line for line in (look.tree.text(path) or "")[:20_000].split("\n") if line.strip()]
    name = path.rsplit("/", 1)[-1]
    return len(records) > 1 and any(name in lines_of(look, runner) for runner in runners)


def _named_by(look: Look, scripts: list[str]) -> list[str]:
    """Data files of several cases that scripts name and that stand beside or below one of them."""
    texts = {script: lines_of(look, script) for script in scripts}
    return [
        path
        for path in look.tree.match(*(f"*{ending}" for ending in _DATA))
        if any(
            path.startswith(script.rpartition("/")[0]) and path.rsplit("/", 1)[-1] in text and _has_cases(look, path)
            for script, text in texts.items()
        )
    ]


def _tests_of_answers(look: Look) -> list[str]:
    """Tests that put the cases of a data file to the model itself, with nothing in its place."""
    candidates = [path for path in look.test_paths() if _runs_model(look, path)]
    return [path for path in candidates if _named_by(look, [path]) and not _REPLACED.search(lines_of(look, path))]


def _runs_model(look: Look, path: str) -> bool:
    """Whether an evaluation script calls a model, or calls what the product asks its model with."""
    if path.endswith((".ipynb", ".sh")):
        return bool(_RUNS.search(look.tree.text(path) or ""))
    if any(call.seen.path == path for call in every_model_call(look)) or calls_what_asks(look, path):
        return True
    return look.answer_of(_names_model, path, "") and look.answer_of(_asks, path, "")


@of_one_file
def _names_model(look: Look, path: str, _: str) -> bool:
    return bool(re.search(r"(?i)openai|anthropic|litellm|judge", look.tree.text(path) or ""))


@of_one_file
def _asks(look: Look, path: str, _: str) -> bool:
    return bool(
        re.search(r"completions\.create|messages\.create|generateText|\.invoke\(|completion\(", lines_of(look, path))
    )


def _evaluator_files(look: Look) -> list[str]:
    """Files, tests and scripts included, that use an evaluation library, or a tracing product to evaluate."""
    every = (ENDING, "\n".join(PYTHON)), (ENDING, "\n".join(WEB))
    partly_read(look, *every)
    return [path for among in every for path in look.gather(_evaluates, "", among)]


@of_one_file
def _evaluates(look: Look, path: str, _: str) -> bool:
    """Whether a file uses such a library, or evaluates with such a product."""
    module = None if is_vendored(path) else look.module(path)
    if module is None:
        return False
    exact = isinstance(module, WebModule)
    if isinstance(module, WebModule):
        loaded = [item.package for item in module.imports if item.package]
    else:
        loaded = [item.dotted for item in module.imports if not item.paths]
    if any(one in _EVALUATORS if exact else one.startswith(_EVALUATORS) for one in loaded):
        return True
    records = any((one if exact else one.split(".")[0]) in _TRACERS for one in loaded)
    return records and bool(_EXPERIMENT.search(lines_of(look, path)))


def _names_a_hosted_set(look: Look, path: str) -> bool:
    """Whether an experiment runs over a data set that a hosted product keeps by name, with something that scores it."""
    text = lines_of(look, path)
    return bool(_EXPERIMENT.search(text) and _HOSTED_SET.search(text) and _SCORES.search(text))


def _lists_cases(look: Look, path: str) -> bool:
    """Whether an evaluation script brings its cases along: a list of questions with what is expected."""
    text = lines_of(look, path)
    return sum(not _REPORTS.search(_opened_by(text, one.start())) for one in _EXPECTED.finditer(text)) > 1


def _opened_by(text: str, position: int) -> str:
    """What stands right before the innermost two brackets around a position: the name of the call, if it is one."""
    depth, opened = 0, []
    for at in range(position - 1, max(position - _MOST_CASE, 0) - 1, -1):
        if text[at] in ")]}":
            depth += 1
        elif text[at] in "([{" and depth:
            depth -= 1
        elif text[at] in "([{":
            opened.append(text[max(at - 40, 0) : at])
            if len(opened) > 1:
                break
    return " ".join(opened)
