"""What a workbook knows, as tables to explore: one function a table."""

from __future__ import annotations

from checks.hotspots import Hotspots
from workbook.assess import PLAIN
from workbook.history import replay
from workbook.notebook import words
from workbook.notebook.table import Table
from workbook.session import Session


def controls(session: Session) -> Table:
    """Every control of the chosen checklists, with its standing now."""
    state, standings = session.state, session.assessment.standings
    asked = {
        slug: {name for item in session.catalogue.checklists[slug].items for name in item.controls}
        for slug in state.checklists
    }
    rows = []
    for name in session.catalogue.controls_of(state.checklists):
        control, judged, answer = session.catalogue.controls[name], standings[name], state.answer(name)
        asking = tuple(slug for slug, names in asked.items() if name in names)
        rows.append(
            (
                *(name, control.title, control.area, control.severity, str(judged.standing)),
                *(PLAIN[judged.standing], judged.why, answer.owner, answer.due, asking),
            )
        )
    columns = ("control", "title", "area", "severity", "standing", "stands", "why", "owner", "due", "asked_by")
    return Table("Controls", columns, tuple(rows))


def items(session: Session) -> Table:
    """Every deciding item of the chosen checklists, with its state now."""
    rows = []
    for slug in session.state.checklists:
        checklist = session.catalogue.checklists[slug]
        for one in session.assessment.of(checklist):
            item = one.item
            rows.append((item.id, slug, item.pillar, item.title, item.asks, str(one.status), one.why, item.controls))
    return Table("Items", ("item", "checklist", "pillar", "title", "asks", "state", "why", "controls"), tuple(rows))


def answers(session: Session) -> Table:
    """Every control that was answered: what was said, by whom, on what evidence."""
    rows = [
        (
            *(name, str(given.status), str(given.rung), given.by, given.at, given.note or given.reason),
            *(tuple(piece.label for piece in given.evidence), given.watch, given.commit, given.verified_by),
        )
        for name, given in session.state.answers.items()
        if given.at
    ]
    columns = ("control", "status", "rung", "by", "at", "note", "evidence", "watch", "commit", "verified_by")
    return Table("Answers", columns, tuple(rows))


def signals(session: Session) -> Table:
    """Every signal that was answered in this session's probe run."""
    report = session.report
    fed: dict[str, tuple[str, ...]] = {}
    for control, feeding in session.catalogue.feeding.items():
        for signal in feeding:
            fed[signal.id] = (*fed.get(signal.id, ()), control)
    rows = [
        (
            *(name, str(seen.outcome), seen.summary, str(seen.confidence)),
            *(tuple(words.place(where) for where in seen.locations), seen.tool, fed.get(name, ())),
        )
        for name, seen in (report.observations.items() if report else ())
    ]
    columns = ("signal", "outcome", "summary", "confidence", "where", "tool", "feeds")
    return Table("Signals", columns, tuple(rows), _looked(session))


def findings(session: Session) -> Table:
    """Every finding of this session's probe run, one location each."""
    rows = [
        (hit.rule, hit.signal, str(hit.severity), hit.location.path, hit.location.line, hit.message, hit.snippet)
        for hit in (session.report.findings if session.report else ())
    ]
    columns = ("rule", "signal", "severity", "path", "line", "message", "snippet")
    return Table("Findings", columns, tuple(rows), _looked(session))


def hotspots(session: Session) -> Table:
    """The functions with the most complexity times churn in a year."""
    found = (session.report.hotspots if session.report else None) or Hotspots(note=_looked(session))
    rows = [
        (one.path, one.function, one.line, one.complexity, one.maintainability, one.commits, one.authors, one.score)
        for one in found.functions
    ]
    columns = ("path", "function", "line", "complexity", "maintainability", "commits", "authors", "score")
    return Table("Hotspots", columns, tuple(rows), found.note)


def history(session: Session) -> Table:
    """What the deciding checklist said at each commit that moved it, oldest first, read from git."""
    slug = session.state.decides
    rows = []
    for point in replay(session):
        said = point.verdict(slug) if slug in point.state.checklists else None
        verdict, lowest, highest = (said.verdict, said.lowest, said.highest) if said else ("", None, None)
        rows.append((point.at, point.commit[:12], point.tags, point.author, verdict, lowest, highest))
    columns = ("at", "commit", "tags", "author", "verdict", "lowest", "highest")
    return Table("History", columns, tuple(rows))


def _looked(session: Session) -> str:
    """What is to be said of how far the probes have looked."""
    if session.report is None:
        return "The probes have not looked yet: book.probe()"
    return "" if session.report.complete else "Stopped before the end: what was not looked at stays unknown."
