"""Model calls: what bounds them, which version answers, and where in the code they stand."""

from __future__ import annotations

import re

from checks.application.calls_seen import lines_of, places
from checks.application.numbers import share
from checks.application.wiring import answer, blind_spots, complain
from checks.look import PYTHON, Look
from checks.models.calls import SEARCHED, ModelCall, model_calls, model_files, unless_called
from checks.models.limits import builds_elsewhere, has_cap, waits_for_model
from checks.models.names import ModelName, named_models
from checks.observation import Confidence, Location, Observation, Outcome, Severity
from checks.probe import probe

LIMITS, PINNED, ABSTRACTED = "llm.call-limits", "llm.model-pinned", "llm.provider-abstracted"
NEARLY_ALL = 0.9

_LAYER = re.compile(
    r"(?i)(?:^|/)(?:_?\w*(?:llm|model|provider|adapter|gateway|openai|anthropic|claude|gemini|ollama|genai)\w*"
    r"|(?:ai|gpt)(?:[_-]\w+)?)(?:/|\.\w+$)"
)
_GENERAL = re.compile(r"^(?:litellm|ai\.|langchain|@langchain/|langgraph|llama_?index|pydantic_ai)")
_PROVIDERS = (
    *("@ai-sdk/*", "@openrouter/*", "@langchain/openai", "@langchain/anthropic", "@langchain/google-genai"),
    *("langchain_openai", "langchain_anthropic", "langchain_google_genai", "langchain_aws", "langchain_ollama"),
    *("openai", "anthropic", "@anthropic-ai/*", "google.genai", "@google/genai", "boto3"),
)


@probe(LIMITS)
def call_limits(look: Look) -> Observation:
    """A cap on tokens and a limit on time, for all or nearly all model calls."""
    if missing := unless_called(look, LIMITS):
        return missing
    calls = model_calls(look)
    wordy = [call for call in calls if call.kind == "text"]
    capped = [call for call in wordy if has_cap(look, call)]
    timed = [call for call in calls if waits_for_model(look, call)]
    said = share(len(capped), len(wordy), "call", "caps its tokens", "cap their tokens")
    said += f", {len(timed)} of {len(calls)} {'has' if len(timed) == 1 else 'have'} a timeout"
    bare = [call for call in calls if call not in capped or call not in timed]
    shown = _shown(bare or calls)
    fix = "set a token cap and a timeout on every model call or its client"
    if _nearly_all(capped, wordy) and _nearly_all(timed, list(calls)):
        if blind := blind_spots(look):
            return answer(LIMITS, Outcome.UNKNOWN, f"{said}, but {blind}", shown, searched=SEARCHED)
        outcome = Outcome.MET if all(call.seen.reached for call in calls) else Outcome.PARTIAL
        return answer(LIMITS, outcome, said, shown, searched=SEARCHED, fix="" if outcome is Outcome.MET else fix)
    elsewhere = [call for call in calls if builds_elsewhere(look, call) and call not in capped]
    complain(look, "models.no-limits", LIMITS, shown, Severity.MEDIUM, "this model call lacks a token cap or a timeout")
    if not capped and not timed and len(elsewhere) == len(calls):
        said = "what the calls pass is put together elsewhere; no cap or timeout was found beside them"
        return answer(LIMITS, Outcome.UNKNOWN, said, shown, searched=SEARCHED, confidence=Confidence.LOW, fix=fix)
    outcome = Outcome.PARTIAL if capped or timed else Outcome.UNMET
    return answer(LIMITS, outcome, said, shown, searched=SEARCHED, fix=fix)


def _nearly_all(some: list[ModelCall], every: list[ModelCall]) -> bool:
    return len(some) >= NEARLY_ALL * len(every)


def _shown(calls: list[ModelCall] | tuple[ModelCall, ...]) -> tuple[Location, ...]:
    return places([call.seen for call in calls])


@probe(PINNED)
def model_pinned(look: Look) -> Observation:
    """Dated snapshots instead of aliases that move under the product."""
    if missing := unless_called(look, PINNED):
        return missing
    searched = ("model names in application code, settings and environment examples",)
    names = named_models(look)
    fix = "name a dated version of the model, and change it on purpose"
    if not names:
        said = "no model is named in the repository; it is chosen where the product runs"
        return answer(PINNED, Outcome.UNKNOWN, said, _shown(model_calls(look)), searched=searched, fix=fix)
    dated = [one for one in names if one.kind == "dated"]
    moving = [one for one in names if one.kind == "tag"]
    floating = [one for one in names if one.kind == "alias"]
    if len(dated) == len(names):
        return answer(PINNED, Outcome.MET, f"dated: {_words(dated)}", [one.place for one in dated], searched=searched)
    loose = [one.place for one in (*floating, *moving)]
    complain(look, "models.floating-name", PINNED, loose, Severity.MEDIUM, "this model name can change its meaning")
    if dated or moving:
        said = f"can move: {_words([*floating, *moving])}" + (f"; dated: {_words(dated)}" if dated else "")
        return answer(PINNED, Outcome.PARTIAL, said, loose, searched=searched, fix=fix)
    said = f"floating names: {_words(floating)}"
    return answer(PINNED, Outcome.UNMET, said, loose, searched=searched, confidence=Confidence.HIGH, fix=fix)


def _words(names: list[ModelName]) -> str:
    some = sorted({one.text for one in names})
    return ", ".join(some[:3]) + (f" and {len(some) - 3} more" if len(some) > 3 else "")  # noqa: PLR2004 - a summary is short


@probe(ABSTRACTED)
def provider_abstracted(look: Look) -> Observation:
    """Model calls behind one module of the product's own."""
    if missing := unless_called(look, ABSTRACTED):
        return missing
    fix = "put every provider call behind one module of your own"
    calls = [call for call in model_calls(look) if call.seen.reached]
    if not calls:
        said = "model calls stand in code that nothing reaches"
        return answer(ABSTRACTED, Outcome.UNKNOWN, said, _shown(model_calls(look)), searched=SEARCHED)
    files = sorted({call.seen.path for call in calls})
    shown = _shown(calls)
    layers = [path for path in files if _is_layer(look, path)]
    folders = {path.rpartition("/")[0] for path in files}
    general = all(_GENERAL.match(call.seen.name) for call in calls)
    said = f"files with model calls: {len(files)}, {len(layers)} of them a layer that others use"
    blind = blind_spots(look)
    together = len(files) == 1 or (len(folders) == 1 and _LAYER.search(f"{next(iter(folders))}/"))
    if len(layers) == len(files) and together:
        outcome = Outcome.UNKNOWN if blind else Outcome.MET
        return answer(ABSTRACTED, outcome, f"{said}{'; ' + blind if blind else ''}", shown, searched=SEARCHED)
    if general and (named := _one_place_for_providers(look)):
        said = f"providers are named in {named} alone, and calls go through a general library"
        return answer(ABSTRACTED, Outcome.UNKNOWN if blind else Outcome.MET, said, [Location(named)], searched=SEARCHED)
    if len(files) == 1 and not general:
        said = "all model calls stand in one file that also does other work; whether it is a layer takes a person"
        return answer(ABSTRACTED, Outcome.UNKNOWN, said, shown, searched=SEARCHED, confidence=Confidence.LOW, fix=fix)
    if layers or general:
        return answer(ABSTRACTED, Outcome.PARTIAL, said, shown, searched=SEARCHED, fix=fix)
    complain(look, "models.scattered-calls", ABSTRACTED, shown, Severity.LOW, "a provider call outside any layer")
    return answer(ABSTRACTED, Outcome.UNMET, said, shown, searched=SEARCHED, fix=fix)


def _one_place_for_providers(look: Look) -> str:
    """The only reached file that loads a provider's package, where others use it and it serves nothing; "" if none."""
    holders = {
        place.path
        for place in look.importers(*_PROVIDERS)
        if not re.search(
            r"/(?:react|vue|svelte|solid|angular|ui-utils|rsc|provider(?:-utils)?)\b", _specifiers(look, place)
        )
    }
    if len(holders) != 1:
        return ""
    path = holders.pop()
    users = [user for user in look.reach.imported_by(path) if look.reach.reached(user) is not False]
    routes = look.python.routes([path]) if path.endswith(PYTHON) else look.web.routes([path])
    return path if users and not routes else ""


def _specifiers(look: Look, place: Location) -> str:
    return lines_of(look, place.path, place.line, place.line)


def _is_layer(look: Look, path: str) -> bool:
    """Whether other files import it, and it declares no route and starts nothing itself."""
    users = [user for user in look.reach.imported_by(path) if look.reach.reached(user) is not False]
    if not users:
        return False
    if path.endswith(PYTHON):
        module = look.python.module(path)
        return bool(module) and not look.python.routes([path]) and not (module and module.main_guard)
    return path in model_files(look) and not look.web.routes([path]) and not path.endswith((".tsx", ".jsx", ".vue"))
