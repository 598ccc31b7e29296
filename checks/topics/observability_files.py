"""Alert rules and dashboards that are kept as files."""

from __future__ import annotations

import json
import re

from checks.application.wiring import answer, line_matches
from checks.look import Look
from checks.observation import Location, Observation, Outcome
from checks.probe import probe

ALERTS = "obs.alert-rules"
DASHBOARDS = "obs.dashboards"

_OUTSIDE = re.compile(r"(?:^|/)(?:node_modules|vendor|tests?|fixtures|examples?|\.github)/")
_ALERT = re.compile(r"(?m)^\s*-?\s*(?:alert|title|alertname)\s*:\s*\S")
_RULES = re.compile(r"(?m)^\s*groups\s*:|kind:\s*PrometheusRule|^\s*rules\s*:")
_THRESHOLD = re.compile(r"[<>]=?\s*[\d.]|evaluator|threshold|params:\s*\[?\s*\d", re.IGNORECASE)
_CLOUD_ALERTS = (
    r"resource\s+\"(?:aws_cloudwatch_metric_alarm|datadog_monitor|google_monitoring_alert_policy|azurerm_monitor_metric_alert"
    r"|newrelic_nrql_alert_condition|grafana_rule_group|aws_budgets_budget|google_billing_budget)\""
    r"|(?m:^\s*\"?Type\"?:\s*\"?AWS::(?:CloudWatch::(?:Composite)?Alarm|Budgets::Budget)\b)"
)
_CLOUD_BOARDS = (
    r"resource\s+\"(?:aws_cloudwatch_dashboard|grafana_dashboard|datadog_dashboard\w*|google_monitoring_dashboard"
    r"|newrelic_one_dashboard|azurerm_portal_dashboard)\"|kind:\s*GrafanaDashboard|(?m:^\s+grafana_dashboard:\s*\S)"
    r"|(?m:^\s*\"?Type\"?:\s*\"?AWS::CloudWatch::Dashboard\b)"
)
_GRAFONNET = r"\bdashboard\.new\("
_LINK = r"https?://[\w.-]*(?:grafana|datadoghq|newrelic|kibana|cloudwatch)[\w./?=&#:-]*(?:dashboard|/d/)[\w./?=&#:-]*"


@probe(ALERTS)
def alert_rules(look: Look) -> Observation:
    """Alert rules of Prometheus, Grafana or a cloud, with the threshold at which they fire."""
    searched = ("**/*.yml, *.yaml, *.rules", "**/*.tf")
    rules: list[Location] = []
    bare: list[Location] = []
    templated = False
    for path in look.tree.match("*.yml", "*.yaml", "*.rules", "!.github/**"):
        text = look.tree.text(path) or ""
        if (
            _OUTSIDE.search(path)
            or not _RULES.search(text)
            or not re.search(r"(?m)^\s*-?\s*alert\s*:|alerting|condition\s*:", text)
        ):
            continue
        match = _ALERT.search(text)
        if match is None or not re.search(r"(?m)\bexpr\s*:|condition\s*:|^\s*-?\s*alert\s*:", text):
            continue
        templated = templated or ("{{" in text and "/templates/" in path)
        place = Location(path, text.count("\n", 0, match.start()) + 1)
        (rules if re.search(r"\bexpr\s*:", text) and _THRESHOLD.search(text) else bare).append(place)
    for path in look.tree.match("*.tf", "*.yml", "*.yaml"):
        rules += line_matches(look, path, _CLOUD_ALERTS) if not _OUTSIDE.search(path) else ()
    if rules:
        return answer(ALERTS, Outcome.MET, "alert rules with thresholds", rules, searched=searched)
    if bare:
        return answer(
            ALERTS,
            Outcome.PARTIAL,
            "alert rules without a threshold",
            bare,
            searched=searched,
            fix="give each rule a threshold",
        )
    fix = "keep alert rules with thresholds beside the code"
    return answer(ALERTS, Outcome.UNMET, "no alert rules in the repository", searched=searched, fix=fix)


@probe(DASHBOARDS)
def dashboards(look: Look) -> Observation:
    """Dashboard definitions of Grafana or a cloud; links to dashboards are half of it."""
    searched = ("**/*.json", "**/*.tf", "Kubernetes manifests", "links in documents")
    boards = look.tree.match("*.json")
    found = [Location(path) for path in boards if not _OUTSIDE.search(path) and _is_dashboard(look, path)]
    for path in look.tree.match("*.jsonnet", "*.libsonnet"):
        found += line_matches(look, path, _GRAFONNET) if not _OUTSIDE.search(path) else ()
    for path in look.tree.match("*.tf", "*.yml", "*.yaml"):
        found += line_matches(look, path, _CLOUD_BOARDS) if not _OUTSIDE.search(path) else ()
    if found:
        return answer(DASHBOARDS, Outcome.MET, "dashboard definitions", found, searched=searched)
    links = []
    for path in look.tree.match("*.md", "*.rst"):
        text = look.tree.text(path) or ""
        links += [Location(path, text.count("\n", 0, one.start()) + 1) for one in re.finditer(_LINK, text)]
    fix = "keep the dashboard's definition beside the code"
    if links:
        return answer(DASHBOARDS, Outcome.PARTIAL, "only links to dashboards", links, searched=searched, fix=fix)
    return answer(DASHBOARDS, Outcome.UNMET, "no dashboards in the repository", searched=searched, fix=fix)


def _is_dashboard(look: Look, path: str) -> bool:
    text = look.tree.text(path) or ""
    if '"panels"' not in text and '"widgets"' not in text:
        return False
    try:
        board = json.loads(text)
    except (ValueError, RecursionError):
        return False
    board = board.get("dashboard", board) if isinstance(board, dict) else {}
    panels = board.get("panels") or board.get("widgets") if isinstance(board, dict) else None
    return (
        isinstance(panels, list)
        and bool(panels)
        and any(key in board for key in ("schemaVersion", "title", "layout_type"))
    )
