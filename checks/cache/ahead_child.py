"""One of the processes of `checks.cache.ahead`; standard input holds what to do, as JSON. It says nothing."""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path
from typing import Final

from checks.cache.ahead import FREE, TAKEN, WRITTEN, files, shared
from checks.cache.store import Store
from checks.children import allowance
from checks.look import PYTHON, Look
from checks.reads import PYTHON_MODULE, WEB_MODULE
from checks.tree import Tree

_TOGETHER: Final = 8
"""Files that are written together: few, since the look may be about to come to them."""
_HELD: Final = 256
"""Files after which everything that was read is let go."""


def main() -> None:
    """Work out what nobody has begun, from the last file to the first."""
    order = json.loads(sys.stdin.buffer.read())
    # A search for cycles finds those of the readers alone, which are let go all at once.
    gc.disable()
    allowance.begin(Path(order["note"]), order["seconds"])
    tree, git = Tree.opened(Path(order["root"]))
    tree.give_up(order["given_up"])
    # Of another list of files the numbers stand for others.
    if tree.listing() == order["listing"]:
        with Store(Path(order["cache"])) as store:
            _work(Look(tree, store=store), Path(order["folder"]))
    if git is not None:
        git.close()


def _work(look: Look, folder: Path) -> None:
    paths = files(look)
    state = shared(folder, len(paths))
    for end in range(len(paths), 0, -_TOGETHER):
        mine = [number for number in reversed(range(max(0, end - _TOGETHER), end)) if state[number] == FREE]
        for number in mine:
            state[number] = TAKEN
        for number in mine:
            path = paths[number]
            look.work_out(PYTHON_MODULE if path.endswith(PYTHON) else WEB_MODULE, path)
        look.facts.save()
        for number in mine:
            state[number] = WRITTEN
        if (len(paths) - end) % _HELD == 0:
            look = look.again()
            gc.collect()
