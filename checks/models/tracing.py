"""Tracing products for model calls: what starts the tracing, as against what only uses the product's other services."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_that, function_span, imports, lines_of
from checks.application.environment import settings
from checks.application.named_values import written_out
from checks.application.services import run_apart
from checks.application.wiring import callees, reached
from checks.files.listed import WEB_OF_PRODUCT
from checks.models.calls import model_calls, model_files
from checks.models.development import development_files
from checks.observation import Location
from checks.once import once

if TYPE_CHECKING:
    from checks.application.environment import Setting
    from checks.look import Look
    from checks.models.calls import ModelCall

_PRODUCTS = (
    "langfuse", "langsmith", "helicone", "braintrust", "weave", "phoenix", "openinference", "traceloop", "agentops",
    "opik", "literalai", "lunary", "promptlayer", "portkey_ai", "arize", "humanloop", "langwatch",
    "langtrace_python_sdk", "langfuse-vercel", "langfuse-langchain",
    "@langfuse/*", "@traceloop/*", "@arizeai/*", "@helicone/*", "mlflow", "logfire",
)  # fmt: skip
_PRODUCT = (
    r"(?:langfuse|langsmith|helicone|braintrust|weave|phoenix|openinference|traceloop|agentops|opik|literalai|lunary|promptlayer"
    r"|portkey_ai|arize|humanloop|langwatch|langtrace_python_sdk|langfuse-vercel|@langfuse/|langfuse-langchain|@traceloop/|@arizeai/"
    r"|@helicone/)"
)
_OF_PRODUCT = re.compile(rf"{_PRODUCT}[\w./@-]*")
_STARTS = re.compile(
    # wrappers of clients, handlers of frameworks, exporters, spans opened by hand, and instrumentation
    rf"{_PRODUCT}[\w./@-]*(?<![\w])(?:wrap_?[a-zA-Z]*|\w*CallbackHandler|\w*Tracer|\w*Exporter|\w*SpanProcessor|\w*Callback"
    r"|traceable|traced?|observe\w*|track\w*|op|patch_\w+|(?:auto_?)?[iI]nstrument\w*|RunTree|generation|span"
    r"|start_?(?:as_?current_?|active_?)?(?:span|generation|observation)|start(?:Active)?(?:Span|Observation)"
    r"|monitor|logRequest|log_request|\w*Logger|Portkey|PromptLayer)"
    # what patches every client at once
    r"|phoenix\.otel\.register|arize\.otel\.register|(?:weave|lunary|agentops|langwatch|langtrace_python_sdk|traceloop|@traceloop/)[\w./@-]*"
    r"\.(?:init|initialize|setup)"
    r"|logfire\.instrument_(?:openai|anthropic|pydantic_ai|litellm|google_genai|mcp)\w*"
    r"|mlflow\.(?:openai|anthropic|langchain|litellm|gemini)\.autolog|(?:.*\.)?(?:OpenAI|Anthropic|Langchain|LangChain)\w*Instrumentor\.instrument"
)
_TELEMETRY = re.compile(r"(?:experimental_)?telemetry[\"']?\s*:\s*\{[^}]*isEnabled\s*:\s*true")
"""What the AI SDK takes with each call."""
_ENABLED = re.compile(r"\bisEnabled[\"']?\s*:\s*(?!\s|false)")
_RECEIVES = re.compile(
    r"\bregisterOTel\(|\bnew (?:NodeSDK|\w*TracerProvider|\w*SpanProcessor"
    r"|\w*(?:Trace|Span|OTLP|Langfuse|AISDK)\w*Exporter)\(|vercelAIIntegration\(|\btracer\s*:|setGlobalTracerProvider\("
)
_RECEIVING_WORDS = ("registerotel", "nodesdk", "tracer", "spanprocessor", "exporter", "vercelaiintegration")
"""What takes the spans of an SDK and sends them on."""
_GATEWAYS = (
    r"\b(?:oai|anthropic|gateway|ai-gateway|groq|together)\.helicone\.ai|api\.portkey\.ai|gateway\.ai\.cloudflare\.com"
    r"|api\.braintrust\.dev/v1/proxy"
)
"""Addresses of gateways that keep every call."""
_SWITCHED = re.compile(
    _TELEMETRY.pattern
    + r"|isEnabled[\"']?\s*:\s*true[^}]{0,200}(?:functionId|recordInputs|recordOutputs)|"
    + _GATEWAYS
    + r"|litellm\.(?:success_callback|callbacks)\s*=\s*\[\s*[\"'](?!prometheus)"
    r"|environ\[[\"'](?:LANGSMITH_TRACING|LANGCHAIN_TRACING_V2)[\"']\]\s*=\s*[\"']true[\"']"
)
_SWITCHED_WORDS = ("telemetry", ".ai", "cloudflare.com", "braintrust.dev", "litellm", "langsmith_", "langchain_")
_DROP_IN = ("langfuse.openai", "posthog.ai", "@posthog/ai", "langsmith/wrappers")
"""Imports that replace a model's client by one that traces."""


_BY_ENVIRONMENT = (
    # the variable, the value that turns it on, and the calls that its product then records
    (r"LANGSMITH_TRACING(?:_V2)?|LANGCHAIN_TRACING_V2", r"(?i)true|1", r"langchain|langgraph|langsmith|@langchain/"),
    (
        r"\w*(?:OPENAI|ANTHROPIC|LLM|AI|GATEWAY)\w*(?:BASE_?URL|ENDPOINT|API_BASE|GATEWAY_URL)",
        f".*(?:{_GATEWAYS}).*",
        "",
    ),
    (r"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", r"(?i)true|span\w*|event\w*", ""),
)
_INSTRUMENTED = ("opentelemetry-instrumentation-openai*", "opentelemetry-instrumentation-anthropic",
    "opentelemetry-instrumentation-langchain", "opentelemetry-instrumentation-google-generativeai",
    "opentelemetry-instrumentation-vertexai", "openinference-instrumentation-*")  # fmt: skip
"""Packages that `opentelemetry-instrument` loads by itself."""
_EVERY_CLIENT = re.compile(
    r"(?i)instrument|\.register$|\.(?:init|initialize|setup)$|autolog|set_global_handler|litellm\."
)
_HANDLERS = re.compile(r"CallbackHandler$")
_TAKES = re.compile(
    r"\bcallbacks[\"']?\s*[=:,}\])]|\bcallbacks?\w*\.(?:append|push)\(|\badd_?(?:[hH]andler|[cC]allback)\w*\("
    r"|\bcallback_?[mM]anager\b|\bCallbackManager\(|\bset_global_handler\("
)
_MOST_HOPS = 2


def traced(look: Look) -> tuple[Location, ...]:
    """Where a tracing product is set to work on model calls: in their files, or in code that the service reaches.

    A client of such a product that only keeps prompts or data sets traces nothing. What the environment turns on
    counts where a file of the deployment does it, and the product records calls of the kind that is made here.
    """
    found = {*_set_in_code(look), *_in_functions(look), *_in_files(look)}
    models = model_files(look)
    in_code = {place for place in found if place.path in models or _is_live(look, place.path)}
    return tuple(sorted(in_code | {one.place for one, _ in _by_environment(look) if not one.example}))


def _is_live(look: Look, path: str) -> bool:
    return path not in development_files(look) and reached(look, path)


def left_to_the_environment(look: Look) -> tuple[Location, ...]:
    """Where only an example of the environment turns tracing on: somebody has to copy it."""
    return tuple(one.place for one, _ in _by_environment(look) if one.example)


def is_traced(look: Look, call: ModelCall) -> bool:
    """Whether the tracing that is set up records this very call."""
    models = model_files(look)
    started = {
        place: name for place, name in _set_in_code(look).items() if place.path in models or _is_live(look, place.path)
    }
    if any(
        _EVERY_CLIENT.search(name) and _knows(name, look, call) and not run_apart(look, place.path, call.seen.path)
        for place, name in started.items()
    ):
        return True
    if any(_of_kind(look, call, kind) for one, kind in _by_environment(look) if not one.example):
        return True
    if "telemetry" in written_out(look, call.seen).lower():
        enabled = any(_ENABLED.search(lines_of(look, path)) for path in _files(look, call))
        return enabled and any(not run_apart(look, path, call.seen.path) for path in _receivers(look))
    files = _files(look, call)
    if any(place.path in files and not _TELEMETRY.match(_line(look, place)) for place in (*started, *_in_files(look))):
        return True
    return any(_runs(look, place, call) for place in _in_functions(look))


def _line(look: Look, place: Location) -> str:
    return lines_of(look, place.path, place.line, place.line).strip()


_SDKS = (
    "openai",
    "anthropic",
    "langchain",
    "litellm",
    "google",
    "gemini",
    "bedrock",
    "mistral",
    "cohere",
    "pydantic_ai",
)


def _knows(name: str, look: Look, call: ModelCall) -> bool:
    """Whether an instrumentation that is named after one client is the one of this call's client."""
    meant = [sdk for sdk in _SDKS if sdk in name.lower().rsplit(".", 2)[-1] or f".{sdk}." in name.lower()]
    return not meant or any(_of_kind(look, call, sdk) for sdk in meant)


def _of_kind(look: Look, call: ModelCall, kind: str) -> bool:
    if not kind:
        return True
    packages = re.compile(rf"(?:.*[/@])?(?:{kind})")
    return bool(packages.match(call.seen.name)) or any(imports(look, path, packages) for path in _files(look, call))


def _files(look: Look, call: ModelCall) -> frozenset[str]:
    """The file of a call and what it loads, which may make its client or its handler."""
    near = {call.seen.path}
    for _ in range(_MOST_HOPS):
        near |= {path for one in near for path in look.reach.imports_of(one)}
    return frozenset(near)


def _runs(look: Look, place: Location, call: ModelCall) -> bool:
    """Whether a decorated function makes the call itself, or through a function that it calls."""
    seen = call.seen
    first, last = function_span(look, place.path, place.line)
    if seen.path == place.path and first <= seen.line <= max(last, first):
        return True
    module = look.python.module(place.path)
    function = next((one for one in module.functions if one.line == first), None) if module else None
    if module is None or function is None:
        return False
    return any(
        inner.path == seen.path and one.line <= seen.line <= one.end_line
        for inner, one in callees(look, module, function)
    )


@once
def _receivers(look: Look) -> tuple[str, ...]:
    """Reached web files that set up what takes the spans: telemetry that is only enabled leaves no trace."""
    return tuple(
        path
        for path in look.sources_with(*_RECEIVING_WORDS, among=WEB_OF_PRODUCT)
        if _RECEIVES.search(lines_of(look, path)) and _is_live(look, path)
    )


@once
def _by_environment(look: Look) -> tuple[tuple[Setting, str], ...]:
    """Settings that turn a product on, each with the clients whose calls it then records."""
    found: list[tuple[Setting, str]] = []
    for names, wanted, kind in _BY_ENVIRONMENT:
        for one in settings(look, names):
            on = re.fullmatch(wanted, one.value) and any(_of_kind(look, call, kind) for call in model_calls(look))
            if on and ("GENAI" not in one.name or look.depends_on(*_INSTRUMENTED)):
                found.append((one, kind))
    return tuple(found)


@once
def _set_in_code(look: Look) -> dict[Location, str]:
    """Wrappers, handlers, instrumentation: calls that start the tracing, by name."""
    imported = {place.path for place in look.importers(*_PRODUCTS)}
    return {
        call.place: call.name
        for call in calls_that(look, _starts)
        if call.reached and (call.path in imported or "nstrument" in call.name)
        if not _HANDLERS.search(call.name) or _handlers_are_taken(look)
    }


def _starts(call: Seen, _: str) -> bool:
    return bool(_STARTS.fullmatch(call.name))


@once
def _handlers_are_taken(look: Look) -> bool:
    """Whether reached code hands a handler on; one that is only made hears of no call."""
    return any(
        _TAKES.search(lines_of(look, path))
        for path in look.sources_with("callback", "handler")
        if look.reach.reached(path) is not False
    )


@once
def _in_functions(look: Look) -> set[Location]:
    """Functions below a decorator of a product."""
    imported = sorted(place.path for place in look.importers(*_PRODUCTS) if place.path.endswith(".py"))
    return {
        Location(module.path, function.line)
        for module in look.python.modules(imported)
        for function in module.functions
        for one in function.decorators
        if _OF_PRODUCT.fullmatch(one.resolved)
    }


@once
def _in_files(look: Look) -> set[Location]:
    """Drop-in clients, switches and addresses: what traces the calls of a file."""
    switched = {
        Location(path, lines_of(look, path).count("\n", 0, match.start()) + 1)
        for path in look.sources_with(*_SWITCHED_WORDS)
        if look.reach.reached(path) is not False
        for match in _SWITCHED.finditer(lines_of(look, path))
        if "isEnabled" not in match[0] or _receivers(look)
    }
    return switched | {*look.importers(*_DROP_IN)}
