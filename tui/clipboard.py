"""The way to the clipboard: the terminal's own (OSC 52) and, where there is one, the desktop's command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence

SECONDS = 2.0
"""A clipboard command that has not taken the text by then is left alone."""


def native_command(environment: Mapping[str, str]) -> Sequence[str]:
    """The desktop's clipboard command, found on PATH; nothing where there is no desktop."""
    ways: list[tuple[str, ...]] = []
    if sys.platform == "darwin":
        ways.append(("pbcopy",))
    if environment.get("WAYLAND_DISPLAY"):
        ways.append(("wl-copy",))
    if environment.get("DISPLAY"):
        ways += [("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input")]
    if environment.get("WSL_DISTRO_NAME"):
        ways.append(("clip.exe",))
    for way in ways:
        if found := shutil.which(way[0], path=environment.get("PATH")):
            return (found, *way[1:])
    return ()


def copy_natively(text: str) -> str:
    """Give the text to the desktop; the command's name, "" where there is none or it does not take it."""
    command = native_command(os.environ)
    if not command:
        return ""
    try:
        done = subprocess.run(
            command,
            input=text.encode("utf-8", "replace"),
            cwd="/",  # never the reviewed repository
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return os.path.basename(command[0]) if done.returncode == 0 else ""  # noqa: PTH119  a name, not a path of ours
