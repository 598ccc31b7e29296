"""What leaves the workbook: one module a format.

Every module is listed here. The tests take each through the corpus of hostile texts by its format, so that a new export
is safe once it is listed, and the suite fails while it is not.
"""

from __future__ import annotations

from typing import Final, Literal

from checks.frozen import Frozen

Format = Literal["markdown", "html", "page", "svg", "json", "sarif", "csv", "toml", "text"]


class Export(Frozen):
    """One export.

    Attributes:
        render: the module's function from a session to what leaves: text, or the data of a JSON document.
        format: what reads it, hence which encoder its texts must have passed.
    """

    render: str
    format: Format


EXPORTS: Final[dict[str, Export]] = {
    "badge_json": Export("to_json", "json"),
    "badge_svg": Export("to_svg", "svg"),
    "brief_json": Export("to_json", "json"),
    "brief_markdown": Export("to_markdown", "markdown"),
    "memo": Export("to_memo", "page"),
    "pr_body": Export("to_markdown", "markdown"),
    "pr_template": Export("every_style", "markdown"),
    "report_csv": Export("to_csv", "csv"),
    "report_html": Export("to_html", "page"),
    "report_json": Export("to_json", "json"),
    "report_markdown": Export("to_markdown", "markdown"),
    "report_sarif": Export("to_sarif", "sarif"),
    "status_json": Export("to_json", "json"),
    "worksheet": Export("to_markdown", "markdown"),
}
"""Every module of this package by its name."""
