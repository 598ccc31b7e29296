"""What a report says, gathered once as data for every format, and the bundle for an auditor."""

from workbook.report.gather import gather
from workbook.report.record import Report

__all__ = ["Report", "gather"]
