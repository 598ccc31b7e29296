"""What an author of a plug-in imports: the mark of a probe, the one context, and the records that go back.

This module is a promise: within one `VERSION` names stay and mean what they mean; what is added does not break what was
written before. docs/own-probe.md shows it in use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from checks.observation import Confidence, Location, Observation, Outcome
from checks.reports.document import Document, Element, Json, JsonLines, Lines, Xml
from checks.reports.record import Figure, Imported, NotUsable, Place

if TYPE_CHECKING:
    from checks.look import Look

__all__ = [
    "VERSION",
    "Confidence",
    "Context",
    "Document",
    "Element",
    "Figure",
    "Imported",
    "Json",
    "JsonLines",
    "Lines",
    "Location",
    "NotUsable",
    "Observation",
    "Outcome",
    "Place",
    "Xml",
    "probe",
]

VERSION: Final = 1
"""Of this interface; raised where something written for it would break."""

Answer = Callable[["Context"], Observation | Iterable[Observation]]
Function = TypeVar("Function", bound=Answer)

_registered: dict[str, tuple[tuple[str, ...], Answer]] = {}


def probe(*signals: str) -> Callable[[Function], Function]:
    """Mark a function as the probe of `signals`, which stand in the plug-in's `signals.toml`.

    The function is given a `Context` and returns one `Observation` for each signal. What it says must follow from the
    tree alone: it is kept until the tree or the plug-in changes.

    Raises:
        ValueError: another function answers one of them.
    """

    def mark(function: Function) -> Function:
        for signal in signals:
            before = _registered.get(signal)
            if before is not None and before[1] is not function:
                raise ValueError(f"two probes answer {signal}")
            _registered[signal] = (signals, function)
        return function

    return mark


def registered() -> tuple[tuple[tuple[str, ...], Answer], ...]:
    """Every marked function with its signals, each once, in the order of the marks."""
    return tuple({id(function): (signals, function) for signals, function in _registered.values()}.values())


class Context:
    """What a plug-in is given, and all it may rely on. Read only.

    A probe is given the tree, an importer a `document`, an export a `workbook`; to ask for another's part is a
    `LookupError`. Texts are those of a reviewed repository: untrusted, and to be kept as text.
    """

    __slots__ = ("_document", "_look", "_workbook")

    version: Final = VERSION
    _look: Look | None
    _document: Document | None
    _workbook: Mapping[str, Any] | None

    def __init__(
        self, *, look: Look | None = None, document: Document | None = None, workbook: Mapping[str, Any] | None = None
    ) -> None:
        object.__setattr__(self, "_look", look)
        object.__setattr__(self, "_document", document)
        object.__setattr__(self, "_workbook", workbook)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a context is read only: {name} stays")

    # For a probe: the tree

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file of the tree, relative to its root, sorted: what git lists, or what .gitignore leaves."""
        return self._tree_look.tree.paths

    def matching(self, *patterns: str) -> tuple[str, ...]:
        """The paths that match patterns as in a .gitignore: `*.py` anywhere, `/README*` at the root.

        Raises:
            ValueError: a pattern is invalid or too costly.
        """
        return self._tree_look.tree.match(*patterns)

    def text(self, path: str) -> str | None:
        """A file's text; None where it is no file, no text, too large or cannot be read: see `why_unread`."""
        return self._tree_look.tree.text(path)

    def why_unread(self, path: str) -> str:
        """Why a file that was asked for was not read, "" where it was: an honest answer is `UNKNOWN` then."""
        return self._tree_look.tree.hidden(path)

    def source_paths(self, *suffixes: str) -> tuple[str, ...]:
        """Application code, without tests, vendored and generated files, documentation and examples.

        Args:
            suffixes: such as ".py" or ".sql"; none means all Python and web code.
        """
        return self._tree_look.source_paths(*suffixes)

    def test_paths(self) -> tuple[str, ...]:
        """Python and web files that are named like tests."""
        return self._tree_look.test_paths()

    def depends_on(self, *names: str, dev: bool = False) -> tuple[Location, ...]:
        """Where a manifest declares one of these packages ("fastapi", "@sentry/*"); with `dev` also as a tool."""
        return self._tree_look.depends_on(*names, dev=dev)

    def imports_of(self, *packages: str) -> tuple[Location, ...]:
        """Where application code that an entry point reaches imports one of these packages."""
        return self._tree_look.importers(*packages)

    # For an importer: the report

    @property
    def document(self) -> Document:
        """The report as JSON, lines of JSON, XML or plain lines; its size and depth are bounded already."""
        if self._document is None:
            raise LookupError("only an importer is given a document")
        return self._document

    # For an export: the workbook

    @property
    def workbook(self) -> Mapping[str, Any]:
        """The readiness as plain data: what `readiness report --format json` prints (docs/schemas/report-1.json)."""
        if self._workbook is None:
            raise LookupError("only an export is given a workbook")
        return self._workbook

    # Inside

    @property
    def _tree_look(self) -> Look:
        if self._look is None:
            raise LookupError("only a probe is given the tree")
        return self._look
