"""What is known of single files, kept by their content: a file that did not change is not looked at again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from checks.digests import blake2b
from checks.files.fingerprint import fingerprint

if TYPE_CHECKING:
    from checks.tree import Tree


def contents(tree: Tree) -> dict[str, bytes]:
    """What stands for the content of each file as it lies there: 16 bytes, the same for the same content."""
    begin = blake2b(_conversions(tree).encode(), digest_size=16).copy
    found: dict[str, bytes] = {}
    for path, size, blob, _ in tree.admitted:
        one = begin()
        # A clean file's blob and size settle its bytes: line ends that git converted change the size.
        one.update(f"{blob} {size}".encode() if blob else fingerprint(tree.root, path))
        found[path] = one.digest()
    return found


def key_of(context: bytes, path: str, content: bytes) -> bytes:
    """A key for what is told of a file: of its path, its content, and the context that the result depends on."""
    return blake2b(context + b"\0" + os.fsencode(path) + b"\0" + content, digest_size=16).digest()


def _conversions(tree: Tree) -> str:
    """What git may convert between a blob and the file: attributes decide about it."""
    return tree.digest([".gitattributes"])
