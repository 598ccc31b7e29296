"""What was asked of files stays with the step that asked, however sets that are the same are held."""

from __future__ import annotations

from checks.reads import Question, Reads

ALL = [f"app/{number}.py" for number in range(100)]
ONE: Question = ("text", "")
OTHER: Question = ("readable", "")


def test_large_sets_that_are_the_same_are_held_once() -> None:
    reads = Reads()
    with reads.step("first"):
        for path in ALL:
            reads.ask(ONE, path)
    with reads.step("second"):
        reads.ask_all(OTHER, ALL)
    assert reads.steps["first"].asked[ONE] == set(ALL)
    assert reads.steps["first"].asked[ONE] is reads.steps["second"].asked[OTHER]


def test_what_is_asked_later_counts_for_who_asks_alone() -> None:
    reads = Reads()
    for name in ("first", "second", "third"):
        with reads.step(name):
            reads.ask_all(ONE, ALL)
    with reads.step("first"):
        reads.ask(ONE, "late.py")
    with reads.step("second"):
        reads.told_all(ONE, [ALL[0], "later.py"], {"later.py": True})
    with reads.step("third"):
        reads.ask(ONE, ALL[0])
        reads.ask_all(ONE, ALL[:50])
    asked = {name: step.asked[ONE] - set(ALL) for name, step in reads.steps.items()}
    assert asked == {"first": {"late.py"}, "second": {"later.py"}, "third": set()}
    assert all(step.asked[ONE] >= set(ALL) for step in reads.steps.values())
    assert reads.steps["second"].answers[ONE] == {"later.py": True}
