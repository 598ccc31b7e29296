"""The end-of-test summary of k6: `--summary-export` and the data of `handleSummary`, which differ in their nesting."""

from __future__ import annotations

from checks.reports.document import Document, Json
from checks.reports.fields import Fields, holds
from checks.reports.format import Format
from checks.reports.formats.load import loaded
from checks.reports.record import Imported, Load

TITLE = "k6 summary JSON"


def recognizes(document: Document) -> bool:
    """Whether it looks like this format."""
    if not isinstance(document, Json) or not holds(document.value, "metrics"):
        return False
    metrics = document.value["metrics"] if isinstance(document.value, dict) else None
    return any(holds(metrics, one) for one in ("iterations", "http_reqs", "vus", "data_sent"))


def read(document: Document) -> Imported:
    """The run. A summary has no percentile that the script did not ask for, and tells nothing over time."""
    top = Fields(document.value if isinstance(document, Json) else None, TITLE)
    metrics = top.object("metrics")
    requests = _values(metrics, "http_reqs")
    count = requests.count("count")
    rate = requests.amount("rate")
    state = top.maybe_object("state")
    if "testRunDurationMs" in state:
        duration: float | None = state.amount("testRunDurationMs") / 1000
    else:
        duration = count / rate if rate else None
    p95 = _values(metrics, "http_req_duration").maybe_number("p(95)") if "http_req_duration" in metrics else None
    return loaded(
        "k6",
        TITLE,
        "k6",
        Load(
            requests=count,
            failures=_failures(metrics, count),
            duration_s=duration,
            rate=rate,
            p95_s=None if p95 is None else p95 / 1000,
            users=_users(metrics),
        ),
    )


def _values(metrics: Fields, name: str) -> Fields:
    metric = metrics.object(name)
    return metric.object("values") if "values" in metric else metric


def _failures(metrics: Fields, count: int) -> int | None:
    """From the rate: of this metric, `passes` are the failed requests, and versions differ in what they count."""
    if "http_req_failed" not in metrics:
        return None
    failed = _values(metrics, "http_req_failed")
    key = "rate" if "rate" in failed else "value"
    share = failed.amount(key)
    if share > 1:
        raise failed.wrong(key, "a share from 0 to 1")
    return round(share * count)


def _users(metrics: Fields) -> float | None:
    """The most virtual users at work; `vus_max` is what was allocated and may never have run."""
    return _values(metrics, "vus").maybe_number("max") if "vus" in metrics else None


FORMAT = Format("k6", TITLE, recognizes, read)
