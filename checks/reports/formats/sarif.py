"""SARIF 2.1.0 of any scanner (OASIS standard): results by severity, without their messages."""

from __future__ import annotations

from collections import Counter

from checks.reports.document import Document, Json
from checks.reports.fields import REMEDY, Fields, holds
from checks.reports.format import Format
from checks.reports.record import Imported, NotUsable, Place, commit, counted, day, severity, short

TITLE = "SARIF"
CRITICAL, HIGH, MEDIUM = 9.0, 7.0, 4.0
"""Limits of `security-severity`, as code-scanning hosts read it."""


def recognizes(document: Document) -> bool:
    """Whether it looks like this format."""
    return isinstance(document, Json) and holds(document.value, "version", "runs")


def read(document: Document) -> Imported:
    """The runs of one file as one report; they must be of one tool."""
    top = Fields(document.value if isinstance(document, Json) else None, TITLE)
    if top.text("version") != "2.1.0":
        raise NotUsable(TITLE, f"version is {short(top.text('version'))}", "let the tool write SARIF 2.1.0")
    runs = tuple(top.objects("runs"))
    drivers = [run.object("tool").object("driver") for run in runs]
    names = {short(driver.text("name")) for driver in drivers}
    if len(names) != 1:
        raise NotUsable(TITLE, f"runs is of {len(names)} tools", "import the file of one tool at a time")
    severities: Counter[str] = Counter()
    suppressed = 0
    places: list[Place] = []
    for run, driver in zip(runs, drivers, strict=True):
        if "results" not in run:
            raise NotUsable(TITLE, "a run holds no results, so nothing was scanned", REMEDY)
        if any("executionSuccessful" in one and not one.flag("executionSuccessful") for one in _invocations(run)):
            raise NotUsable(TITLE, "invocations: the tool says that its run failed", "mend the run and make it again")
        rules = _Rules(driver)
        for result in run.objects("results"):
            if any(True for _ in result.maybe_objects("suppressions")):
                suppressed += 1
                continue
            severities[_severity(result, rules)] += 1
            places.append(_place(result))
    tool = names.pop()
    ended = [day(one.maybe_text("endTimeUtc")) for run in runs for one in _invocations(run)]
    revisions = {one.maybe_text("revisionId") for run in runs for one in run.maybe_objects("versionControlProvenance")}
    return Imported(
        "sarif",
        TITLE,
        tool,
        (),
        f"results: {counted(severities)}",
        version=short(drivers[0].maybe_text("semanticVersion") or drivers[0].maybe_text("version")),
        at=min((one for one in ended if one), default=None),
        commit=commit(revisions.pop()) if len(revisions) == 1 else "",
        counts=severities,
        places=tuple(places),
        notes=(f"{suppressed} suppressed in the tool itself are not counted",) if suppressed else (),
    )


def _invocations(run: Fields) -> tuple[Fields, ...]:
    return tuple(run.maybe_objects("invocations"))


class _Rules:
    """The rules of a run, by place and by id: a report may hold as many of them as results."""

    def __init__(self, driver: Fields) -> None:
        self._listed = tuple(driver.maybe_objects("rules"))
        self._by_id = {name: rule for rule in reversed(self._listed) if (name := rule.maybe_text("id"))}

    def of(self, result: Fields) -> Fields | None:
        """The rule a result names; None where it is not described."""
        if "ruleIndex" in result and 0 <= (index := int(result.number("ruleIndex"))) < len(self._listed):
            return self._listed[index]
        return self._by_id.get(result.maybe_text("ruleId"))


def _severity(result: Fields, rules: _Rules) -> str:
    rule = rules.of(result)
    if rule:
        properties = rule.maybe_object("properties")
        if "security-severity" in properties:
            return _graded(properties)
    if "level" in result:
        return severity(result.text("level"))
    return severity((rule.maybe_object("defaultConfiguration").maybe_text("level") if rule else "") or "warning")


def _graded(properties: Fields) -> str:
    try:
        score = float(properties.text("security-severity"))
    except ValueError:
        raise properties.wrong("security-severity", "a number as text") from None
    return "critical" if score >= CRITICAL else "high" if score >= HIGH else "medium" if score >= MEDIUM else "low"


def _place(result: Fields) -> Place:
    physical = next(result.maybe_objects("locations"), result.maybe_object("")).maybe_object("physicalLocation")
    line = physical.maybe_object("region").maybe_number("startLine")
    uri = physical.maybe_object("artifactLocation").maybe_text("uri")
    return Place(short(result.maybe_text("ruleId")), short(uri), int(line) if line is not None else None)


FORMAT = Format("sarif", TITLE, recognizes, read)
