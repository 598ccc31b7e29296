"""Writes one notebook a pillar: a few managed cells with fixed ids; the user's own cells between them stay."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workbook.catalogue import Checklist, Pillar
from workbook.data import templates
from workbook.errors import Refused
from workbook.notebook.book import find_pillar
from workbook.notebook.stripping import MANAGED, NOTEBOOKS, stripped
from workbook.session import Session
from workbook.store.files import NotRegularError, TooLargeError, explain, read_regular, replace_bytes
from workbook.text import markdown_prose, python_literal

SIZE_CAP = 16 * 1024 * 1024
"""A notebook above this many bytes is not one of ours, which hold no outputs."""

Notebook = dict[str, Any]


def sync(session: Session, pillar: str | None = None) -> list[Path]:
    """Write the notebooks of the deciding checklist's pillars, or of one; their paths, whether changed or not.

    Raises:
        Refused: there is no workbook or pillar, a notebook is damaged, or the folder leads out of the repository.
    """
    if not session.has_state:
        raise Refused("there is no workbook here yet", "start one with: readiness init")
    chosen = wanted(session.checklist, pillar)
    contents = [(path_of(session, one), document(session, one)) for one in chosen]
    try:
        _folder(session.root).mkdir(parents=True, exist_ok=True)
        for path, raw in contents:
            if _stored(path) != raw:
                replace_bytes(path, raw)
    except OSError as error:
        what, remedy = explain(error)
        raise Refused(f"{NOTEBOOKS}: {what}", remedy) from error
    return [path for path, _ in contents]


def wanted(checklist: Checklist, pillar: str | None) -> tuple[Pillar, ...]:
    """The pillars meant: the named one, or all that hold a deciding item."""
    return checklist.scored_pillars if pillar is None else (find_pillar(checklist, pillar),)


def path_of(session: Session, pillar: Pillar) -> Path:
    """Where a pillar's notebook is: ".readiness/notebooks/04-security-compliance-governance.ipynb"."""
    number = session.checklist.scored_pillars.index(pillar) + 1
    slug = re.sub(r"[^a-z0-9]+", "-", pillar.title.lower()).strip("-") or "pillar"
    return _folder(session.root) / f"{number:02d}-{slug}.ipynb"


def document(session: Session, pillar: Pillar) -> bytes:
    """A pillar's notebook as it should be stored now, with the user's own cells that are stored already.

    Raises:
        Refused: the stored notebook is damaged.
    """
    path = path_of(session, pillar)
    fresh = _rendered(session.checklist, pillar)
    if raw := _stored(path):
        fresh["cells"] = _merged(fresh["cells"], _parsed(raw, path)["cells"])
    return _canonical(stripped(fresh))


def _folder(root: Path) -> Path:
    folder = root / NOTEBOOKS
    if folder.resolve() != root.resolve() / NOTEBOOKS:
        raise Refused(f"{NOTEBOOKS} is a link", "replace it with a folder of the repository")
    return folder


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


def _rendered(checklist: Checklist, pillar: Pillar) -> Notebook:
    from jinja2 import Environment, StrictUndefined

    # Cell sources are Python and Markdown; what is put in is encoded for each below.
    environment = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)  # noqa: S701  no HTML here
    words = {
        "heading": markdown_prose(checklist.heading(pillar)),
        "address": python_literal(f"{checklist.slug}.{pillar.id}"),
    }
    notebook: Notebook = json.loads((templates() / "notebooks" / "pillar.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = environment.from_string(cell["source"]).render(words)
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
