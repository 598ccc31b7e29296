"""Request metrics for the operations dashboard."""

import time

from prometheus_client import Counter, Histogram

REQUESTS = Counter("acme_requests_total", "Requests by route and status", ["route", "status"])
SECONDS = Histogram("acme_request_seconds", "Request duration in seconds", ["route"])


async def measure(request, call_next):
    """Middleware that counts and times a request."""
    started = time.perf_counter()
    response = await call_next(request)
    SECONDS.labels(request.url.path).observe(time.perf_counter() - started)
    REQUESTS.labels(request.url.path, response.status_code).inc()
    return response
