"""How hard the code is to change: complex functions and modules."""

from __future__ import annotations

from checks.application.numbers import counted, share
from checks.application.wiring import answer, complain
from checks.look import PYTHON, Look
from checks.observation import Confidence, Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.reads import of_one_file

HOTSPOTS = "code.no-complex-hotspots"
MAINTAINABILITY = "code.maintainability"
MOST_COMPLEX = 20
ALMOST_ALL = 0.98
MOST = 0.9
VERY_COMPLEX = 40


@probe(HOTSPOTS)
def no_complex_hotspots(look: Look) -> Observation:
    """No function of the application has a cyclomatic complexity above 20."""
    searched = ("every function of the application's Python, JavaScript and TypeScript",)
    measured = look.complexity
    above = measured.above(MOST_COMPLEX)
    if above:
        for one in above:
            severity = Severity.MEDIUM if one.complexity > VERY_COMPLEX else Severity.LOW
            message = f"{one.name} has a cyclomatic complexity of {one.complexity}"
            complain(look, "code.complex-function", HOTSPOTS, [Location(one.path, one.line)], severity, message)
        worst = above[0]
        said = f"{counted(len(above), 'function')} above {MOST_COMPLEX}, {worst.name} with {worst.complexity}"
        places = [Location(one.path, one.line) for one in above]
        fix = f"split {worst.name} along its branches"
        return answer(HOTSPOTS, Outcome.UNMET, said, places, searched=searched, confidence=Confidence.HIGH, fix=fix)
    if measured.unread:
        first = measured.unread[0]
        said = f"none above {MOST_COMPLEX}, but {counted(len(measured.unread), 'was', 'were')} not measured"
        said += f": {first.path}, {first.reason}"
        return answer(
            HOTSPOTS, Outcome.UNKNOWN, said, [Location(one.path) for one in measured.unread], searched=searched
        )
    most = measured.worst()
    if most is None:
        return answer(HOTSPOTS, Outcome.UNKNOWN, "no function of a language that is measured", searched=searched)
    said = f"{counted(sum(count for _, count in measured.counts), 'function')}, the most complex has {most.complexity}"
    place = Location(most.path, most.line)
    return answer(HOTSPOTS, Outcome.MET, said, [place], searched=searched, confidence=Confidence.HIGH)


@probe(MAINTAINABILITY)
def maintainability(look: Look) -> Observation:
    """Almost all Python modules reach rank A or B of radon's maintainability index."""
    searched = ("every Python module of the application",)
    generated = look.complexity.left_out
    python = [
        path for path in look.source_paths(*PYTHON) if path not in generated and look.answer_of(_holds_code, path, "")
    ]
    if not python:
        return answer(
            MAINTAINABILITY, Outcome.NOT_APPLICABLE, "no Python", searched=searched, confidence=Confidence.HIGH
        )
    measured = look.complexity.files
    ranks = [measured[path].rank for path in python if path in measured]
    unread = [path for path in python if path not in measured]
    good = sum(rank in {"A", "B"} for rank in ranks)
    low, high = good / len(python), (good + len(unread)) / len(python)
    if _grade(low) is not _grade(high):
        said = share(good, len(ranks), "measured module", "reaches A or B", "reach A or B")
        said += f", {len(unread)} could not be measured"
        return answer(MAINTAINABILITY, Outcome.UNKNOWN, said, [Location(path) for path in unread], searched=searched)
    poor = [Location(path) for path in python if path in measured and measured[path].rank == "C"]
    said = f"{share(good, len(ranks), 'module', 'reaches', 'reach')} rank A or B"
    fix = "split the modules of rank C by what they are about" if poor else ""
    return answer(MAINTAINABILITY, _grade(low), said, poor, searched=searched, confidence=Confidence.HIGH, fix=fix)


@of_one_file
def _holds_code(look: Look, path: str, _: str) -> bool:
    return bool((look.tree.text(path) or "").strip())


def _grade(share: float) -> Outcome:
    if share >= ALMOST_ALL:
        return Outcome.MET
    return Outcome.PARTIAL if share >= MOST else Outcome.UNMET
