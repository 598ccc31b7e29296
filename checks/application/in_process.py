"""Slow work that goes on beside requests in the serving process, as against what is awaited, counted or swept there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.calls_seen import function_span, lines_of
from checks.application.wiring import Hit, arguments_of, calls, python_modules
from checks.observation import Location

if TYPE_CHECKING:
    from checks.look import Look

_STARTS = (
    r"(?:.*\.)?(?:background_tasks|background|bg|tasks)\.add_task|fastapi\.BackgroundTasks\.add_task"
    r"|(?:asyncio\.)?(?:create_task|ensure_future)|threading\.Thread"
    r"|apscheduler\..*\.(?:add_job|start)|schedule\.every.*|node-cron.*\.schedule|gradio\..*\.queue"
)
"""What a platform lets run to its end once the answer is sent, such as `after` and `waitUntil`, is no job: nothing
takes it up again where it fails."""
_SMALL = re.compile(
    r"(?i)analytics|telemetry|metrics?(?![a-z])|heart_?beat|keep_?alive|clean_?up|garbage|audit"
    r"|(?:^|\.)_*(?:track|log|count|ping|touch|record_?(?:usage|event|view|metric|cost|hit)|clean|sweep|purge|prune|evict|expire"
    r"|reap|broadcast|listen|receive|forward|pump|send_?ping|read_?loop|reader|writer|watch|monitor|warm)"
)
"""Names of what is counted, told, kept alive or swept, or hands on what streams in: no slow work is among them."""
_AWAITED = frozenset({"create_task", "ensure_future", "Thread"})
_KEPT = re.compile(
    r"(?<!\w)(\w{1,80})(?:\[[^\[\]\n]{0,80}\])?[ \t]{0,4}(?::[^=\n]{1,80})?=(?!=)|(?<!\w)(\w{1,80})\.(?:append|add)\("
)


def tasks_in_process(look: Look) -> list[Location]:
    """Where slow work is started beside requests inside the serving process."""
    found = [hit.place for hit in calls(look, _STARTS) if not _is_small(hit) and not _is_awaited(look, hit)]
    found += [
        Location(module.path, function.line)
        for module in python_modules(look)
        for function in module.functions
        if any(item.callee.endswith("repeat_every") for item in function.decorators)
        if not _SMALL.search(function.name)
    ]
    return found


def _is_small(hit: Hit) -> bool:
    """Whether what is started only counts, tells, keeps alive or sweeps."""
    target = getattr(hit.call, "keywords", {}).get("target")
    started = target.text if target is not None else next(iter(arguments_of(hit.call)), "")
    return bool(_SMALL.search(started.split("(", 1)[0]))


def _is_awaited(look: Look, hit: Hit) -> bool:
    """Whether the function that starts a task waits for it before it goes on: concurrency, and no work left behind."""
    if hit.call.callee.rsplit(".", 1)[-1] not in _AWAITED:
        return False
    if getattr(hit.call, "awaited", False):
        return True
    whole = lines_of(look, hit.place.path, *function_span(look, hit.place.path, hit.place.line))
    start = lines_of(look, hit.place.path, max(hit.place.line - 1, 1), hit.place.line)
    names = {name for match in _KEPT.finditer(start) for name in match.groups() if name}
    if not names:
        return False
    one = rf"(?:{'|'.join(map(re.escape, sorted(names)))})\b"
    if re.search(rf"\b{one}\.cancel\(", whole):
        return False  # it lasts as long as the application
    return bool(
        re.search(rf"\bawait\s+{one}|\b{one}\.join\(", whole)
        or re.search(rf"\b(?:gather|wait|wait_for|as_completed|shield)\(\s*[*\[{{]*\s*{one}", whole)
        or re.search(rf"\bfor\s+(\w+)\s+in\s+{one}\s*:\s*\n\s*(?:.*\bawait\s+\1\b|\1\.join\()", whole)
    )
