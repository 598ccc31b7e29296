"""One attempt at a look, run as a program of its own by `checks.isolated`.

Standard input holds what to do, as a line of JSON, and behind it what git said of the files, if it was asked. Standard
output gets one JSON object a line: `signals` (all that will be answered), `progress`, `answer`, `partial`, and at the
end `report`.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import select
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn, TextIO

from checks.cache.registry import known_probes
from checks.cache.store import Store
from checks.children import allowance
from checks.git.listing import Told
from checks.plugins.guest import Guest
from checks.report_wire import pack, pack_observation
from checks.run import look_over

AHEAD: Final = (
    *("readers.python_facts", "readers.web_facts", "topics.secrets", "topics.secret_defaults", "complexity.measure"),
    *("complexity.python_counts", "topics.load_scripts", "topics.observability_loggers", "application.entry_points"),
    *("application.switches", "application.own_caches", "topics.environments", "topics.tries_again", "topics.code"),
    *("application.calls_seen", "application.reach", "topics.secret_env_files", "readers.web_walk", "models.calls"),
    *("application.service_sdks", "application.product_signs", "models.agent_tools", "application.queues"),
    *("application.http_calls", "application.databases", "models.tracing", "topics.calls", "topics.scale"),
    *("application.endpoints", "models.limits", "application.in_process", "application.own_clients"),
)
"""Modules of ours that looks after a change import, those first that nearly all do."""


def main() -> None:
    """Look once, under the allowance."""
    _load_ahead()
    order, _, listed = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(order)
    # What a library may print must not mix with what we say.
    said, sys.stdout = sys.stdout, sys.stderr
    settle()
    allowance.begin(Path(asked["note"]), asked["seconds"])
    guests = [Guest(title, site, module, tuple(signals)) for title, site, module, signals in asked["guests"]]
    store = Store(Path(asked["cache"])) if asked["cache"] else None
    answered = [*(one.signals for one in known_probes(store)), *(one.signals for one in guests)]
    _say(said, signals=[name for names in answered for name in names if _wanted(asked, name)])
    look_over(
        Path(asked["root"]),
        signals=asked["signals"],
        on_progress=lambda step: _say(said, progress=[step.stage, step.done, step.total, step.note]),
        on_partial=lambda report: _say(said, partial=pack(report)),
        on_answer=lambda one: _say(said, answer=pack_observation(one)),
        given_up=asked["given_up"],
        too_slow=asked["too_slow"],
        store=store,
        on_report=lambda report, lasting: _say(said, report=pack(report), lasting=lasting),
        guests=guests,
        told=Told(listed, *asked["told"]) if asked["told"] else None,
    )
    if store is not None:
        store.close()
    _leave()


def _leave() -> NoReturn:
    """End the process, without taking apart all that it holds: that takes as long as much of a look."""
    atexit._run_exitfuncs()
    sys.stderr.flush()
    os._exit(0)


def _load_ahead() -> None:
    """Load what the look will need, as long as the order has not come."""
    for name in AHEAD:
        if select.select([sys.stdin], [], [], 0)[0]:
            return
        import_module(f"checks.{name}")


def settle() -> None:
    """Search for cycles seldom: a look makes hardly any, and to search millions of live objects takes a tenth of it."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def _wanted(asked: Mapping[str, Any], signal: str) -> bool:
    return asked["signals"] is None or signal in asked["signals"]


def _say(said: TextIO, **what: object) -> None:
    said.write(json.dumps(what) + "\n")
    said.flush()
