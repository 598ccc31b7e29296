"""Fills the report templates. Every text passes the encoder of its sink by itself; a template cannot forget it."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Final

from workbook.data import templates
from workbook.plan import in_days
from workbook.report.words import brief, day, evidence, person
from workbook.text import html, html_link, markdown_link, markdown_prose

if TYPE_CHECKING:
    from collections.abc import Callable

    import jinja2
    from markupsafe import Markup

    from workbook.pictures import Picture

POLICY: Final = "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
"""Of a page: nothing runs, nothing is fetched or sent, and the one style is the one we wrote."""


def page(template: str, /, **values: object) -> str:
    """An HTML page of ours: one file without scripts, with its style inside and a policy that allows nothing else."""
    from markupsafe import Markup

    style = (templates() / "reports" / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = _environment(lambda text: Markup(html(_one_line(text))))  # noqa: S704  it is what makes it safe
    environment.autoescape = True
    environment.filters["drawing"] = _drawing
    environment.filters["link"] = lambda text: Markup(html_link(_one_line(text)))  # noqa: S704  the encoder of links
    # Trusted: our own file and its digest.
    inside = {"style": Markup(style), "policy": Markup(POLICY.format(style=digest))}  # noqa: S704
    return environment.get_template(template).render(**inside, **values)


def markdown_page(template: str, /, **values: object) -> str:
    """A Markdown document of ours; what stands between the braces of its template becomes plain words."""
    environment = _environment(_Plain)
    environment.filters["link"] = lambda text: _Plain(text, markdown_link)
    return f"{environment.get_template(template).render(**values).strip()}\n"


class _Plain(str):
    """A text that has passed the encoder of Markdown."""

    __slots__ = ()

    def __new__(cls, text: str, encoder: Callable[[str], str] = markdown_prose) -> _Plain:
        return str.__new__(cls, text if isinstance(text, _Plain) else encoder(text))


def _environment(encoder: Callable[[str], str]) -> jinja2.Environment:
    import jinja2

    def encoded(value: object) -> object:
        return value if isinstance(value, _Plain) or hasattr(value, "__html__") else encoder(str(value))

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates() / "reports"),
        autoescape=False,  # noqa: S701  `finalize` encodes every value, also where escaping alone would not do
        finalize=encoded,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(brief=brief, day=day, days=in_days, person=person, evidence=evidence)
    return environment


def _drawing(picture: Picture) -> Markup:
    from markupsafe import Markup

    return Markup(picture.unstyled.replace("\n", " "))  # noqa: S704  drawn by us, every text in it encoded


def _one_line(text: str) -> str:
    """A page shows a line break as a blank; where its source is printed, no text may begin a line of its own."""
    return " ".join(text.split())
