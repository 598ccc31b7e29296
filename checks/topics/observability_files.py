"""Dashboards that are kept as files."""

from __future__ import annotations

import json
import re

from checks.application.infrastructure import not_configured
from checks.application.wiring import answer, line_matches
from checks.look import Look
from checks.observation import Location, Observation, Outcome
from checks.probe import probe
from checks.reads import of_one_file

DASHBOARDS = "obs.dashboards"

_OUTSIDE = re.compile(r"(?:^|/)(?:node_modules|vendor|tests?|fixtures|examples?|\.github)/")
_CLOUD_BOARDS = (
    r"resource\s+\"(?:aws_cloudwatch_dashboard|grafana_dashboard|datadog_dashboard\w*|google_monitoring_dashboard"
    r"|newrelic_one_dashboard|azurerm_portal_dashboard)\"|kind:\s*GrafanaDashboard|(?m:^\s+grafana_dashboard:\s*\S)"
    r"|(?m:^\s*\"?Type\"?:\s*\"?AWS::CloudWatch::Dashboard\b)"
)
_PANEL = frozenset(
    {"targets", "gridPos", "datasource", "fieldConfig", "definition", "properties", "visualization", "rawConfiguration"}
)
"""What a panel of a dashboard has, as against a panel of a page."""
_GRAFONNET = r"\bdashboard\.new\("
_LINK = r"https?://[\w.-]*(?:grafana|datadoghq|newrelic|kibana|cloudwatch)[\w./?=&#:-]*(?:dashboard|/d/)[\w./?=&#:-]*"


@probe(DASHBOARDS)
def dashboards(look: Look) -> Observation:
    """Dashboard definitions of Grafana or a cloud; links to dashboards are half of it."""
    searched = ("**/*.json", "**/*.tf", "Kubernetes manifests", "links in documents")
    boards = look.tree.match("*.json")
    found = [Location(path) for path in boards if not _OUTSIDE.search(path) and look.answer_of(_is_dashboard, path, "")]
    for path in look.tree.match("*.jsonnet", "*.libsonnet"):
        found += line_matches(look, path, _GRAFONNET) if not _OUTSIDE.search(path) else ()
    for path in look.tree.match("*.tf", "*.yml", "*.yaml"):
        found += line_matches(look, path, _CLOUD_BOARDS) if not _OUTSIDE.search(path) else ()
    if found:
        return answer(DASHBOARDS, Outcome.MET, "dashboard definitions", found, searched=searched)
    links = []
    for path in look.tree.match("*.md", "*.rst"):
        links += [Location(path, line) for line in look.answer_of(_links_in, path, "")]
    fix = "keep the dashboard's definition beside the code"
    if links:
        return answer(DASHBOARDS, Outcome.PARTIAL, "only links to dashboards", links, searched=searched, fix=fix)
    return not_configured(look, DASHBOARDS, "no dashboards in the repository", searched=searched, fix=fix)


@of_one_file
def _links_in(look: Look, path: str, _: str) -> list[int]:
    text = look.tree.text(path) or ""
    return [text.count("\n", 0, one.start()) + 1 for one in re.finditer(_LINK, text)]


@of_one_file
def _is_dashboard(look: Look, path: str, _: str) -> bool:
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
        and (
            any(key in board for key in ("schemaVersion", "layout_type"))
            or any(isinstance(one, dict) and _PANEL & one.keys() for one in panels)
        )
    )
