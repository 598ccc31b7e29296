"""What looks like an agent though its constructor may be unknown: told by its name, its package and its tools."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_that
from checks.look import PYTHON
from checks.once import once

if TYPE_CHECKING:
    from checks.look import Look

_NAMED = re.compile(r"(?:\w*[a-z])?Agents?|(?:\w+_)?agents?")
_MADE = re.compile(
    r"(?:a?(?:create|define|make|build|init|initialize|new))(?:_\w*)?_?[aA]gents?|(?:create|define|make|build|init)\w*Agent"
)
_NOT_OF_MODELS = re.compile(
    r"(?i)user_?agent|https?|proxy|socks|keep_?alive|request|\btls|change_?agent|travel|real_?estate"
)
_LIBRARY = re.compile(r"(?i)(?:^|[\W_])\w*agents?(?:[\W_]|$)")
_TOOLS = frozenset(
    {"tools", "toolkits", "toolsets", "functions", "skills", "subagents", "sub_agents", "handoffs", "mcp_servers"}
    | {"mcpServers", "subAgents", "managed_agents"}
)
_FOR_A_MODEL = _TOOLS | {"model", "llm", "instructions", "prompt", "system_prompt", "systemPrompt", "system"}


@once
def agent_signs(look: Look) -> list[Seen]:
    """Calls of application code that seem to make an agent, known or not, reached or not.

    A name such as `create_review_agent` or `ReviewAgent` counts with tools, or where it comes from a package and is
    made for a model; in a package that is named for agents, any call with tools does.
    """
    return [call for call in calls_that(look, _may_be_one) if _is_sign(look, call)]


def _may_be_one(call: Seen, _: str) -> bool:
    """Whether a call is named like what makes an agent, or is given tools."""
    if _TOOLS.isdisjoint(call.keys) and not _NAMED.fullmatch(call.last):
        return False
    return not _NOT_OF_MODELS.search(call.last)


def _is_sign(look: Look, call: Seen) -> bool:
    keys = call.keys.keys()
    named = bool(_NAMED.fullmatch(call.last))
    if named and keys & _TOOLS:
        return True
    package = _package(look, call)
    if not package or _NOT_OF_MODELS.search(package):
        return False
    if _LIBRARY.search(package) and keys & _TOOLS:
        return True
    return bool(_MADE.fullmatch(call.last)) or (named and bool(keys & _FOR_A_MODEL))


def _package(look: Look, call: Seen) -> str:
    """The package that the called name is imported from, "" for the repository's own."""
    root = call.callee.split(".", 1)[0]
    if call.path.endswith(PYTHON):
        module = look.python.module(call.path)
        found = (
            (item.module or item.dotted for item in module.imports if item.local == root and not item.paths)
            if module
            else ()
        )
        return next(iter(found), "")
    web = look.web.module(call.path)
    return next((item.package for item in web.imports if root in item.names and item.package), "") if web else ""
