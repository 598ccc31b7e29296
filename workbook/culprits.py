"""Names the file and the commit that made an answer lapse, where history still knows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from checks.files.patterns import matching
from checks.frozen import replace
from workbook.answers import Answer, State
from workbook.assess import Assessment, Judged
from workbook.lapse import Cause

if TYPE_CHECKING:
    from checks.git import Changed

SHORT = 7
"""Digits of a commit's id that people read."""

EVERYTHING = ("**",)


def lapsed_by_content(assessment: Assessment) -> tuple[str, ...]:
    """The controls whose answers lapsed because files changed."""
    return tuple(name for name, one in assessment.standings.items() if one.cause is Cause.CONTENT)


def named(
    assessment: Assessment,
    state: State,
    changes: Sequence[Changed],
    unsaved: Sequence[str],
    ours: Callable[[str], bool],
) -> Assessment:
    """The assessment with the culprits in its reasons.

    Args:
        assessment: the standings.
        state: the answers they are of.
        changes: the newest commits with their files, newest first.
        unsaved: files that differ from the last commit.
        ours: whether a file is one of our own, which never count.
    """
    told: dict[str, Judged] = {}
    for name in lapsed_by_content(assessment):
        if culprit := _culprit(state.answer(name), changes, unsaved, ours):
            judged = assessment.standings[name]
            # An answer that watches nothing of its own lapsed because its check is asked for again: that is said too.
            again = "" if state.answer(name).watch else f"; {judged.why}"
            told[name] = replace(judged, why=f"{culprit}{again}")
    return replace(assessment, standings={**assessment.standings, **told}) if told else assessment


def _culprit(answer: Answer, changes: Sequence[Changed], unsaved: Sequence[str], ours: Callable[[str], bool]) -> str:
    if path := _watched(answer, unsaved, ours):
        return f"{path} changed, not committed yet"
    for change in changes:
        if answer.commit and change.commit.startswith(answer.commit):
            return ""
        if answer.at and change.at.date() < answer.at:
            return ""
        if path := _watched(answer, change.paths, ours):
            person = change.author.partition(" <")[0]
            return f"{path} changed in {change.commit[:SHORT]} ({person}, {change.at.date()})"
    return ""


def _watched(answer: Answer, paths: Sequence[str], ours: Callable[[str], bool]) -> str:
    return next((path for path in matching(answer.watch or EVERYTHING, paths) if not ours(path)), "")
