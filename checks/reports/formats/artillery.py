"""The JSON report of Artillery 2 (`artillery run --output`)."""

from __future__ import annotations

from checks.reports.document import Document, Json
from checks.reports.fields import REMEDY, Fields, holds
from checks.reports.format import Format
from checks.reports.formats.load import loaded
from checks.reports.record import Imported, Load, NotUsable, day_of

TITLE = "Artillery JSON"
OKAY = ("2", "3")
"""First digits of the status codes that are no failure."""


def recognizes(document: Document) -> bool:
    """Whether it looks like this format."""
    return isinstance(document, Json) and holds(document.value, "aggregate", "intermediate")


def read(document: Document) -> Imported:
    """The run. What got no answer below 400 has failed, also where it got none at all."""
    top = Fields(document.value if isinstance(document, Json) else None, TITLE)
    whole = top.object("aggregate")
    counters = whole.object("counters")
    if "http.requests" not in counters:
        raise NotUsable(TITLE, "aggregate.counters names no HTTP request", "only runs over HTTP are judged")
    count = counters.count("http.requests")
    good = sum(
        counters.count(name) for name in counters.names() if name.startswith(tuple(f"http.codes.{one}" for one in OKAY))
    )
    if good > count:
        raise NotUsable(TITLE, f"{good} of {count} requests were answered well", REMEDY)
    start, end = _at(whole, "first"), _at(whole, "last")
    duration = (end - start) / 1000 if start is not None and end is not None and end >= start else None
    times = whole.maybe_object("summaries").maybe_object("http.response_time")
    p95 = times.maybe_number("p95")
    return loaded(
        "artillery",
        TITLE,
        "Artillery",
        Load(
            requests=count,
            failures=count - good,
            duration_s=duration,
            rate=count / duration if duration else None,
            p95_s=None if p95 is None else p95 / 1000,
            rates=_rates(top),
        ),
        at=None if start is None else day_of(start / 1000),
    )


def _at(whole: Fields, end: str) -> float | None:
    """When the first or last number was taken, in milliseconds since 1970."""
    key = next((one for one in (f"{end}MetricAt", f"{end}CounterAt") if one in whole), "")
    return whole.amount(key) if key else None


def _rates(top: Fields) -> tuple[tuple[float, float], ...]:
    """Requests a second in each period that was reported."""
    found = []
    for one in top.objects("intermediate"):
        first, last = _at(one, "first"), _at(one, "last")
        counters = one.object("counters")
        if first is not None and last is not None and last > first and "http.requests" in counters:
            found.append((first / 1000, counters.count("http.requests") * 1000 / (last - first)))
    found.sort()
    return tuple((seconds - found[0][0], rate) for seconds, rate in found)


FORMAT = Format("artillery", TITLE, recognizes, read)
