"""When an answer stops counting by itself: content, text, age, release (design section 2, "looking and saying", 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum

from checks.frozen import Frozen
from workbook.answers import Answer, Rung
from workbook.catalogue import Control
from workbook.policy import Policy

Pins = Mapping[str, str]
"""For each answered control the digest of its watched content as it is now."""

CONTENT_EVENTS = frozenset({"commit", "push", "build", "pull-request"})
"""Periods that end when content changes. Of the others only a release can be seen in a repository."""

WARN_DAYS = 14
"""Days ahead that a coming lapse is told."""

DATED_EVIDENCE = ("report", "command", "drill")
"""Evidence that was made on one day and grows old by itself, whenever the answer was given."""


class Cause(StrEnum):
    """What made an answer stop counting."""

    CONTENT = "content"
    TEXT = "text"
    AGE = "age"
    RELEASE = "release"
    PROBE = "probe"


class Lapse(Frozen):
    """Why an answer no longer counts, in plain words."""

    cause: Cause
    why: str


class Release(Frozen):
    """The newest release that is part of the history: its tag, and its UTC day."""

    tag: str
    at: date


class Due(Frozen):
    """The last day an answer counts, and the period behind it. One that does not bind only warns."""

    day: date
    what: str
    binds: bool = True


def follows_content(control: Control, policy: Policy) -> bool:
    """Whether an answer ends with any change of content, also where it names no files to watch."""
    return policy.binds(control) and bool(CONTENT_EVENTS.intersection(control.freshness.on))


def lapsed(
    control: Control,
    answer: Answer,
    policy: Policy,
    today: date,
    pins: Pins | None = None,
    release: Release | None = None,
    *,
    renewed: bool = False,
) -> Lapse | None:
    """Why the answer no longer counts; None while it does.

    Args:
        control: what was answered.
        answer: what was said, and when.
        policy: which periods bind.
        today: the UTC day.
        pins: the digests of watched content now; None where the tree was not compared.
        release: the newest release; None where there is none, or nobody looked.
        renewed: whether fresh probes show it still. That renews what was observed, never what a person said of files
            they named.
    """
    if answer.text and answer.text != control.fingerprint:
        return Lapse(Cause.TEXT, "the question changed since it was answered")
    observed = renewed and answer.rung is Rung.OBSERVED
    if pins is not None and answer.pins and pins.get(control.id, answer.pins) != answer.pins:
        if answer.watch and not observed:
            return Lapse(Cause.CONTENT, f"{', '.join(answer.watch)} changed")
        if not answer.watch and not renewed and follows_content(control, policy):
            return Lapse(Cause.CONTENT, f"files changed, and this is asked again: {control.freshness.text}")
    if not observed and policy.binds(control) and (told := _released(control, answer, release)):
        return Lapse(Cause.RELEASE, told)
    for due in dues(control, answer, policy):
        if due.binds and today > due.day and not observed:
            return Lapse(Cause.AGE, f"{due.what}; it counted until {due.day}")
    return None


def dues(control: Control, answer: Answer, policy: Policy) -> Iterator[Due]:
    """The days on which an answer, or its evidence, grows too old."""
    for piece in answer.evidence:
        if isinstance(expires := piece.values.get("expires"), date):
            yield Due(expires, f"the {piece.kind} was made to last until then")
    made = _made(answer)
    if made is None:
        return
    if control.freshness.days is not None:
        yield Due(_after(made, control.freshness.days), f"asked for: {control.freshness.text}", policy.binds(control))
    if policy.release_days is not None and "release" in control.freshness.on:
        every = f"asked for at every release, here every {policy.release_days} days"
        yield Due(_after(made, policy.release_days), every, policy.binds(control))


def _made(answer: Answer) -> date | None:
    """The day that counts: of the newest dated evidence, which no later answer makes newer; else of the answer."""
    said = answer.verified_at or answer.at
    dated = [
        day
        for piece in answer.evidence
        if piece.kind in DATED_EVIDENCE and isinstance(day := piece.values.get("at"), date)
    ]
    return min(said, max(dated)) if said and dated else said


def _after(day: date, days: int) -> date:
    """A day so many days later; the last of the calendar where it ends before."""
    return day + timedelta(days=days) if (date.max - day).days >= days else date.max


def _released(control: Control, answer: Answer, release: Release | None) -> str:
    # An answer of the release's own day was given for it.
    if release is None or answer.at is None or "release" not in control.freshness.on or release.at <= answer.at:
        return ""
    return f"{release.tag} was released on {release.at}, and this is asked for at every release"
