"""Jobs that a queue runs again with pauses: where that is said, and which files' calls it covers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_that, lines_of, text_of
from checks.application.named_values import assigned, written_out
from checks.observation import Location
from checks.once import once

if TYPE_CHECKING:
    from checks.look import Look

_PACKAGES = ("bullmq", "bull", "@nestjs/bullmq", "@nestjs/bull", "bee-queue", "pg-boss", "graphile-worker")
_AGAIN = re.compile(r"\battempts\s*:\s*(?!1\b|0\b)[\w.(]|\bretryLimit\s*:\s*[1-9]|\bmaxAttempts\s*:\s*[2-9]")
_PAUSES = re.compile(r"\bbackoff\b|\bretryBackoff\s*:\s*true|\bretryDelay\b")
_GROWS = re.compile(r"exponential|retryBackoff\s*:\s*true")
_MAKERS = re.compile(
    r"(^|\.)(Queue|registerQueue(Async)?|forRoot(Async)?|add|addBulk|send|JobScheduler|upsertJobScheduler)$"
)
_WORKS = re.compile(
    r"(?:bullmq|bull|bee-queue|pg-boss|graphile-worker)\b.*\.(?:Worker|process|work|run)$|(^|\.)(process|work)$"
)
_PROCESSOR = re.compile(r"@Processor\(")


@once
def tried_again(look: Look) -> tuple[tuple[Seen, bool], ...]:
    """The reached calls that tell a queue to run a failed job again, and whether the pauses grow."""
    if not look.importers(*_PACKAGES):
        return ()
    found = []
    for call in calls_that(look, _hands_over):
        if call.reached:
            text = f"{written_out(look, call)}\n{_options(look, call)}"
            if _AGAIN.search(text) and _PAUSES.search(text):
                found.append((call, bool(_GROWS.search(text))))
    return tuple(found)


def _hands_over(call: Seen, _: str) -> bool:
    return not call.path.endswith(".py") and bool(_MAKERS.search(call.callee))


def _options(look: Look, call: Seen) -> str:
    """The source of the options that a call names, such as `defaultJobOptions: JOB_OPTIONS`."""
    names = re.findall(
        r"\b(?:defaultJobOptions|opts|options)\s*(?::\s*(?:\.\.\.)?([A-Za-z_]\w*)|(?=[,}]))", text_of(look, call)
    )
    names += ["defaultJobOptions"] if "defaultJobOptions" in text_of(look, call) else []
    return "\n".join(assigned(look, call.path, name) for name in names if name)


@once
def worked_files(look: Look) -> frozenset[str]:
    """The files whose functions a queue's workers run: those that start workers, and what they load."""
    starts = {call.path for call in calls_that(look, _works) if call.reached}
    importing = {place.path for place in look.importers(*_PACKAGES)}
    starts |= {path for path in importing if _PROCESSOR.search(look.tree.text(path) or "")}
    found = set(starts)
    for _ in range(3):
        found |= {other for path in found for other in look.reach.imports_of(path)}
    return frozenset(found)


def _works(call: Seen, _: str) -> bool:
    return not call.path.endswith(".py") and (call.callee == "Worker" or bool(_WORKS.search(call.name)))


_TASK = re.compile(r"(?:^|\.)(?:task|shared_task|periodic_task)$")
_ITSELF = re.compile(r"(?P<task>self|\w*task)\.retry")
_LONGER = re.compile(r"\*\*\s*\(?\s*\w+(?:\.\w+)*\.?retries|\bretry_backoff\b|backoff|exponential|\*=")


def run_again(look: Look) -> Iterator[tuple[Location, bool, tuple[int, int]]]:
    """Where a task of Celery asks to be run again, whether the pauses grow, and the lines of its function."""
    for place in look.importers("celery", "celery.*"):
        module = look.python.module(place.path)
        for function in module.functions if module else ():
            is_task = any(_TASK.search(one.callee) for one in function.decorators)
            handed = {item.name for item in function.parameters}
            for call in module.calls if module else ():
                asks = _ITSELF.fullmatch(call.callee) if call.function == function.qualified else None
                if asks and asks["task"] in handed and (is_task or asks["task"] != "self"):
                    text = lines_of(look, place.path, function.line, function.end_line)
                    grows = bool(_LONGER.search(text))
                    yield Location(place.path, call.line), grows, (function.line, function.end_line)
