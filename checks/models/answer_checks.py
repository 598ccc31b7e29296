"""Checks of a model's answer that are no schema: a closed list, a look at types, tools that take typed input."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from checks.application.calls_seen import lines_of
from checks.models.answer_flow import followed

if TYPE_CHECKING:
    from checks.look import Look
    from checks.models.calls import ModelCall

FORCED = re.compile(r"tool_?[cC]hoice[\"']?\s*[=:]\s*\{[^}]*[\"']?type[\"']?\s*:\s*[\"'](?:tool|function)[\"']")
"""The model has to call one tool, so that its answer has the shape of the tool's input."""
_TYPED_TOOLS = re.compile(
    r"inputSchema\s*:\s*(?:z\.|\w*[sS]chema)|\bparameters\s*:\s*(?:z\.|\w+Schema)|args_schema\s*=|\bbind_tools\("
    r"|(?m:^\s*@(?:\w+\.)?(?:tool|tool_plain|function_tool|beta_tool)\b)|\bFunctionTool\(|createTool\(|\bzodFunction\("
)
_GIVES_TOOLS = re.compile(r"\btools\b\s*[\"']?\s*[=:,}\]]|\bbind_?[tT]ools\(|@\w+\.tool")
_WANTS_A_WORD = re.compile(
    r"(?i)\bone of\b|\bonly (?:the|one|a|an|with)\b|(?:single|one) word|\byes or no\b"
    r"|\bclassif|\bcategor|\bscore|\brating|\bjson\b|\blabel"
)
_LISTS = (
    r"(?:[\[({]|(?:self\.|this\.)?(?:[A-Z_][\w.]*\b"
    r"|\w*(?:allowed|valid|labels?|options|choices|categor|known|permitted|enum)\w*))"
)


def is_listed(look: Look, call: ModelCall) -> bool:
    """Whether the answer counts only where it is one of some known ones, in its function or where that returns to."""
    return any(_asks(text, names, _listed) for text, names in followed(look, call))


def is_typed(look: Look, call: ModelCall) -> bool:
    """Whether parts of the answer are looked at for their type before use."""
    return any(_asks(text, names, _typed) for text, names in followed(look, call))


def is_read_by_code(look: Look, call: ModelCall) -> bool:
    """Whether code reads something out of a free answer, or asks for one of some words: more than text to show."""
    if _WANTS_A_WORD.search(lines_of(look, call.seen.path)):
        return True
    return any(_asks(text, names, _taken_apart) for text, names in followed(look, call))


def _asks(text: str, names: frozenset[str], what: Callable[[str], str]) -> bool:
    every = "|".join(re.escape(name) for name in sorted(names))
    return bool(names and re.search(what(every), text))


def _listed(every: str) -> str:
    value = rf"(?<![\w.])(?:{every})\b(?:\.\w+\(\)|\.\w+|\[[^\]\n]*\]|\.get\([^)\n]*\))*"
    return (
        rf"(?<!for )(?<!for\s\s){value}\s+(?:not\s+)?in\s+{_LISTS}"
        rf"|(?:\]|\b{_LISTS})(?:\s+as\s+[^)]*\))?\.(?:includes|has)\(\s*{value}"
        rf"|\b[A-Z][A-Z_0-9]{{2,}}\.get\(\s*{value}|\b[A-Z]\w*(?:Enum|Label|Kind|Category|Intent|Route)\(\s*{value}\s*\)"
    )


def _taken_apart(every: str) -> str:
    value = rf"(?<![\w.])(?:{every})\b(?:\.(?:text|content|output_text|strip\(\)|trim\(\)))*"
    return (
        rf"{value}\.(?:split\w*|partition|r?index|find\w*|lower|upper|to(?:Lower|Upper)Case|match\w*|starts_?[wW]ith|includes)\("
        rf"|{value}\s*[=!]==?|\b(?:int|float|Decimal|Number|parseInt|parseFloat|bool|eval)\(\s*{value}"
        rf"|\bre\.\w+\([^\n]*,\s*{value}|[\"']\s+in\s+{value}|\.(?:exec|test)\(\s*{value}"
    )


def _typed(every: str) -> str:
    value = rf"(?:{every})\b"
    return rf"isinstance\(\s*{value}|typeof\s+{value}|Array\.isArray\(\s*{value}"


def takes_typed_tools(look: Look, call: ModelCall) -> bool:
    """Whether the call gives the model tools whose input a library checks against a schema."""
    path = call.seen.path
    near = (path, *look.reach.imports_of(path))
    return bool(_GIVES_TOOLS.search(lines_of(look, path))) and any(
        _TYPED_TOOLS.search(lines_of(look, one)) for one in near
    )
