"""The brief for a coding agent as plain Markdown: the contract first, then each gap with its places and its proof."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from workbook.assess import PLAIN
from workbook.brief import CONTRACT, HEADINGS, Brief, Task, brief_of
from workbook.hands import Work
from workbook.report.words import placed, worst_first
from workbook.session import Session
from workbook.text import markdown, markdown_prose, shell_display
from workbook.words import OUTCOME_WORDS

FINDINGS: Final = 20
"""Findings named with each gap; the command that proves it lists them all, and so does JSON."""

SEARCHED: Final = 5
"""Places named where a probe could not tell."""


def to_markdown(session: Session) -> str:
    """The document of an open workbook, with what its probes saw."""
    return markdown_of(brief_of(session))


def markdown_of(brief: Brief) -> str:
    """The same of a brief that is made already."""
    return "\n".join(_lines(brief)) + "\n"


def _lines(brief: Brief) -> Iterator[str]:
    yield "# Brief for a coding agent"
    yield ""
    # Our own words; the commands in them stay as they are.
    yield from (f"- {line}" for line in CONTRACT)
    yield ""
    counts = ", ".join(f"{len(brief.of(work))} {work}" for work in Work)
    yield f"{len(brief.tasks)} gaps: {counts}. {markdown_prose(brief.verdict)}"
    if not brief.probed:
        yield ""
        yield "No probe looked for this brief, so it names no places in the code."
    for work, heading in HEADINGS.items():
        if tasks := brief.of(work):
            yield ""
            yield f"## {heading}"
            for task in tasks:
                yield ""
                yield from _task(task)


def _task(task: Task) -> Iterator[str]:
    control = task.gap.control
    yield f"### {markdown_prose(control.title)}"
    yield ""
    yield f"- Control: {markdown(control.id)}, {task.gap.severity}, {PLAIN[task.gap.standing]}"
    yield f"- Asked: {markdown_prose(task.asks)}"
    yield f"- Ready when: {markdown_prose(control.ready_when)}"
    yield f"- So far: {markdown_prose(task.gap.why)}"
    if task.because:
        yield f"- Stop: {markdown_prose(task.because)}"
    if task.gap.after:
        yield f"- After: {', '.join(map(markdown, task.gap.after))}"
    if task.gap.owner:
        yield f"- Owner: {markdown_prose(task.gap.owner)}"
    yield from _seen(task)
    yield from _commands(task)


def _seen(task: Task) -> Iterator[str]:
    findings = worst_first(task.findings)
    for one in findings[:FINDINGS]:
        yield f"- {markdown(placed(one.location))}: {one.severity}: {markdown_prose(one.message)}"
    if len(findings) > FINDINGS:
        yield f"- and {len(findings) - FINDINGS} more findings"
    for seen in task.seen:
        where = [markdown(placed(place)) for place in seen.locations[:SEARCHED]]
        where = where or [f"searched {markdown(place)}" for place in seen.searched[:SEARCHED]]
        behind = f" ({', '.join(where)})" if where else ""
        remedy = f" To do: {markdown_prose(seen.fix)}" if seen.fix else ""
        said = f"{OUTCOME_WORDS[seen.outcome]}: {markdown_prose(seen.summary)}"
        yield f"- Probe {markdown(seen.signal)} says {said}{behind}{remedy}"


def _commands(task: Task) -> Iterator[str]:
    if task.work is Work.PERSON:
        yield "- Proof and answer: a person's. Tell them what you know, and leave it."
        return
    if task.gap.form:
        yield f"- Begin with: {markdown(task.gap.form)}; leave every blank that you do not know, and ask"
    if task.proof:
        yield f"- Prove with: {markdown(shell_display(task.proof))} which must say yes"
    else:
        yield "- Prove with: no probe looks at this; a test or a record of yours, named in the note"
    if task.work is Work.ENVIRONMENT:
        yield "- A yes from files alone is not the proof: what the ready-when asks for has to have run"
    if task.propose:
        yield f"- Then propose: {markdown(shell_display(task.propose))}"
    else:
        yield "- Then stop: a person's answer stands here; tell them what you changed"
