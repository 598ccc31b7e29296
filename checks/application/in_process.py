"""Slow work that goes on beside requests in the serving process, as against what is awaited, counted or swept there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_of, calls_that, function_span, lines_of
from checks.application.wiring import Hit, arguments_of, calls, python_modules
from checks.application.wrapped import definition
from checks.observation import Location

if TYPE_CHECKING:
    from checks.look import Look

_STARTS = (
    r"(?:.*\.)?(?:background_tasks|background|bg|tasks)\.add_task|fastapi\.BackgroundTasks\.add_task"
    r"|(?:asyncio\.)?(?:create_task|ensure_future)|threading\.Thread"
    r"|apscheduler\..*\.(?:add_job|start)|schedule\.every.*|node-cron.*\.schedule|gradio\..*\.queue"
)
_AFTERWARDS = re.compile(r"next(?:/server)?\.(?:unstable_)?after|@vercel/functions\.waitUntil|(?:.*\.)?waitUntil")
"""What a platform lets the serving process run to its end once the answer is sent."""
_SLOW = re.compile(
    r"(?i)\b(?:resend|nodemailer|sendgrid|postmark|mailgun|sharp|puppeteer|playwright|openai|anthropic|@ai-sdk|langchain|pdf\w*"
    r"|exceljs|jszip|archiver|ffmpeg)\b|\.sendMail\(|\bgenerateText\(|\bstreamText\("
)
"""Work that nobody should wait for: letters, pictures, documents, models. What only counts or tells does none of it."""
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
    found += [call.place for call in calls_that(look, _goes_on) if call.reached and _starts_slow_work(look, call)]
    found += [
        Location(module.path, function.line)
        for module in python_modules(look, "decorated")
        for function in module.decorated
        if any(item.callee.endswith("repeat_every") for item in function.decorators)
        if not _SMALL.search(function.name)
    ]
    return found


def _goes_on(call: Seen, _: str) -> bool:
    """Whether a call leaves something for after the answer."""
    return call.name.endswith(("after", "waitUntil")) and bool(_AFTERWARDS.fullmatch(call.name))


def _starts_slow_work(look: Look, call: Seen) -> bool:
    """Whether what a call starts is slow work: in place, or in functions that it calls by name."""
    inner = [one for one in calls_of(look, call.path) if call.line <= one.line <= call.end_line and one != call]
    return any(
        _SLOW.search(one.name) or any(_SLOW.search(_with_names(look, *where)) for where in definition(look, one))
        for one in inner
    )


def _with_names(look: Look, path: str, first: int, last: int) -> str:
    """The names of what the lines of a file call, resolved to where they come from."""
    return " ".join(one.name for one in calls_of(look, path) if first <= one.line <= last)


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
