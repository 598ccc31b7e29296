"""Evidence from a cell: a file of the repository as it is, anything else as a file below `.readiness/evidence`."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from checks.secrets.shapes import redact
from workbook.answers import Evidence
from workbook.errors import Refused
from workbook.evidence import completed
from workbook.notebook.headless_mode import headless
from workbook.notebook.recorded import Attached, tell
from workbook.notebook.roots import own_folder
from workbook.notebook.table import Table
from workbook.pictures import Picture
from workbook.session import Session
from workbook.store.files import explain, replace_bytes

EVIDENCE = ".readiness/evidence"
"""Where values and figures are kept, below the root."""

SIZE_CAP = 4 * 1024 * 1024
"""A value or figure above this many bytes does not belong into the repository."""


def attach(session: Session, control: str, thing: object, *, name: str = "", note: str = "") -> Evidence:
    """Attach a value, a figure or a file of the repository to a control; saved with the workbook.

    Args:
        session: the workbook.
        control: the control's id.
        thing: a `pathlib.Path` below the root, a figure (matplotlib's, one of our pictures, whatever draws itself as
            SVG or PNG), or a value that JSON can hold. A table or data frame is kept row by row.
        name: what it is called among the control's evidence; a second one of the same name replaces the first.
        note: what it shows, in words; kept as the answer's note where one is given.

    Raises:
        Refused: there is no such control, the value is too large, holds a secret, or is nothing that can be kept.
    """
    if control not in session.catalogue.controls:
        session.question(control)  # refuses, and names the nearest
    if isinstance(thing, Path):
        piece = completed(Evidence("file", {"path": _below(session.root, thing)}), session.root)
    else:
        ending, raw = _content(thing)
        piece = _kept(session.root, f"{_slug(control)}-{_slug(name) or 'value'}{ending}", raw)
    if headless():
        tell(Attached(control, str(piece.values["path"]), str(piece.values["sha256"])))
        return piece
    session.attach(control, piece)
    if note:
        session.note(control, note)
    return piece


def _kept(root: Path, file: str, raw: bytes) -> Evidence:
    """The evidence of a file of ours, written unless nobody sits here: such a run writes nothing."""
    path = own_folder(root, EVIDENCE) / file
    if not headless():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_bytes(path, raw)
        except OSError as error:
            what, remedy = explain(error)
            raise Refused(f"{EVIDENCE}: {what}", remedy) from error
    return Evidence("file", {"path": f"{EVIDENCE}/{file}", "sha256": sha256(raw).hexdigest()})


def _content(thing: object) -> tuple[str, bytes]:
    """The ending and the bytes of what is kept: a figure as it draws itself, a value as JSON."""
    ending, raw = _figure(thing) or (".json", _json(thing))
    if len(raw) > SIZE_CAP:
        raise Refused("this is larger than 4 MiB", "attach a summary, or a link to where it lives")
    if ending != ".png" and redact(text := raw.decode(errors="replace")) != text:
        raise Refused(
            "this holds something that looks like a secret", "attach it without the secret, which stays yours"
        )
    return ending, raw


def _figure(thing: object) -> tuple[str, bytes] | None:
    if isinstance(thing, Picture):
        return ".svg", thing.svg.encode()
    if callable(save := getattr(thing, "savefig", None)):
        drawn = io.BytesIO()
        # Without a fixed salt and date two drawings of the same figure would differ.
        import matplotlib  # type: ignore[import-not-found,import-untyped,unused-ignore]  # it is there: this is its figure

        with matplotlib.rc_context({"svg.hashsalt": "readiness"}):
            save(drawn, format="svg", metadata={"Date": None})
        return ".svg", drawn.getvalue()
    for method, ending in (("_repr_svg_", ".svg"), ("_repr_png_", ".png")):
        drawn_as = getattr(thing, method, None)
        content = drawn_as() if callable(drawn_as) else None
        if content:
            return ending, content.encode() if isinstance(content, str) else bytes(content)
    return None


def _json(thing: object) -> bytes:
    """The value as JSON with sorted keys and a line end, the same bytes whenever the value is the same."""
    if isinstance(thing, Table):
        thing = [dict(row) for row in thing]
    elif callable(records := getattr(thing, "to_dict", None)):
        thing = records("records") if hasattr(thing, "columns") else records()
    try:
        text = json.dumps(thing, indent=2, sort_keys=True, ensure_ascii=False, default=_plain, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise Refused(
            f"this cannot be kept as a value: {error}", "attach numbers, texts, lists of them, a figure, or a Path"
        ) from error
    return f"{text}\n".encode()


def _plain(value: Any) -> object:
    """What JSON does not know: dates and numbers of other libraries."""
    if callable(iso := getattr(value, "isoformat", None)):
        return iso()
    if callable(item := getattr(value, "item", None)):
        return item()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a {type(value).__name__} has no form in JSON")


def _below(root: Path, path: Path) -> str:
    whole = path if path.is_absolute() else root / path
    try:
        return whole.resolve().relative_to(root).as_posix()
    except ValueError:
        raise Refused(
            f"{str(path)!r} lies outside the repository", "evidence files are files of the repository"
        ) from None


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
