"""The code rules: one semgrep run over files we chose, and an honest account of what it did not read."""

from checks.semgrep.engine import find_program, scan
from checks.semgrep.findings import CodeFindings, RawMatch

__all__ = ["CodeFindings", "RawMatch", "find_program", "scan"]
