"""Runbooks by what they hold, whatever they are called: failures with commands, how bad it is, whom to call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checks.readers.documents import Document

_FAILURE = re.compile(
    r"(?i)\b(scenario|fail(s|ed|ure|ing|over)?|down|does not|doesn'?t|not (respond|answer|reach|start)\w*"
    r"|unreachable|unavailable"
    r"|lost|loss|corrupt\w*|outages?|crash\w*|disk( is)? full|exhaust\w*|stuck|lag\w*|grow(s|ing)?|high|slow"
    r"|leak\w*|bad|broken"
    r"|expired?|breach\w*|compromised|deleted|incident|emergency|recover(y|ing)?|restor(e|ing)|roll ?back|symptoms?"
    r"|5\d\d|errors?)\b"
)
"""What a heading says that names something gone wrong, or how to come back from it."""
_REPAIR = re.compile(
    r"(?m)(?:`|^\s*(?:\$ )?)(?:sudo )?(?:kubectl|docker(?:[- ]compose)?|systemctl|journalctl|service |pg_\w+|psql"
    r"|mysql\w*|mongo\w*"
    r"|redis-cli|curl|ssh|aws|gcloud|az |flyctl|fly |heroku|vercel|railway|supabase|helm|terraform|ansible\w*|pm2"
    r"|git revert"
    r"|alembic|rclone|restic|tar |rsync|\./[\w./-]+|(?:ba)?sh \S+\.sh|npm run|pnpm|make \w|python3? \S+\.py|SELECT "
    r"|ALTER |SHOW )"
)
_URGENCY = re.compile(
    r"(?i)\b(sev(erity)?[ -]?[0-4]?\b|P[0-4]\b|escalat\w*|on[- ]?call|on duty|contacts?\b|page (the|ana|whoever)"
    r"|RTO\b|RPO\b|pagerduty)"
)
_NAMED = re.compile(
    r"(?i)disaster|recover|resilien|incident|emergenc|outage|failover|on[-_ ]?call|operations?[-_ ]?(guide|manual"
    r"|handbook)"
)
_LOCAL = re.compile(r"(?i)local|set[-_ ]?up|install|getting[-_ ]started|development|contribut")
"""Guides for a developer's own machine."""
_FEWEST_SCENARIOS = 2


def is_runbook(document: Document) -> bool:
    """Whether a document takes the reader through failures of this system.

    At least two sections name a failure and give commands against it, and the document ranks what is urgent or says
    whom to call, or is named for recovery; it must be filled in.
    """
    name = document.path.rsplit("/", 1)[-1]
    if _LOCAL.search(name) or not document.filled(_FEWEST_WORDS):
        return False
    if not (_URGENCY.search(document.text) or _NAMED.search(f"{name} {document.title}")):
        return False
    return _scenarios(document) >= _FEWEST_SCENARIOS


_FEWEST_WORDS = 40


def _scenarios(document: Document) -> int:
    lines = document.text.splitlines()
    found = 0
    for at, heading in enumerate(document.headings):
        if heading.level == 1 or not _FAILURE.search(heading.text):
            continue
        # A section goes on to the next heading of its own level or above: its steps may have headings of their own.
        after = (item.line for item in document.headings[at + 1 :] if item.level <= heading.level)
        end = next(after, len(lines) + 1)
        found += bool(_REPAIR.search("\n".join(lines[heading.line : end - 1])))
    return found
