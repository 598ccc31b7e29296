"""Writes the notebooks: an overview, one a pillar, and one to explore.

Each holds a few managed cells with fixed ids; the user's own cells between them stay.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook.catalogue import Checklist, Pillar
from workbook.data import templates
from workbook.errors import Refused
from workbook.notebook.book import find_pillar
from workbook.notebook.roots import own_folder
from workbook.notebook.stripping import KERNELSPEC, MANAGED, NOTEBOOKS, stripped
from workbook.session import Session
from workbook.store.files import NotRegularError, TooLargeError, explain, read_regular, replace_bytes
from workbook.text import markdown_prose, python_literal

SIZE_CAP = 16 * 1024 * 1024
"""A notebook above this many bytes is not one of ours, which hold no outputs."""

IGNORED = b"# JupyterLab keeps a copy of each notebook here when it saves one.\n.ipynb_checkpoints/\n"
"""Our folder's `.gitignore`: what a working session leaves besides must not stand in git's status."""

Notebook = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One notebook: its file's name, what people call it by, and what its template (templates/notebooks) is given."""

    file: str
    name: str
    template: str
    words: Mapping[str, str]

    def path(self, root: Path) -> Path:
        """Where it is stored."""
        return own_folder(root, NOTEBOOKS) / self.file


def sheets(checklist: Checklist, name: str | None = None) -> tuple[Sheet, ...]:
    """All notebooks of a deciding checklist, or the one that is named "overview", "explore" or as a pillar.

    Raises:
        Refused: there is no such notebook.
    """
    ends = {
        name: Sheet(f"{number}-{name}.ipynb", name, name, {})
        for number, name in (("00", "overview"), ("90", "explore"))
    }
    if name in ends:
        return (ends[name],)
    if name is not None:
        return (_pillar_sheet(checklist, find_pillar(checklist, name)),)
    return (ends["overview"], *(_pillar_sheet(checklist, one) for one in checklist.scored_pillars), ends["explore"])


def sync(session: Session, name: str | None = None) -> list[Path]:
    """Write all notebooks, or the named one; their paths, whether changed or not.

    Raises:
        Refused: there is no workbook or notebook of that name, one is damaged, or the folder leads out of the
            repository.
    """
    if not session.has_state:
        raise Refused("there is no workbook here yet", "start one with: readiness init")
    contents = [(one.path(session.root), document(session, one)) for one in sheets(session.checklist, name)]
    try:
        folder = own_folder(session.root, NOTEBOOKS)
        folder.mkdir(parents=True, exist_ok=True)
        if not os.path.lexists(ignore := folder / ".gitignore"):
            replace_bytes(ignore, IGNORED)
        for path, raw in contents:
            if _stored(path) != raw:
                replace_bytes(path, raw)
    except OSError as error:
        what, remedy = explain(error)
        raise Refused(f"{NOTEBOOKS}: {what}", remedy) from error
    return [path for path, _ in contents]


def document(session: Session, sheet: Sheet) -> bytes:
    """A notebook as it should be stored now, with the user's own cells that are stored already.

    Raises:
        Refused: the stored notebook is damaged.
    """
    path = sheet.path(session.root)
    fresh = _rendered(sheet)
    if raw := _stored(path):
        fresh["cells"] = _merged(fresh["cells"], _parsed(raw, path)["cells"])
    return _canonical(stripped(fresh))


def drift(session: Session) -> list[tuple[str, str]]:
    """The stored notebooks that are not as `sync` would write them, each with what is wrong, for CI.

    A notebook that was never written is no drift. One in our folder that is none of ours only must hold no outputs.

    Raises:
        Refused: there is no workbook, or the folder leads out of the repository.
    """
    if not session.has_state:
        raise Refused("there is no workbook here yet", "start one with: readiness init")
    ours = {one.file: one for one in sheets(session.checklist)}
    folder = own_folder(session.root, NOTEBOOKS)
    stored = sorted(folder.glob("*.ipynb")) if folder.is_dir() else []
    found = []
    for path in stored:
        try:
            wrong = _wrong(session, path, ours.get(path.name))
        except Refused as refusal:
            wrong = str(refusal)
        if wrong:
            found.append((path.name, wrong))
    return found


def _wrong(session: Session, path: Path, sheet: Sheet | None) -> str:
    raw = _stored(path)
    parsed = _parsed(raw, path)
    if any(cell.get("outputs") or cell.get("execution_count") for cell in parsed["cells"]):
        return "it holds outputs, which belong to nobody's repository"
    if parsed["metadata"].get("kernelspec", KERNELSPEC) != KERNELSPEC:
        return "it names another kernel than ours"
    if sheet is not None and raw != document(session, sheet):
        return "it is not as this version writes it"
    return ""


def _pillar_sheet(checklist: Checklist, pillar: Pillar) -> Sheet:
    """A pillar's notebook: "04-security-compliance-governance.ipynb"."""
    number = checklist.scored_pillars.index(pillar) + 1
    slug = re.sub(r"[^a-z0-9]+", "-", pillar.title.lower()).strip("-") or "pillar"
    words = {
        "heading": markdown_prose(checklist.heading(pillar)),
        "address": python_literal(f"{checklist.slug}.{pillar.id}"),
    }
    return Sheet(f"{number:02d}-{slug}.ipynb", pillar.id, "pillar", words)


def _stored(path: Path) -> bytes:
    try:
        return read_regular(path, SIZE_CAP)
    except FileNotFoundError:
        return b""
    except NotRegularError as error:
        raise Refused(f"{NOTEBOOKS}/{path.name} is {error}", "move it away and try again") from error
    except TooLargeError as error:
        raise Refused(f"{NOTEBOOKS}/{path.name} is larger than 16 MiB", "clear its outputs and try again") from error


def _parsed(raw: bytes, path: Path) -> Notebook:
    """The stored notebook in the newest format.

    Raises:
        Refused: it is none, as after a merge with conflict marks.
    """
    import nbformat

    try:
        parsed: Notebook = nbformat.reads(raw.decode(), as_version=4)  # type: ignore[no-untyped-call]  # no types
        nbformat.validate(parsed)
    except Exception as error:  # nbformat raises whatever the JSON leads it to
        raise Refused(
            f"{NOTEBOOKS}/{path.name} is not a notebook ({type(error).__name__})",
            "mend it, or move it away and it is written anew",
        ) from error
    return parsed


def _rendered(sheet: Sheet) -> Notebook:
    from jinja2 import Environment, StrictUndefined

    # Cell sources are Python and Markdown; what is put in is encoded for each of the two where it comes from.
    environment = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)  # noqa: S701  no HTML here
    raw = (templates() / "notebooks" / f"{sheet.template}.ipynb").read_text(encoding="utf-8")
    notebook: Notebook = json.loads(raw)
    for cell in notebook["cells"]:
        cell["source"] = environment.from_string(cell["source"]).render(sheet.words)
        cell["metadata"] = {}
    return notebook


def _merged(managed: list[Notebook], stored: Iterable[Notebook]) -> list[Notebook]:
    """Our cells in our order, each followed by the user's cells that stood behind it."""
    ours = {cell["id"] for cell in managed}
    behind: dict[str, list[Notebook]] = {}
    anchor = ""
    for cell in stored:
        if cell["id"] in ours:
            anchor = cell["id"]
        elif not cell["id"].startswith(MANAGED):
            behind.setdefault(anchor, []).append(cell)
    merged = list(behind.get("", []))
    for cell in managed:
        merged += [cell, *behind.get(cell["id"], [])]
    return merged


def _canonical(notebook: Notebook) -> bytes:
    """The bytes that Jupyter's own writer stores, so that a save there changes nothing."""
    import nbformat

    node = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]  # the library has no types
    text: str = nbformat.writes(node)  # type: ignore[no-untyped-call]  # the same
    return (text.rstrip("\n") + "\n").encode()
