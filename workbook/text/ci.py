"""Text for the logs of CI hosts, which take some lines for orders: set a variable, mask a word, stop reading orders."""

from __future__ import annotations

import re
from typing import Final, Literal

from workbook.text.terminal import terminal

# GitHub reads `::order::` at the start of a line and `##[order]` anywhere; others read `##vso[` and `##teamcity[`.
_AT_START: Final = r"(?m)^(\s*):(?=:)"
_ANYWHERE: Final = r"(?i)#(?=#(?:vso|teamcity)?\[)"

Level = Literal["error", "warning", "notice"]


def ci_log(text: str) -> str:
    r"""Return text that is encoded for a terminal already, without orders. JSON stays the same JSON by `\u` escapes."""
    # Asked for every line that is printed, and hardly one has either.
    if "::" in text:
        text = re.sub(_AT_START, r"\1\\u003a", text)
    return re.sub(_ANYWHERE, r"\\u0023", text) if "##" in text else text


def github_command(level: Level, message: str, *, file: str = "", line: int = 0) -> str:
    """Return one workflow command that marks a place in a pull request. Print it as it is, past `ci_log`."""
    place = {"file": file, "line": str(line) if line else ""}
    shown = ",".join(f"{name}={_property(value)}" for name, value in place.items() if value)
    return f"::{level}{' ' if shown else ''}{shown}::{_data(message)}"


def _data(text: str) -> str:
    return ci_log(terminal(text)).replace("%", "%25")


def _property(text: str) -> str:
    # A colon or comma would end the property; the host turns the escapes back.
    return _data(text).replace(":", "%3A").replace(",", "%2C")
