"""What the probes found, as SARIF 2.1.0 for code hosts and editors."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from checks.git import Git, GitProblem
from checks.observation import Finding, Severity
from checks.semgrep.weaknesses import weaknesses_of
from workbook.errors import Refused
from workbook.session import Session
from workbook.text import sarif_message, sarif_uri

LEVELS: Final = {Severity.BLOCKER: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
FINGERPRINT: Final = "readinessFinding/v1"
"""Names how the fingerprint is made: rule, path, the line's text and which of its equals it is, never its number."""


def to_sarif(session: Session) -> dict[str, Any]:
    """The findings of the last look, as plain data.

    Raises:
        Refused: nobody has looked; an empty log would say that there is nothing to find.
    """
    report = session.report
    if report is None:
        raise Refused("SARIF lists what probes found, and none has run", "run the probes first")
    unread, below = (*report.files.partial, *report.files.skipped), _below(session)
    rules = sorted({_rule(one) for one in report.findings})
    invocation = {
        "executionSuccessful": report.complete,
        "toolExecutionNotifications": [
            {"level": "warning", "message": {"text": sarif_message(f"{one.path}: {one.reason}")}} for one in unread
        ],
    }
    driver = {
        "name": "readiness",
        **_version(),
        "rules": [_described(one, report.findings) for one in rules],
    }
    run = {
        "tool": {"driver": driver},
        # One of a repository with several workbooks must not replace the findings of another.
        "automationDetails": {"id": f"readiness/{sarif_uri(below)}"},
        "invocations": [invocation],
        "results": list(_results(report.findings, rules, below)),
    }
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _below(session: Session) -> str:
    """The folder of the workbook in its repository, "" for the top: code hosts look for paths from there."""
    if session.place.git_dir is None:
        return ""
    try:
        with Git.open(session.root) as git:
            return git.prefix
    except GitProblem:
        return ""


def _version() -> dict[str, str]:
    try:
        return {"version": version("readiness-workbook")}
    except PackageNotFoundError:
        return {}


def _rule(finding: Finding) -> str:
    return sarif_message(finding.rule)


def _described(rule: str, findings: Sequence[Finding]) -> dict[str, Any]:
    first = next(one for one in findings if _rule(one) == rule)
    weak = weaknesses_of(first.rule)
    # The forms by which code hosts group and filter.
    tags = [*(f"external/cwe/{one.lower()}" for one in weak.cwe), *(f"external/owasp/{one}" for one in weak.owasp)]
    return {
        "id": rule,
        "shortDescription": {"text": sarif_message(first.signal)},
        "defaultConfiguration": {"level": LEVELS[first.severity]},
        "properties": {"tags": ["security", *tags] if tags else []},
    }


def _results(findings: Sequence[Finding], rules: Sequence[str], below: str) -> Iterator[dict[str, Any]]:
    place = {rule: index for index, rule in enumerate(rules)}
    seen: Counter[str] = Counter()
    for one in findings:
        rule, where, uri = _rule(one), one.location, sarif_uri(f"{below}{one.location.path}")
        physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
        if where.line > 0:
            physical["region"] = {"startLine": where.line, "endLine": max(where.line, where.end_line)}
        about = "\0".join((rule, uri, " ".join(one.snippet.split())))
        seen[about] += 1
        digest = hashlib.sha256(f"{about}\0{seen[about]}".encode("utf-8", "backslashreplace")).hexdigest()[:32]
        yield {
            "ruleId": rule,
            "ruleIndex": place[rule],
            "level": LEVELS[one.severity],
            "message": {"text": sarif_message(one.message)},
            "locations": [{"physicalLocation": physical}],
            "partialFingerprints": {FINGERPRINT: digest},
            "properties": {"severity": str(one.severity), "signal": sarif_message(one.signal)},
        }
