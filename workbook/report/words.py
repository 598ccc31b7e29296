"""How a report words what it says: cut texts, days, and what a reader must know of the ground it rests on."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from checks.observation import Finding, Location, Severity
from workbook.answers import EVIDENCE_KINDS, Evidence
from workbook.first_look import LEVEL_WORDS
from workbook.plan import in_days
from workbook.report.record import Report, Said, Split
from workbook.text import terminal

NO_ATTESTATION: Final = (
    "It sums up recorded answers and what probes saw. This is not a compliance attestation, a certificate or legal "
    "advice."
)
"""Stands under every memo and report."""


DIGESTS: Final = ("sha256", "output_sha256")
"""Of which the first digits are enough for people; the data formats hold them whole."""


FINDINGS: Final = 200
"""Findings on a page; a longer list is read by nobody, and JSON and SARIF hold all."""


def placed(location: Location) -> str:
    """A place as `path:line`, or the path where the whole file is meant."""
    return f"{location.path}:{location.line}" if location.line else location.path


def in_both(report: Report) -> dict[str, Any]:
    """What the report says on a page and in Markdown alike, by the names that their templates use."""
    look = report.look
    findings = worst_first(look.findings) if look else []
    return {
        "report": report,
        "ground": ground(report),
        "steps": [one for name in report.next for one in report.todo if one.control == name],
        "onward": onward(report),
        "findings": findings[:FINDINGS],
        "more": max(len(findings) - FINDINGS, 0),
        "unread": (*look.files.partial, *look.files.skipped) if look else (),
        "level": {severity: word.capitalize() for severity, word in LEVEL_WORDS.items()},
        "place": placed,
        "no_attestation": NO_ATTESTATION,
    }


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in the order they matter, then by place."""
    order = list(Severity)
    return sorted(findings, key=lambda one: (order.index(one.severity), one.location, one.rule))


def brief(text: str, letters: int) -> str:
    """One line of at most so many letters, cut between words where it can be; wide letters count twice.

    What the encoders would make longer is made so before it is counted.
    """
    line = terminal(" ".join(text.split()))
    if _wide(line) <= letters:
        return line
    while _wide(line) >= letters:
        line = line[: -max(1, (_wide(line) - letters) // 2)]
    head, gap, _ = line.rpartition(" ")
    return f"{head if gap and len(head) > len(line) // 2 else line}…"


def _wide(line: str) -> int:
    return len(line) + sum(unicodedata.east_asian_width(one) in "WF" for one in line)


def day(value: date | None) -> str:
    """A day as people compare it, 2026-11-20; "no date" where there is none."""
    return value.isoformat() if value else "no date"


def evidence(piece: Mapping[str, Any]) -> str:
    """A piece of evidence in words: what it is, and what was recorded with it."""
    known = Evidence(str(piece["kind"]), {key: value for key, value in piece.items() if key != "kind"})
    said = f"{known.kind}: {known.label}"
    for key, value in known.values.items():
        if key == "excerpt" or key in EVIDENCE_KINDS[known.kind][:1]:
            continue
        said += f"; {key} {str(value)[:12] if key in DIGESTS else value}"
    return said


def person(text: str) -> str:
    """A person without the mail address, for a page with little room."""
    return text.partition(" <")[0] or text


def ground(report: Report) -> str:
    """What the report was made from, in a few short sentences. Names of plug-ins are theirs: encode it."""
    when, look = report.when, report.look
    if when.past:
        return (
            f"As it counted on {when.day} at {when.label}, commit {when.commit[:12]} as read from git. "
            "What probes would have said then is not known."
        )
    at = f"commit {when.commit[:12]} on {when.day}" if when.commit else f"{when.day}, on no commit"
    unsaved = ", with answers that are not saved yet" if when.unsaved else ""
    seen = (
        f"The probes read {look.files.examined} files."
        if look
        else "By the answers and the watched files alone: no probe has looked."
    )
    guests = ", ".join(f"{one.name} {one.version} (files {one.digest[:8]})" for one in (look.plugins if look else ()))
    asked = f" Plug-ins were asked too: {guests}." if guests else ""
    return f"As of {at}{unsaved}. {seen}{asked}"


def span(said: Said) -> str:
    """Between which figures it ends: "24 to 36 of 50"."""
    if not said.of:
        return "not counted"
    ends = f"{said.lowest}" if said.lowest == said.highest else f"{said.lowest} to {said.highest}"
    return f"{ends} of {said.of}"


def onward(report: Report) -> tuple[str, ...]:
    """The way to the next better verdict, in a few sentences; sizes are our estimate."""
    way = report.onward
    if way is None:
        return ()
    if not way.to:
        if not way.obstacles:
            return ("There is no better verdict to reach.",)
        return (f"Controls alone lead to no better verdict: {'; '.join(way.obstacles)}.",)
    titles = {one.id: one.title for one in report.controls}
    said = []
    if way.controls:
        named = "; ".join(titles.get(name, name) for name in way.controls)
        said.append(
            f"The shortest way to \u201c{way.to}\u201d, about {in_days(way.half_days)} by our estimate: {named}."
        )
    if way.levels:
        levels = ", ".join(f"{name} {level}" for name, level in way.levels.items())
        said.append(f"Levels to be given for \u201c{way.to}\u201d: {levels}.")
    if way.to_answer:
        said.append(f"{way.to_answer} further question{'s' if way.to_answer > 1 else ''} must be answered as well.")
    return tuple(said)


def tone(report: Report) -> str:
    """How the verdict's box is marked beside its words: "stop", "good", or "" for everything between."""
    said = report.decides
    return "stop" if said.hold else "good" if said.best else ""


def parts(split: Split) -> tuple[tuple[str, int], ...]:
    """The split as words and numbers, in the order of the picture."""
    return (
        ("backed", split.backed),
        ("stated", split.stated),
        ("don't apply", split.not_applicable),
        ("open", split.open),
        ("stop launch", split.blockers),
        ("unknown", split.unknown),
    )
