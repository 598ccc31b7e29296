"""The bytes of a report as one of four shapes, with every bound on what a hostile file may cost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NoReturn
from xml.parsers import expat  # the events of expat alone: nothing is fetched, and no entity is ever expanded

from checks.reports.record import NotUsable

SIZE_CAP: Final = 20 * 1024 * 1024
"""Bytes of a report that are read."""

MOST_VALUES: Final = 3_000_000
"""Values a JSON report may hold: what 20 MiB of the smallest values would cost is bounded by this."""

DEEPEST: Final = 100
"""Elements inside each other in an XML report; no format here needs more than ten."""

MOST_LINES: Final = 200_000

UNKNOWN: Final = "Report"


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON document."""

    value: object


@dataclass(frozen=True, slots=True)
class JsonLines:
    """One JSON document a line."""

    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """The start of an XML element: its depth (the root has 0), its name without namespace, its attributes."""

    depth: int
    name: str
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Xml:
    """An XML document as the starts of its elements, in order. Text between them is not kept."""

    elements: tuple[Element, ...]

    @property
    def root(self) -> str:
        """The name of the outermost element."""
        return self.elements[0].name


@dataclass(frozen=True, slots=True)
class Lines:
    """Plain text, and whether its last line has its end: tools end every line they finished."""

    lines: tuple[str, ...]
    ended: bool = True


Document = Json | JsonLines | Xml | Lines


def document(content: bytes) -> Document:
    """The report's shape, told from its content.

    Raises:
        NotUsable: it is too large, no UTF-8, cut short, or costs more than a report may.
    """
    if len(content) > SIZE_CAP:
        raise _refuse(f"it is larger than {SIZE_CAP // 1024**2} MiB", "import the summary, not every request")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refuse("it is UTF-16", "save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refuse(f"byte {error.start} is not UTF-8", "import what the tool itself wrote, as UTF-8") from None
    first = text.lstrip()[:1]
    if not first:
        raise _refuse("it is empty", "see whether the tool ran at all; an empty list of findings needs --as FORMAT")
    if first == "<":
        return Xml(tuple(_elements(content)))
    return _json(text) if first in "{[" else _plain(text)


def _json(text: str) -> Document:
    if text.count(",") + text.count("[") + text.count("{") > MOST_VALUES:
        raise _refuse(f"it holds more than {MOST_VALUES:,} values", "import the summary, not every request")
    try:
        return Json(_parsed(text))
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and (rows := _json_lines(text)) is not None:
            return rows
        raise _refuse(
            f"line {error.lineno} is not JSON ({error.msg})", "it may be cut short: make the report again"
        ) from None
    except RecursionError:
        raise _refuse("it is nested deeper than any report", "make the report again with the tool itself") from None
    except ValueError as error:
        raise _refuse(f"it holds no plain JSON ({error})", "make the report again with the tool itself") from None


def _json_lines(text: str) -> JsonLines | None:
    """The lines, each a document of its own; None where the first is not one."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise _refuse(f"it has more than {MOST_LINES:,} lines", "import the summary instead")
    found: list[object] = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(_parsed(line))
        except json.JSONDecodeError:
            if number == 1:
                return None
            raise _refuse(f"line {number} is not JSON", "it may be cut short: make the report again") from None
    return JsonLines(tuple(found))


def _parsed(text: str) -> object:
    value: object = json.loads(text, parse_constant=_no_constant)
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _plain(text: str) -> Lines:
    if "\0" in text:
        raise _refuse("it is not text", "import what the tool wrote as JSON, XML or CSV")
    lines = text.splitlines()
    if len(lines) > MOST_VALUES:
        raise _refuse(f"it has more than {MOST_VALUES:,} lines", "import the summary instead")
    return Lines(tuple(lines), text.endswith("\n"))


def _elements(content: bytes) -> Iterator[Element]:
    found: list[Element] = []
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        if depth >= DEEPEST:
            raise _refuse(f"elements are nested deeper than {DEEPEST}", "make the report again with the tool itself")
        if len(found) >= MOST_VALUES // 10:
            raise _refuse(f"it has more than {MOST_VALUES // 10:,} elements", "import the summary instead")
        found.append(Element(depth, name.rpartition("}")[2].rpartition(":")[2], attributes))
        depth += 1

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(_name: str, _system: str | None, _public: str | None, internal: bool) -> None:
        # Some coverage tools name their DTD; naming it does nothing, declaring something would.
        if internal:
            raise _refuse("its DOCTYPE declares something of its own", "remove the DOCTYPE, or see who made this file")

    def entity(*_: object) -> NoReturn:
        raise _refuse("it declares or uses an entity", "remove it, or see who made this file")

    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = parser.SkippedEntityHandler = parser.ExternalEntityRefHandler = entity
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        raise _refuse(
            f"line {error.lineno} is not XML ({what})", "it may be cut short: make the report again"
        ) from None
    except (ValueError, LookupError) as error:  # an encoding that does not exist, or is none of text
        raise _refuse(f"it is not XML ({error})", "save it as UTF-8") from None
    return iter(found)


def _refuse(where: str, remedy: str) -> NotUsable:
    return NotUsable(UNKNOWN, where, remedy)
