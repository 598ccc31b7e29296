"""The bundle for an auditor: what was answered, what it rests on and what follows, with a digest of every file."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import zipfile
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from checks.git import Git
from checks.report_json import to_json as probes_to_json
from checks.secrets.shapes import redact
from workbook.answers import STATE_FILE, WAIVER_FILE
from workbook.data import templates
from workbook.errors import Refused
from workbook.history import Point, at, point_now, replay
from workbook.history.as_data import to_data
from workbook.report.plain import plain
from workbook.report.proofs import Compared, Proof, proofs
from workbook.report.target import checked, write
from workbook.session import Session
from workbook.store.files import NotRegularError, TooLargeError, explain, read_regular, temporary_name
from workbook.text import json_document

VERSION: Final = 1
MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"

_STATE_CAP: Final = 16 * 1024 * 1024
"""Bytes of a state file that are taken along."""

_NO_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""Of every file in an archive: the earliest it can hold, so that equal content makes equal bytes."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was written: how many files, the SHA-256 of the manifest, and what a person should know at once."""

    files: int
    digest: str
    told: tuple[str, ...]


def write_bundle(session: Session, place: str, ref: str = "") -> Made:
    """Write the bundle as a new folder, or as an archive where the place ends with `.zip`. Equal content, equal bytes.

    Args:
        session: the workbook; what its probes saw is taken along, for now only.
        place: a folder that is not there or empty, or the archive.
        ref: a tag or commit; now where left out.

    Raises:
        Refused: the place cannot be written, or `ref` leads nowhere in this history.
    """
    archive = place.lower().endswith(".zip")
    target = checked(session.root, place if archive else place.rstrip("/"), folder=not archive)
    files, told = contents(session, ref)
    if archive:
        write(session.root, place, _zipped(files))
    else:
        _unfolded(target, files)
    return Made(len(files), hashlib.sha256(files[MANIFEST]).hexdigest(), told)


def contents(session: Session, ref: str = "") -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The files by name, the manifest and the list of digests among them; and what a person should know at once.

    Raises:
        Refused: `ref` leads nowhere in this history.
    """
    from workbook.exports import memo, report_csv, report_html, report_json, report_sarif
    from workbook.report.gather import gather

    report = gather(session, ref)
    points = replay(session) if session.place.git_dir else ()
    point = at(session, points, ref) if ref else point_now(session)
    commit = _commit(session.root, ref, point) if point.commit else ""
    states = _states(session, commit)
    pieces = proofs(session, point.state, commit)
    # What is committed later than the point is no part of what it says.
    told = points[: 1 + next(place for place, one in enumerate(points) if one is point)] if commit else points
    data: dict[str, Any] = {
        "report.json": report_json.json_of(report),
        "evidence.json": {"version": VERSION, "evidence": [_proof(one) for one in pieces]},
        "history.json": plain(to_data(told, point.state.decides)),
    }
    texts = {
        "README.txt": (templates() / "reports" / "bundle.txt").read_text(encoding="utf-8"),
        "report.html": report_html.html_of(report),
        "memo.html": memo.memo_of(report),
        "controls.csv": report_csv.to_csv(session, ref),
    }
    if report.look is not None:
        data["probes.json"] = probes_to_json(report.look)
        data["findings.sarif"] = report_sarif.to_sarif(session)
    files = {name: raw for name, (raw, _) in states.items()}
    files |= {name: f"{json_document(value)}\n".encode() for name, value in data.items()}
    files |= {name: text.encode() for name, text in texts.items()}
    files = dict(sorted(files.items()))
    manifest = {
        "version": VERSION,
        "made_by": f"readiness-workbook {_version()}",
        "project": report.project,
        "of": plain(report.when) | {"commit": commit or report.when.commit},
        "catalogue": report.catalogue,
        "answered_under": report.answered_under,
        "verdict": report.headline,
        "probes": _probed(session, past=bool(commit)),
        "evidence": _counted(pieces),
        "altered": {name: original for name, (_, original) in states.items() if original},
        "files": [{"path": name, "bytes": len(raw), "sha256": _digest(raw)} for name, raw in files.items()],
    }
    files[MANIFEST] = f"{json_document(plain(manifest))}\n".encode()
    sums = "".join(f"{_digest(raw)}  {name}\n" for name, raw in sorted(files.items()))
    return files | {SUMS: sums.encode()}, _warnings(pieces, states)


def _states(session: Session, commit: str) -> dict[str, tuple[bytes, str]]:
    """The state files; where a value in one was replaced, the digest the file has without that, else ""."""
    found = {}
    for name in (STATE_FILE, WAIVER_FILE):
        raw = _committed(session.root, commit, name) if commit else _on_disk(session.root / name)
        if raw is not None:
            text = raw.decode("utf-8", "surrogateescape")
            clean = redact(text)
            found[name] = (clean.encode("utf-8", "surrogateescape"), "" if clean == text else _digest(raw))
    return found


def _committed(root: Path, commit: str, name: str) -> bytes | None:
    with Git.open(root) as git:
        return git.show(commit, name)


def _on_disk(path: Path) -> bytes | None:
    with suppress(FileNotFoundError):
        try:
            return read_regular(path, _STATE_CAP)
        except NotRegularError as error:
            raise Refused(f"{path.name} is {error}", "put the file itself in its place") from error
        except TooLargeError as error:
            raise Refused(f"{path.name} is larger than 16 MiB", "no bundle is made of such a file") from error
    return None


def _commit(root: Path, ref: str, point: Point) -> str:
    """The commit whose files are meant: where nothing of ours changed in it, the point is an older one."""
    with Git.open(root) as git:
        return git.commit_id(ref) or point.commit


def _proof(one: Proof) -> dict[str, Any]:
    piece: dict[str, Any] = {
        "control": one.control,
        "kind": one.evidence.kind,
        "recorded": plain(one.evidence.values),
        "result": str(one.result),
        "why": one.why,
        "sha256": one.sha256 or None,
    }
    return piece


def _counted(pieces: tuple[Proof, ...]) -> Mapping[str, int]:
    count = Counter(one.result for one in pieces)
    return {str(kind): count[kind] for kind in Compared}


def _probed(session: Session, *, past: bool) -> str:
    if past:
        return "not run: probes look at the files as they are now"
    if session.report is None:
        return "not run"
    return "run to the end" if session.report.complete else "not every probe ran to its end"


def _warnings(pieces: tuple[Proof, ...], states: Mapping[str, tuple[bytes, str]]) -> tuple[str, ...]:
    found = [
        f"{one.control}: {one.evidence.label}: {one.why}"
        for one in pieces
        if one.result in (Compared.DIFFERENT, Compared.MISSING)
    ]
    replaced = [name for name, (_, original) in states.items() if original]
    return (*found, *(f"{name} holds what looks like a secret; it was replaced in the bundle" for name in replaced))


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """An archive without compression: what a compressor makes differs from one machine to the next."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, raw in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _NO_DATE)
            entry.create_system = 3  # whatever machine makes it
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, raw)
    return out.getvalue()


def _unfolded(target: Path, files: Mapping[str, bytes]) -> None:
    """A new folder, made beside its place and renamed whole."""
    workshop = target.parent / temporary_name(target.name)
    try:
        workshop.mkdir()
        try:
            for name, raw in files.items():
                with (workshop / name).open("xb") as file:
                    file.write(raw)
                    file.flush()
                    os.fsync(file.fileno())
            # Takes the place of an empty folder, and of nothing else.
            workshop.rename(target)
        finally:
            shutil.rmtree(workshop, ignore_errors=True)
    except OSError as error:
        raise Refused(f"{target} was not written: {explain(error)[0]}", explain(error)[1]) from error


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _version() -> str:
    try:
        return version("readiness-workbook")
    except PackageNotFoundError:
        return "of an unknown version"
