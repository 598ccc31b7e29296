"""Addresses in evidence: which may become a live link. Nothing here, and no face, ever opens one by itself.

Live are only https addresses of plain ASCII hosts and regular files under the root. Plain http is not, because who sits
between can change what it shows. Terminals get no live link at all (no OSC 8): they are given the address as text.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import quote

from workbook.text.files import sarif_uri
from workbook.text.markup import html, markdown_prose
from workbook.text.terminal import terminal

MAX_ADDRESS: Final = 2000
"""Characters; longer addresses hide where they lead, and not every browser takes them."""

_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# A host of ASCII labels and a port. No user part, which makes one host look like another; no backslash, which browsers
# read as a slash; no letters of other scripts, which look like Latin ones (their xn-- form shows what it is).
_WEB: Final = re.compile(rf"https://{_LABEL}(?:\.{_LABEL})*\.?(?::\d{{1,5}})?(?:[/?#].*)?")
_HOST: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:[/\\]+)([^/\\?#\s]*)")
_NO_PART_OF_AN_ADDRESS: Final = re.compile(r"[\s\\<>\"`{}|^]")
_RESERVED: Final = ":/?#[]@!$&'()*+,;=-._~%"


def web_target(text: str) -> str | None:
    """Return the https address a live link may have, in ASCII; None where the text must stay text."""
    if len(text) > MAX_ADDRESS or terminal(text) != text or _NO_PART_OF_AN_ADDRESS.search(text):
        return None
    return quote(text, safe=_RESERVED) if _WEB.fullmatch(text) else None


def shown_address(text: str) -> str:
    r"""Return an address with the letters of its host that are not ASCII as escapes: `https://ex\u0430mple.com`.

    A Cyrillic letter in a host looks like a Latin one and leads elsewhere. For text sinks, before their own encoder.
    """
    found = _HOST.match(text)
    if found is None or found[2].isascii():
        return text
    host = "".join(one if one.isascii() else one.encode("unicode_escape").decode("ascii") for one in found[2])
    return f"{found[1]}{host}{text[found.end() :]}"


def file_target(text: str, root: Path) -> Path | None:
    """Return the regular file below the root that a relative path names, with links followed; None for any other.

    A link may lead to another place below the root, never out of it and never into the git directory.
    """
    if not text or len(text) > MAX_ADDRESS or "\0" in text or Path(text).is_absolute():
        return None
    try:
        home = root.resolve()
        full = (home / text).resolve(strict=True)
        inside = full.is_relative_to(home) and ".git" not in (part.lower() for part in full.relative_to(home).parts)
        return full if inside and full.is_file() else None
    except (OSError, RuntimeError, ValueError):  # RuntimeError: links in a circle, before Python 3.13
        return None


def link_target(text: str, root: Path | None = None) -> str | None:
    """Return what a live link may point at: an https address, or a file under `root` as a relative address."""
    if (address := web_target(text)) is not None:
        return address
    full = None if root is None else file_target(text, root)
    return None if full is None or root is None else sarif_uri(str(full.relative_to(root.resolve())))


def html_link(text: str, root: Path | None = None) -> str:
    """Return an anchor that shows where it leads, or text. It opens on a click only, and tells the target nothing."""
    target = link_target(text, root)
    if target is None:
        return html(shown_address(text))
    shown = html(web_target(text) or text)
    return f'<a href="{html(target)}" target="_blank" rel="noopener noreferrer nofollow">{shown}</a>'


def markdown_link(text: str, root: Path | None = None) -> str:
    """Return an autolink or a link to a file, or plain words; one line, also for table cells."""
    target = link_target(text, root)
    if target is None:
        return markdown_prose(shown_address(text))
    return f"<{target}>" if web_target(text) else f"[{markdown_prose(text)}](<{target}>)"
