"""Keep one comment of a pull request up to date: find it by its first line, change it in place, or write it.

Called by action.yml with the file that holds the comment. Whatever the host refuses is told in one line and is no
failure: a request from a fork has no right to comment, and the same text stands in the summary of the run. The workbook
itself talks to no network; this script talks to the API that its host names, and uses the standard library alone.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

QUIET = "<!-- nothing-to-tell -->"
"""Stands in a comment that nobody needs to read: it replaces an older one, and is no reason for a new one."""

PAGES = 50
"""Pages of a hundred comments that are searched; a longer talk gets another comment."""

SECONDS = 30
LARGEST = 32 * 1024 * 1024
"""Bytes of one answer that are read."""


def main() -> None:
    """Write what the named file says, unless it is there already."""
    try:
        print(_kept(Path(sys.argv[1]).read_text(encoding="utf-8")))  # noqa: T201  # a line of the log
    except urllib.error.HTTPError as error:
        _told(f"the host answered {error.code}, as it does where a request comes from a fork")
    except (OSError, ValueError, LookupError, TypeError) as error:
        # No host, or what it sent is of another form; its text is not ours to repeat.
        _told(type(error).__name__)


def _told(why: str) -> None:
    print(f"::notice::No comment was written ({why}). It stands in the summary of this run.")  # noqa: T201  # the same


def _kept(body: str) -> str:
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    comments = f"repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    before = _found(f"{comments}/{int(event['pull_request']['number'])}/comments", body.partition("\n")[0])
    if before is None:
        if QUIET in body:
            return "Nothing to tell, and no comment to change."
        _call("POST", f"{comments}/{int(event['pull_request']['number'])}/comments", body)
        return "Wrote the comment."
    if before["body"].replace("\r\n", "\n").strip() == body.strip():
        return "The comment says so already."
    _call("PATCH", f"{comments}/comments/{int(before['id'])}", body)
    return "Changed the comment."


def _found(path: str, marker: str) -> Any:
    """Our comment. People may write the marker too; what they wrote is theirs, so only a bot's counts."""
    for page in range(1, PAGES + 1):
        some = _call("GET", f"{path}?per_page=100&page={page}")
        for one in some:
            if one["user"]["type"] == "Bot" and (one["body"] or "").startswith(marker):
                return one
        if not some:
            break
    return None


def _call(method: str, path: str, body: str | None = None) -> Any:
    request = urllib.request.Request(  # noqa: S310  # the address is the host's own, not a stranger's
        f"{os.environ['GITHUB_API_URL']}/{path}",
        method=method,
        data=None if body is None else json.dumps({"body": body}).encode(),
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  # the same
        return json.loads(answer.read(LARGEST))


if __name__ == "__main__":
    main()
