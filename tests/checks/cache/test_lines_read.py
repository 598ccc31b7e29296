"""Who asks for lines of a file has read these lines: what they say changes with them, and with nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from checks.application.calls_seen import lines_of
from checks.application.wiring import span
from checks.look import Look
from checks.reads import TEXT
from checks.tree import Tree

PATH = "app.py"
FILE = ["def first():", "    return 'secret'", "def second():", "    return 2", ""]
Ask = Callable[[Look, str, int, int], str]
both = pytest.mark.parametrize("ask", [lines_of, span])


def said(folder: Path, ask: Ask, lines: list[str]) -> dict[object, object]:
    """What is recorded where the first two lines of a file are asked for."""
    (folder / PATH).write_text("\n".join(lines), encoding="utf-8")
    look = Look(Tree.read(folder, None))
    with look.reads.step("probe"):
        # Another asked before: what one reads counts for the next as well.
        ask(look, PATH, 3, 4)
    with look.reads.step("other"):
        ask(look, PATH, 1, 2)
    step = look.reads.steps["other"]
    assert (TEXT in step.asked, list(step.asked.values())) == (False, [{PATH}])
    return {question: answers[PATH] for question, answers in step.answers.items()}


@both
def test_what_lines_say_stays_where_the_rest_of_the_file_changes(tmp_path: Path, ask: Ask) -> None:
    before = said(tmp_path, ask, FILE)
    assert before == said(tmp_path, ask, [*FILE[:3], "    return 3  # three", "# the end", ""])


@both
def test_what_lines_say_changes_with_them(tmp_path: Path, ask: Ask) -> None:
    before = said(tmp_path, ask, FILE)
    assert before != said(tmp_path, ask, [FILE[0], "    return 'other'", *FILE[2:]])


@both
def test_nothing_that_stands_in_the_lines_is_kept(tmp_path: Path, ask: Ask) -> None:
    assert "secret" not in str(said(tmp_path, ask, FILE))


@both
def test_a_comment_that_ends_a_file_adds_nothing_to_it(tmp_path: Path, ask: Ask) -> None:
    texts = []
    for end in ([], ["# round 1", "# round 2", ""]):
        (tmp_path / PATH).write_text("\n".join([*FILE, *end]), encoding="utf-8")
        texts.append(ask(Look(Tree.read(tmp_path, None)), PATH, 1, 10**9))
    assert texts[0] == texts[1]


@both
def test_what_is_read_does_not_depend_on_the_room_for_texts(
    tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    roomy = said(tmp_path, ask, FILE)
    monkeypatch.setattr("checks.application.emptied._MOST_CHARACTERS", 0)
    assert said(tmp_path, ask, FILE) == roomy
    (tmp_path / "other.py").write_text("one = 1  # one\ntwo = 2\n", encoding="utf-8")
    look = Look(Tree.read(tmp_path, None))
    asked = [ask(look, path, line, line) for path in (PATH, "other.py", PATH) for line in (1, 2)]
    assert [one.rstrip() for one in asked] == [*FILE[:2], "one = 1", "two = 2", *FILE[:2]]
