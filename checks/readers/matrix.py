"""The matrix and environment of a GitHub job: the values it runs with, and its steps with those values put in."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from checks.readers.plain import mapping, sequence

if TYPE_CHECKING:
    from checks.readers.workflows import Step

_REFERENCE = re.compile(r"\$\{\{\s*((?:matrix|env)\.[\w.-]+)\s*\}\}")
_MOST_COMBINATIONS = 64


def combinations(strategy: object, *environments: object) -> tuple[Mapping[str, str], ...]:
    """What a job runs with, as in "matrix.python" and "env.FOLDER": one table for each combination, at most 64.

    A value that is a table gives one name for each of its keys, as in "matrix.target.folder". What `exclude` takes away
    stays; what an expression makes is left out. Of `environments`, the later one counts.
    """
    shared = {
        key: text
        for table in environments
        for name, value in mapping(table).items()
        for key, text in _flat(f"env.{name}", value)
    }
    matrix = mapping(mapping(strategy).get("matrix"))
    axes = [
        [dict(_flat(f"matrix.{name}", value)) for value in values]
        for name, values in matrix.items()
        if name not in {"include", "exclude"} and isinstance(values, list)
    ]
    crossed = itertools.islice(itertools.product(*axes), _MOST_COMBINATIONS) if axes else ()
    made = [{key: text for part in parts for key, text in part.items()} for parts in crossed]
    for extra in sequence(matrix.get("include")):
        added = {key: text for name, value in mapping(extra).items() for key, text in _flat(f"matrix.{name}", value)}
        made.append({**(made[0] if made else {}), **added})
    return tuple({**shared, **chosen} for chosen in (made or [{}])[:_MOST_COMBINATIONS] if shared or chosen)


def _flat(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{name}.{key}", str(inner)
    else:
        yield name, str(value).lower() if isinstance(value, bool) else str(value)


def filled(step: Step, values: tuple[Mapping[str, str], ...]) -> Iterator[Step]:
    """The step once for every different text that the matrix gives what it runs and where; itself without any."""
    if not values or not (_REFERENCE.search(step.run) or _REFERENCE.search(step.folder)):
        yield step
        return
    seen = set[tuple[str, str]]()
    for chosen in values:
        run, folder = (
            _REFERENCE.sub(lambda match: chosen.get(match[1], match[0]), text)  # noqa: B023 - used at once
            for text in (step.run, step.folder)
        )
        if (run, folder) not in seen:
            seen.add((run, folder))
            yield replace(step, run=run, folder=folder)
