"""The person's own editor for longer texts, on a file outside the reviewed tree."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbook.errors import Refused


def editor_command(environment: Mapping[str, str]) -> Sequence[str]:
    """The command that VISUAL or EDITOR names.

    Raises:
        Refused: neither is set, or it cannot be read.
    """
    named = environment.get("VISUAL") or environment.get("EDITOR") or ""
    try:
        command = shlex.split(named)
    except ValueError:
        command = []
    if not command:
        raise Refused("no editor is named", 'set EDITOR, for example: export EDITOR="vim"')
    return command


def edited(text: str, command: Sequence[str]) -> str:
    """What the text is after the editor; the terminal must be free for it.

    The editor runs in a folder of its own: settings in the reviewed repository have no say.

    Raises:
        Refused: the editor cannot be started, or says that it failed.
    """
    with tempfile.TemporaryDirectory(prefix="readiness-note-") as folder:
        path = Path(folder) / "note.txt"
        path.write_text(text, encoding="utf-8", errors="replace")
        path.chmod(0o600)
        try:
            done = subprocess.run([*command, str(path)], cwd=folder, env=dict(os.environ), check=False)
        except OSError as error:
            raise Refused(f"{command[0]} cannot be started: {error.strerror or error}", "name another EDITOR") from None
        if done.returncode:
            raise Refused(f"{command[0]} ended with {done.returncode}; the text stays as it was", "try again")
        return path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
