"""The cache's file: shared, bounded, private, and thrown away when in doubt."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest

from checks.cache import store as store_module
from checks.cache.place import UnusableCacheError, folder
from checks.cache.store import Store

KEY = b"0123456789abcdef"


def test_a_value_comes_back_and_the_file_is_private(tmp_path: Path) -> None:
    place = tmp_path / "looks.sqlite3"
    os.umask(os.umask(0))  # whatever the umask, the mode is ours
    with Store(place) as store:
        store.put({KEY: {"a": [1, "\udcff é"]}})
    with Store(place) as store:
        assert store.get([KEY, b"other"]) == {KEY: {"a": [1, "\udcff é"]}}
        assert store.note == ""
    assert place.stat().st_mode & 0o777 == 0o600


def _garbage(place: Path) -> None:
    place.write_bytes(b"no database at all, " * 200)
    place.chmod(0o600)


def _cut(place: Path) -> None:
    with Store(place) as store:
        store.put({bytes([number]) * 16: "x" * 5000 for number in range(60)})
    place.write_bytes(place.read_bytes()[:5000])


def _open_to_all(place: Path) -> None:
    Store(place).close()
    place.chmod(0o644)


def _newer(place: Path) -> None:
    Store(place).close()
    with sqlite3.connect(place) as base:
        base.execute("PRAGMA user_version = 99")
    base.close()


def _of_another_program(place: Path) -> None:
    with sqlite3.connect(place) as base:
        base.execute("CREATE TABLE bookmarks (url TEXT)")
    base.close()
    place.chmod(0o600)


def _a_link(place: Path) -> None:
    other = place.with_name("elsewhere")
    other.write_bytes(b"precious")
    place.symlink_to(other)


def _a_pipe(place: Path) -> None:
    os.mkfifo(place)


@pytest.mark.parametrize("spoil", [_garbage, _cut, _open_to_all, _newer, _of_another_program, _a_link, _a_pipe])
def test_a_cache_in_doubt_is_made_anew_and_said_once(tmp_path: Path, spoil: object) -> None:
    place = tmp_path / "looks.sqlite3"
    spoil(place)  # type: ignore[operator]  # each takes the place
    with Store(place) as store:
        first = store.note
        store.get([KEY])
        store.put({KEY: 1})
    with Store(place) as store:
        again = store.note
        store.put({KEY: 1})
        assert store.get([KEY]) == {KEY: 1}
    assert [bool(first), bool(again)].count(True) == 1, (first, again)
    if (tmp_path / "elsewhere").exists():
        assert (tmp_path / "elsewhere").read_bytes() == b"precious"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_file_of_somebody_else_is_not_believed(tmp_path: Path) -> None:
    place = tmp_path / "looks.sqlite3"
    with Store(place) as store:
        store.put({KEY: "planted"})
    os.chown(place, 12345, 12345)
    with Store(place) as store:
        assert "somebody else" in store.note
        assert store.get([KEY]) == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give folders away")
def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "readiness-workbook").mkdir()
    os.chown(tmp_path / "readiness-workbook", 12345, 12345)
    with pytest.raises(UnusableCacheError, match="somebody else"):
        folder(outside=tmp_path / "repository")


def test_a_cache_inside_the_repository_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "repository" / "cache"
    inside.mkdir(parents=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(inside))
    with pytest.raises(UnusableCacheError, match="inside the repository"):
        folder(outside=tmp_path / "repository")
    (tmp_path / "link").symlink_to(inside)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "link"))
    with pytest.raises(UnusableCacheError, match="inside the repository"):
        folder(outside=tmp_path / "repository")


def test_the_oldest_rows_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    most = 400_000
    noise = [os.urandom(4000).hex() for _ in range(200)]
    with Store(tmp_path / "looks.sqlite3", most) as store:
        for day, text in enumerate(noise):
            monkeypatch.setattr(store_module, "_today", lambda day=day: day)
            store.put({day.to_bytes(16, "big"): text})
        kept = store.get(day.to_bytes(16, "big") for day in range(200))
    assert 0 < len(kept) < 200
    assert min(int.from_bytes(key, "big") for key in kept) > 0
    assert (199).to_bytes(16, "big") in kept
    assert (tmp_path / "looks.sqlite3").stat().st_size < 3 * most


def test_a_value_too_large_for_the_cache_is_not_kept(tmp_path: Path) -> None:
    with Store(tmp_path / "looks.sqlite3", 80_000) as store:
        store.put({KEY: os.urandom(20_000).hex()})
        assert store.get([KEY]) == {}


def test_many_writers_share_it(tmp_path: Path) -> None:
    place = tmp_path / "looks.sqlite3"

    def write(writer: int) -> None:
        for number in range(20):
            with Store(place) as store:
                store.put({bytes([writer, number]) * 8: [writer, number]})

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Store(place) as store:
        found = store.get(bytes([writer, number]) * 8 for writer in range(6) for number in range(20))
        assert store.note == ""
    # A writer that waits too long gives up its row; none is ever wrong.
    assert found
    assert all(value == list(key[:2]) for key, value in found.items())
