"""Which model calls have no part in what the product keeps of their use, beside calls that have."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_of, function_span, lines_of, users_of
from checks.application.named_values import assigned, written_out
from checks.models.calls import calls_in_use, clients_for

if TYPE_CHECKING:
    from checks.look import Look
    from checks.models.calls import ModelCall
    from checks.observation import Location

_HOPS = 3
_ABOVE = 4
"""Lines above a function in which its decorators stand."""
_FOR_ALL = re.compile(
    r"\blitellm\.(?:\w*callbacks?|logger_fn)\b|\bset_(?:llm_cache|global_handler)\(|\bSettings\.callback_manager\b"
)
"""What sees every call of a library."""
_WATCHED = re.compile(
    r"\bcallbacks?\b|\bcallback_?[mM]anager\b|\bmiddleware\b|\bon(?:Finish|StepFinish|End)\b|\bhooks?\b"
)
_CALLED_BY_LIBRARY = re.compile(
    r"_?on_\w+|log_(?:success|pre_api|post_api)\w*|async_log_\w+|handleLLM\w*|wrap\w*|__call__"
)


def uncounted(look: Look, kept: Sequence[Location], is_read: Callable[[str], bool]) -> list[ModelCall]:
    """Model calls in use for which nothing on the way reads or keeps tokens, given the places that keep them.

    None where something that keeps them sees every call, or stands outside of any function.
    """
    calls = [call for call in calls_in_use(look) if call.kind == "text" and call.seen.reached]
    files = {call.seen.path for call in calls} | {place.path for place in kept}
    if any(_FOR_ALL.search(lines_of(look, path)) for path in files):
        return []
    keepers = _keepers(look, kept)
    if keepers is None:
        return []
    return [call for call in calls if not _is_counted(look, call, keepers, is_read)]


def _keepers(look: Look, kept: Sequence[Location]) -> frozenset[str] | None:
    """Names of functions and classes that keep tokens, or lead to one that does; None where that cannot be told."""
    holders = [one for place in kept for one in calls_of(look, place.path) if one.place == place]
    names: set[str] = set()
    todo = [(one, _HOPS) for one in holders]
    while todo:
        seen, hops = todo.pop()
        parts = seen.function.split(".")
        if not parts[-1]:
            return None
        if parts[-1] in names:
            continue
        if _CALLED_BY_LIBRARY.fullmatch(parts[-1]):
            if len(parts) == 1:
                return None
            names.add(parts[-2])
        names.add(parts[-1])
        if parts[-1] in {"__init__", "constructor", "__exit__", "__aexit__"} and len(parts) > 1:
            names.add(parts[-2])
        if hops:
            todo += [(user, hops - 1) for user in users_of(look, seen.path, parts[-1]) if user.function]
    return frozenset(names)


def _is_counted(
    look: Look, call: ModelCall, keepers: frozenset[str], is_read: Callable[[str], bool], hops: int = _HOPS
) -> bool:
    made = "\n".join(written_out(look, one) for one in clients_for(look, call))
    owner = assigned(look, call.seen.path, call.seen.callee.split(".", 1)[0])
    own = f"{written_out(look, call.seen)}\n{made}\n{owner}"
    if _WATCHED.search(own) or _names(own, keepers):
        return True
    todo: list[tuple[Seen, int]] = [(call.seen, hops)]
    done: set[tuple[str, str]] = set()
    while todo:
        seen, left = todo.pop()
        first, last = function_span(look, seen.path, seen.line)
        above = [line for line in lines_of(look, seen.path, max(first - _ABOVE, 1), first).split("\n") if "@" in line]
        text = "\n".join([*above, lines_of(look, seen.path, first, last)])
        name = seen.function.rsplit(".", 1)[-1]
        if name in keepers or is_read(text) or _names(text, keepers):
            return True
        if not left or not name or (seen.path, name) in done:
            continue
        done.add((seen.path, name))
        todo += [(user, left - 1) for user in users_of(look, seen.path, name)]
    return False


def _names(text: str, names: frozenset[str]) -> bool:
    # `chat` in `client.chat.completions` is no function of ours
    return any(word in names for word in re.findall(r"[A-Za-z_$][\w$]*+(?!\s*\.)", text))
