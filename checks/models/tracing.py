"""Tracing products for model calls: what starts the tracing, as against what only uses the product's other services."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.calls_seen import all_calls, lines_of
from checks.application.wiring import reached
from checks.models.calls import model_files
from checks.observation import Location

if TYPE_CHECKING:
    from checks.look import Look

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
    r"|logfire\.instrument_(?:openai|anthropic|pydantic_ai|litellm|google_genai)\w*"
    r"|mlflow\.(?:openai|anthropic|langchain|litellm|gemini)\.autolog|(?:.*\.)?(?:OpenAI|Anthropic|Langchain|LangChain)\w*Instrumentor\.instrument"
)
_SWITCHED = re.compile(
    r"experimental_telemetry[\"']?\s*:\s*\{[^}]*isEnabled\s*:\s*true|oai\.helicone\.ai|anthropic\.helicone\.ai|api\.portkey\.ai"
    r"|litellm\.(?:success_callback|callbacks)\s*=\s*\[\s*[\"'](?!prometheus)"
    r"|environ\[[\"'](?:LANGSMITH_TRACING|LANGCHAIN_TRACING_V2)[\"']\]\s*=\s*[\"']true[\"']"
)
_DROP_IN = ("langfuse.openai", "posthog.ai", "@posthog/ai", "langsmith/wrappers")
"""Imports that replace a model's client by one that traces."""


def traced(look: Look) -> tuple[Location, ...]:
    """Where a tracing product is set to work on model calls: in their files, or in code that the service reaches.

    A client of such a product that only keeps prompts or data sets traces nothing.
    """
    imported = {place.path for place in look.importers(*_PRODUCTS)}
    started = [
        call.place
        for call in all_calls(look)
        if call.reached and _STARTS.fullmatch(call.name) and (call.path in imported or "nstrument" in call.name)
    ]
    decorated = [
        Location(module.path, one.line)
        for module in look.python.modules(sorted(path for path in imported if path.endswith(".py")))
        for function in module.functions
        for one in function.decorators
        if _OF_PRODUCT.fullmatch(one.resolved)
    ]
    switched = [
        Location(path, lines_of(look, path).count("\n", 0, match.start()) + 1)
        for path in look.source_paths()
        if look.reach.reached(path) is not False
        for match in _SWITCHED.finditer(lines_of(look, path))
    ]
    found = {*started, *decorated, *look.importers(*_DROP_IN), *switched}
    models = model_files(look)
    return tuple(sorted(place for place in found if place.path in models or reached(look, place.path)))
