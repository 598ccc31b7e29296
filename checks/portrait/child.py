"""One attempt at a portrait, run as a program of its own by `checks.portrait.isolated`: JSON in, JSON out."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from checks.children import allowance
from checks.git import Git, GitProblem
from checks.isolated_child import settle
from checks.look import Look
from checks.portrait.gather import portrait
from checks.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from checks.portrait import Portrait


def main() -> None:
    """Look once, under the allowance."""
    asked = json.loads(sys.stdin.buffer.read())
    # What a library may print must not mix with what we say.
    said, sys.stdout = sys.stdout, sys.stderr
    settle()
    allowance.begin(Path(asked["note"]), asked["seconds"])
    said.write(json.dumps(asdict(look_at(Path(asked["root"]), asked["given_up"], asked["too_slow"]))))
    said.flush()


def look_at(root: Path, given_up: Mapping[str, str], too_slow: Collection[str] = ()) -> Portrait:
    """The portrait of a tree in this process, without the files of `given_up` and the shared work of `too_slow`."""
    with ExitStack() as stack:
        git: Git | None = None
        try:
            git = stack.enter_context(Git.open(root))
            tree = Tree.read(root, git)
        except GitProblem:
            tree = Tree.read(root, None)
        tree.give_up(given_up)
        allowance.probing("portrait")
        return portrait(Look(tree, git, too_slow=too_slow))
