"""Findings by name: `RULE@path:line`, of what every output prints; `path:line` and `path` name all of a place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from checks.application.frameworks import language_of
from checks.observation import Finding, ProbeReport
from workbook.explain.example import example_of
from workbook.explain.record import Explanation, Part
from workbook.remedies import Rule, remedies, rules, weakness

_PLACE: Final = re.compile(r"(?:(?P<rule>[a-z][\w.-]*)@)?(?P<path>.+?)(?::(?P<line>\d{1,7}))?\Z", re.DOTALL)

HOW: Final = {
    "shape": "A code rule looks for this shape of code, with semgrep, in files that are the product's.",
    "flow": "A code rule follows the value from where it comes from to where it is used, with semgrep.",
    "probe": "The probe of the signal judges this over the tree, not by one line alone.",
}
"""How the rules of each kind see."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart. `rule` is "" and `line` None where it names neither."""

    rule: str
    path: str
    line: int | None

    @classmethod
    def of(cls, text: str) -> Name | None:
        """The parts of a name; None where it cannot be one."""
        if not (match := _PLACE.match(text)):
            return None
        line = match["line"]
        return cls(match["rule"] or "", match["path"], int(line) if line else None)

    def fits(self, finding: Finding) -> bool:
        """Whether a finding goes by this name."""
        ids = rules()[self.rule].ids if self.rule in rules() else (self.rule,)
        return (
            (not self.rule or finding.rule == self.rule or finding.rule in ids)
            and finding.location.path == self.path
            and (self.line is None or finding.location.line == self.line)
        )


def name_of(finding: Finding) -> str:
    """What a finding is called: `sql.request-input.py@api/users.py:88`. The path is untrusted."""
    where = finding.location
    return f"{finding.rule}@{where.path}:{where.line}" if where.line else f"{finding.rule}@{where.path}"


def looks_like_finding(text: str) -> bool:
    """Whether a name could be a finding's, so that it is worth a look at the repository."""
    name = Name.of(text)
    return name is not None and bool(name.rule or name.line is not None or "/" in name.path or "." in name.path)


def longer_names(text: str, report: ProbeReport) -> tuple[str, ...]:
    """What findings are called whose path only ends with the one that is named. Paths are untrusted."""
    name = Name.of(text)
    if name is None:
        return ()
    rule, line = f"{name.rule}@" if name.rule else "", "" if name.line is None else f":{name.line}"
    ends = (one for one in report.findings if one.location.path.endswith(f"/{name.path}"))
    fitting = (one for one in ends if replace(name, path=one.location.path).fits(one))
    return tuple(dict.fromkeys(f"{rule}{one.location.path}{line}" for one in fitting))


def signal_of(text: str) -> str:
    """The signal that a finding's name speaks of, "" where its rule is not known."""
    name = Name.of(text)
    return rules()[name.rule].signal if name and name.rule in rules() else ""


def explained_findings(text: str, report: ProbeReport | None, stack: Sequence[str]) -> Iterator[Explanation]:
    """The findings that go by a name, in the order of the report."""
    name = Name.of(text)
    if name is None or report is None:
        return
    for one in report.findings:
        if name.fits(one):
            yield explained_finding(one, stack)


def explained_finding(one: Finding, stack: Sequence[str]) -> Explanation:
    """One finding: what is wrong at this place, and the fix in the language of its file."""
    where = f"{one.location.path}:{one.location.line}" if one.location.line else one.location.path
    about = [Part("Severity", (str(one.severity),)), Part("Rule", (one.rule,)), Part("Signal", (one.signal,))]
    if one.snippet:
        about.insert(0, Part("Code", (one.snippet,)))
    rule = rules().get(one.rule)
    behind = _behind(rule, one.rule) if rule else {}
    return Explanation(
        kind="finding",
        id=name_of(one),
        title=one.message,
        about=(Part("Place", (where,)), *about),
        **_remedy(one.signal, stack, language_of(one.location.path)) | behind,  # type: ignore[arg-type]  # the fields of the record, by name
    )


def explained_rule(name: str, stack: Sequence[str]) -> Iterator[Explanation]:
    """A rule by its name in findings, or by the name that its languages share."""
    rule = rules().get(name)
    if rule is None:
        return
    language = {".py": "python", ".js": "node"}.get(name[-3:], "")
    about = (Part("Signal", (rule.signal,)), Part("Names in findings", rule.ids))
    yield Explanation(
        kind="rule",
        id=name,
        title=rule.means,
        about=about,
        **_remedy(rule.signal, stack, language) | _behind(rule, rule.ids[0]) | {"why": ""},  # type: ignore[arg-type]  # as above
    )


def _remedy(signal: str, stack: Sequence[str], language: str) -> dict[str, object]:
    remedy = remedies().get(signal)
    if remedy is None:
        return {}
    example = example_of(signal, stack, language)
    return {"limits": (remedy.blind,), "fix": (remedy.fix,), "examples": (example,) if example else ()}


def _behind(rule: Rule, name: str) -> dict[str, object]:
    from checks.semgrep.weaknesses import weaknesses_of

    weak = weaknesses_of(name)
    sources = tuple(weakness(number) for number in (*weak.cwe, *weak.owasp))
    return {"why": rule.means, "method": (HOW[rule.how],), "sources": sources}
