"""How the application runs: debug modes, and switches that turn features off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.calls_seen import lines_of, users_of
from checks.application.wiring import (
    Hit,
    absent,
    answer,
    blind_spots,
    calls,
    complain,
    python_modules,
    reached,
)
from checks.files.listed import CODE_OF_PRODUCT, named_so
from checks.look import PYTHON, Look
from checks.observation import Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.readers.facets import calls_like
from checks.readers.python_facts import PythonModule
from checks.topics.debug_settings import chosen_in_debug, is_overruled
from checks.topics.debug_started import DEV_FILE, start_text, started_in_debug

DEBUG = "app.debug-off"
FLAGS = "release.feature-flags"

_SERVER = re.compile(
    r"(?i)gunicorn|uvicorn|hypercorn|waitress|granian|daphne|uwsgi|fastapi[\"',\s]+run|flask[\"',\s]+run"
)
_ON = re.compile(r"(?i)^[\"']?(?:true|1|yes|on)[\"']?$")
_FROM_ENVIRONMENT = re.compile(r"(?i)(?:getenv|environ(?:\.get)?|config|env(?:\.bool)?|get_env)\b")
_DEFAULT_ON = re.compile(r"(?i)(?:,\s*|default\s*=\s*)[\"']?(?:true|1|yes|on)[\"']?\s*\)")

_FLAG_TOOLS = (
    "ldclient", "launchdarkly", "@launchdarkly/*", "launchdarkly-node-server-sdk", "UnleashClient", "unleash-client",
    "@unleash/*", "growthbook", "@growthbook/*", "flagsmith", "flagsmith-nodejs", "openfeature", "@openfeature/*",
    "statsig", "statsig-node", "@statsig/*", "configcatclient", "configcat-node", "splitio", "@splitsoftware/*",
    "waffle",
    "flags", "@flags-sdk/*", "@vercel/flags", "ldotel", "flipt",
    "firebase/remote-config", "firebase-admin/remote-config",
    "@react-native-firebase/remote-config", "@happykit/flags",
)  # fmt: skip
_OWN_FLAGS = re.compile(
    r"(?i)(?:^|/)(?:feature[_-]?(?:flags?|toggles?)|flags|entitlements?|plan[_-]?features)(?:/index)?\.\w+$"
)
_EVALUATES = re.compile(
    r"(?i)(?:.*[.#])?(?:variation\w*|is_?enabled|is_?on|has_?feature|feature_?(?:is_)?(?:enabled|active)|is_?feature_?(?:enabled|on)"
    r"|flag_is_active|switch_is_active|get_?boolean|get_?(?:boolean|string|number|object)_?(?:value|details)|check_?gate(?:sync)?|get_?feature_?value"
    r"|use_?(?:flag|flags|variant|feature\w*|gate\w*)|get_?treatment\w*|get_?value(?:async)?|feature_enabled|is_feature_enabled|flag)"
)
_ENVIRONMENT = re.compile(
    r"\benviron\b|\bgetenv\(|\b(?:process|import\.meta|Deno|Bun)\.env\b|\bBaseSettings\b|\bdecouple\b"
)
_BEYOND_ENVIRONMENT = re.compile(
    r"(?i)user|account|tenant|organi[sz]ation|team|percent|rollout|cohort|hash|session|select|fetch|redis|query|load|read|plan|tier"
    r"|\brole|header|cookie|override|store"
)
"""What decides by more than the environment: who asks, a share of them, or something that is kept elsewhere."""
_ENTITLED = (
    r"(?i)(?:.*[.#])?(?:has_?feature|is_?feature_?enabled|feature_?enabled|has_?access\w*|can_?use\w*|can_?access\w*)"
)
_POSTHOG = re.compile(r"(?i)feature_?(?:enabled|flag)")


@probe(DEBUG)
def debug_off(look: Look) -> Observation:
    """No debug or reload mode where the application is started for others."""
    searched = ("application objects and settings", "how images, compose files and Procfiles start it")
    fix = "let debug be off unless a developer's own environment turns it on"
    started = started_in_debug(look)
    on, by_hand, default = _in_code(look)
    on += started
    if on:
        complain(look, "app.debug-on", DEBUG, on, Severity.HIGH, "debug or reload mode is on")
        return answer(DEBUG, Outcome.UNMET, "debug or reload mode is on", on, searched=searched, fix=fix)
    if default:
        said = "debug mode is on unless a setting turns it off"
        return answer(DEBUG, Outcome.PARTIAL, said, default, searched=searched, fix=fix)
    if blind := blind_spots(look):
        return answer(DEBUG, Outcome.UNKNOWN, f"no debug mode was seen, but {blind}", searched=searched)
    if not look.has_code():
        return answer(DEBUG, Outcome.UNKNOWN, "no application code was found", searched=searched)
    said = (
        "debug is only on when a file is started by hand; the image starts it another way"
        if by_hand
        else "no debug or reload mode"
    )
    return answer(DEBUG, Outcome.MET, said, by_hand, searched=searched)


_STARTS_APPLICATION = (
    r"(?!asyncio\.|subprocess\.)(?:.*\.)?(?:FastAPI|Starlette|Flask|Quart|run|run_app|socketio_run|Granian|launch)"
)


def _in_code(look: Look) -> tuple[list[Location], list[Location], list[Location]]:
    """Where debug is on, on only when the file is run by hand, and on by a default."""
    on: list[Location] = []
    by_hand: list[Location] = []
    default: list[Location] = []
    starts = start_text(look)
    on += chosen_in_debug(look)
    for module in python_modules(look, "calls", "made_globally", "classes"):
        if DEV_FILE.search(module.path):
            continue
        for place, state in _settings(module):
            if state != "on":
                default.append(place)
            elif not is_overruled(look, module, starts):
                on.append(place)
        for call in calls_like(module, "resolved", _STARTS_APPLICATION):
            value = next((call.keywords[name] for name in ("debug", "reload") if name in call.keywords), None)
            if value is None:
                continue
            place = Location(module.path, call.line, call.end_line)
            if value.value is True:
                other_start = call.callee.endswith("run") and _starts_elsewhere(starts, module.path)
                (by_hand if other_start else on).append(place)
            elif _FROM_ENVIRONMENT.search(value.text) and _DEFAULT_ON.search(value.text):
                default.append(place)
    return on, by_hand, default


def _starts_elsewhere(starts: str, path: str) -> bool:
    """Whether the image or platform starts a server itself, or another file than this one."""
    if path.rsplit("/", 1)[-1] in starts:
        return False
    return bool(_SERVER.search(starts) or re.search(r"python3?[\"',\s]+[^\n]*\.py\b", starts))


def _settings(module: PythonModule) -> Iterator[tuple[Location, str]]:
    """Debug settings of a module: "on", or "default" where only the environment turns them off."""
    for item in module.made_globally:
        if not re.fullmatch(r"DEBUG|\w+\.debug|\w+\.config\[[\"']DEBUG[\"']\]", item.target):
            continue
        if item.value.value is True:
            yield Location(module.path, item.line), "on"
        elif _FROM_ENVIRONMENT.search(item.value.text) and _is_on_by_default(item.value.text):
            yield Location(module.path, item.line), "default"
    for one in module.classes:
        names = {name.lower() for name, value in one.fields.items() if value.value is True}
        if {"debug", "reload"} & names and any("Settings" in base for base in one.bases):
            yield Location(module.path, one.line, one.end_line), "default"


def _is_on_by_default(text: str) -> bool:
    match = re.search(r"(?:,\s*|default\s*=\s*)[\"']?(\w+)[\"']?\s*\)", text)
    return bool(match and _ON.match(match[1]))


@probe(FLAGS)
def feature_flags(look: Look) -> Observation:
    """A flag system is set up and asked by code that runs."""
    searched = ("flag services and libraries in code", "modules of the project's own named after flags")
    fix = "ask a flag service, or a table of your own, before risky features, model calls first"
    used = look.importers(*_FLAG_TOOLS)
    used = tuple(place for place in used if reached(look, place.path))
    hits = [hit for hit in calls(look, _EVALUATES.pattern) if _is_in_force(look, hit)]
    posthog = [hit for hit in hits if _POSTHOG.search(hit.call.callee)]
    posthog = posthog if look.importers("posthog", "posthog-js", "posthog-node") else []
    offered = look.importers("posthog", "posthog-js", "posthog-node") if _asks_posthog(look) else ()
    if used or posthog or offered:
        files = {place.path for place in used}
        asked = [hit.place for hit in hits if hit.place.path in files or _knows(look, hit.place.path, files)] + [
            hit.place for hit in posthog
        ]
        if asked:
            return answer(FLAGS, Outcome.MET, "a flag service is set up and asked", asked, searched=searched)
        return answer(
            FLAGS,
            Outcome.PARTIAL,
            "a flag service is set up, but nothing asks it",
            used or offered,
            searched=searched,
            fix=fix,
        )
    named = filter(named_so(CODE_OF_PRODUCT), look.tree.named_like(_OWN_FLAGS))
    own = [path for path in named if not _is_of_environment(look, path)]
    wired = [path for path in own if reached(look, path) and look.reach.imported_by(path)]
    asked = [hit.place for hit in hits if any(path in _imports(look, hit.place.path) for path in wired)]
    if asked:
        said = "the project has flags of its own that code asks; whether they change without a release takes a person"
        return answer(FLAGS, Outcome.PARTIAL, said, asked, searched=searched, fix=fix)
    if own:
        said = "flags are written down, but nothing asks them"
        places = [Location(path) for path in own]
        result = absent(look, FLAGS, said, searched=searched, fix=fix)
        return answer(FLAGS, result.outcome, result.summary, places, searched=searched, fix=fix)
    entitled = [hit for hit in calls(look, _ENTITLED) if _is_in_force(look, hit)]
    if gates := [hit.place for hit in entitled if _asks_plan(look, hit)]:
        said = "only what a plan allows is asked"
        return answer(FLAGS, Outcome.PARTIAL, said, gates, searched=searched, fix=fix)
    return absent(look, FLAGS, "no flag system", searched=searched, fix=fix)


def _asks_plan(look: Look, hit: Hit) -> bool:
    """Whether the helper that is asked, or what it is given, is of plans that customers pay for."""
    near = (hit.place.path, *look.reach.imports_of(hit.place.path))
    makes = re.compile(rf"(?:def|function|const)\s+{re.escape(hit.call.callee.rsplit('.', 1)[-1])}\b")
    homes = [path for path in near if makes.search(lines_of(look, path))]
    return any(
        re.search(r"(?i)\b(?:plans?|tiers?|subscription\w*|entitlements?)\b", lines_of(look, one)) for one in homes
    )


def _is_in_force(look: Look, hit: Hit) -> bool:
    """Whether the question is asked by code that something calls: a helper that is only exported asks nothing."""
    owner, _, method = hit.function.rpartition(".")
    module = look.python.module(hit.place.path)
    function = module.function(hit.function) if module and owner else None
    if module is None or function is None or function.decorators:
        return True
    based = any(one.name == function.owner and one.bases for one in module.classes)  # a framework may call it
    return based or method.startswith("__") or bool(users_of(look, hit.place.path, method))


def _is_of_environment(look: Look, path: str) -> bool:
    """Whether flags are on or off by variables of the environment alone, the same for everybody until a restart."""
    text = lines_of(look, path)
    return bool(_ENVIRONMENT.search(text)) and not _BEYOND_ENVIRONMENT.search(text)


def _asks_posthog(look: Look) -> bool:
    """Whether a helper that nothing calls would ask PostHog for a flag."""
    return any(_POSTHOG.search(hit.call.callee) for hit in calls(look, _EVALUATES.pattern, dead=True))


def _knows(look: Look, path: str, files: set[str]) -> bool:
    return not files.isdisjoint(_imports(look, path))


def _imports(look: Look, path: str) -> frozenset[str]:
    module = look.module(path)
    if module is None:
        return frozenset()
    if path.endswith(PYTHON):
        return frozenset(found for item in module.imports for found in getattr(item, "paths", ()))
    return frozenset(getattr(item, "path", "") for item in module.imports) - {""}
