"""Pages of what is seen: signals with their probes and remedies, and the rules behind findings."""

from __future__ import annotations

from collections.abc import Iterator

from docs.generator.asked import anchor
from workbook.catalogue import Catalogue
from workbook.explain import explain
from workbook.explain.as_markdown import example, lines
from workbook.explain.example import every_example
from workbook.explain.found import HOW
from workbook.remedies import rules, weakness
from workbook.text import markdown_prose


def signals_page(catalogue: Catalogue, group: str) -> Iterator[str]:
    """The signals of a group, as `readiness explain` tells them, with every example there is."""
    for name in catalogue.signals:
        if name.partition(".")[0] == group:
            for one in explain(catalogue, name):
                yield from lines(one, examples=False)
            for shown in every_example(name):
                yield ""
                yield from example(shown)
            yield ""


def rules_page() -> Iterator[str]:
    """The rules, each with why it matters and its weaknesses."""
    from checks.semgrep.weaknesses import weaknesses_of

    yield "A finding names its rule; `readiness explain RULE@path:line` says what to do about it."
    yield ""
    yield from (f"- **{how}**: {said}" for how, said in HOW.items())
    yield ""
    yield "| Rule | Signal | Sees by | Why it matters | Weakness |"
    yield "|---|---|---|---|---|"
    for rule in dict.fromkeys(rules().values()):
        weak = weaknesses_of(rule.ids[0])
        numbers = "<br>".join(markdown_prose(weakness(one)) for one in (*weak.cwe, *weak.owasp))
        names = "<br>".join(f"`{one}`" for one in rule.ids)
        signal = f"[{rule.signal}](signals-{rule.signal.partition('.')[0]}.md#{anchor(rule.signal)})"
        yield f"| {names} | {signal} | {rule.how} | {markdown_prose(rule.means)} | {numbers} |"


def accuracy_note() -> Iterator[str]:
    """Where it is measured how often the probes are right."""
    yield "How often the probes are right is measured, miss by miss: [accuracy](../accuracy.md)."
