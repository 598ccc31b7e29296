"""What tests of the answers that are kept share."""

from __future__ import annotations

import pytest

from checks.cache.answers import Answers


@pytest.fixture
def recalled(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The steps whose answer held."""
    seen: set[str] = set()
    recall = Answers.recall

    def watched(answers: Answers, name: str) -> object:
        value = recall(answers, name)
        if value is not None:
            seen.add(name)
        return value

    monkeypatch.setattr(Answers, "recall", watched)
    return seen
