"""What our own children say: a line of JSON each time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


class Lines:
    """Cuts a stream of bytes into lines of JSON, and hands each on as it ends."""

    def __init__(self, hear: Callable[[dict[str, Any]], None]) -> None:
        self._hear = hear
        self._parts: list[bytes] = []

    def add(self, chunk: bytes) -> None:
        """Take what came; raises ValueError where an ended line is no JSON."""
        *ended, rest = chunk.split(b"\n")
        for line in ended:
            self._hear(json.loads(b"".join([*self._parts, line])))
            self._parts = []
        self._parts.append(rest)
