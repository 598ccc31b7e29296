"""Agents: which tools a model may use, and how long it may go on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.calls_seen import Seen, all_calls, around, function_span, lines_of, text_of
from checks.look import PYTHON, Look
from checks.model_calls import SEARCHED, ModelCall, model_calls, unless_called
from checks.observation import Confidence, Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.wiring import answer, blind_spots, complain

TOOLS, LOOPS = "llm.tools-scoped", "llm.loops-bounded"

_TOOL_CALLS = re.compile(
    r"(?:.*\.)?(?:bind_tools|bindTools|AgentExecutor(?:\.\w+)?|create_react_agent|createReactAgent"
    r"|create_tool_calling_agent|create_agent|createAgent"
    r"|initialize_agent|StructuredTool(?:\.\w+)?|DynamicStructuredTool|DynamicTool|ToolNode|FunctionTool(?:\.\w+)?"
    r"|create_sql_agent|load_tools)"
    r"|ai\.tool|@langchain/core/tools\.tool|langchain\w*(?:\.\w+)*\.tool|agents\.(?:function_tool|Agent)"
    r"|@openai/agents\.(?:tool|Agent)"
    r"|pydantic_ai\.(?:\w+\.)*Agent|crewai\.(?:\w+\.)*(?:Agent|Crew)|smolagents\.\w+"
    r"|autogen\w*\.(?:\w+\.)*\w*Agent|google\.adk\.(?:\w+\.)*\w*Agent"
    r"|@mastra/core(?:/\w+)?\.(?:Agent|createTool)"
)
_TOOL_MARKS = re.compile(
    r"langchain\w*(?:\.\w+)*\.tool|agents\.(?:\w+\.)*function_tool|smolagents\.(?:\w+\.)*tool"
    r"|crewai\.(?:\w+\.)*tool|crewai_tools\.\w+"
    r"|(?:.*\.)?Agent\.tool(?:_plain)?|llama_index\.\S*tool\S*|strands\.tool|autogen\S*register_\w+"
)
_MIGHTY_TOOL = re.compile(
    r"(?:.*\.)?(?:ShellTool|BashProcess|PythonREPLTool|PythonAstREPLTool|PythonREPL|create_sql_agent"
    r"|SQLDatabaseToolkit|FileManagementToolkit|WriteFileTool"
    r"|DeleteFileTool|CodeInterpreterTool|LocalShellTool|LocalCommandLineCodeExecutor|FileWriterTool"
    r"|RequestsToolkit|BashTool)"
)
_MIGHTY = re.compile(
    r"subprocess\.\w+|os\.(?:system|popen|remove|unlink|rmdir)|shutil\.rmtree|(?:node:)?child_process\.\w+"
    r"|(?:node:)?fs(?:/promises)?\.(?:\w+\.)*(?:writeFile|unlink|rm)\w*"
    r"|eval|exec|(?:.*\.)?write_text|(?:.*\.)?execute_sql|(?:.*\.)?executescript|(?:.*\.)?\$(?:query|execute)RawUnsafe"
)
_RUNS_COMMANDS = re.compile(r"subprocess|os\.(?:system|popen)|(?:node:)?child_process|eval$|exec$")
_NAMES_TOOLS = re.compile(r"tool|function|handoff|mcp|agents")
_APPROVES = re.compile(
    r"interrupt_before|interrupt_after|interrupt\(|HumanInTheLoop|human_in_the_loop|HumanApproval"
    r"|needs_?[aA]pproval|require_?s?_?[aA]pproval|human_input\s*=|human_input_mode"
    r"|ask_user|input\(\s*f?[\"'][^\"']*(?:approve|allow|confirm|y/n)|confirm_tool|tool_approval|requireApproval"
    r"|can_use_tool|canUseTool"
)
_CAPPED = re.compile(
    r"\b(?:max_iterations|max_?[tT]urns|max_?[sS]teps|recursion_?[lL]imit|max_iter|maxIterations"
    r"|max_execution_time|usage_limits|stepCountIs|stopWhen|max_consecutive_auto_reply|max_round)\b"
    r"(?!\s*[=:]\s*(?:None|null|undefined|Infinity|float))"
)
_UNCAPPED = re.compile(
    r"\b(?:max_iterations|max_?[tT]urns|max_?[sS]teps|recursion_?[lL]imit)\b\s*[=:]\s*(?:None|null|undefined"
    r"|Infinity|float\()"
)
_AGENT_RUNS = re.compile(
    r"(?:.*\.)?AgentExecutor(?:\.\w+)*|(?:.*\.)?(?:create_react_agent|createReactAgent|initialize_agent"
    r"|create_agent|createAgent)(?:\.\w+)*|agents\.Runner\.run\w*"
    r"|@openai/agents\.run|pydantic_ai\.(?:\w+\.)*Agent\.(?:run|iter)\w*|crewai\.(?:\w+\.)*Crew\.kickoff\w*"
    r"|smolagents\.\w+Agent\.run|(?:.*\.)?StateGraph\.compile(?:\.\w+)*"
    r"|google\.adk\.(?:\w+\.)*Runner\.run\w*"
)
_FOREVER = re.compile(
    r"^([ \t]*)(?:while\s+(?:True|1)\s*:|while\s*\(\s*(?:true|1)\s*\)|for\s*\(\s*;\s*;\s*\))", re.MULTILINE
)
_WHILE = re.compile(
    r"^([ \t]*)while\b[^\n]*(?:tool_calls|tool_use|finish_reason|stop_reason|toolCalls|functionCall)", re.MULTILINE
)
_COUNTED = re.compile(
    r"^([ \t]*)(?:for\s+\w+\s+in\s+range\(|for\s*\(\s*let\s+\w+\s*=\s*\d|while\b[^\n]*(?:<=?|>)\s*[\w.]*(?:max"
    r"|limit|steps|turns|iter|\d))",
    re.MULTILINE,
)
_TOOL_USE = re.compile(
    r"tool_calls|tool_use|toolCalls|tool_choice|\btools\s*[=:]|function_call|functionCall|stop_reason|finish_reason"
)
_BREAKS = re.compile(
    r"\b(?:steps?|turns?|iterations?|count\w*|i|attempts?|budget|total_tokens|cost)\b\s*(?:>=?|<=?)\s*|(?:>=?"
    r"|<=?)\s*(?:self\.)?_?(?:MAX|max)_?\w*"
)


@probe(TOOLS)
def tools_scoped(look: Look) -> Observation:
    """Tools that run commands, write files or change data, and whether somebody must approve them."""
    if missing := unless_called(look, TOOLS):
        return missing
    searched = (*SEARCHED, "tools given to models, and what they call")
    fix = "give each tool the least it needs, and ask a person before it changes anything"
    tools = sorted(set(_tools(look)))
    if not tools:
        if blind := blind_spots(look):
            return answer(TOOLS, Outcome.UNKNOWN, f"no agent tools found, but {blind}", searched=searched)
        return answer(TOOLS, Outcome.NOT_APPLICABLE, "no tools are given to a model", searched=searched)
    files = {place.path for place in tools}
    mighty = sorted(set(_mighty(look, files)))
    approved = [
        Location(path, lines_of(look, path).count("\n", 0, match.start()) + 1)
        for path in sorted(files | {call.seen.path for call in model_calls(look)})
        if (match := _APPROVES.search(lines_of(look, path)))
    ]
    if mighty and not approved:
        complain(
            look,
            "agents.mighty-tool",
            TOOLS,
            mighty,
            Severity.HIGH,
            "a tool of the model runs commands or changes data",
        )
        said = "tools run commands, write files or change data without an approval in sight"
        return answer(TOOLS, Outcome.UNMET, said, mighty, searched=searched, fix=fix)
    if mighty:
        said = "there is an approval step; whether it stands before every tool that changes something takes a person"
        return answer(TOOLS, Outcome.PARTIAL, said, [*approved, *mighty], searched=searched, confidence=Confidence.LOW)
    said = f"{len(tools)} places give tools to a model; none was seen to run commands or write files"
    said += ", and there is an approval step" if approved else "; whether they are scoped takes a person"
    return answer(
        TOOLS, Outcome.UNKNOWN, said, [*approved, *tools], searched=searched, confidence=Confidence.LOW, fix=fix
    )


def _tools(look: Look) -> Iterator[Location]:
    """Where reached code defines tools for a model, or hands them over."""
    for call in all_calls(look):
        counts = not re.search(r"(?:Agent|Crew)$", call.name) or _NAMES_TOOLS.search(" ".join(call.keys))
        if call.reached and counts and (_TOOL_CALLS.fullmatch(call.name) or _MIGHTY_TOOL.fullmatch(call.name)):
            yield call.place
    for place, _ in _marked(look):
        yield place
    for model in model_calls(look):
        given = next(
            (model.seen.keys[key] for key in ("tools", "functions", "toolConfig") if key in model.seen.keys), ""
        )
        if (
            given.strip() not in {"", "None", "[]", "undefined", "null"}
            and model.seen.reached
            and _is_passed(look, model, given)
        ):
            yield model.place


def _is_passed(look: Look, model: ModelCall, given: str) -> bool:
    """Whether tools that are a parameter with no default of their own are given by any caller."""
    module = look.python.module(model.seen.path) if model.seen.path.endswith(PYTHON) else None
    function = module.function(model.seen.function) if module else None
    if function is None or given not in {item.name for item in function.parameters}:
        return True
    return any(
        call.reached and call.last == function.name and (given in call.keys or len(call.arguments) > 1)
        for call in all_calls(look)
    )


def _marked(look: Look) -> Iterator[tuple[Location, tuple[int, int]]]:
    """Functions that a decorator makes a tool, with their lines."""
    for module in look.python.modules(look.source_paths(*PYTHON)):
        if look.reach.reached(module.path) is False:
            continue
        for item in module.functions:
            if any(_TOOL_MARKS.fullmatch(look.python.trace(module.path, one)) for one in item.decorators):
                yield Location(module.path, item.line, item.end_line), (item.line, item.end_line)


def _mighty(look: Look, files: set[str]) -> Iterator[Location]:
    """Tools that can change something: ready-made ones, and own ones whose body runs commands or writes."""
    marked = list(_marked(look))
    for call in all_calls(look):
        if not call.reached:
            continue
        if _MIGHTY_TOOL.fullmatch(call.name):
            yield call.place
        elif _MIGHTY.fullmatch(call.name) and call.path in files:
            inside = any(place.path == call.path and first <= call.line <= last for place, (first, last) in marked)
            if inside or (not marked and _is_tool_body(look, call)) or (not marked and _RUNS_COMMANDS.match(call.name)):
                yield call.place


def _is_tool_body(look: Look, call: Seen) -> bool:
    """Whether the function around a call is named among the tools of its file, or is a tool's `execute`."""
    name = call.function.rsplit(".", 1)[-1]
    if not name:
        return False
    text = lines_of(look, call.path)
    return name == "execute" or bool(re.search(rf"[\"']{re.escape(name)}[\"']", text))


@probe(LOOPS)
def loops_bounded(look: Look) -> Observation:
    """Loops in which a model uses tools: a cap on their steps, their own or the framework's."""
    if missing := unless_called(look, LOOPS):
        return missing
    searched = (*SEARCHED, "agent frameworks and loops around model calls that use tools")
    fix = "stop every agent loop after a number of steps, and after a budget of tokens or time"
    runs = [call for call in all_calls(look) if call.reached and _AGENT_RUNS.fullmatch(call.name)]
    runs = runs if any(True for _ in _tools(look)) else []
    capped = [call.place for call in runs if _CAPPED.search(around(look, call))]
    uncapped = [call.place for call in runs if _UNCAPPED.search(text_of(look, call))]
    default = [call.place for call in runs if call.place not in capped and call.place not in uncapped]
    steps = [call.place for call in model_calls(look) if _CAPPED.search(text_of(look, call.seen))]
    own = [(call.place, bounded) for call in model_calls(look) if (bounded := _own_loop(look, call)) is not None]
    capped += [*steps, *(place for place, bounded in own if bounded)]
    uncapped += [place for place, bounded in own if not bounded]
    if uncapped:
        complain(look, "agents.endless-loop", LOOPS, uncapped, Severity.MEDIUM, "nothing but the model ends this loop")
        outcome = Outcome.PARTIAL if capped or default else Outcome.UNMET
        said = f"{len(uncapped)} agent loops have no cap, {len(capped) + len(default)} have one"
        return answer(LOOPS, outcome, said, uncapped, searched=searched, fix=fix)
    blind = blind_spots(look)
    if capped or default:
        said = f"{len(capped)} agent loops have a cap of their own, {len(default)} the framework's default"
        if blind or not capped:
            said += f", but {blind}" if blind else "; whether that default is meant takes a person"
            return answer(LOOPS, Outcome.UNKNOWN, said, [*capped, *default], searched=searched, fix=fix)
        outcome = Outcome.PARTIAL if len(default) > len(capped) else Outcome.MET
        return answer(LOOPS, outcome, said, [*capped, *default], searched=searched)
    if blind:
        return answer(LOOPS, Outcome.UNKNOWN, f"no agent loop found, but {blind}", searched=searched)
    return answer(LOOPS, Outcome.NOT_APPLICABLE, "no loop in which a model uses tools", searched=searched)


def _own_loop(look: Look, call: ModelCall) -> bool | None:
    """Whether the loop around a model call that uses tools is bounded; None where there is no such loop."""
    seen = call.seen
    if not seen.in_loop or not _TOOL_USE.search(around(look, seen)):
        return None
    first, last = function_span(look, seen.path, seen.line)
    before = lines_of(look, seen.path, first, seen.line - 1)
    loops = [
        (match.start(), kind)
        for kind, pattern in (("forever", _FOREVER), ("while", _WHILE), ("counted", _COUNTED))
        for match in pattern.finditer(before)
    ]
    if not loops:
        return None
    start, kind = max(loops)
    if kind == "counted":
        return True
    body = lines_of(look, seen.path, first + before.count("\n", 0, start), last)
    return bool(_BREAKS.search(body))
