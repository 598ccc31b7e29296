import json

import pytest

import workbook.catalogue.load as loading
from workbook.catalogue import plans, thaw
from workbook.catalogue.compiled import MOST
from workbook.catalogue.compiled import compiled as compiled_records
from workbook.data import templates


def compiled(files, read, folder):
    return compiled_records("catalogue", files, read, thaw.catalogue, folder)


@pytest.fixture
def files():
    return loading._files(templates())


@pytest.fixture
def read():
    """Reads the files, and counts how often it had to."""

    def run():
        run.times += 1
        return loading._from_files(templates())

    run.times = 0
    return run


def test_the_copy_says_what_the_files_say_and_spares_reading_them(files, read, tmp_path):
    first = compiled(files, read, tmp_path / "cache")
    assert compiled(files, read, tmp_path / "cache") == first == loading._from_files(templates())
    assert read.times == 1
    (copy,) = (tmp_path / "cache").iterdir()
    assert (copy.stat().st_mode & 0o777, copy.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "link", "fifo", "other-shape"])
def test_a_copy_that_is_damaged_or_foreign_is_not_used_and_made_again(files, read, tmp_path, damage):
    right = compiled(files, read, tmp_path)
    (copy,) = tmp_path.iterdir()
    content = copy.read_bytes()
    other = tmp_path.parent / "other.json"
    match damage:
        case "cut":
            copy.write_bytes(content[:-100])
        case "changed":
            copy.write_bytes(content.replace(b'"severity":"blocker"', b'"severity":"low"', 1))
        case "empty":
            copy.write_bytes(b"")
        case "link":
            other.write_bytes(content)
            copy.unlink()
            copy.symlink_to(other)
        case "fifo":
            import os

            copy.unlink()
            os.mkfifo(copy)
        case "other-shape":
            from workbook.catalogue.compiled import _checksum

            shape = json.dumps({"version": "1.0", "controls": {"a": 1}}).encode()
            copy.write_bytes(_checksum(shape) + b"\n" + shape)
    assert compiled(files, read, tmp_path) == right
    assert read.times == 2
    assert compiled(files, read, tmp_path) == right
    assert read.times == 2


def test_other_files_have_another_copy_and_old_copies_go(read, tmp_path):
    for number in range(MOST + 3):
        source = tmp_path / "scope.toml"
        source.write_text(f"# {number}\n")
        compiled([source], read, tmp_path / "cache")
    assert read.times == MOST + 3
    assert len(list((tmp_path / "cache").iterdir())) == MOST


def test_without_a_cache_that_can_be_written_the_files_are_read(files, read, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert compiled(files, read, tmp_path / "cache") == compiled(files, read, tmp_path / "cache")
    assert read.times == 2


def test_the_plans_come_back_from_their_copy_as_they_were_read(tmp_path):
    def must_not_read():
        raise AssertionError("the copy was not used")

    first = compiled_records("plans", [], lambda: plans._from_files(None), plans._thawed, tmp_path)
    assert compiled_records("plans", [], must_not_read, plans._thawed, tmp_path) == first
    assert first == plans._from_files(None)


def test_copies_of_one_kind_do_not_push_out_those_of_another(files, read, tmp_path):
    compiled(files, read, tmp_path)
    for number in range(MOST + 1):
        source = tmp_path / "work.toml"
        source.write_text(f"# {number}\n")
        compiled_records("plans", [source], lambda: plans._from_files(None), plans._thawed, tmp_path)
    compiled(files, read, tmp_path)
    assert read.times == 1
