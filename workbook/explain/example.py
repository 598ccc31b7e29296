"""Which example of a fix fits the repository, and what is said where none does."""

from __future__ import annotations

from collections.abc import Sequence

from checks.application.frameworks import FRAMEWORKS, KNOWN
from workbook.explain.record import Shown
from workbook.remedies import Example, remedies

ANY = "any"


def example_of(signal: str, stack: Sequence[str], language: str = "") -> Shown | None:
    """The example for a signal; None where there is no remedy.

    Args:
        signal: The signal's id.
        stack: What the repository is written with, as `checks.application.frameworks.found` orders it.
        language: Of the file it is about, which then comes first; "" for none.
    """
    remedy = remedies().get(signal)
    if remedy is None:
        return None
    for wanted in _order(stack, language):
        for one in remedy.examples:
            if wanted in one.frameworks or one.frameworks[0] == ANY:
                return _shown(signal, one, fits=True, note="")
    last = next((one for one in remedy.examples if ANY in one.frameworks), remedy.examples[0])
    neutral = last.frameworks[0] == ANY
    return _shown(signal, last, fits=neutral, note="" if neutral else _excuse(stack))


def every_example(signal: str) -> tuple[Shown, ...]:
    """All examples of a signal, as a page of reference shows them."""
    remedy = remedies().get(signal)
    return tuple(_shown(signal, one, fits=True, note="") for one in remedy.examples) if remedy else ()


def _order(stack: Sequence[str], language: str) -> list[str]:
    """A GitLab pipeline has another form than all the examples for GitHub, so it is asked for first."""
    first = ["gitlab"] if "gitlab" in stack and "github-actions" not in stack else []
    mine = [one for one in stack if language and KNOWN[one].language == language]
    return list(dict.fromkeys([*first, *mine, *([language] if language else []), *stack]))


def _shown(signal: str, one: Example, *, fits: bool, note: str) -> Shown:
    framework = one.frameworks[0]
    title = "any stack" if framework == ANY else KNOWN[framework].title
    return Shown(signal, framework, title, fits, f"{note}for {title}", one.files, one.removes)


def _excuse(stack: Sequence[str]) -> str:
    names = {one.id for one in FRAMEWORKS}
    mine = [KNOWN[one].title for one in stack if one in names] or [KNOWN[one].title for one in stack]
    if not mine:
        return "no framework was recognized here; this one is "
    return f"there is none for {' or '.join(mine[:2])}; this one is "
