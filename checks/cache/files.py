"""What is known of single files, kept by their content: a file that did not change is not looked at again."""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import blake2b
from typing import TYPE_CHECKING

from checks.files.fingerprint import fingerprint

if TYPE_CHECKING:
    from checks.tree import Tree


def keys(tree: Tree, paths: Iterable[str], *context: str) -> dict[str, bytes]:
    """A key for what is told of each file: of its path, its content as it lies there, and the `context`.

    Args:
        tree: The tree that holds the files.
        paths: The files.
        context: What else the result depends on: which reader, its version.
    """
    begin = blake2b("\0".join([*context, _conversions(tree)]).encode(), digest_size=16)
    found: dict[str, bytes] = {}
    for path in paths:
        file = tree.file(path)
        if file is None:
            continue
        one = begin.copy()
        one.update(b"\0" + os.fsencode(path) + b"\0")
        # A clean file's blob and size settle its bytes: line ends that git converted change the size.
        one.update(f"{file.blob} {file.size}".encode() if file.blob else fingerprint(tree.root, path))
        found[path] = one.digest()
    return found


def _conversions(tree: Tree) -> str:
    """What git may convert between a blob and the file: attributes decide about it."""
    return tree.digest([".gitattributes"])
