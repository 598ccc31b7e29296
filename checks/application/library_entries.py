"""Python files that a library starts by what stands in them: workers of arq and dramatiq, Chainlit's handlers, bots."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from checks.application.reach import Entry, EntryPoint

if TYPE_CHECKING:
    from checks.readers.python_facts import PythonModule

_BOTS = re.compile(
    r"(?:discord|nextcord|disnake|hikari|interactions|guilded)\.(?:\w+\.)*(?:Bot|AutoShardedBot|Client|AutoShardedClient|GatewayBot)"
    r"|aiogram\.(?:\w+\.)*Dispatcher|telebot\.(?:\w+\.)*(?:Async)?TeleBot|telegram\.ext\.(?:\w+\.)*(?:Application|ApplicationBuilder|Updater)(?:\.builder)?"
    r"|slack_bolt\.(?:\w+\.)*(?:Async)?App|pyrogram\.(?:\w+\.)*Client|telethon\.(?:\w+\.)*TelegramClient"
)
_HANDLES = re.compile(r"chainlit\.(?:\w+\.)*on_\w+|nicegui\.ui\.page|dramatiq\.(?:\w+\.)*actor")
_WORKS = frozenset({"functions", "cron_jobs"})
"""What a class of settings lists that arq's command is given."""


def of_libraries(module: PythonModule) -> Iterator[EntryPoint]:
    """The entry point that a module is for a library which it imports, if it is one."""
    if any(item.top == "arq" for item in module.imports) and _has_worker_class(module):
        yield EntryPoint(module.path, Entry.WORKER, "has settings of an arq worker")
    for function in module.functions:
        for mark in function.decorators:
            if _HANDLES.fullmatch(mark.resolved):
                entry = Entry.WORKER if mark.resolved.startswith("dramatiq") else Entry.SERVICE
                yield EntryPoint(module.path, entry, f"{mark.callee} handles what comes in")
    for call in module.calls:
        if _BOTS.fullmatch(call.resolved) and call.callee.rsplit(".", 1)[-1] == call.resolved.rsplit(".", 1)[-1]:
            yield EntryPoint(module.path, Entry.SERVICE, f"creates {call.callee}")
    known = {item.local: item.dotted for item in module.imports}
    for one in module.classes:
        if any(_BOTS.fullmatch(_in_full(base, known)) for base in one.bases):
            yield EntryPoint(module.path, Entry.SERVICE, f"{one.name} is a bot")


def _in_full(name: str, known: Mapping[str, str]) -> str:
    head, dot, rest = name.partition(".")
    return f"{known.get(head, head)}{dot}{rest}"


def _has_worker_class(module: PythonModule) -> bool:
    return any(_WORKS & {*one.fields} for one in module.classes)
