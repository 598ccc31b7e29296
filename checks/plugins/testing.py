"""For the tests of a plug-in's author: ask one probe about planted files, under the rules of a real look."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from checks.look import Look
from checks.observation import Observation
from checks.plugins.answers import checked, observations
from checks.plugins.api import Answer, Context, registered
from checks.tree import Tree


def observed(probe: Answer, files: Mapping[str, str | bytes], signal: str = "") -> Observation:
    """What a probe says of a repository with these files, by path.

    The files are written to a temporary folder. What the probe returns is held to the same shapes as in a look.

    Args:
        probe: a function marked with `@probe`.
        files: their contents.
        signal: the signal asked for; needed where the probe answers several.

    Raises:
        ValueError: the function is not marked, or what it returned is refused in a look.
    """
    names = next((signals for signals, function in registered() if function is probe), ())
    if not names or (not signal and len(names) > 1):
        raise ValueError("mark the function with @probe(…), and name the signal where it answers several")
    with tempfile.TemporaryDirectory() as folder:
        for path, content in files.items():
            place = Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if isinstance(content, bytes) else content.encode())
        tree = Tree.read(Path(folder), None)
        given = observations(probe(Context(look=Look(tree))))
        seen = {one.signal: one for one in (checked(each, names, tree.paths, "") for each in given)}
    if (signal or names[0]) not in seen:
        raise ValueError(f"the probe gave no answer to {signal or names[0]}")
    return seen[signal or names[0]]
