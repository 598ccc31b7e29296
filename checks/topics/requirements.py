"""Requirements of production: load, latency, availability and cost, written down with numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.wiring import answer
from checks.look import Look
from checks.observation import Location, Observation, Outcome
from checks.probe import probe
from checks.readers.documents import Document
from checks.topics.documents import TEMPLATE

REQUIREMENTS = "docs.requirements"

_NUMBER = re.compile(
    r"(?i)\b\d[\d,.]*\s*(%|ms\b|milliseconds?|s\b|sec(onds?)?\b|minutes?\b|hours?\b|users\b|requests?\b|rps\b|qps\b"
    r"|req/s|tokens?\b|x\b"
    r"|[GM]B\b|concurrent|per (second|minute|day|month)|/(s|min|month)\b|transactions)|[$€£]\s?\d"
)
_OF_PRODUCTION = re.compile(
    r"(?i)latency|availab|uptime|throughput|concurren|response time|p9[59]|rto\b|rpo\b|error rate|users|load"
    r"|requests|cost|budget|(less|fewer|more|faster) than|at (most|least)|within|below|sustain|first token"
    r"|retention|recover|scal|performance"
)
_SERVED = re.compile(
    r"(?i)latenc|availab|uptime|throughput|concurren|response time|\bp9[059]\b|\brto\b|\brpo\b|error rate|first token"
    r"|requests?\s*(per|/)|\b[rq]ps\b|req/s|\d\s*ms\b|milliseconds?|\b99(\.\d+)?\s*%|sustain|\bpeak"
    r"|recovery (time|point)|\bscal(e|es|ing) (to|out|up)\b"
    r"|\b(respon[ds]|answer|load|start|complete|finish)\w*\b[^.|]{0,40}\b(in|within|under|below|less than)\b"
    r"[^.|]{0,12}\d"
    r"|\b(cost|budget)\w*\b[^.|]*\b(per|a|each)\s+(request|call|month|conversation|document|user|day)"
)
"""Words of how a service is to run; what users may do is counted with the others too."""
_OPEN = re.compile(r"(?i)\b(tbd|todo|tbc|to be (decided|defined|determined))\b|\?\?")
_NAMED = re.compile(r"(?i)requirement|\bprd|nfrs?\b|non[-_ ]functional")
_HEADING = re.compile(r"(?i)(non-?functional|production) requirements|performance (requirements|targets|goals)")

_FEWEST_WORDS = 5
"""Requirements are terse: a table of four targets says enough."""


@probe(REQUIREMENTS)
def requirements(look: Look) -> Observation:
    """What production must withstand is written down with numbers."""
    searched = ("documents named requirements, PRD, spec or NFR", "headings that say so")
    fix = "write down the load, latency, availability and cost production must hold, with numbers"
    documents = [
        i for i in look.documents.of("requirements") if not TEMPLATE.search(i.path) and i.filled(_FEWEST_WORDS)
    ]
    named = [item for item in documents if _NAMED.search(f"{item.path} {item.title}")]
    numbered = [place for item in named for place in _numbered(item, item.text)]
    served = any(_SERVED.search(_line(look, place)) for place in numbered)
    for item in look.documents.all:
        for heading in item.headings:
            if _HEADING.search(heading.text):
                section = item.section(re.escape(heading.text))
                numbered += [Location(item.path, heading.line) for _ in _numbered(item, section)]
                served = served or bool(_SERVED.search(section))
    if len(numbered) > 1 and served:
        said = "production requirements with numbers"
        return answer(REQUIREMENTS, Outcome.MET, said, numbered, searched=searched)
    if documents or numbered:
        places = [Location(item.path, 1) for item in documents] or numbered
        said = "requirements without numbers for production"
        return answer(REQUIREMENTS, Outcome.PARTIAL, said, places, searched=searched, fix=fix)
    said = f"no production requirements in the repository{look.documents.still_blank('requirements')}"
    return answer(REQUIREMENTS, Outcome.UNMET, said, searched=searched, fix=fix)


def _numbered(document: Document, text: str) -> Iterator[Location]:
    offset = document.text.count("\n", 0, max(document.text.find(text), 0))
    for number, line in enumerate(text.splitlines(), 1):
        if _NUMBER.search(line) and _OF_PRODUCTION.search(line) and not _OPEN.search(line):
            yield Location(document.path, offset + number)


def _line(look: Look, place: Location) -> str:
    lines = (look.tree.text(place.path) or "").splitlines()
    return lines[place.line - 1] if place.line <= len(lines) else ""
