"""One module a format. A new one is listed here and gets its line in templates/reports.toml."""

from __future__ import annotations

from collections.abc import Mapping

from checks.reports.format import Format
from checks.reports.formats import (
    artillery,
    cobertura,
    coverage_py,
    gitleaks,
    grype,
    junit,
    k6,
    lcov,
    lighthouse,
    locust_csv,
    locust_json,
    npm_audit,
    pip_audit,
    sarif,
    trivy,
    trufflehog,
    zap,
)

MODULES = (
    sarif, cobertura, coverage_py, lcov, junit, k6, locust_csv, locust_json, artillery,
    pip_audit, npm_audit, trivy, grype, zap, gitleaks, trufflehog, lighthouse,
)  # fmt: skip

FORMATS: Mapping[str, Format] = {module.FORMAT.id: module.FORMAT for module in MODULES}
"""The formats by id, in the order of the documentation."""
