"""Rows of many files in one: the same as row by row, whatever changed since."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.cache import bundles as module
from checks.cache.bundles import Bundles
from checks.cache.store import Store
from checks.digests import blake2b


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def _alone(path: str, content: bytes) -> bytes:
    return blake2b(b"alone\0" + path.encode("utf-8", "surrogateescape") + content, digest_size=16).digest()


def _bundles(store: Store, files: Mapping[str, str], name: str = "/tree") -> Bundles:
    return Bundles(store, name, {path: _digest(text) for path, text in files.items()}, files, _alone)


def _keep(store: Store, files: Mapping[str, str], bundles: Bundles, known: Mapping[str, Any]) -> None:
    fresh = {path: [path, text] for path, text in files.items() if path not in known}
    store.put({_alone(path, _digest(files[path])): row for path, row in fresh.items()})
    bundles.add(fresh)


class _Counting(Store):
    asked = 0

    def get(self, keys: Any) -> dict[bytes, Any]:
        wanted = list(keys)
        self.asked += len(wanted)
        return super().get(wanted)


def test_what_did_not_change_is_read_in_few_rows(tmp_path: Path) -> None:
    files = {f"src/part_{number}.py": f"text {number}" for number in range(2000)} | {"odd \udcff.py": "x"}
    with _Counting(tmp_path / "kept.db") as store:
        bundles = _bundles(store, files)
        assert bundles.rows() == {}
        _keep(store, files, bundles, {})

        store.asked = 0
        assert _bundles(store, files).rows() == {path: [path, text] for path, text in files.items()}
        assert store.asked == 8

        files["src/part_7.py"] = "other"
        store.asked = 0
        bundles = _bundles(store, files)
        known = bundles.rows()
        assert files.keys() - known.keys() == {"src/part_7.py"}
        assert store.asked == 9
        _keep(store, files, bundles, known)
        store.asked = 0
        assert _bundles(store, files).rows()["src/part_7.py"] == ["src/part_7.py", "other"]
        assert store.asked == 8

        # As on another branch and back: what is kept of the file by itself is found.
        files["src/part_7.py"] = "text 7"
        assert _bundles(store, files).rows()["src/part_7.py"] == ["src/part_7.py", "text 7"]


def test_trees_do_not_share_bundles_and_find_each_others_rows(tmp_path: Path) -> None:
    with Store(tmp_path / "kept.db") as store:
        one = _bundles(store, {"a.py": "1"})
        _keep(store, {"a.py": "1"}, one, one.rows())
        other = _bundles(store, {"a.py": "1", "b.py": "2"}, "/other")
        assert other.rows() == {"a.py": ["a.py", "1"]}
        _keep(store, {"a.py": "1", "b.py": "2"}, other, other.rows())
        assert _bundles(store, {"a.py": "1"}).rows() == {"a.py": ["a.py", "1"]}


TREES = st.dictionaries(st.sampled_from([f"{name}.py" for name in "abcdefghijkl"]), st.sampled_from(["1", "2", "3"]))


@given(st.lists(TREES, max_size=6))
def test_however_a_tree_changes_rows_are_those_of_its_content(trees: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_FILES", 2)
        with Store(Path(folder) / "kept.db") as store:
            for files in trees:
                bundles = _bundles(store, files)
                known = bundles.rows()
                assert all(row == [path, files[path]] for path, row in known.items())
                _keep(store, files, bundles, known)
                assert _bundles(store, files).rows() == {path: [path, text] for path, text in files.items()}
