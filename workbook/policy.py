"""What a team decided about its own answers: which periods bind, what counts as a release, who must look twice."""

from __future__ import annotations

from collections.abc import Collection

from checks.frozen import Frozen
from workbook.catalogue import SEVERITY_ORDER, Control
from workbook.reading import Table, nearest

ALL = "all"
KEYS = ("decides", "also", "profiles", "frameworks", "release", "adopted", "four_eyes")
"""What `[workbook]` may say."""
RELEASE_TAGS = "v*"


class Policy(Frozen):
    """The rules of `[workbook]` about lapse and four eyes."""

    release_tags: str = RELEASE_TAGS
    """A release is the newest reachable tag of this glob pattern."""
    release_days: int | None = None
    """Where a team releases without tags: an answer asked for at every release lasts this many days."""
    adopted: tuple[str, ...] = ()
    """Controls whose proposed period binds like one an article states; "all" names every control."""
    four_eyes: tuple[str, ...] = ()
    """Severities whose answers count only once somebody else has verified them."""

    def binds(self, control: Control) -> bool:
        """Whether the control's period makes answers lapse; otherwise it only warns."""
        return control.freshness.basis == "source" or ALL in self.adopted or control.id in self.adopted


def read_policy(book: Table, controls: Collection[str]) -> Policy:
    """The policy as stored; what cannot be used is reported and keeps its default."""
    for key in book.names:
        if key not in KEYS:
            book.report(key, f"nothing reads this key{nearest(key, KEYS)}")
    adopted = _known(book, "adopted", (ALL, *controls), '["runbooks"]')
    four_eyes = _known(book, "four_eyes", tuple(SEVERITY_ORDER), '["blocker"]')
    release = book.raw("release")
    if not isinstance(release, dict):
        return Policy(book.text("release") or RELEASE_TAGS, None, adopted, four_eyes)
    days = book.table("release").number("days")
    if not isinstance(days, int) or days < 1:
        book.report("release", 'is a tag pattern such as "v*", or { days = 30 }')
        days = None
    return Policy(RELEASE_TAGS, days, adopted, four_eyes)


def _known(book: Table, key: str, words: Collection[str], example: str) -> tuple[str, ...]:
    value = book.raw(key)
    if value is not None and not isinstance(value, str | list):
        book.report(key, f"must be an array of texts, as in {example}")
        return ()
    if isinstance(value, list) and not all(isinstance(word, str) for word in value):
        book.report(key, f"must hold texts only, as in {example}")
        return ()
    found = book.texts(key)
    for word in found:
        if word not in words:
            book.report(key, f"{word!r} is not known here{nearest(word.lower(), words)}")
    return tuple(word for word in found if word in words)
