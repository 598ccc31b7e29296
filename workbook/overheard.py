"""What a command says while it still runs, in whole lines and without secrets, for a person who watches."""

from __future__ import annotations

import codecs
import re
from collections import deque
from typing import Final

from checks.secrets.shapes import redact

LONGEST_LINE: Final = 64 * 1024
"""Characters; a longer line is told of, not shown: of a secret that is cut in two neither half looks like one."""

CONTEXT: Final = 4
"""Lines before the new ones that are looked at again, because a name may stand above its value."""

LONGEST_KEY: Final = 400
"""Lines that are held back for the end of a key block."""

_KEY_BEGINS, _KEY_ENDS = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY"), re.compile(r"-----END ")


class Overheard:
    """One stream of a command. Lines are held back until they are whole, and key blocks until they have ended."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._partial, self._too_long = "", False
        self._held: list[str] = []
        self._before: deque[str] = deque(maxlen=CONTEXT)

    def hear(self, chunk: bytes, *, end: bool = False) -> list[str]:
        """The lines that may be shown now; with `end` also an unfinished one. Untrusted text."""
        text = self._partial + self._decoder.decode(chunk, end)
        # A progress bar returns to the start of its line; each of its states is a line of its own here.
        *lines, self._partial = re.split(r"\r\n|\n|\r(?!$)", text)
        if end and self._partial:
            lines.append(self._partial.rstrip("\r"))
        if lines and self._too_long:
            lines[0], self._too_long = f"[a line of more than {LONGEST_LINE} characters]", False
        if len(self._partial) > LONGEST_LINE:
            self._partial, self._too_long = "", True
        self._held += lines
        if not self._held or (not end and self._inside_key() and len(self._held) < LONGEST_KEY):
            return []
        fresh, self._held = self._held, []
        shown = redact("\n".join([*self._before, *fresh])).split("\n")[len(self._before) :]
        self._before.extend(fresh)
        return shown

    def _inside_key(self) -> bool:
        begun = False
        for line in self._held:
            if _KEY_BEGINS.search(line):
                begun = True
            if begun and _KEY_ENDS.search(line):
                begun = False
        return begun
