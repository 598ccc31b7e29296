"""Hosts that only the README or a manifest's homepage names: by a button that deploys, or the address where it is live.

Prose alone names no host. What is found here may say that a question does not arise; it never answers one with met.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.application.hosting import NOT_SHIPPED, package_of
from checks.application.reach import Entry
from checks.files.kinds import is_test
from checks.look import PYTHON, is_product
from checks.observation import Location
from checks.once import once
from checks.readers.plain import read_json

if TYPE_CHECKING:
    from checks.look import Look

_NAME = r"[a-z0-9][\w-]{0,62}\."


@dataclass(frozen=True, slots=True)
class Host:
    """A hosting platform: how its buttons and its addresses begin, and what it runs by itself.

    `serverless` platforms build a web framework into pages and functions; at the others somebody sets how many
    instances of a server run. Hosts that keep one process of a script running are neither, and not listed.
    """

    name: str
    serverless: bool
    buttons: str
    addresses: str


_HOSTS = (
    Host("Vercel", True, r"vercel\.com/(?:new/clone|new/git|import|new\?)", rf"{_NAME}vercel\.app"),
    Host("Netlify", True, r"app\.netlify\.com/start", rf"{_NAME}netlify\.app"),
    Host("Cloudflare", True, r"deploy\.workers\.cloudflare\.com", rf"(?:{_NAME}){{1,2}}(?:pages|workers)\.dev"),
    Host("Firebase", True, r"(?!)", rf"{_NAME}(?:web\.app|firebaseapp\.com)"),
    Host("GitHub Pages", True, r"(?!)", rf"{_NAME}github\.io"),
    Host("Lovable", True, r"(?!)", rf"{_NAME}lovable\.app"),
    Host("Heroku", False, r"(?:www\.)?heroku\.com/deploy|dashboard\.heroku\.com/new", rf"{_NAME}herokuapp\.com"),
    Host("Render", False, r"(?:dashboard\.)?render\.com/deploy", rf"{_NAME}onrender\.com"),
    Host("Railway", False, r"railway\.(?:app|com)/(?:new/template|template|deploy|new)", rf"{_NAME}up\.railway\.app"),
    Host("Fly", False, r"fly\.io/launch", rf"{_NAME}fly\.dev"),
)
_MOST_README = 200_000
_LINK = re.compile(r"https?://([^\s)\"'<>\]`]+)")
_IMAGE = re.compile(r"!\[[^\]\n]{0,200}\]\([^)\n]{0,400}\)|<img\b[^>\n]{0,600}>")
_FENCE = re.compile(r"[ \t]*(```|~~~)")
_LIVE = re.compile(
    r"(?i)\b(?:live|demo|deployed|hosted|visit|try it|website|production|preview|open in|open app|launch|homepage"
    r"|url)\b"
)
_OTHERS = re.compile(
    r"(?i)inspired|based on|thanks|credit|similar|alternative|original|upstream|fork|documentation|docs\b"
    r"|template by|example"
)
_WHOLE = frozenset({
    "next", "nuxt", "@sveltejs/kit", "astro", "@remix-run/react", "@react-router/dev", "gatsby", "vite",
    "react-scripts",
    "@angular/core", "@vue/cli-service", "@docusaurus/core", "solid-start", "@solidjs/start", "@tanstack/react-start",
})  # fmt: skip
"""Frameworks whose whole build such a platform takes: pages for the browser, and functions for the rest."""
_SERVERS = frozenset({
    "express", "fastify", "koa", "@nestjs/core", "@hono/node-server", "socket.io", "ws", "@hapi/hapi", "bullmq", "bull",
    "apollo-server", "@apollo/server",
})  # fmt: skip
"""Libraries of processes that run on and on."""


@once
def run_by_platform(look: Look) -> tuple[str, list[Location]]:
    """The platform that builds and runs all of the product by itself, with where it is named; ("", []) for none.

    Nothing where anything contradicts: an image, other deployment, a second host that starts servers, a worker, or a
    service that the platform does not run.
    """
    found = list(_named(look))
    if not found or not all(host.serverless for host, _ in found) or _described(look) or not _fits(look):
        return "", []
    return found[0][0].name, [place for _, place in found]


@once
def instances_set_at(look: Look) -> tuple[str, list[Location]]:
    """The host at which somebody sets how many instances run, with where it is named; ("", []) for none."""
    found = [] if _described(look) else [(host, place) for host, place in _named(look) if not host.serverless]
    return (found[0][0].name, [place for _, place in found]) if found else ("", [])


def _named(look: Look) -> Iterator[tuple[Host, Location]]:
    text = (look.tree.text("README.md") or "")[:_MOST_README]
    for number, line in _prose(text):
        shown = _IMAGE.sub("", line)
        for match in _LINK.finditer(shown) if not _OTHERS.search(_LINK.sub("", shown)) else ():
            alone = not re.sub(r"\W", "", _LINK.sub("", shown)) or _LIVE.search(_LINK.sub("", line))
            yield from ((host, Location("README.md", number)) for host in _HOSTS if _is_at(host, match[1], bool(alone)))
    for path in look.tree.match("package.json"):
        home = read_json(look.tree, path, []).get("homepage") if is_product(path) else None
        address = _LINK.match(home) if isinstance(home, str) else None
        if address:
            place = Location(path, (look.tree.text(path) or "").split('"homepage"')[0].count("\n") + 1)
            yield from ((host, place) for host in _HOSTS if re.match(rf"(?:{host.addresses})(?:[/?#]|$)", address[1]))


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a Markdown text with their numbers, blocks of code and of comment left out."""
    fence, comment = "", False
    for number, line in enumerate(text.splitlines(), 1):
        mark = _FENCE.match(line)
        if mark and fence in {"", mark[1]}:
            fence = "" if fence else mark[1]
        elif not fence:
            comment = comment or "<!--" in line
            if not comment:
                yield number, line
            comment = comment and "-->" not in line


def _is_at(host: Host, address: str, live: bool) -> bool:
    """Whether a link is the host's button, or, where the line says that it is live, an address of a product there."""
    button = re.match(host.buttons, address)
    if button and not re.search(r"(?i)(?:root-?directory|dir|base)=[^&]*example", address):
        return True
    return live and bool(re.match(rf"(?:{host.addresses})(?:[/?#,]|\.?$)", address))


def _described(look: Look) -> bool:
    """Whether files of the repository say how it runs: an image, a cluster, a cloud, compose or a platform's file."""
    held = look.containers
    return (
        any(not NOT_SHIPPED.search(item.path) and not is_test(item.path) for item in held.dockerfiles)
        or any(item.is_workload for item in held.resources)
        or bool(held.infrastructure)
        or any(item.build for item in held.services)
        or any(not item.serverless and not NOT_SHIPPED.search(item.path) for item in held.platforms)
    )


def _services(look: Look) -> list[str]:
    """The files that serve; a worker is one that no such platform runs."""
    served = {Entry.SERVICE, Entry.WORKER}
    return [one.path for one in look.reach.entry_points if one.entry in served and not is_test(one.path)]


def _fits(look: Look) -> bool:
    """Whether every service is of a web framework that such a platform takes whole."""
    services = _services(look)
    works = any(one.entry is Entry.WORKER and not is_test(one.path) for one in look.reach.entry_points)
    listening = any("listens" in one.reason for one in look.reach.entry_points)
    if not services or works or listening or any(path.endswith(PYTHON) for path in services):
        return False
    by_folder: dict[str, set[str]] = {}
    for item in look.manifests.dependencies:
        by_folder.setdefault(item.path.rpartition("/")[0], set()).add(item.name)
    folders = {package_of(look, path) for path in services}
    return all(_WHOLE & by_folder.get(one, set()) and not _SERVERS & by_folder.get(one, set()) for one in folders)
