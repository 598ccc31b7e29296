"""The code rules: one semgrep run over files we chose, and an honest account of what it did not read."""

from checks.semgrep.findings import CodeFindings, RawMatch
from checks.semgrep.scan import scan

__all__ = ["CodeFindings", "RawMatch", "scan"]
