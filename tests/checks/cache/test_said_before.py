"""Where a probe runs again, files that did not change are not asked again, and say just what they said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checks import run
from checks.cache import compact
from checks.cache.store import Store
from checks.probe import probes
from checks.reads import QUESTIONS
from checks.report_wire import pack
from checks.tree import Tree

SIGNALS = {"code.maintainability"}


@pytest.fixture
def product(tmp_path: Path) -> Path:
    root = tmp_path / "acme"
    (root / "app").mkdir(parents=True)
    for name in ("one", "two", "three"):
        (root / "app" / f"{name}.py").write_text(f"def {name}(value):\n    return value + 1\n")
    return root


def looked(root: Path, store: Store | None) -> str:
    return json.dumps(pack(run.look_over(root, signals=SIGNALS, store=store)))


def test_only_the_file_that_changed_is_read(product: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store(tmp_path / "looks.sqlite3") as store:
        looked(product, store)
        (product / "app" / "two.py").write_text("def two(value):\n    if value:\n        return 2\n    return value\n")
        cold = looked(product, None)
        read: list[str] = []
        text = Tree.text
        monkeypatch.setattr(Tree, "text", lambda tree, path: (read.append(path), text(tree, path))[1])
        assert looked(product, store) == cold
        assert set(read) == {"app/two.py"}


@pytest.mark.parametrize("content", ["", "def broken(:\n"])
def test_what_a_changed_file_says_now_counts(product: Path, tmp_path: Path, content: str) -> None:
    with Store(tmp_path / "looks.sqlite3") as store:
        first = looked(product, store)
        for name in ("one", "two", "three"):
            (product / "app" / f"{name}.py").write_text(content)
            assert looked(product, store) == looked(product, None)
        assert looked(product, store) != first


def test_every_answer_that_is_said_again_has_the_type_of_its_question() -> None:
    probes()
    kinds: dict[str, tuple[Any, Any]] = {
        "bool": (True, False),
        "str": ("a", ""),
        "list[int]": ([3], []),
        "list[tuple[int, bool, int, int]]": ([(3, True, 1, 9)], []),
        "list[tuple[int, int]]": ([(3, 9)], []),
        "list[tuple[int, str, str]]": ([(3, "tag", "a")], []),
        "list[tuple[int, str, bool, str]]": ([(3, "each", True, "a")], []),
        "list[tuple[int, int, str, bool]]": ([(3, 9, "empty", True)], []),
        "list[tuple[int, bool]]": ([(3, True)], []),
        "list[tuple[str]]": ([("a",)], []),
        "list[tuple[str, str]]": ([("a", "b")], []),
        "list[tuple[str, int]]": ([("a", 3)], []),
        "list[tuple[str, str, int]]": ([("a", "b", 3)], []),
        "list[tuple[str, list[str]]]": ([("a", ["b"])], []),
        "list[tuple[int, int, str, str, bool]]": ([(3, 9, "web", "none", True)], []),
        "list[tuple[int, int, bool, list[str], str, str, bool, bool, int, int, list[str], bool]]": (
            [(3, 9, True, ["client"], "test_a", "", True, False, 1, 0, ["checked"], False)],
            [],
        ),
    }
    asked = 0
    for question in QUESTIONS.values():
        restored = compact.restorer(question)
        if restored is not None:
            asked += 1
            said, nothing = kinds[question.__annotations__["return"]]
            assert restored(json.loads(json.dumps(said))) == said
            assert type(restored(None)) is type(nothing)
            assert restored(None) == nothing
    assert asked


def test_what_many_answers_rest_on_is_kept_once(product: Path, tmp_path: Path) -> None:
    with Store(tmp_path / "looks.sqlite3") as store:
        for name in ("one", "two", "three"):
            (product / "app" / f"{name}.py").write_text(f"import sentry_sdk_{name}\n\n\ndef {name}():\n    return 1\n")
        kept: list[Any] = []
        put = store.put
        store.put = lambda values: (kept.extend(values.values()), put(values))[1]  # type: ignore[method-assign]  # watched
        run.look_over(product, store=store)
        (row,) = [one for one in kept if isinstance(one, dict) and "answers" in one]
        rests = sum(
            row["said"][said] != {} and kind.endswith(":_first_parts")
            for entry in row["answers"].values()
            for kind, _, _, said in (row["asked"][number] for number in entry["asked"])
        )
        assert rests == 0
        # What each file imports is remembered once; no answer rests on all of it.
        assert json.dumps(row).count("sentry_sdk_two") == 1
