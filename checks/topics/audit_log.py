"""Audit log: are actions that only some may take recorded, with who took them."""

from __future__ import annotations

import re

from checks.application.endpoint import Endpoint
from checks.application.endpoints import endpoints, source, unseen_endpoints
from checks.application.numbers import counted, share
from checks.application.wiring import answer, blind_spots, not_applicable, reached, uncommented
from checks.look import Look
from checks.observation import Location, Observation, Outcome
from checks.probe import probe
from checks.reads import of_one_file
from checks.topics.audit_events import event_in

AUDIT = "gov.audit-log"
SEARCHED = ("endpoints that change users, roles, keys or settings", "what records them", "the framework's audit log")

_PRIVILEGED = re.compile(
    r"(?i)admin|superuser|staff|role|permission|impersonat|grant|revoke|(?:^|[/_-])(?:users?|members?|accounts?|teams?"
    r"|api-?keys?|organi[sz]ations?|tenants?|settings|config)(?:[/_.-]|$)"
)
_ROLES = re.compile(
    r"\bis_?(?:admin|superuser|staff)\b|\bisAdmin\b|[\"']admin[\"']|admin\.site|superuser_required|staff_member_required"
)
_RECORDS = re.compile(
    r"(?i)insert into \w*audit|\b(?!get|list|fetch|load|read|find|query|export|count|search)\w*audit(?!or)\w*\s*\("
    r"|\baudit\w*\.(?:log|record|create|write|insert|emit|add|track|info)"
    r"|\b(?:log|record|track)_?(?:activity|admin_?action)\w*\s*\(|\blog_(?:addition|change|deletion)\s*\("
)
_WORDS = ("audit", "admin", "superuser", "staff", "histor", "reversion", "activity", "log_add", "log_chang", "log_del")
_SPEAKS = re.compile(r"(?i)audit|activity|admin_?action|\blog_(?:add|chang|delet)")
"""A cheap look before the dear one."""
_DEFINES = re.compile(
    r"(?im)^\s*(?:export\s+)?(?:default\s+)?(?:abstract\s+)?(?:class|(?:async\s+)?(?:def|function))\s+\w+"
)
_ACTOR = re.compile(r"(?i)actor|user|admin|performed_?by|\bwho\b|principal|identity|caller|staff|email")
_LIBRARIES = re.compile(
    r"auditlog\.middleware\.AuditlogMiddleware|easyaudit\.middleware|simple_history\.middleware\.HistoryRequestMiddleware"
    r"|reversion\.middleware\.RevisionMiddleware|pghistory\.middleware|field_audit\.middleware"
)
_FOR_ALL = re.compile(
    r"(?i)(?:add_middleware|useGlobalInterceptors|\bapp\.use)\s*\([^;{}\"'/]*\baudit(?!\w*rout)\w*"
    r"|APP_INTERCEPTOR\b[^}]*\baudit\w*interceptor"
)
_TRACKS = re.compile(
    r"auditlog\.register|AUDITLOG_INCLUDE_ALL_MODELS\s*=\s*True|HistoricalRecords\(|easyaudit|reversion|pghistory|field_audit"
)
"""What names the models whose history a library of Django keeps."""
_DJANGO_ADMIN = re.compile(r"\badmin\.site\.(?:register|urls)\b|@admin\.register\b")


@probe(AUDIT)
def audit_log(look: Look) -> Observation:
    """Privileged actions are recorded with the actor, by the handlers or for all of them at once."""
    fix = "write who did what to whom, and when, for every change of users, roles, keys and settings"
    # No pattern below matches without one of these words.
    files = [path for path in look.sources_with(*_WORDS) if reached(look, path)]
    libraries = _places(look, files, _LIBRARIES) if _places(look, files, _TRACKS) else []
    if found := [*libraries, *_places(look, files, _FOR_ALL)]:
        said = "an audit log is wired in for all changes"
        return answer(AUDIT, Outcome.MET, said, found, searched=SEARCHED)
    actions = [item for item in endpoints(look) if _is_privileged(look, item)]
    recorded = {item: _record(look, item) for item in actions}
    without = [item.place for item, text in recorded.items() if not text]
    kept = [item.place for item, text in recorded.items() if text]
    if kept:
        anonymous = [item.place for item, text in recorded.items() if text and not _ACTOR.search(text)]
        if without or anonymous:
            said = share(len(without) + len(anonymous), len(actions), "privileged action", "is", "are")
            said += " not recorded with the actor"
            return answer(AUDIT, Outcome.PARTIAL, said, [*without, *anonymous], searched=SEARCHED, fix=fix)
        return answer(AUDIT, Outcome.MET, "privileged actions are recorded with the actor", kept, searched=SEARCHED)
    return _without_records(look, files, without, fix)


def _without_records(look: Look, files: list[str], actions: list[Location], fix: str) -> Observation:
    """What to say where no privileged action was seen to write a record."""
    if writers := [Location(path, line) for path in files for line in look.answer_of(_writes_record, path, "")]:
        said = "code writes an audit log; whether it covers privileged actions takes a person"
        return answer(AUDIT, Outcome.UNKNOWN, said, writers, searched=SEARCHED)
    if (events := _events_with_actor(look)) and (actions or _places(look, files, _ROLES)):
        said = "events of some things keep who caused them; changes of users, roles and settings keep none"
        return answer(AUDIT, Outcome.PARTIAL, said, events, searched=SEARCHED, fix=fix)
    if actions:
        said = f"{counted(len(actions), 'privileged action')}, and no record of who took them"
        return answer(AUDIT, Outcome.UNMET, said, actions, searched=SEARCHED, fix=fix)
    if site := _places(look, files, _DJANGO_ADMIN):
        said = "only the administration pages keep a history of their own"
        return answer(AUDIT, Outcome.PARTIAL, said, site, searched=SEARCHED, fix=fix)
    roles = _places(look, files, _ROLES)
    if roles:
        said = "there are roles, and nothing records what they do"
        return answer(AUDIT, Outcome.UNMET, said, roles, searched=SEARCHED, fix=fix)
    hidden = unseen_endpoints(look)
    if hidden:
        said = "what is served here could not be read"
        return answer(AUDIT, Outcome.UNKNOWN, said, hidden, searched=SEARCHED)
    if blind := blind_spots(look):
        return answer(AUDIT, Outcome.UNKNOWN, f"no privileged action was seen, but {blind}", searched=SEARCHED)
    return not_applicable(look, AUDIT, "no privileged actions were found", searched=SEARCHED)


def _events_with_actor(look: Look) -> list[Location]:
    """Where reached code writes an event of the product's own, of a kind and with the one who caused it."""
    named = [path for path in look.sources_with("event", "history", "activity") if reached(look, path)]
    return [Location(path, line) for path in named for line in look.answer_of(event_in, path, "")]


def _is_privileged(look: Look, item: Endpoint) -> bool:
    if item.only_reads or not item.methods or item.is_public_on_purpose:
        return False
    named = (item.path, *item.guards, f"/{item.module.rsplit('/', 1)[-1]}")
    return any(map(_PRIVILEGED.search, named)) or bool(_ROLES.search(source(look, item, 0)))


def _record(look: Look, item: Endpoint) -> str:
    """The lines that record the action, of the handler, what it calls, or what runs before it; "" if none does."""
    first = _DEFINES.sub("", source(look, item, 2))
    lines = [*first.splitlines(), *(guard + "(" for guard in item.guards)]
    found = [number for number, line in enumerate(lines) if _RECORDS.search(line)]
    if not found:
        return ""
    helper = "" if found[0] < len(first.splitlines()) else _guard_source(look, lines[found[0]].partition("(")[0])
    return "\n".join((*lines[max(found[0] - 2, 0) : found[0] + 8], helper))


def _guard_source(look: Look, name: str) -> str:
    """The source of the files that define a middleware."""
    return "\n".join(uncommented(look, path) for path in look.gather(_makes, name))


@of_one_file
def _makes(look: Look, path: str, name: str) -> bool:
    made = rf"\b(?:def|function|const|class)\s+{re.escape(name)}\b"
    return bool(re.search(made, uncommented(look, path)))


@of_one_file
def _writes_record(look: Look, path: str, _: str) -> list[int]:
    """The line of a file's first call that records an action, among those that define nothing."""
    text = uncommented(look, path)
    return _first(_RECORDS, _DEFINES.sub("", text)) if _SPEAKS.search(text) else []


@of_one_file
def _first_of(look: Look, path: str, pattern: str) -> list[int]:
    return _first(re.compile(pattern), uncommented(look, path))


def _first(pattern: re.Pattern[str], text: str) -> list[int]:
    match = pattern.search(text)
    return [text.count("\n", 0, match.start()) + 1] if match else []


def _places(look: Look, files: list[str], pattern: re.Pattern[str]) -> list[Location]:
    return [Location(path, line) for path in files for line in look.answer_of(_first_of, path, pattern.pattern)]
