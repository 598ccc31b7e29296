"""What was seen as text: observations, reports, the first look, the table of hotspots.

Only who prints it loads it: a look in JSON needs none of these words, and they load the workbook.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from checks.hotspots import SINCE_DAYS, Hotspots
from checks.observation import Location, Observation, Outcome, ProbeReport
from workbook.cli.context import Context
from workbook.first_look import LEVEL_WORDS, FirstLook, Line, searched_in
from workbook.text import terminal
from workbook.words import OUTCOME_WORDS


def placed(place: Location | None) -> str:
    """A location as `path:line`, encoded for a terminal."""
    if place is None:
        return ""
    return terminal(f"{place.path}:{place.line}" if place.line else place.path)


def observation_line(seen: Observation, *, blind: bool = False) -> str:
    """One observation in one line: the outcome in words, what was seen and where, and whether its probe is blind."""
    more = f" +{len(seen.locations) - 1} more" if len(seen.locations) > 1 else ""
    where = f"  {placed(seen.locations[0])}{more}" if seen.locations else ""
    if not where and seen.outcome not in (Outcome.MET, Outcome.NOT_APPLICABLE) and seen.searched:
        where = f"  ({terminal(searched_in(seen.searched))})"
    doubt = "  (blind here, low confidence)" if blind else ""
    return f"{OUTCOME_WORDS[seen.outcome]:<14} {seen.signal:<28} {terminal(seen.summary)}{where}{doubt}"


def show_first_look(context: Context, found: FirstLook) -> None:
    """The first look as text, with what to do next."""
    context.out(f"First look: {terminal(found.title)}          nothing written, sent or executed")
    for line in found.lines:
        context.out(_finding_line(line))
    more = f"+{found.more} more · " if found.more else ""
    context.out(f"{more}{found.look_right} look right · {found.cannot_answer} questions code cannot answer")
    if found.unread:
        context.out(f"{found.unread} files were not read as text, or only in part: readiness probe names them")
    if not found.complete:
        context.out("Not every probe ran to its end; what they would have seen is unknown.")


def _finding_line(line: Line) -> str:
    times = f" ({line.times} places)" if line.times > 1 else ""
    where = placed(line.place) or terminal(line.looked and f"({line.looked})")
    return f"{LEVEL_WORDS[line.level]:<13} {terminal(line.what)}{times}  {where}".rstrip()


def report_lines(report: ProbeReport, blind: Container[str] = ()) -> Iterator[str]:
    """Everything a run saw, as lines for a terminal; `blind` are the signals whose probes missed a planted gap."""
    for seen in report.observations.values():
        yield observation_line(seen, blind=seen.signal in blind)
        if seen.fix and seen.outcome not in (Outcome.MET, Outcome.NOT_APPLICABLE):
            yield f"{'':<14} To do: {terminal(seen.fix)}"
    if report.findings:
        yield ""
    for finding in report.findings:
        named = f"{LEVEL_WORDS[finding.severity]:<13} {placed(finding.location)}  {terminal(finding.message)}"
        yield f"{named}  [{terminal(finding.rule)}]"
        if finding.snippet:
            yield f"{'':<13} {terminal(finding.snippet)}"
    files = report.files
    yield ""
    yield f"{files.examined} files read, {len(files.partial)} read in part, {len(files.skipped)} skipped."
    for unread in (*files.partial, *files.skipped):
        yield f"  {terminal(unread.path)}: {terminal(unread.reason)}"
    for plugin in report.plugins:
        trouble = f": {'; '.join(plugin.trouble)}" if plugin.trouble else ""
        yield terminal(f"Plug-in {plugin.name} {plugin.version} was asked{trouble}.")


def hotspot_lines(table: Hotspots) -> Iterator[str]:
    """The table of complex code that is changed often, as lines for a terminal."""
    if not table.functions:
        yield "No function of a language that is measured: Python, JavaScript and TypeScript are."
        return
    yield "score  complexity  commits  people  maintained  lines  function"
    for one in table.functions:
        commits, people = ("?" if count is None else count for count in (one.commits, one.authors))
        kept = "-" if one.maintainability is None else f"{one.maintainability:.0f}"
        where = f"{placed(Location(one.path, one.line))} {terminal(one.function)}"
        yield f"{one.score:>5}  {one.complexity:>10}  {commits:>7}  {people:>6}  {kept:>10}  {one.sloc:>5}  {where}"
    yield ""
    yield "score  complexity  commits  people  maintained  lines  difficulty  effort  file"
    for file in table.files:
        commits, people = ("?" if count is None else count for count in (file.commits, file.authors))
        kept = "-" if file.maintainability is None else f"{file.maintainability:.0f}"
        difficulty = "-" if file.difficulty is None else f"{file.difficulty:.1f}"
        effort = "-" if file.effort is None else f"{file.effort:.0f}"
        yield (
            f"{file.score:>5}  {file.complexity:>10}  {commits:>7}  {people:>6}  {kept:>10}  {file.sloc:>5}  "
            f"{difficulty:>10}  {effort:>6}  {placed(Location(file.path))}"
        )
    yield ""
    yield f"Score is complexity times the commits of the last {SINCE_DAYS} days. Maintained is radon's index, 0 to 100,"
    yield "and difficulty and effort are Halstead's: of Python only."
    if table.note:
        yield f"Note: {terminal(table.note)}."
