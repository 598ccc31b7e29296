"""Calls of services through their own libraries: payments, mail, messages, code hosts, search, clouds.

Their documented defaults (Stripe: 80 s and one more try; Twilio: 30 s and none; SDKs on `fetch`, such as Resend's: no
limit at all) say nothing of what the product wants, and do not count as limits of its own.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_that, lines_of
from checks.application.named_values import written_out
from checks.look import PYTHON
from checks.observation import Location
from checks.once import once
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look

_DOES = (
    r"(?:create|retrieve|fetch|get|list|search|send|update|modify|del|delete|remove|cancel|confirm|capture|pay|refund|upsert"
    r"|verify|invite|add|append|insert|query|post|put|upload|request|graphql|paginate|index|save|invoke|accept|reject|expire"
    r"|finalize\w*|void\w*|close|resume|attach|detach|batch\w*)"
)
_DOING = rf"(?:\w+\.)+{_DOES}\w*"
_IN_WEB = (
    rf"stripe\.(?:default|Stripe)\.(?!webhooks\.|webhookEndpoints$){_DOING}"
    r"|resend\.Resend\.(?:emails|batch|contacts|audiences|broadcasts|domains)\.\w+"
    rf"|twilio\.(?:default|Twilio|\*)\.{_DOING}|@sendgrid/mail\.(?:default|\*|MailService)\.send\w*"
    r"|postmark\.(?:\w+\.)*ServerClient\.send\w*|mailgun\.js\.default\.client\.messages\.create|node-mailjet\.\w+\..*request"
    rf"|(?:@octokit/(?:rest|core|app|action)|octokit|@actions/github)\.(?:Octokit|getOctokit)\.(?:{_DOES}\w*|(?:\w+\.)+\w+)"
    r"|algoliasearch(?:/\w+)?\.(?:default|algoliasearch|liteClient)\.(?:\w+\.)*(?:search\w*|save\w*|delete\w*|get\w*|browse\w*|partial\w*|replace\w*)"
    r"|@aws-sdk/client-(?!bedrock|dynamodb|rds-data|timestream)[\w-]+\.\w+\.(?!destroy$|on$)\w+|@aws-sdk/lib-storage\.Upload\.done"
    rf"|@slack/web-api\.WebClient\.{_DOING}|@notionhq/client\.Client\.{_DOING}|@hubspot/api-client\.Client\.{_DOING}"
    rf"|@clerk/(?:nextjs(?:/server)?|backend|express|fastify|clerk-sdk-node)\.(?:clerkClient|createClerkClient)\.{_DOING}"
    rf"|plaid\.PlaidApi\.\w+|@paddle/paddle-node-sdk\.Paddle\.{_DOING}|@mollie/api-client\.\w+\.{_DOING}"
    r"|@lemonsqueezy/lemonsqueezy\.js\.(?!lemonSqueezySetup)\w+|web-push\.(?:default|\*)\.sendNotification"
    rf"|googleapis\.google\.{_DOING}|firebase-admin/messaging\.getMessaging\.send\w*|@mailchimp/\w+\.default\.{_DOING}"
)
_IN_PYTHON = (
    rf"stripe\.(?!Webhook\b|error\b)(?:\w+\.)*[A-Z]\w*\.(?:\w+\.)*{_DOES}(?:_async)?|twilio\.rest\.Client\.{_DOING}(?:_async)?"
    r"|sendgrid\.SendGridAPIClient\.(?:send|client\..*)|resend\.(?:Emails|Batch|Contacts|Audiences|Broadcasts)\.\w+"
    r"|slack_sdk\.(?:\w+\.)*(?:Async)?WebClient\.\w+|postmarker\.core\.PostmarkClient\.emails\.send\w*"
    r"|(?:aio)?boto3\.client\.(?!generate_presigned|invoke_model|converse|get_waiter|get_paginator|close|exceptions"
    r"|\w+_item|batch_\w+_item|query|scan|transact)\w+|algoliasearch\.\w+(?:\.\w+)*\.(?:search\w*|save\w*|delete\w*|partial\w*)"
)
_HEADS = (
    *("stripe.", "resend.", "twilio.", "postmark", "mailgun", "node-mailjet", "octokit.", "algoliasearch", "plaid."),
    *("web-push.", "googleapis.", "firebase-admin/", "sendgrid.", "slack_sdk.", "boto3.", "aioboto3."),
    *("@sendgrid/", "@octokit/", "@actions/github", "@aws-sdk/", "@slack/", "@notionhq/", "@hubspot/", "@clerk/"),
    *("@paddle/", "@mollie/", "@lemonsqueezy/", "@mailchimp/"),
)
"""How all of these names begin: few names of a repository do."""
_SETS_A_LIMIT = re.compile(
    r"\b(?:request_?|read_?|socket_?|default_?)?timeout(?:_?(?:ms|s|seconds|in_?seconds|in_?millis))?[\"']?\s*[=:,}]\s*"
    r"(?!None\b|undefined\b|null\b|0\b)",
    re.IGNORECASE,
)
_STRIPE_LIMIT = re.compile(r"\bstripe\.default_http_client\s*=[^\n]*(?:\n[^\n]*){0,4}?\btimeout\s*=\s*(?!None\b)")

_STRIPE_TRIES = re.compile(r"\s*stripe\.max_network_retries\s*=\s*(?!0\b|None\b)\S")


def is_service(call: Seen) -> bool:
    """Whether a call asks a service over the network through the service's own library."""
    return _is_service_name(call.name, is_python=call.path.endswith(PYTHON))


@lru_cache(maxsize=50_000)
def _is_service_name(name: str, *, is_python: bool) -> bool:
    return name.startswith(_HEADS) and bool(_names(is_python=is_python).fullmatch(name))


@cache
def _names(*, is_python: bool) -> re.Pattern[str]:
    """Compiled where a name begins like one of these: few repositories have any, and it takes 10 ms."""
    return re.compile(_IN_PYTHON if is_python else _IN_WEB)


@once
def _service_calls(look: Look) -> tuple[Seen, ...]:
    return tuple(call for call in calls_that(look, _asks_a_service) if call.reached)


def _asks_a_service(call: Seen, _: str) -> bool:
    return is_service(call)


def service_waits(look: Look, call: Seen) -> bool:
    """Whether the library of a service was told how long to wait: where its client is made, or for all its calls."""
    made = _makers(look, call)
    here = [one for one in made if one.path == call.path] or made
    if here and all(_SETS_A_LIMIT.search(written_out(look, one)) for one in here):
        return True
    package = call.name.split(".", 1)[0]
    if package == "stripe" and call.path.endswith(PYTHON):
        return any(look.answer_of(_limits_stripe, path, "") for path in _files_of(look, "stripe"))
    return any(
        one.reached and one.name == f"{call.name.rpartition('.')[0]}.setTimeout"
        for one in calls_that(look, _sets_a_timeout)
    )


def _sets_a_timeout(call: Seen, _: str) -> bool:
    return call.name.endswith(".setTimeout") and bool(call.arguments)


@once
def stripe_tries(look: Look) -> tuple[Location, ...]:
    """Where Stripe's library is told, for all its calls in Python, to try again."""
    return tuple(
        Location(path, number)
        for path in _files_of(look, "stripe")
        if path.endswith(PYTHON)
        for number in look.answer_of(_lets_stripe_try, path, "")
    )


@of_one_file
def _limits_stripe(look: Look, path: str, _: str) -> bool:
    return bool(_STRIPE_LIMIT.search(lines_of(look, path)))


@of_one_file
def _lets_stripe_try(look: Look, path: str, _: str) -> list[int]:
    return [n for n, line in enumerate(lines_of(look, path).split("\n"), 1) if _STRIPE_TRIES.match(line)]


def _makers(look: Look, call: Seen) -> list[Seen]:
    """Where the client of a call is made: a call of the name that the call's own begins with."""
    return [one for one in _by_name(look) if call.name.startswith(f"{one.name}.") and one.reached]


@once
def _by_name(look: Look) -> tuple[Seen, ...]:
    """Calls that may make a client of one of the services that are asked."""
    heads = {call.name.split(".", 1)[0] for call in _service_calls(look)}
    return calls_that(look, _is_below, "\n".join(sorted(heads))) if heads else ()


def _is_below(call: Seen, packages: str) -> bool:
    head, dot, _ = call.name.partition(".")
    return bool(dot) and head in _set_of(packages)


@lru_cache(maxsize=8)
def _set_of(names: str) -> frozenset[str]:
    return frozenset(names.split("\n"))


@once
def _files_of_all(look: Look) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for call in _service_calls(look):
        found.setdefault(call.name.split(".", 1)[0], set()).update({call.path, *look.reach.imports_of(call.path)})
    return found


def _files_of(look: Look, package: str) -> list[str]:
    return sorted(_files_of_all(look).get(package, ()))
