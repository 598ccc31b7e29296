"""What stands before a tool that changes something: a person's yes, a role, or a closed list of what is allowed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_of, lines_of, text_of
from checks.look import PYTHON
from checks.models.agent_tools import Body, tool_calls
from checks.models.calls import model_calls
from checks.observation import Location

if TYPE_CHECKING:
    from checks.look import Look

ASKS = re.compile(
    r"interrupt_before|interrupt_after|interruptBefore|interrupt\(|HumanInTheLoop|human_in_the_loop|HumanApproval"
    r"|needs_?[aA]pproval|require_?s?_?[aA]pproval|human_input\s*=|human_input_mode"
    r"|ask_user|input\(\s*f?[\"'][^\"']*(?:approve|allow|confirm|y/n)|confirm_tool|tool_approval|requireApproval"
    r"|can_use_tool|canUseTool",
    re.IGNORECASE,
)
_OF_THE_AGENT = re.compile(
    r"interrupt_?[bB]efore\s*[=:]\s*(?!\[\s*\]|None)|HumanInTheLoop\w*\(|human_input_mode\s*=\s*[\"']ALWAYS"
    r"|needs_?[aA]pproval[\"']?\s*[=:](?!\s*(?:False|false))|can_?[uU]se_?[tT]ool\s*[=:]|ask_human_input\s*=\s*True"
)
_CLOSED = re.compile(
    r"(?i)\bin\s+(?:self\.)?_?\w*(?:allowed|allow_?list|white_?list|permitted|safe)\w*"
    r"|\w*(?:allowed|allow_?list|white_?list|permitted|safe)\w*\.(?:includes|has)\(|is_relative_to\("
    r"|\.starts_?with\(\s*(?:str\()?\w*(?:root|base|workspace|sandbox)|PERMITTED|require_?role|has_?role|has_perm"
)
_ASKING = re.compile(r"(?i)approv|confirm|permission|authori[sz]e|require_?role|check_?role|is_?allowed")
_AGENTS = re.compile(
    r"(?:.*\.)?(?:AgentExecutor(?:\.\w+)?|create_react_agent|createReactAgent|create_agent|createAgent|initialize_agent"
    r"|StateGraph\.compile|ai\.tool|tool|create_deep_agent|\w*Agent)"
)


def guarded(look: Look, call: Seen, within: list[Body]) -> bool:
    """Whether something stands before a mighty call: in its function, in its callers, or over the whole agent."""
    if _over_the_agent(look):
        return True
    own = [body for body in within if body.holds(call)]
    return any(_asks_before(look, body, call.line) for body in own) or _callers_ask(look, own, within)


def _asks_before(look: Look, body: Body, line: int) -> bool:
    text = lines_of(look, body.path, body.first, line)
    if ASKS.search(text) or _CLOSED.search(text):
        return True
    return any(
        body.first <= one.line <= line and _is_real(look, one) for one in calls_of(look, body.path, _is_said_to_ask)
    )


def _is_said_to_ask(call: Seen, _: str) -> bool:
    return bool(_ASKING.search(call.last))


def _is_real(look: Look, call: Seen) -> bool:
    """Whether the function that is said to ask does more than to say yes; true for those of packages."""
    for path in (call.path, *look.reach.imports_of(call.path)):
        module = look.python.module(path) if path.endswith(PYTHON) else None
        for item in module.functions if module else ():
            if item.name == call.last:
                inside = lines_of(look, path, item.line + 1, item.end_line)
                return not re.fullmatch(r"\s*(?:\"\"\".*\"\"\"\s*)?return True\s*", inside, re.DOTALL)
    return True


def _callers_ask(look: Look, own: list[Body], within: list[Body]) -> bool:
    """Whether every tool function that leads to these lines asks before it does."""
    users = [
        (body, call.line)
        for body in within
        if body not in own
        for call in calls_of(look, body.path)
        if body.holds(call) and any(_is_named(look, one, call.last) for one in own)
    ]
    return bool(users) and all(_asks_before(look, body, line) for body, line in users)


def _is_named(look: Look, body: Body, name: str) -> bool:
    return bool(re.search(rf"\b{re.escape(name)}\b", lines_of(look, body.path, body.first, body.first)))


def _over_the_agent(look: Look) -> bool:
    """Whether every agent that is made asks before it uses tools."""
    made = [call for call in tool_calls(look) if _AGENTS.fullmatch(call.name)]
    made = [call for call in made if not re.search(r"create_tool_calling_agent", call.name)]
    return bool(made) and all(_OF_THE_AGENT.search(text_of(look, call)) for call in made)


def approvals(look: Look, places: list[Location]) -> list[Location]:
    """Where the files with tools and model calls speak of approval at all."""
    files = {place.path for place in places} | {call.seen.path for call in model_calls(look)}
    return [
        Location(path, lines_of(look, path).count("\n", 0, match.start()) + 1)
        for path in sorted(files)
        if (match := ASKS.search(lines_of(look, path)))
    ]
