"""Which plug-ins a run asked, for its report."""

from __future__ import annotations

from checks.frozen import Frozen


class PluginUsed(Frozen):
    """A plug-in that a run asked: `digest` is of its installed files, `trouble` what of it was not used, and why."""

    name: str
    version: str
    digest: str
    trouble: tuple[str, ...] = ()
