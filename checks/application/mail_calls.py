"""Mail that the product hands to a mail server itself, and whether that says how long it waits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_that, lines_of
from checks.application.named_values import written_out

if TYPE_CHECKING:
    from checks.look import Look

_SENDS = re.compile(
    r"smtplib\.SMTP(?:_SSL)?|aiosmtplib\.(?:\w+\.)*(?:send|SMTP)|emails\.(?:\w+\.)*(?:Message|html)\.send"
    r"|nodemailer(?:\.default|\.\*)?\.createTransport"
)
_NOWHERE = re.compile(r"\b(?:json|stream)Transport\s*:\s*true")
_LIMITS = re.compile(
    r"\b(?:timeout|connectionTimeout|greetingTimeout|socketTimeout)[\"']?\s*[\])]?\s*[:=]\s*(?!None\b|undefined\b|null\b)"
)
_ITEM = re.compile(r"\[[\"']timeout[\"']\]\s*=")


def mail_calls(look: Look) -> list[tuple[Seen, bool]]:
    """The reached calls that open a connection to a mail server, each with whether it sets a limit of its own."""
    found = [call for call in calls_that(look, _sends) if call.reached]
    return [(call, _waits(look, call)) for call in found if not _NOWHERE.search(written_out(look, call))]


def _sends(call: Seen, _: str) -> bool:
    return bool(_SENDS.fullmatch(call.name))


def _waits(look: Look, call: Seen) -> bool:
    return bool(_LIMITS.search(written_out(look, call)) or _ITEM.search(lines_of(look, call.path)))
