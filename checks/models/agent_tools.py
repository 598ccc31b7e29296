"""The tools of a model: where they are defined, the functions behind them, and which of them change something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.application.calls_seen import Says, Seen, calls_in, calls_of, calls_that, function_span, lines_of, text_of
from checks.application.named_values import assigned
from checks.application.wiring import python_modules, reached
from checks.look import PYTHON, WEB
from checks.models.agent_signs import agent_signs
from checks.models.calls import ModelCall, model_calls
from checks.observation import Location

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import Function

_TOOL_CALLS = re.compile(
    r"(?:.*\.)?(?:bind_tools|bindTools|AgentExecutor(?:\.\w+)?|create_react_agent|createReactAgent"
    r"|create_tool_calling_agent|create_agent|createAgent"
    r"|initialize_agent|StructuredTool(?:\.\w+)?|DynamicStructuredTool|DynamicTool|ToolNode|FunctionTool(?:\.\w+)?"
    r"|create_sql_agent|load_tools)"
    r"|ai\.tool|@langchain/core/tools\.tool|langchain\w*(?:\.\w+)*\.tool|agents\.(?:function_tool|Agent)"
    r"|@openai/agents\.(?:tool|Agent)"
    r"|pydantic_ai\.(?:\w+\.)*Agent|crewai\.(?:\w+\.)*(?:Agent|Crew)|smolagents\.\w+"
    r"|autogen\w*\.(?:\w+\.)*\w*Agent|google\.adk\.(?:\w+\.)*\w*Agent"
    r"|@mastra/core(?:/\w+)?\.(?:Agent|createTool)|(?:@modelcontextprotocol/\S+|fastmcp)\..*\.(?:tool|registerTool|addTool)"
)
_TOOL_MARKS = re.compile(
    r"langchain\w*(?:\.\w+)*\.tool|agents\.(?:\w+\.)*function_tool|smolagents\.(?:\w+\.)*tool"
    r"|crewai\.(?:\w+\.)*tool|crewai_tools\.\w+"
    r"|(?:mcp|fastmcp)\.(?:\w+\.)*tool|(?:.*\.)?Agent\.tool(?:_plain)?|llama_index\.\S*tool\S*|strands\.tool|autogen\S*register_\w+"
)
_READY_MADE = re.compile(
    r"(?:.*\.)?(?:ShellTool|BashProcess|PythonREPLTool|PythonAstREPLTool|PythonREPL|create_sql_agent"
    r"|SQLDatabaseToolkit|FileManagementToolkit|WriteFileTool"
    r"|DeleteFileTool|CodeInterpreterTool|LocalShellTool|LocalCommandLineCodeExecutor|FileWriterTool"
    r"|RequestsToolkit|BashTool)"
)
_MIGHTY = re.compile(
    r"subprocess\.\w+|os\.(?:system|popen|remove|unlink|rmdir)|shutil\.rmtree|(?:node:)?child_process\.\w+"
    r"|(?:node:)?fs(?:/promises)?\.(?:\w+\.)*(?:writeFile|unlink|rm)\w*|asyncio\.create_subprocess_\w+"
    r"|eval|exec|(?:.*\.)?write_(?:text|bytes)|(?:.*\.)?execute_sql|(?:.*\.)?executescript"
    r"|(?:.*\.)?\$(?:query|execute)RawUnsafe|Deno\.(?:Command|run|writeTextFile|remove)"
)
_STATEMENT = re.compile(r"execute|executemany|query|raw|unsafe|fetch(?:_?all|row)?|read_sql(?:_query)?|run")
_DATABASE = re.compile(
    r"(?i)(?:^|\.)_?(?:\w*(?:db|pool|client|conn|connection|cursor|session|engine|knex|sequelize|prisma|database)|cur|sql|pg|pd)\."
)
_WRITES = re.compile(r"[\"'](?:[wax]b?\+?|r\+)[\"']")
_CHANGES = re.compile(
    r"(?i)(?:.*\.)?(?:delete|remove|update|insert|commit|save|destroy|upsert|send\w*|publish|post|put|patch|create|charge|refund)"
)
_CONSTANT = re.compile(r"[frb]?[\"'](?!.*\{)|`[^$]*`$|\[\s*[\"']|[A-Z][A-Z0-9_]+$|$")
_NAMES_TOOLS = re.compile(r"tool|function|handoff|mcp|agents")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_SPEC_NAME = re.compile(r"[\"']?name[\"']?\s*[:=]\s*[\"']([\w-]+)[\"']")
_OWN_TOOL = re.compile(
    r"(?:.*\.)?(?:tool|registerTool|addTool|createTool|DynamicStructuredTool|DynamicTool|StructuredTool|FunctionTool)"
)
_MCP = re.compile(r"(?i)mcp(?!_?server$)")
_MOST_BODIES = 200
"""Functions behind tools that are read; no product has more."""


@dataclass(frozen=True, slots=True, order=True)
class Body:
    """Lines that run when a model uses a tool: a function, or the call that makes the tool."""

    path: str
    first: int
    last: int

    def holds(self, call: Seen) -> bool:
        """Whether a call stands in these lines."""
        return call.path == self.path and self.first <= call.line <= self.last


def tools(look: Look) -> list[Location]:
    """Where reached code defines tools for a model, or hands them over."""
    return sorted({call.place for call in tool_calls(look)} | {place for place, _ in _marked(look)} | set(_given(look)))


def tool_calls(look: Look) -> list[Seen]:
    """Reached calls that make tools or agents with tools."""
    return [call for call in calls_that(look, _makes_tools) if call.reached]


def _makes_tools(call: Seen, _: str) -> bool:
    if not (_TOOL_CALLS.fullmatch(call.name) or _READY_MADE.fullmatch(call.name)):
        return False
    return not call.name.endswith(("Agent", "Crew")) or bool(_NAMES_TOOLS.search(" ".join(call.keys)))


def unknown_agents(look: Look) -> list[Seen]:
    """What seems to make an agent and is none of the constructors known here: its tools and its loop stay unseen."""
    return [call for call in agent_signs(look) if not _TOOL_CALLS.fullmatch(call.name)]


def _given(look: Look) -> Iterator[Location]:
    """Model calls that are handed tools by themselves."""
    yield from (model.place for model, _ in _handed(look))


def _handed(look: Look) -> Iterator[tuple[ModelCall, str]]:
    """Model calls that are handed tools by themselves, with what they are handed."""
    for model in model_calls(look):
        given = next(
            (model.seen.keys[key] for key in ("tools", "functions", "toolConfig") if key in model.seen.keys), ""
        )
        if (
            given.strip() not in {"", "None", "[]", "undefined", "null"}
            and model.seen.reached
            and _is_passed(look, model, given)
        ):
            yield model, given


def _is_passed(look: Look, model: ModelCall, given: str) -> bool:
    """Whether tools that are a parameter with no default of their own are given by any caller in the product."""
    function = _wrapper(look, model, given)
    return function is None or any(True for _ in _passing(look, function, given))


def _wrapper(look: Look, model: ModelCall, given: str) -> Function | None:
    """The Python function around a model call that is handed its tools by its callers."""
    module = look.python.module(model.seen.path) if model.seen.path.endswith(PYTHON) else None
    function = module.function(model.seen.function) if module else None
    return function if function and given in {item.name for item in function.parameters} else None


def _passing(look: Look, function: Function, given: str) -> Iterator[Seen]:
    """The calls of such a function that hand it tools; experiments beside a service do not count."""
    for call in calls_that(look, _calls, function.name):
        handed = given in call.keys or len(call.arguments) > 1
        if handed and call.reached and reached(look, call.path):
            yield call


def _calls(call: Seen, name: str) -> bool:
    return call.last == name


def _marked(look: Look) -> Iterator[tuple[Location, Body]]:
    """Functions that a decorator makes a tool, with their lines."""
    for module in python_modules(look, "decorated", dead=True):
        if look.reach.reached(module.path) is False:
            continue
        for item in module.decorated:
            if any(_TOOL_MARKS.fullmatch(look.python.trace(module.path, one)) for one in item.decorators):
                place = Location(module.path, item.line, item.end_line)
                yield place, Body(module.path, item.line, item.end_line)


def ready_made(look: Look) -> list[Seen]:
    """Reached calls that make a ready-made tool for commands, files or a whole database."""
    return [call for call in calls_that(look, _is_ready_made) if call.reached]


def _is_ready_made(call: Seen, _: str) -> bool:
    return bool(_READY_MADE.fullmatch(call.name))


def bodies(look: Look) -> list[Body]:
    """What runs when a model uses a tool: marked functions, those a tool is made of or names, and theirs."""
    found = {body for _, body in _marked(look)}
    for call in tool_calls(look):
        if _OWN_TOOL.fullmatch(call.name.removesuffix(".from_function").removesuffix(".from_defaults")):
            found.add(Body(call.path, call.line, call.end_line))
        found |= {body for name in _words_given(look, call) for body in _functions(look, call.path, name)}
    for model, given in _handed(look):
        function = _wrapper(look, model, given)
        callers = {call.path for call in _passing(look, function, given)} if function else set[str]()
        for start in sorted({model.seen.path, *callers}):
            near = _near(look, start)
            names = {name for path in near for name in _SPEC_NAME.findall(lines_of(look, path))}
            found |= {body for name in names for body in _functions(look, start, name)}
    todo = list(found)
    while todo and len(found) < _MOST_BODIES:
        body = todo.pop()
        for call in calls_of(look, body.path):
            if body.holds(call):
                further = set(_functions(look, body.path, call.last, straight=True)) - found
                found |= further
                todo += further
    return sorted(found)


def _words_given(look: Look, call: Seen) -> set[str]:
    """Names in the arguments of a call, and in the lists that these names stand for."""
    given = " ".join((*call.arguments, *(call.keys.get(key, "") for key in ("tools", "fn", "func", "tool"))))
    words = set(_WORD.findall(given))
    return words | {inner for word in words for inner in _WORD.findall(assigned(look, call.path, word)[:500])}


def _near(look: Look, path: str) -> dict[str, None]:
    """A file, what it loads, and what those load."""
    first = look.reach.imports_of(path)
    return dict.fromkeys((path, *first, *(further for one in first for further in look.reach.imports_of(one))))


def _functions(look: Look, path: str, name: str, *, straight: bool = False) -> Iterator[Body]:
    """Functions of that name in a file or near it; `straight` looks only at the file and what it loads itself."""
    for other in (path, *look.reach.imports_of(path)) if straight else _near(look, path):
        if other.endswith(PYTHON):
            module = look.python.module(other)
            for item in module.functions if module else ():
                if item.name == name:
                    yield Body(other, item.line, item.end_line)
        elif other.endswith(WEB):
            web = look.web.module(other)
            for one in web.functions if web else ():
                if one.name == name:
                    yield Body(other, one.line, one.end_line)


def from_elsewhere(look: Look) -> bool:
    """Whether tools come over a protocol, from servers that this repository does not show."""
    return bool(
        look.importers(
            *("mcp.client", "fastmcp.client", "fastmcp.Client", "langchain_mcp_adapters", "@ai-sdk/mcp"),
            *("mcp.ClientSession", "mcp.StdioServerParameters", "@modelcontextprotocol/sdk/client/*"),
        )
    ) or any(call.reached for call in calls_that(look, _speaks_mcp))


def _speaks_mcp(call: Seen, _: str) -> bool:
    return bool(_MCP.search(call.last)) and call.last != "FastMCP"


def mighty(look: Look, within: list[Body]) -> list[Seen]:
    """Calls in tools that run commands or whole statements, or write and remove files that the model names."""
    return [call for call in _calls_in(look, within, _may_be_mighty) if _is_mighty(look, call)]


def _calls_in(look: Look, within: list[Body], says: Says) -> Iterator[Seen]:
    """Reached calls of one kind in these lines."""
    for call in calls_in(look, {body.path for body in within}, says):
        if call.reached and any(body.holds(call) for body in within):
            yield call


def changing(look: Look, within: list[Body]) -> list[Seen]:
    """Calls in tools that change something elsewhere: rows, messages, files of a service."""
    models = {call.place for call in model_calls(look)}
    return [call for call in _calls_in(look, within, _changes) if call.place not in models]


def _changes(call: Seen, _: str) -> bool:
    return bool(_CHANGES.fullmatch(call.name))


def _may_be_mighty(call: Seen, _: str) -> bool:
    if call.name in {"open", "io.open"} or _MIGHTY.fullmatch(call.name):
        return True
    return bool(_STATEMENT.fullmatch(call.last) and _DATABASE.search(f".{call.callee}"))


def _is_mighty(look: Look, call: Seen) -> bool:
    first = call.arguments[0].strip() if call.arguments else ""
    if call.name in {"open", "io.open"}:
        return bool(_WRITES.search(text_of(look, call))) and not _CONSTANT.match(first)
    if _MIGHTY.fullmatch(call.name):
        own = call.last in {"write_text", "write_bytes"}
        return own or not _CONSTANT.match(first)
    return any(_is_parameter(look, call, word) for word in _WORD.findall(re.sub(r"[\"'][^\"']*[\"']", "", first)))


def _is_parameter(look: Look, call: Seen, word: str) -> bool:
    """Whether a word of an argument is a parameter of the function around the call: the model chooses it."""
    if call.path.endswith(PYTHON):
        module = look.python.module(call.path)
        function = module.function(call.function) if module else None
        return bool(function and word in {item.name for item in function.parameters})
    first, _ = function_span(look, call.path, call.line)
    before = lines_of(look, call.path, first, call.line)
    named = rf"\b{re.escape(word)}\b"
    unpacked = re.search(rf"\(\s*\{{[^}})]*{named}[^)]*\)\s*(?::[^=]*)?=>", before)
    plain = re.search(rf"\([^()]*{named}[^()]*\)\s*(?::[^={{]*)?(?:=>|\{{)", before)
    return bool(unpacked or plain)
