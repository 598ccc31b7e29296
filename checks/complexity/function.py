"""The record both complexity counters return."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FunctionComplexity:
    """A function's cyclomatic complexity; nested functions stand apart and count nothing to the one around them.

    `name` is dotted (`Class.method`, `outer.inner`), or "(anonymous)" where the code gives none. `line` counts from 1.
    """

    path: str
    name: str
    line: int
    complexity: int
