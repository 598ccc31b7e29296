"""What bounds a model call: a cap on tokens, and a limit on how long it may take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, around, calls_in, lines_of
from checks.application.http_calls import waits
from checks.application.named_values import assigned, written_out
from checks.application.services import run_apart
from checks.models.calls import ModelCall, clients_for
from checks.models.caps import ENDLESS
from checks.once import once
from checks.reads import SOURCES, of_one_file

if TYPE_CHECKING:
    from checks.look import Look

_CAP = re.compile(
    rf"\b(?:max_(?:completion_|output_|new_|response_)?tokens(?:_to_sample)?|max(?:Completion|Output|New)?Tokens|num_predict|numPredict"
    rf"|n_predict|max_length|maxTokenCount|max_gen_len|max_completion_tokens)[\"']?\s*(?:[=:,}}]|$)(?!\s*{ENDLESS})"
)
_GLOBAL_WAIT = re.compile(r"^litellm\.request_timeout\s*=|\bopenai\.(?:default_)?timeout\s*=", re.MULTILINE)
_WAIT = re.compile(
    r"\b(?:request_?|default_request_|read_)?timeout(?:_?ms)?[\"']?\s*[=:,}](?!\s*(?:None|null|undefined)\b)",
    re.IGNORECASE,
)
_TAKES_ALL = re.compile(
    r"create|parse|stream|complete|converse|chat|\w*Command|(?:generate|stream)(?:Text|Object|Content)"
)
_CONSTRUCTED = re.compile(r"(?:Generation|GenerateContent|Chat|Model)\w*(?:Config|Settings|Params)$|GenerationConfig")


def _agent(look: Look, call: ModelCall) -> str:
    """The source of the agent that is run: `Agent("openai:…", model_settings=ModelSettings(max_tokens=500))`."""
    owner = call.seen.name.rsplit(".", 1)[0]
    if not owner.endswith("Agent"):
        return ""
    near = {call.seen.path, *look.reach.imports_of(call.seen.path)}
    return "\n".join(written_out(look, one) for one in calls_in(look, near, _is_named, owner))


def _is_named(call: Seen, name: str) -> bool:
    return call.name == name


def has_cap(look: Look, call: ModelCall) -> bool:
    """Whether a cap on tokens is given: in the call, in the model object, or in what is unpacked into the call."""
    if _CAP.search(_agent(look, call)):
        return True
    if _CAP.search(written_out(look, call.seen)):
        return True
    whole = around(look, call.seen)
    if builds_elsewhere(look, call) and _CAP.search(_without_signature(whole)):
        return True
    made = clients_for(look, call)
    return bool(made) and all(_CAP.search(written_out(look, one)) for one in made)


_TEXT = re.compile(r"""[frb]{0,2}["'`]|[\[(]\s*[frb]{0,2}["'`]|["'`]{3}""")
"""How the source of a text starts, or of a list of texts."""


def builds_elsewhere(look: Look, call: ModelCall) -> bool:
    """Whether arguments come from somewhere else: unpacked, or one variable that holds them all."""
    seen = call.seen
    if seen.hidden or _CONSTRUCTED.search(" ".join(seen.keys.values())):
        return True
    body = seen.keys.get("body") or seen.keys.get("json") or seen.keys.get("data") or ""
    named = re.search(r"^(?:JSON\.stringify\(|json\.dumps\()?\s*[A-Za-z_][\w.]*\s*\)?$", body)
    config = re.fullmatch(
        r"[A-Za-z_][\w.]*", seen.keys.get("config", "") or seen.keys.get("generation_config", "") or ""
    )
    alone = (
        _TAKES_ALL.fullmatch(seen.last)
        and seen.arguments
        and not seen.keys
        and re.fullmatch(r"[A-Za-z_][\w.]*", seen.arguments[-1])
    )
    if alone and _TEXT.match(assigned(look, seen.path, seen.arguments[-1]).lstrip()):
        return bool(named or config)  # `model.generateContent(prompt)`: a text brings no settings
    return bool(named or config or (alone and not call.over_http))


def waits_for_model(look: Look, call: ModelCall) -> bool:
    """Whether a model call ends after a set time: by itself, its client, or what wraps it."""
    if waits(look, call.seen) or _WAIT.search(_agent(look, call)):
        return True
    if call.over_http:
        return False
    made = clients_for(look, call)
    if made and all(_WAIT.search(written_out(look, one)) for one in made):
        return True
    if _WAIT.search(written_out(look, call.seen)):
        return True
    if builds_elsewhere(look, call) and _WAIT.search(_without_signature(around(look, call.seen))):
        return True
    return any(not run_apart(look, path, call.seen.path) for path in _limiting_all(look))


@once
def _limiting_all(look: Look) -> tuple[str, ...]:
    """The reached Python files that set a limit for every call of a library."""
    return tuple(
        path for path in look.gather(_waits_for_all, "", (SOURCES, ".py")) if look.reach.reached(path) is not False
    )


@of_one_file
def _waits_for_all(look: Look, path: str, _: str) -> bool:
    """Whether a file sets a limit for every call of a library."""
    return bool(_GLOBAL_WAIT.search(lines_of(look, path)))


def _without_signature(text: str) -> str:
    """A function's body: a parameter named like a cap is none until it is passed on."""
    return text.split("\n", 1)[-1]
