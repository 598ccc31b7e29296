"""Where the spans of OpenTelemetry go: to a collector of the service, or to a product for model calls alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_of, text_of

if TYPE_CHECKING:
    from checks.application.wiring import Hit
    from checks.look import Look

_TAKES_SPANS = re.compile(r"\w*(?:Exporter|SpanProcessor)")
_PASSES_ON = re.compile(r"(?:Batch|Simple|Console|InMemory|Noop|MultiSpan)(?:Span)?(?:Exporter|Processor)")
"""Processors that hand on to an exporter, and exporters that nobody collects from."""
_PRODUCT = re.compile(
    r"(?i)langfuse|lang_?smith|braintrust|phoenix|arize|openinference|helicone|langwatch|opik|traceloop|agentops|lunary"
    r"|langtrace|laminar|weave|humanloop"
)
_TO_WHOMEVER = re.compile(r"[\"']auto[\"']")
_CHOOSES = re.compile(r"traceExporter|spanProcessors?|\.\.\.")


def for_models_only(look: Look, hit: Hit) -> bool:
    """Whether the start of OpenTelemetry that a call is hands its spans only to products for model calls."""
    path = hit.place.path
    own = next((one for one in calls_of(look, path, _is, hit.call.callee) if one.line == hit.place.line), None)
    if own is None:
        return False
    text = text_of(look, own)
    if own.last == "registerOTel" and (not _CHOOSES.search(text) or _TO_WHOMEVER.search(text)):
        return False  # what the platform or the environment names takes the spans
    takers = [one for other in (path, *look.reach.imports_of(path)) for one in calls_of(look, other, _takes_spans)]
    return bool(takers) and all(_is_product(one) for one in takers)


def _is(call: Seen, callee: str) -> bool:
    return call.callee == callee


def _takes_spans(call: Seen, _: str) -> bool:
    return bool(_TAKES_SPANS.fullmatch(call.last)) and not _PASSES_ON.fullmatch(call.last)


def _is_product(taker: Seen) -> bool:
    """Whether a product takes the spans: by the name of the exporter, or by the address that it is given."""
    given = " ".join((*taker.arguments, *taker.keys.values()))
    return bool(_PRODUCT.search(taker.name) or _PRODUCT.search(given))
