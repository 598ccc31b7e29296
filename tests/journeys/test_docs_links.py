"""Links of the documents, checked without a network: files and anchors must be there, addresses only look right."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
INDEX = ROOT / "docs" / "README.md"
HAVE_NO_LINKS = {"CHANGELOG.md"}


def read(page: Path):
    return MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    found = []
    for token in read(page):
        for child in token.children or ():
            if child.type == "link_open":
                found.append(str(child.attrs["href"]))
            elif child.type == "image":
                found.append(str(child.attrs["src"]))
    return found


def anchors(page: Path) -> set[str]:
    """The anchors that hosts give headings; a second one of the same name gets a number."""
    found: set[str] = set()
    tokens = read(page)
    for token, inside in pairwise(tokens):
        if token.type == "heading_open":
            said = "".join(child.content for child in inside.children or ())
            base = re.sub(r"[^\w\- ]", "", said.lower()).replace(" ", "-")
            number = next(n for n in range(99) if (f"{base}-{n}" if n else base) not in found)
            found.add(f"{base}-{number}" if number else base)
    return found


ANCHORS: dict[Path, set[str]] = {}


@pytest.mark.parametrize("page", PAGES, ids=lambda one: str(one.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page):
    for link in links(page):
        target = urlsplit(link)
        if target.scheme or target.netloc:
            assert target.scheme == "https", f"{link}: https only"
            assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", target.netloc), link
            continue
        place = (page.parent / unquote(target.path)).resolve() if target.path else page
        assert place.exists(), f"{link}: not there"
        assert place.is_relative_to(ROOT), link
        if target.fragment:
            if place not in ANCHORS:
                ANCHORS[place] = anchors(place)
            assert target.fragment in ANCHORS[place], f"{link}: no such heading"


def test_the_index_leads_to_every_page():
    named = {(INDEX.parent / urlsplit(link).path).resolve() for link in links(INDEX)}
    pages = {page for page in (ROOT / "docs").glob("*.md") if page != INDEX}
    assert pages - named == set()
    reference = ROOT / "docs" / "reference"
    inside = {(reference / urlsplit(link).path).resolve() for link in links(reference / "README.md")}
    assert {page for page in reference.glob("*.md") if page.name != "README.md"} <= inside
