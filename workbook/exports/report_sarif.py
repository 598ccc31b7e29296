"""What the probes found, as SARIF 2.1.0 for code hosts and editors."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from checks.observation import Finding, Severity
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
    unread = (*report.files.partial, *report.files.skipped)
    rules = sorted({_rule(one) for one in report.findings})
    invocation = {
        "executionSuccessful": report.complete,
        "toolExecutionNotifications": [
            {"level": "warning", "message": {"text": sarif_message(f"{one.path}: {one.reason}")}} for one in unread
        ],
    }
    run = {
        "tool": {"driver": {"name": "readiness", "rules": [_described(one, report.findings) for one in rules]}},
        "automationDetails": {"id": "readiness/"},
        "invocations": [invocation],
        "results": list(_results(report.findings, rules)),
    }
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _rule(finding: Finding) -> str:
    return sarif_message(finding.rule)


def _described(rule: str, findings: Sequence[Finding]) -> dict[str, Any]:
    first = next(one for one in findings if _rule(one) == rule)
    return {
        "id": rule,
        "shortDescription": {"text": sarif_message(first.signal)},
        "defaultConfiguration": {"level": LEVELS[first.severity]},
    }


def _results(findings: Sequence[Finding], rules: Sequence[str]) -> Iterator[dict[str, Any]]:
    place = {rule: index for index, rule in enumerate(rules)}
    seen: Counter[str] = Counter()
    for one in findings:
        rule, where = _rule(one), one.location
        physical: dict[str, Any] = {"artifactLocation": {"uri": sarif_uri(where.path)}}
        if where.line > 0:
            physical["region"] = {"startLine": where.line, "endLine": max(where.line, where.end_line)}
        about = "\0".join((rule, sarif_uri(where.path), " ".join(one.snippet.split())))
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
