"""What every load report comes to: requests, failures, duration, p95, and what was offered over time."""

from __future__ import annotations

from datetime import date

from checks.reports.fields import LARGEST, REMEDY
from checks.reports.record import ERROR_DOMINATED, Figure, Imported, Load, NotUsable


def loaded(name: str, title: str, tool: str, load: Load, *, version: str = "", at: date | None = None) -> Imported:
    """The record of one run.

    Raises:
        NotUsable: not one request was made, or more failed than were made.
    """
    if not load.requests and not (load.rates or load.user_steps):
        raise NotUsable(title, "not one request was made", "see whether the run reached its target")
    if load.requests is not None and (load.failures or 0) > load.requests:
        raise NotUsable(title, f"{load.failures} of {load.requests} requests failed", REMEDY)
    if max(load.duration_s or 0, load.rate or 0) > LARGEST:
        raise NotUsable(title, "its numbers make no run: so many requests in that time", REMEDY)
    share = load.error_rate
    dominated = share is not None and share >= ERROR_DOMINATED
    told = {
        "duration_s": (load.duration_s, "s"),
        "error_rate": (share, "share"),
        "p95_ms": (None if dominated or load.p95_s is None else load.p95_s * 1000, "ms"),
        "concurrent_users": (load.users, "users"),
    }
    notes = []
    if dominated:
        notes.append("most requests failed, so its response times are those of errors and are not recorded")
    if load.p95_s is None:
        notes.append("it tells no 95th percentile")
    return Imported(
        name,
        title,
        tool,
        ("load",),
        _sentence(load),
        version=version,
        at=at,
        figures=tuple(
            Figure(figure, float(f"{value:.6g}"), unit) for figure, (value, unit) in told.items() if value is not None
        ),
        notes=tuple(notes),
        load=load,
    )


def _sentence(load: Load) -> str:
    said = [] if load.requests is None else [f"{load.requests} requests"]
    if load.duration_s is not None:
        said.append(f"{load.duration_s / 60:.1f} min")
    if load.error_rate is not None:
        said.append(f"{100 * load.error_rate:.2f} % failed")
    if load.p95_s is not None:
        said.append(f"p95 {load.p95_s * 1000:.0f} ms")
    if load.rate is not None:
        said.append(f"{load.rate:.1f} requests/s")
    if load.users is not None:
        said.append(f"{load.users:g} users at most")
    return ", ".join(said)
