"""The code rules: semgrep over files we chose, and an honest account of what it did not read."""

from checks.semgrep.engine import Scanning, find_program, identity, scan, scan_files
from checks.semgrep.findings import AskedFindings, CodeFindings, FileResult, RawMatch, Scan, gather
from checks.semgrep.targets import candidates

__all__ = [
    "AskedFindings",
    "CodeFindings",
    "FileResult",
    "RawMatch",
    "Scan",
    "Scanning",
    "candidates",
    "find_program",
    "gather",
    "identity",
    "scan",
    "scan_files",
]
