"""What one served route is, of every framework alike."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checks.look import PYTHON
from checks.observation import Location

if TYPE_CHECKING:
    from checks.readers.python_facts import Function, Parameter

_DELIBERATELY_PUBLIC = re.compile(
    r"(?i)(?:^|/)(?:health[\w-]*|ready|readyz|live|livez|liveness|readiness|ping|status|heartbeat|metrics|up"
    r"|docs|redoc|openapi[\w.]*|api/schema|swagger[\w-]*|version|about|info|robots\.txt|favicon\.ico|sitemap[\w.]*|static|assets|public|shared?"
    r"|login|logout|log-in|sign-?in|sign-?up|register\w*|registration|token|refresh\w*|oauth\w*|callback|csrf\w*"
    r"|alive|up-?check|signout|sign-out|auth|sso|saml|password[\w-]*|forgot[\w-]*|reset[\w-]*|recover[\w-]*|verify[\w-]*|confirm[\w-]*|access-token|test-token|(?:web)?hooks?|inngest|uploadthing|trpc/\[\w+\]|ok|okay"
    r"|\.well-known|rss|feed\.xml|og)(?:[/{:<.]|$)"
)
_TAKES_FROM_ANYBODY = re.compile(
    r"(?i)(?:^|/)(?:widgets?|embed(?:ded)?|feedback|contact(?:-us|-form)?|newsletter|unsubscribe|waitlist)(?:[/{:<.]|$)"
)
"""Paths to which visitors send something; to read or change there what others sent is not for them."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route that is served, as far as can be told. `guards` run before the handler: texts of the source.

    `path` is "" where it is not written down. `first` and `last` are the lines of the handler, in `module`. Where it
    ends is asked for by those alone who want to know: each line that is added to it moves that.
    """

    framework: str
    methods: tuple[str, ...]
    path: str
    place: Location
    module: str
    handler: str
    first: int
    end: int
    guards: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    resolved: bool = True
    """Whether the handler's own source was found."""
    function: Function | None = field(default=None, compare=False)
    """The handler, where its end is not told in `end`."""

    @property
    def last(self) -> int:
        """The last line of the handler."""
        return self.function.end_line if self.function else self.end

    @property
    def is_python(self) -> bool:
        """Whether the handler is Python."""
        return self.module.endswith(PYTHON)

    @property
    def is_public_on_purpose(self) -> bool:
        """Whether its path is one that is usually open: health, documentation, login, webhooks."""
        path = re.sub(r"\{[^}]*\}|:\w+|<[^>]*>", "", self.path)
        if set(self.methods) <= {"POST", "OPTIONS"} and self.methods and _TAKES_FROM_ANYBODY.search(path):
            return True
        if self.path in {"", "/"}:  # where something is sent, it is a path whose beginning was not found
            return self.only_reads or not self.methods
        return bool(_DELIBERATELY_PUBLIC.search(path))

    @property
    def only_reads(self) -> bool:
        """Whether it answers GET, HEAD and OPTIONS only."""
        return bool(self.methods) and set(self.methods) <= {"GET", "HEAD", "OPTIONS"}
