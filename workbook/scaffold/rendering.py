"""A scaffold's text: our sentences, what the tree says through the encoder of its sink, and blanks for the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from checks.portrait import Endpoint, Portrait
from workbook.data import templates
from workbook.scaffold.limits import Limits
from workbook.scaffold.marks import Ours, blank
from workbook.text import (
    javascript_literal,
    markdown,
    markdown_prose,
    python_literal,
    toml_comment,
    yaml_string,
)

if TYPE_CHECKING:
    import jinja2

    from workbook.scaffold.registry import Form, Kind

_OWNER: Final = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9_@.%+/-]*")
_WORD: Final = re.compile(r"[A-Za-z0-9_@./:=,\[\]-]+(?: [A-Za-z0-9_@./:=,\[\]-]+)*")
_VARIABLE_PART: Final = re.compile(r"[{}\[\]<>:*$]")
_CHANGES_STATE: Final = re.compile(r"(?i)log-?out|sign-?out|delete|remove|unsubscribe|callback|webhook")
_KEEPS_DATA: Final = re.compile(
    r"postgres|mysql|mariadb|mongo|redis|valkey|memcached|minio|elastic|adminer|traefik|nginx|caddy"
)
_CALLED: Final = {
    "fastapi": "FastAPI", "django": "Django", "flask": "Flask", "express": "Express", "next": "Next.js", "hono": "Hono",
    "streamlit": "Streamlit", "gradio": "Gradio", "supabase": "Supabase functions", "fastify": "Fastify",
    "nuxt": "Nuxt",
}  # fmt: skip
MOST_ROUTES: Final = 20
"""Routes that a load test asks by itself, and those it only names."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a text is filled with."""

    portrait: Portrait
    limits: Limits
    checklist: str
    """The name of the checklist that decides."""
    profiles: tuple[str, ...]
    today: date


def rendered(form: Form, ground: Ground) -> str:
    """The text of one form. It ends with one line break."""
    text = _environment(form.kind).get_template(form.template).render(**_given(ground))
    most = 3 if form.kind == "python" else 2
    return re.sub(rf"\n{{{most},}}", "\n" * most, text).strip("\n") + "\n"


@cache
def _environment(kind: Kind) -> jinja2.Environment:
    import jinja2

    encode = _ENCODERS[kind]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates() / "documents"),
        autoescape=False,  # noqa: S701  # no sink here is HTML: `finalize` encodes everything for the sink it goes to
        undefined=jinja2.StrictUndefined,
        finalize=partial(_finalized, encode),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "code": lambda text: Ours(markdown(str(text))),
        "comment": lambda text: Ours(toml_comment(str(text))),
        "word": lambda text: Ours(plain_word(str(text))),
        "slug": lambda text: Ours(re.sub(r"[^a-z0-9]+", "_", str(text).lower()).strip("_") or "part"),
        "owner": lambda text: Ours(str(text)) if _OWNER.fullmatch(str(text)) else blank("an owner's @name"),
        "quoted": lambda text: Ours(_ENCODERS[kind](str(text))),
    }
    return environment


def _finalized(encode: Callable[[str], str], value: object) -> object:
    return value if isinstance(value, Ours | int | float) else encode(str(value))


def plain_word(text: str) -> str:
    """A command or path of plain words as it is.

    Raises:
        ValueError: something else than plain words, which the portrait never gives for a command.
    """
    if not _WORD.fullmatch(text):
        raise ValueError("not a command of plain words")
    return text


_ENCODERS: Final[Mapping[Kind, Callable[[str], str]]] = {
    "markdown": markdown_prose,
    "yaml": yaml_string,
    "javascript": javascript_literal,
    "typescript": javascript_literal,
    "python": python_literal,
    "owners": plain_word,
}


def _given(ground: Ground) -> dict[str, Any]:
    portrait = ground.portrait
    asked = [one for one in portrait.endpoints if _is_read(one)]
    return {
        "name": portrait.name or blank("the name of the product"),
        "p": portrait,
        "framework": portrait.frameworks[0] if portrait.frameworks else "",
        "limits": ground.limits,
        "checklist": ground.checklist,
        "profiles": ground.profiles,
        "today": Ours(ground.today.isoformat()),
        "blank": blank,
        "asked": tuple(dict.fromkeys(one.path for one in asked))[:MOST_ROUTES],
        "not_asked": tuple(one for one in portrait.endpoints if one not in asked)[:MOST_ROUTES],
        "health": _health(portrait),
        "base": f"http://localhost:{portrait.port}" if portrait.port else "",
        "served": ", ".join(_CALLED.get(one, one) for one in portrait.frameworks),
        "service": _service(portrait),
        "last": _last(portrait.tag),
    }


def _is_read(endpoint: Endpoint) -> bool:
    """Whether a load test may ask it again and again: it only reads, and its path has no part to be chosen."""
    reads = "GET" in endpoint.methods and not _CHANGES_STATE.search(endpoint.path)
    return reads and endpoint.path.startswith("/") and not _VARIABLE_PART.search(endpoint.path)


def _service(portrait: Portrait) -> str:
    """The compose service that is the product: the one built here, else the first that keeps no data."""
    built = [one.name for one in portrait.containers if not one.image]
    others = [one.name for one in portrait.containers if not _KEEPS_DATA.search(one.image)]
    return next(iter((*built, *others)), "")


def _last(tag: str) -> Ours:
    known = f" (the newest tag is {markdown(tag)})" if tag else ""
    return Ours(f"the tag or commit of the last good release{known}")


def _health(portrait: Portrait) -> str:
    """The path of the health route, "" where it is not known."""
    return next((one.path for one in portrait.endpoints if portrait.health and one.place == portrait.health), "")
