"""Where a model's name stands: as a choice of the product, or only as knowledge about models."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.calls_seen import lines_of
from checks.look import is_product

if TYPE_CHECKING:
    from checks.look import Look

_COMPARED = re.compile(
    r"(?i)(?:starts_?with\(|ends_?with\(|includes\(|match\(|[!=]==?|\bcase\s|\bin\s*[\[({][^\])}]*|\.has\()\s*[\"'`(]*$"
)
_COMPARED_AFTER = re.compile(r"[\"'`]\s*(?:not\s+)?(?:in\b|[!=]==?)")
_KNOWLEDGE = re.compile(
    r"(?i)context|window|limit|capab|vision|multimodal|supports?_|reasoning|pric|cost|token|encod|deprecat|legacy|retired"
    r"|cutoff|without_|dimension|rates?\b"
)
_ASSIGNED = re.compile(
    r"^\s*(?:export\s+)?(?:(?:const|let|var|readonly|static|private|final)\s+)*_*(?P<name>[A-Za-z]\w*)\s*(?::[^=\n]+)?=\s*"
    r"(?:new\s+)?(?:(?:Map|Set|frozenset|set|dict|tuple|Object\.freeze)(?:<[^>]*>)?)?[\[({]*$"
)
_CONSTANT = re.compile(
    r"^(?:export\s+)?(?:(?:const|let|var)\s+)?(?P<name>[A-Z][A-Z0-9_]*)\s*(?::[^=\n]+)?"
    r"=\s*[\"'`][^\"'`]*[\"'`];?\s*(?:as const;?)?\s*$"
)
_MOST_LINES = 80
_MOST_BEFORE = 300
"""Characters of a line before a name that tell what it is compared with."""
_DATA = (".json", ".yaml", ".yml", ".toml")
_LISTS = re.compile(r"(?i)readdir|glob\(|iterdir|listdir|scandir|walk\(|rglob")


def is_no_choice(look: Look, path: str, line: int, value: str) -> bool:
    """Whether the name cannot be what answers: it is compared with, tells a model's abilities, or nothing uses it."""
    here = lines_of(look, path, line, line)
    before, _, after = here.partition(value)
    if _COMPARED.search(before[-_MOST_BEFORE:]) or _COMPARED_AFTER.match(after):
        return True
    above = lines_of(look, path, max(line - _MOST_LINES, 1), line - 1) if line > 1 else ""
    return bool(_KNOWLEDGE.search(_table_of(f"{above}\n{before}"))) or _is_unused(look, here)


def _table_of(text: str) -> str:
    """The name of the list or table that is still open where the text ends; "" where it is none.

    What an object holds by a key of its own, `{"quick": "gpt-4o"}`, is no entry of a table.
    """
    depth, level = 0, 0
    for at in range(len(text) - 1, -1, -1):
        if text[at] in ")]}":
            depth += 1
        elif text[at] in "([{" and depth:
            depth -= 1
        elif text[at] in "([{":
            level += 1
            if named := _ASSIGNED.match(text[text.rfind("\n", 0, at) + 1 : at + 1]):
                by_key = level == 1 and text[at] == "{" and re.search(r":\s*(?:\w+\()?[\"'`]$", text)
                return "" if by_key else named["name"]
    return ""


def _is_unused(look: Look, text: str) -> bool:
    """Whether a line gives a name to a constant that no code of the product mentions again."""
    constant = _CONSTANT.match(text)
    if not constant:
        return False
    word = re.compile(rf"\b{constant['name']}\b")
    named = 0
    for other in look.sources_with(constant["name"].lower()):
        named += len(word.findall(lines_of(look, other)))
        if named > 1:
            return False
    return True


def model_folders(look: Look) -> tuple[str, ...]:
    """Data files of a folder named for models that reached code goes through: one model a file."""
    found: list[str] = []
    for path in look.tree.ending(*_DATA):
        folder, _, _ = path.rpartition("/")
        if re.search(r"(?i)(?:models?|llms?|providers?)$", folder) and is_product(path):
            found.append(path)
    if not found:
        return ()
    readers = [
        lines_of(look, path)
        for path in look.sources_with("readdir", "glob(", "iterdir", "listdir", "scandir", "walk(")
        if look.reach.reached(path) is not False
    ]
    return tuple(path for path in found if any(_names_folder(text, path) for text in readers))


def _names_folder(text: str, path: str) -> bool:
    last = path.split("/")[-2]
    return bool(_LISTS.search(text) and re.search(rf"[\"'/]{re.escape(last)}[\"'/]", text))
