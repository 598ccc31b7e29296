"""Which files the code rules read. We choose them; nothing in the reviewed repository can take one off the list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from checks.observation import Unread

if TYPE_CHECKING:
    from checks.tree import Tree

CODE_SUFFIXES = (".py", ".pyw", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
MAX_BYTES = 1_000_000
"""Larger code files are generated in practice, and one of them can take longer than all others together."""
_MAX_AVERAGE_LINE = 400
"""Characters; above this mean line length a script was written by a bundler."""

_VENDORED = re.compile(
    r"(^|/)(node_modules|bower_components|vendor|vendored|third_party|site-packages|\.venv|venv|\.yarn|\.next|\.nuxt"
    r"|__pycache__|\.tox|\.nox|dist-packages)/"
)
_GENERATED_NAME = re.compile(r"(\.min\.[cm]?js|[.-]bundle\.[cm]?js|_pb2(_grpc)?\.pyi?|\.gen\.[jt]sx?|\.d\.[cm]?ts)$")
_GENERATED_MARK = re.compile(
    r"@generated\b|\bDO NOT EDIT\b|\b(auto-?generated|generated) (by|from|file|code)\b", re.IGNORECASE
)
_MARK_WITHIN_LINES = 5


@dataclass(frozen=True, slots=True)
class Targets:
    """The chosen files. `places` maps the absolute path that semgrep gets to the path in the tree."""

    places: dict[str, str]
    unread: tuple[Unread, ...]


def is_code(path: str) -> bool:
    """Whether the path names a language our rules speak."""
    return path.endswith(CODE_SUFFIXES)


def is_not_ours(path: str) -> bool:
    """Whether the path alone says that the team did not write the file: vendored, minified or generated."""
    return bool(_VENDORED.search(path) or _GENERATED_NAME.search(path))


def is_generated_text(text: str) -> bool:
    """Whether the text says so itself in its first comment lines, or reads like a bundler's output."""
    head = text.split("\n", _MARK_WITHIN_LINES)[:_MARK_WITHIN_LINES]
    comments = (line for line in head if line.lstrip().startswith(("#", "//", "/*", "*", '"""')))
    if any(_GENERATED_MARK.search(line) for line in comments):
        return True
    return len(text) / (text.count("\n") + 1) > _MAX_AVERAGE_LINE


def own_code(tree: Tree) -> Iterator[str]:
    """Paths of the code the team wrote, in tree order: vendored, minified and generated files left out."""
    for file in tree.files:
        if not is_code(file.path) or is_not_ours(file.path):
            continue
        text = tree.text(file.path) if file.size <= MAX_BYTES else None
        if text is None or not is_generated_text(text):
            yield file.path


def choose(tree: Tree, scratch: Path) -> Targets:
    """Choose the targets of one run; copies that semgrep reads better than the original go to `scratch`."""
    sizes = {file.path: file.size for file in tree.files}
    places: dict[str, str] = {}
    unread: list[Unread] = []
    for path in own_code(tree):
        if sizes[path] > MAX_BYTES:
            unread.append(Unread(path, "larger than 1 MB, not given to the code rules"))
            continue
        text = tree.text(path)
        if text is None or "\0" in text:
            unread.append(Unread(path, "not text the code rules can read"))
        elif text.startswith("\ufeff") or not path.isprintable() or not _is_unicode(path):
            # A byte order mark hides a match in the first statement, and odd names are lost in semgrep's output.
            copy = scratch / f"{len(places)}{Path(path).suffix}"
            copy.write_text(text.removeprefix("\ufeff"), encoding="utf-8", errors="replace")
            places[str(copy)] = path
        else:
            places[str(tree.root / path)] = path
    return Targets(places, tuple(unread))


def _is_unicode(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
