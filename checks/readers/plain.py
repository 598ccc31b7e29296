"""YAML, TOML and JSON read as plain data: bounded, nothing constructed, line numbers kept for YAML mappings."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from checks.observation import Unread

if TYPE_CHECKING:
    from checks.tree import Tree

MOST_CHARACTERS = 500_000
"""Longer files were written by a program; some take a reader time that grows with the square of their length."""
_LONGEST_TOML_LINE = 20_000
_MOST_DEPTH = 60
_MOST_VALUES = 200_000
"""Counted with aliases expanded, so that an anchor bomb is refused, not unfolded."""


class Mapping(dict[Any, Any]):
    """A YAML mapping that knows the line of each key."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[Any, int] = {}
        self.line = 0


class RefusedError(ValueError):
    """The document is nested too deeply, or grows too large when its aliases are expanded."""


def load_yaml(text: str) -> list[Any]:
    """All documents of a YAML text. Tags are ignored; "on", "yes" and "no" stay text.

    Raises:
        RefusedError: too deep or too large.
        yaml.YAMLError: not YAML.
    """
    import yaml

    # The event parser does not recurse; PyYAML's composer does, in C, and deep nesting would crash the process.
    events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    documents: list[Any] = []
    builder = _Builder(iter(events))
    for event in builder.events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents.append(builder.value(next(builder.events), 0))
            builder.anchors.clear()
    return documents


class _Builder:
    def __init__(self, events: Iterator[Any]) -> None:
        self.events = events
        self.anchors: dict[str | None, tuple[Any, int]] = {}
        self.count = 0

    def value(self, event: Any, depth: int) -> Any:
        import yaml

        before = self.count
        self.count += 1
        if depth > _MOST_DEPTH:
            raise RefusedError(f"nested deeper than {_MOST_DEPTH} levels")
        if isinstance(event, yaml.AliasEvent):
            value, weight = self.anchors.get(event.anchor, (None, 1))
            self.count += weight
            self._bound()
            return value
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(depth)
        else:
            value = self._mapping(event, depth)
        self._bound()
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, self.count - before)
        return value

    def _bound(self) -> None:
        if self.count > _MOST_VALUES:
            raise RefusedError(f"more than {_MOST_VALUES} values, aliases expanded")

    def _sequence(self, depth: int) -> list[Any]:
        import yaml

        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value(event, depth + 1))
        return items

    def _mapping(self, start: Any, depth: int) -> Mapping:
        import yaml

        made = Mapping()
        made.line = start.start_mark.line + 1
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            key = self.value(event, depth + 1)
            value = self.value(next(self.events), depth + 1)
            if isinstance(key, list | dict):
                continue  # a compound key means nothing in the files we read
            if key == "<<":
                for merged in value if isinstance(value, list) else [value]:
                    for name, item in merged.items() if isinstance(merged, dict) else ():
                        made.setdefault(name, item)
                        made.lines.setdefault(name, line)
                continue
            made[key] = value
            made.lines[key] = line
        return made


_NUMBER = re.compile(r"[-+]?(\d+|\d*\.\d+|\d+\.\d*)")


def _scalar(event: Any) -> Any:
    text = event.value
    if event.style or not event.implicit[0]:
        return text
    if text in {"", "~", "null", "Null", "NULL"}:
        return None
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if len(text) < 18 and _NUMBER.fullmatch(text):  # noqa: PLR2004 - longer digits are ids, not numbers
        return float(text) if "." in text else int(text)
    return text


def read_yaml(tree: Tree, path: str, unread: list[Unread]) -> list[Any]:
    """The documents of a YAML file; empty, with the reason among `unread`, where it cannot be read."""
    import yaml

    text = bounded_text(tree, path, unread)
    try:
        return load_yaml(text) if text else []
    except (yaml.YAMLError, RefusedError, RecursionError, StopIteration, ValueError) as error:
        unread.append(Unread(path, f"not readable as YAML: {_brief(error)}"))
        return []


def read_toml(tree: Tree, path: str, unread: list[Unread]) -> dict[str, Any]:
    """The table of a TOML file; empty, with the reason among `unread`, where it cannot be read."""
    text = bounded_text(tree, path, unread)
    try:
        # A dotted key of many parts takes tomllib quadratic time.
        if max(map(len, text.splitlines()), default=0) > _LONGEST_TOML_LINE:
            raise RefusedError(f"a line of more than {_LONGEST_TOML_LINE} characters")
        return tomllib.loads(text.replace("\r\n", "\n")) if text else {}
    except (ValueError, RecursionError, TypeError) as error:
        unread.append(Unread(path, f"not readable as TOML: {_brief(error)}"))
        return {}


def read_json(tree: Tree, path: str, unread: list[Unread], *, comments: bool = False) -> dict[str, Any]:
    """The object of a JSON file (with `comments`, also comments and trailing commas); empty where it is none."""
    text = bounded_text(tree, path, unread)
    if not text:
        return {}
    try:
        data = json.loads(_without_comments(text) if comments else text)
    except (ValueError, RecursionError) as error:
        unread.append(Unread(path, f"not readable as JSON: {_brief(error)}"))
        return {}
    return data if isinstance(data, dict) else {}


def bounded_text(tree: Tree, path: str, unread: list[Unread]) -> str:
    """A file's text without BOM; "" with the reason among `unread` where it is unreadable or too large."""
    text = tree.text(path)
    if text is None:
        unread.append(Unread(path, "not readable as text"))
        return ""
    if len(text) > MOST_CHARACTERS:
        unread.append(Unread(path, f"longer than {MOST_CHARACTERS // 1000} thousand characters"))
        return ""
    return text.removeprefix("\ufeff")


_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)


def _without_comments(text: str) -> str:
    bare = _COMMENT.sub(lambda match: match.group(1) or "", text)
    return re.sub(r",(\s*[}\]])", r"\1", bare)


def _brief(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


def mapping(value: Any) -> dict[Any, Any]:
    """The value if it is a mapping, else an empty one: reviewed files hold anything anywhere."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """The value if it is a list, a list of it if it is a scalar, empty if there is none."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def line_of(container: Any, key: object) -> int:
    """The line of a key in a mapping read from YAML, else 0."""
    return container.lines.get(key, 0) if isinstance(container, Mapping) else 0
