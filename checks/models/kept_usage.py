"""Which model calls have no part in what the product keeps of their use, beside calls that have."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_of, function_span, imports, lines_of, users_of
from checks.application.named_values import assigned, written_out
from checks.application.services import run_apart
from checks.look import PYTHON
from checks.models.calls import calls_in_use, clients_for
from checks.models.development import development_files

if TYPE_CHECKING:
    from checks.look import Look
    from checks.models.calls import ModelCall
    from checks.observation import Location

_Named = tuple[str, str]
"""A file and a function or class in it."""
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
_OF_ROUTES = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "action", "loader", "handler", "default"})
"""Handlers that are called alike in every file."""
_OF_COMMANDS = re.compile(r"(?:argparse|typer|click|fire)\b")
_CALLED_BY_LIBRARY = re.compile(
    r"_?on_\w+|log_(?:success|pre_api|post_api)\w*|async_log_\w+|handleLLM\w*|wrap\w*|__call__"
)


def uncounted(look: Look, kept: Sequence[Location], is_read: Callable[[str], bool]) -> list[ModelCall]:
    """Model calls in use for which nothing on the way reads or keeps tokens, given the places that keep them.

    Only those of other services where something that keeps them sees every call, or stands outside of any function.
    """
    calls = [call for call in calls_in_use(look) if call.kind == "text" and call.seen.reached]
    keeping = {place.path for place in kept}
    for_all = {path for path in {call.seen.path for call in calls} | keeping if _FOR_ALL.search(lines_of(look, path))}
    keepers = None if for_all else _keepers(look, kept)
    if keepers is None:
        keepers, around = frozenset[_Named](), keeping | for_all
        calls = [call for call in calls if all(run_apart(look, path, call.seen.path) for path in around)]
    return [call for call in calls if not _is_counted(look, call, _in_reach_of(look, call, keepers), is_read)]


def _in_reach_of(look: Look, call: ModelCall, keepers: frozenset[_Named]) -> frozenset[_Named]:
    """The keepers that the service of a call may use: one of another service may be called alike."""
    return frozenset(one for one in keepers if not run_apart(look, one[0], call.seen.path))


def _keepers(look: Look, kept: Sequence[Location]) -> frozenset[_Named] | None:
    """Functions and classes that keep tokens, or lead to one that does; None where that cannot be told."""
    holders = [one for place in kept for one in calls_of(look, place.path) if one.place == place]
    found: set[_Named] = set()
    todo = [(one, _HOPS) for one in holders]
    while todo:
        seen, hops = todo.pop()
        parts = seen.function.split(".")
        if not parts[-1]:
            return None
        if (seen.path, parts[-1]) in found:
            continue
        if _CALLED_BY_LIBRARY.fullmatch(parts[-1]):
            if len(parts) == 1:
                return None
            found.add((seen.path, parts[-2]))
        found.add((seen.path, parts[-1]))
        if parts[-1] in {"__init__", "constructor", "__exit__", "__aexit__"} and len(parts) > 1:
            found.add((seen.path, parts[-2]))
        if hops:
            todo += [(user, hops - 1) for user in users_of(look, seen.path, parts[-1]) if user.function]
    return frozenset(found)


def _is_counted(
    look: Look, call: ModelCall, keepers: frozenset[_Named], is_read: Callable[[str], bool], hops: int = _HOPS
) -> bool:
    made = "\n".join(written_out(look, one) for one in clients_for(look, call))
    owner = assigned(look, call.seen.path, call.seen.callee.split(".", 1)[0])
    own = f"{written_out(look, call.seen)}\n{made}\n{owner}"
    if _WATCHED.search(own) or _names(own, keepers):
        return True
    return _each_way(look, call.seen, keepers, is_read, hops, frozenset()) is not False


def _each_way(
    look: Look,
    seen: Seen,
    keepers: frozenset[_Named],
    is_read: Callable[[str], bool],
    hops: int,
    passed: frozenset[_Named],
) -> bool | None:
    """Whether tokens are kept in the function around a call or, where that only hands them back, by all who call it.

    None for a way on which no service comes, only commands that somebody runs by hand.
    """
    first, last = function_span(look, seen.path, seen.line)
    above = [line for line in lines_of(look, seen.path, max(first - _ABOVE, 1), first).split("\n") if "@" in line]
    text = "\n".join([*above, lines_of(look, seen.path, first, last)])
    name = seen.function.rsplit(".", 1)[-1]
    if (seen.path, name) in keepers or _names(text, keepers, name):
        return True
    read = is_read(text)
    if not hops or not name or (seen.path, name) in passed or (read and passed):
        return read
    users = [one for one in users_of(look, seen.path, name) if one.path not in development_files(look)]
    served = [one for one in users if look.reach.served(one.path) is not False and not _is_command(look, one.path)]
    if users and not served and passed:
        return None
    around = passed | {(seen.path, name)}
    each = [_each_way(look, user, keepers, is_read, hops - 1, around) for user in served or users]
    ways = [way for way in each if way is not None]
    # Where nobody who calls it reads them either, they may be kept in a way that is not seen here.
    return (all(ways) or not any(ways)) if read and ways else all(ways) if ways else read


def _is_command(look: Look, path: str) -> bool:
    return path.endswith(PYTHON) and imports(look, path, _OF_COMMANDS)


def _names(text: str, keepers: frozenset[_Named], own: str = "") -> bool:
    """Whether a text names one of the functions that keep tokens, other than the one it is of."""
    names = {name for _, name in keepers} - _OF_ROUTES - {own}
    # `chat` in `client.chat.completions` is no function of ours
    return any(word in names for word in re.findall(r"[A-Za-z_$][\w$]*+(?!\s*\.)", text))
