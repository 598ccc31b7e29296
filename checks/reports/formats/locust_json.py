"""The JSON of Locust (`--json`): one entry for each kind of request, with its response times as counts."""

from __future__ import annotations

from collections import Counter

from checks.reports.document import Document, Json
from checks.reports.fields import Fields, first_holds, objects
from checks.reports.format import Format
from checks.reports.formats.load import loaded
from checks.reports.record import Imported, Load, day_of

TITLE = "Locust JSON"


def recognizes(document: Document) -> bool:
    """Whether it looks like this format."""
    return isinstance(document, Json) and first_holds(document.value, "num_requests", "response_times")


def read(document: Document) -> Imported:
    """All requests together; the percentile comes from the counts, which Locust rounds."""
    entries = tuple(objects(document.value if isinstance(document, Json) else None, TITLE))
    times: Counter[float] = Counter()
    each_second: Counter[float] = Counter()
    for entry in entries:
        _add(times, entry, "response_times")
        _add(each_second, entry, "num_reqs_per_sec")
    start = min(entry.amount("start_time") for entry in entries)
    duration = max(entry.amount("last_request_timestamp") for entry in entries) - start
    count = sum(entry.count("num_requests") for entry in entries)
    return loaded(
        "locust-json",
        TITLE,
        "Locust",
        Load(
            requests=count,
            failures=sum(entry.count("num_failures") for entry in entries),
            duration_s=max(duration, 0.0),
            rate=count / duration if duration > 0 else None,
            p95_s=_percentile(times, 0.95),
            rates=tuple((second - min(each_second), float(each_second[second])) for second in sorted(each_second)),
        ),
        at=day_of(start),
    )


def _add(counts: Counter[float], entry: Fields, key: str) -> None:
    told = entry.object(key)
    for name in told.names():
        try:
            counts[float(name)] += told.count(name)
        except ValueError:
            raise entry.wrong(key, "counts by number") from None


def _percentile(times: Counter[float], share: float) -> float | None:
    """The time in seconds within which this share of the requests was answered."""
    left = share * sum(times.values())
    for milliseconds in sorted(times):
        left -= times[milliseconds]
        if left <= 0:
            return milliseconds / 1000
    return None


FORMAT = Format("locust-json", TITLE, recognizes, read)
