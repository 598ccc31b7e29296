"""Alert rules that are kept as files: each with the number at which it fires, or without one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.infrastructure import not_configured
from checks.application.numbers import counted
from checks.application.wiring import answer, line_matches, without_comments
from checks.blanks import unfilled
from checks.look import Look
from checks.observation import Location, Observation, Outcome
from checks.probe import probe
from checks.readers.plain import Mapping, mapping, read_yaml, sequence

ALERTS = "obs.alert-rules"

_OUTSIDE = re.compile(r"(?:^|/)(?:node_modules|vendor|tests?|fixtures|examples?|\.github)/")
_MAYBE = re.compile(r"(?m)^\s*-?\s*(?:alert|title)\s*:\s*\S")
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|\{[^{}]*\}")
"""Labels of a series, as in `{status=~"5.."}`: what compares there is no threshold."""
_COMPARES = re.compile(r"[<>]=?|[=!]=(?!~)")
_FIRES_AT = re.compile(r"(?i)evaluator|threshold")
_TEMPLATED = re.compile(r"(?m)^\s*expr\s*:(?:\s*[|>][-+]?\s*\n)?\s*.*[<>]=?\s*(?:[\d.]|\{\{)")
_KINDS = re.compile(
    r"^(?:aws_cloudwatch_(?:metric_alarm|composite_alarm)|datadog_monitor|google_monitoring_alert_policy"
    r"|azurerm_monitor_(?:metric|activity_log|scheduled_query_rules)_?alert\w*|newrelic_nrql_alert_condition"
    r"|grafana_rule_group|aws_budgets_budget|google_billing_budget|sentry_(?:issue|metric)_alert|pagerduty_event_rule)$"
)
_NUMBERED = re.compile(
    r"(?i)threshold|[<>]=?\s*\"?[\d.]|evaluator|limit_amount|specified_amount|\bamount\b|alarm_rule\s*="
)
_CLOUD_FORMATION = r"(?m:^\s*\"?Type\"?:\s*\"?AWS::(?:CloudWatch::(?:Composite)?Alarm|Budgets::Budget)\b)"


@probe(ALERTS)
def alert_rules(look: Look) -> Observation:
    """Alert rules of Prometheus, Grafana or a cloud, with the threshold at which they fire."""
    searched = ("**/*.yml, *.yaml, *.rules", "**/*.tf")
    found = [*_of_files(look), *_of_clouds(look)]
    rules = [place for place, numbered in found if numbered]
    bare = [place for place, numbered in found if not numbered]
    if rules:
        said = "alert rules with thresholds" + (f", {counted(len(bare), 'other')} without" if bare else "")
        return answer(ALERTS, Outcome.MET, said, rules, searched=searched)
    if bare:
        said, fix = "alert rules without a threshold", "give each rule the number at which it fires"
        return answer(ALERTS, Outcome.PARTIAL, said, bare, searched=searched, fix=fix)
    fix = "keep alert rules with thresholds beside the code"
    return not_configured(look, ALERTS, "no alert rules in the repository", searched=searched, fix=fix)


def _of_files(look: Look) -> Iterator[tuple[Location, bool]]:
    """Rules of Prometheus and Grafana, and whether each compares with something."""
    for path in look.tree.match("*.yml", "*.yaml", "*.rules", "!.github/**"):
        text = look.tree.text(path) or ""
        if _OUTSIDE.search(path) or not _MAYBE.search(text) or unfilled(text):
            continue
        if "{{" in text and "/templates/" in f"/{path}":
            yield from _of_template(look, path, text)
            continue
        for document in read_yaml(look.tree, path, []):
            for rule in _rules(document):
                line = rule.line if isinstance(rule, Mapping) else 0
                yield Location(path, line), _is_numbered(rule)


def _rules(document: object) -> Iterator[dict[object, object]]:
    """The alerting rules of a document: those of the groups of a rule file, or of the operator's kind."""
    root = mapping(document)
    groups = root.get("groups") or mapping(root.get("spec")).get("groups")
    for group in sequence(groups):
        for rule in sequence(mapping(group).get("rules")):
            table = mapping(rule)
            if "alert" in table or ("title" in table and "condition" in table):
                yield table


def _is_numbered(rule: dict[object, object]) -> bool:
    expression = rule.get("expr")
    if isinstance(expression, str):
        return bool(_COMPARES.search(_QUOTED.sub("", expression)))
    return bool(_FIRES_AT.search(str(rule.get("data", ""))))


def _of_template(look: Look, path: str, text: str) -> Iterator[tuple[Location, bool]]:
    """A chart's rules are text until its values are known: a comparison on the line of an expression must do."""
    bare = without_comments(text)
    places = line_matches(look, path, r"(?m)^\s*-?\s*alert\s*:\s*\S")
    if places and re.search(r"(?m)^\s*expr\s*:", bare):
        yield places[0], bool(_TEMPLATED.search(bare))


def _of_clouds(look: Look) -> Iterator[tuple[Location, bool]]:
    for item in look.containers.infrastructure:
        if _KINDS.match(item.kind) and not _OUTSIDE.search(item.path):
            yield Location(item.path, item.line), bool(_NUMBERED.search(without_comments(item.body)))
    for path in look.tree.match("*.yml", "*.yaml"):
        if not _OUTSIDE.search(path):
            yield from ((place, True) for place in line_matches(look, path, _CLOUD_FORMATION))
