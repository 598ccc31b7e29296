"""The open questions as a table for Acme's wiki."""

from __future__ import annotations

from checks.plugins.api import Context


def export(context: Context) -> str:
    """One row for each open control, in the order of the plan."""
    workbook = context.workbook
    rows = [f"|{_cell(one['title'])}|{_cell(one['severity'])}|{_cell(one['owner'])}|" for one in workbook["todo"]]
    return "\n".join(
        (f"h1. {_cell(workbook['project'])}: {_cell(workbook['headline'])}", "||Open||Severity||Owner||", *rows, "")
    )


def _cell(text: str) -> str:
    """A text as nothing but text: it may come from a repository that nobody trusts."""
    return "".join(one if one.isalnum() or one in " .,:;-_/%()" else " " for one in text)
