"""Which pages of reference there are, and what stands on each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from docs.generator.asked import checklist_page, controls_page, facts_page, numbers_page
from docs.generator.commands import commands_page
from docs.generator.seen import accuracy_note, rules_page, signals_page
from docs.generator.shapes import environment_page, formats_page
from workbook.catalogue import load_catalogue

FOLDER = Path(__file__).resolve().parents[1] / "reference"
HEAD = "<!-- Made by `python -P -m docs.generator` from what the program itself knows: do not edit, write it again. -->"


def pages() -> Mapping[str, str]:
    """Every page by its file name, the index among them."""
    catalogue = load_catalogue()
    made = {
        "commands.md": ("Commands", commands_page()),
        "formats.md": ("Formats", formats_page()),
        "environment.md": ("Environment variables", environment_page()),
        "facts.md": ("Scope facts", facts_page(catalogue)),
        "numbers.md": ("Numbers", numbers_page(catalogue)),
        "rules.md": ("Rules behind findings", rules_page()),
    }
    for area in dict.fromkeys(one.area for one in catalogue.controls.values()):
        made[f"controls-{area}.md"] = (f"Controls: {area.replace('-', ' and ')}", controls_page(catalogue, area))
    for group in dict.fromkeys(name.partition(".")[0] for name in catalogue.signals):
        made[f"signals-{group}.md"] = (f"Signals: {group}", signals_page(catalogue, group))
    for slug, checklist in catalogue.checklists.items():
        made[f"checklist-{slug}.md"] = (f"Checklist: {checklist.name}", checklist_page(catalogue, slug))
    titles = {name: title for name, (title, _) in made.items()}
    written = {name: _page(title, lines) for name, (title, lines) in made.items()}
    return {"README.md": _page("Reference", _index(titles)), **written}


def _page(title: str, lines: Iterator[str]) -> str:
    return "\n".join((f"# {title}", "", HEAD, "", *lines)).rstrip("\n") + "\n"


def _index(titles: Mapping[str, str]) -> Iterator[str]:
    yield "What the program knows, as pages. `readiness explain ID` says the same of one thing, in your framework."
    yield ""
    yield from (f"- [{title}]({name})" for name, title in titles.items())
    yield "- [Keys of the terminal face](../keys.md)"
    yield ""
    yield from accuracy_note()
