"""The current commit as the files of a git directory tell it, where they do: git takes a process to say the same."""

from __future__ import annotations

import os
import re
import zlib
from pathlib import Path
from typing import Final

from checks.children.process import MIB
from checks.digests import object_id
from checks.git.supplied import supplied

_ID: Final = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")
_REF: Final = re.compile(rb"ref: (refs/heads/[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9][A-Za-z0-9_-]*)*)")
"""A branch with a plain name; git reads what others may mean."""


def loose_head(snapshot: Path, objects: Path, hash_name: str) -> str | None:
    """The id of the commit that HEAD leads to, where it is a whole object in a file of its own; None leaves it to git.

    Args:
        snapshot: Our copy of the git directory: HEAD and refs.
        objects: The repository's own folder of objects.
        hash_name: What ids are made with.

    Raises:
        UnsafeRepository: one of these files is a link, pipe or folder.
    """
    head = (supplied(snapshot, "HEAD") or b"").strip()
    if branch := _REF.fullmatch(head):
        head = (supplied(snapshot, os.fsdecode(branch[1])) or b"").strip()
    if not _ID.fullmatch(head):
        return None
    name = head.decode()
    packed = supplied(objects, f"{name[:2]}/{name[2:]}", MIB)
    return name if packed is not None and _is_commit(packed, name, hash_name) else None


def _is_commit(packed: bytes, name: str, hash_name: str) -> bool:
    try:
        whole = zlib.decompressobj().decompress(packed, MIB)
    except zlib.error:
        return False
    kind, _, content = whole.partition(b"\0")
    return kind == b"commit %d" % len(content) and object_id(hash_name, whole) == name
