"""Agents: which tools a model may use, and how long it may go on."""

from __future__ import annotations

import re

from checks.application.calls_seen import Seen, around, calls_of, calls_that, function_span, lines_of, text_of
from checks.application.named_values import written_out
from checks.application.numbers import counted
from checks.application.wiring import answer, blind_spots, complain
from checks.look import Look
from checks.models.agent_approval import approvals, guarded
from checks.models.agent_tools import bodies, changing, from_elsewhere, mighty, ready_made, tools, unknown_agents
from checks.models.calls import SEARCHED, ModelCall, model_calls, unless_called
from checks.models.caps import ENDLESS, holds
from checks.observation import Confidence, Observation, Outcome, Severity
from checks.probe import probe

TOOLS, LOOPS = "llm.tools-scoped", "llm.loops-bounded"

_CAPPED = re.compile(
    r"\b(?:max_iterations|max_?[tT]urns|max_?[sS]teps|recursion_?[lL]imit|max_iter|maxIterations"
    r"|max_execution_time|usage_limits|stepCountIs|stopWhen|max_consecutive_auto_reply|max_round)\b"
    rf"(?![\"']?\s*[=:]\s*{ENDLESS})"
)
_UNCAPPED = re.compile(
    rf"\b(?:max_iterations|max_?[tT]urns|max_?[sS]teps|recursion_?[lL]imit|stopWhen)\b[\"']?\s*[=:]\s*{ENDLESS}"
)
_AGENT_RUNS = re.compile(
    r"(?:.*\.)?AgentExecutor(?:\.\w+)*|(?:.*\.)?(?:create_react_agent|createReactAgent|initialize_agent"
    r"|create_agent|createAgent)(?:\.\w+)*|agents\.Runner\.run\w*"
    r"|@openai/agents\.run|pydantic_ai\.(?:\w+\.)*Agent\.(?:run|iter)\w*|crewai\.(?:\w+\.)*Crew\.kickoff\w*"
    r"|smolagents\.\w+Agent\.run|(?:.*\.)?StateGraph\.compile(?:\.\w+)*"
    r"|google\.adk\.(?:\w+\.)*Runner\.run\w*"
    r"|llama_index\.(?:\w+\.)*(?:ReActAgent|FunctionAgent|FunctionCallingAgent|OpenAIAgent|AgentRunner|AgentWorkflow)(?:\.\w+)*"
)
_LOOP = re.compile(r"^([ \t]*)(?:async\s+)?(while|for|do)\b([^\n]*)", re.MULTILINE)
_COUNTED = re.compile(
    r"(?i)^\s*\w+\s+in\s+(?:range|enumerate\(range)\(|^\s*(?:await\s*)?\(\s*(?:let|var)\s+\w+\s*=\s*\d[^;]*;\s*[^;\s]"
    r"|[<>]=?\s*(?:\w+\.)*_?\w*(?:max|limit|steps|turns|iter|budget|\d)"
    r"|(?:max|limit|steps|turns|iter|budget|remaining|left)\w*\s*(?:>=?|:|\)\s*\{|--)"
)
_FOREVER = re.compile(r"^\s*[\w, ]+\s+in\s+(?:itertools\.)?(?:count|cycle|repeat)\(")
_EACH = re.compile(r"^\s*(?:await\s*)?(?:\(\s*(?:const|let|var)\s+[^;]+\bof\b|\w[\w, ()]*\s+in\b)")
_TOOL_USE = re.compile(
    r"tool_calls|tool_use|toolCalls|tool_choice|\btools\s*[=:,}]|function_call|functionCall|stop_reason|finish_reason"
)
_BREAKS = re.compile(
    r"\b(?:steps?|turns?|iterations?|count\w*|i|attempts?|budget|total_tokens|cost)\b\s*(?:>=?|<=?)\s*|(?:>=?"
    r"|<=?)\s*(?:self\.|this\.)?(?:_?(?:MAX|max)_?\w*|\w*(?:BUDGET|LIMIT|[bB]udget|[lL]imit))\b"
)
_DEPTH = re.compile(r"(?i)\b(?:depth|remaining|left|round\w*|hops?|level)\b\s*(?:[<>]=?|[-+]\s*1)")
_PERSON = re.compile(
    r"\binput\(|receive_(?:text|json)\(|\breadline\b|\.question\(|\.prompt\(|st\.chat_input\(|Prompt\.ask\("
)


@probe(TOOLS)
def tools_scoped(look: Look) -> Observation:
    """Tools that run commands, whole statements or write files, and what stands before each of them."""
    places = tools(look)
    # A server of the Model Context Protocol gives its tools to models elsewhere.
    if (missing := unless_called(look, TOOLS)) and not (
        places and look.importers("mcp", "fastmcp", "@modelcontextprotocol/*")
    ):
        return missing
    searched = (*SEARCHED, "tools given to models, and the functions behind them")
    fix = "give each tool the least it needs, and ask a person before it changes anything"
    blind = blind_spots(look)
    if not places:
        return _no_tools(look, searched)
    within = bodies(look)
    strong = [*ready_made(look), *mighty(look, within)]
    open_ones = [call.place for call in strong if not guarded(look, call, within)]
    if open_ones:
        asked = approvals(look, places)
        if asked or len(open_ones) < len(strong):
            said = (
                "there is an approval step or a closed list; it was not seen before every tool that changes something"
            )
            shown = [*open_ones, *asked]
            return answer(TOOLS, Outcome.PARTIAL, said, shown, searched=searched, confidence=Confidence.LOW, fix=fix)
        message = "a tool of the model runs commands or changes data"
        complain(look, "agents.mighty-tool", TOOLS, open_ones, Severity.HIGH, message)
        said = "tools run commands, write files or take whole statements without an approval in sight"
        return answer(TOOLS, Outcome.UNMET, said, open_ones, searched=searched, fix=fix)
    if blind:
        return answer(
            TOOLS, Outcome.UNKNOWN, f"no tool without limits was seen, but {blind}", places, searched=searched
        )
    if strong:
        said = counted(len(strong), "tool runs commands or changes", "tools run commands or change")
        said += " data, each behind an approval or a closed list"
        return answer(TOOLS, Outcome.MET, said, [call.place for call in strong], searched=searched)
    changes = changing(look, within)
    if within and not changes and not from_elsewhere(look):
        said = "the tools only look things up: none runs commands, writes files or takes whole statements"
        return answer(TOOLS, Outcome.MET, said, places, searched=searched, confidence=Confidence.MEDIUM)
    said = counted(len(places), "place gives", "places give")
    said += " tools to a model; none was seen to run commands or write files"
    said += (
        "; whether those that change something are scoped takes a person" if changes else "; what they do was not found"
    )
    shown = [call.place for call in changes] or places
    return answer(TOOLS, Outcome.UNKNOWN, said, shown, searched=searched, confidence=Confidence.LOW, fix=fix)


def _no_tools(look: Look, searched: tuple[str, ...]) -> Observation:
    """What to answer where no tool was seen: not applicable only where no agent could hold any."""
    if unknown := [call.place for call in unknown_agents(look)]:
        said = "there seems to be an agent whose constructor is not known; what its tools do was not seen"
        return answer(TOOLS, Outcome.UNKNOWN, said, unknown, searched=searched, confidence=Confidence.LOW)
    if blind := blind_spots(look):
        return answer(TOOLS, Outcome.UNKNOWN, f"no agent tools found, but {blind}", searched=searched)
    return answer(TOOLS, Outcome.NOT_APPLICABLE, "no tools are given to a model", searched=searched)


@probe(LOOPS)
def loops_bounded(look: Look) -> Observation:
    """Loops in which a model uses tools: a cap on their steps, their own or the framework's."""
    if missing := unless_called(look, LOOPS):
        return missing
    searched = (*SEARCHED, "agent frameworks and loops around model calls that use tools")
    fix = "stop every agent loop after a number of steps, and after a budget of tokens or time"
    runs = _agents(look) if tools(look) else []
    capped = [call.place for call, text in runs if _CAPPED.search(text)]
    uncapped = [call.place for call, text in runs if not _CAPPED.search(text) and _UNCAPPED.search(text)]
    default = [call.place for call, _ in runs if call.place not in capped and call.place not in uncapped]
    steps = [call.place for call in model_calls(look) if _CAPPED.search(text_of(look, call.seen))]
    own = [(call.place, bounded) for call in model_calls(look) if (bounded := _own_loop(look, call)) is not None]
    capped += [*steps, *(place for place, bounded in own if bounded)]
    uncapped += [place for place, bounded in own if not bounded]
    uncapped += [call.place for call in model_calls(look) if _UNCAPPED.search(text_of(look, call.seen))]
    if uncapped:
        complain(look, "agents.endless-loop", LOOPS, uncapped, Severity.MEDIUM, "nothing but the model ends this loop")
        outcome = Outcome.PARTIAL if capped or default else Outcome.UNMET
        said = counted(len(uncapped), "agent loop has no cap", "agent loops have no cap")
        said += f", {counted(len(capped) + len(default), 'has', 'have')} one"
        return answer(LOOPS, outcome, said, uncapped, searched=searched, fix=fix)
    blind = blind_spots(look)
    if capped or default:
        said = counted(len(capped), "agent loop has a cap of its own", "agent loops have a cap of their own")
        said += f", {len(default)} the framework's default"
        if blind or not capped:
            said += f", but {blind}" if blind else "; whether that default is meant takes a person"
            return answer(LOOPS, Outcome.UNKNOWN, said, [*capped, *default], searched=searched, fix=fix)
        outcome = Outcome.PARTIAL if len(default) > len(capped) else Outcome.MET
        return answer(LOOPS, outcome, said, [*capped, *default], searched=searched)
    if unknown := [one.place for one in unknown_agents(look) if not _AGENT_RUNS.fullmatch(one.name)]:
        said = "there seems to be an agent whose constructor is not known; what ends its loop was not seen"
        return answer(LOOPS, Outcome.UNKNOWN, said, unknown, searched=searched, confidence=Confidence.LOW, fix=fix)
    if blind:
        return answer(LOOPS, Outcome.UNKNOWN, f"no agent loop found, but {blind}", searched=searched)
    return answer(LOOPS, Outcome.NOT_APPLICABLE, "no loop in which a model uses tools", searched=searched)


def _agents(look: Look) -> list[tuple[Seen, str]]:
    """The agents of frameworks, each with the source that sets it up and runs it; made and run counts once."""
    found = [call for call in calls_that(look, _is_of_an_agent) if call.reached]
    made = [call for call in found if not any(call.name.startswith(f"{other.name}.") for other in found)]
    return [(call, "\n".join(_source(look, one) for one in found if _is_same(call, one))) for call in made]


def _is_of_an_agent(call: Seen, _: str) -> bool:
    return bool(_AGENT_RUNS.fullmatch(call.name))


def _is_same(made: Seen, run: Seen) -> bool:
    return run is made or run.name.startswith(f"{made.name}.")


def _source(look: Look, call: Seen) -> str:
    """The call with the settings it names, and its function where it stands in one."""
    return written_out(look, call) + ("\n" + around(look, call) if call.function else "")


def _own_loop(look: Look, call: ModelCall) -> bool | None:
    """Whether the loop around a model call that uses tools is bounded; None where there is no such loop."""
    seen = call.seen
    if not _TOOL_USE.search(around(look, seen)):
        return None
    if _calls_itself(look, call):
        return bool(_BREAKS.search(around(look, seen)) or _DEPTH.search(around(look, seen)))
    if not seen.in_loop:
        return None
    first, last = function_span(look, seen.path, seen.line)
    found = _innermost(lines_of(look, seen.path, first, last), seen.line - first)
    if found is None:
        return None
    head, body = found
    if _COUNTED.search(head):
        return holds(lines_of(look, seen.path), head, body)
    if _FOREVER.match(head):
        return bool(_BREAKS.search(body))
    if _EACH.match(head) or _PERSON.search(body):
        return None  # a list that ends, or a person who takes every other turn
    return bool(_BREAKS.search(body))


def _calls_itself(look: Look, call: ModelCall) -> bool:
    """Whether the function around a model call goes round by calling itself."""
    name = call.seen.function.rsplit(".", 1)[-1]
    first, last = function_span(look, call.seen.path, call.seen.line)
    return bool(name) and any(first < one.line <= last for one in calls_of(look, call.seen.path, _calls, name))


def _calls(call: Seen, name: str) -> bool:
    return call.callee in {name, f"self.{name}", f"this.{name}"}


def _innermost(text: str, line: int) -> tuple[str, str] | None:
    """What follows the word of the last loop that holds a line, and the lines of that loop; told by indentation."""
    lines = text.split("\n")
    for number in range(min(line, len(lines) - 1), -1, -1):
        match = _LOOP.match(lines[number])
        if not match:
            continue
        depth = len(match[1].expandtabs())
        ends = (at for at in range(number + 1, len(lines)) if lines[at].strip() and _depth(lines[at]) <= depth)
        end = next(ends, len(lines))
        if number <= line < end:
            closing = lines[end] if end < len(lines) and match[2] == "do" else ""
            return f"{match[3]} {closing}", "\n".join(lines[number + 1 : end])
    return None


def _depth(line: str) -> int:
    return len(line.expandtabs()) - len(line.expandtabs().lstrip())
