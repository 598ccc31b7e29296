"""Numbers in the sentences of probes, with nouns and verbs that agree with them."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """The number and what it counts: "1 file", "2 files"; `many` where an "s" at the end does not make the plural."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def share(part: int, whole: int, noun: str, one: str, many: str) -> str:
    """How many of a whole do something, the verb as the part wants it: "1 of 3 images runs", "2 of 3 images run"."""
    return f"{part} of {counted(whole, noun)} {one if 1 in (part, whole) else many}"
