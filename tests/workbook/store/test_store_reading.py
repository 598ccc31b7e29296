"""Reading never raises for what is in a file, and never follows a link or waits for a pipe."""

import hashlib
import os
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.store import SIZE_CAP, Edit, StoreError, read, save
from workbook.store.reading import document_of

DAMAGED = {
    "conflict": (b"schema = 1\n<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> topic\n", 2, "conflict"),
    "conflict-crlf": (b"schema = 1\r\n<<<<<<< HEAD\r\na = 1\r\n=======\r\na = 2\r\n>>>>>>> topic\r\n", 2, "conflict"),
    "conflict-diff3": (b"<<<<<<< HEAD\na = 1\n||||||| base\n=======\na = 2\n>>>>>>> topic\n", 1, "conflict"),
    "conflict-in-string": (b"a = '''\n<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> topic\n'''\n", 2, "conflict"),
    "half-resolved": (b"a = 1\n>>>>>>> topic\n", 2, "conflict"),
    "truncated": (b'schema = 1\nnote = "cut', 2, "not valid TOML"),
    "quote-left-open": (b"a = 1\nb = 'it\nc = 2\n[t]\n", 2, "not valid TOML"),
    "long-quote-left-open": (b'a = 1\nb = """it\nc = 2\n[t]\nx = \'y\'\n', 2, "not valid TOML"),
    "bracket-left-open": (b"a = 1\nb = [\n  # why\n  { c = 1 },\n\n", 2, "not valid TOML"),
    "truncated-table": (b"schema = 1\n[controls.sq", 2, "not valid TOML"),
    "twice": (b"a = 1\nb = 2\na = 3\n", 3, "not valid TOML"),
    "nul": (b"a = 1\n\0\n", 2, "not valid TOML"),
    "not-utf8": (b"a = 1\nb = '\xff'\n", 2, "UTF-8"),
    "utf16": ("a = 1\n".encode("utf-16"), 1, "UTF-8"),
    "two-boms": (b"\xef\xbb\xbf\xef\xbb\xbfa = 1\n", 1, "not valid TOML"),
    "deep-list": (b"a = " + b"[" * 4000 + b"]" * 4000, None, "nested"),
    "deep-table": (b"a = " + b"{a=" * 4000 + b"1" + b"}" * 4000, None, "nested"),
    "deep-header": (b"[" + b".".join([b"a"] * 39) + b"]\n", None, "nested"),
    "long-key": (b"x = 1\n" + b"a." * 100_000 + b"a = 1\n", 2, "too many parts"),
    "huge-number": (b"a = " + b"9" * 5000 + b"\n", None, "not valid TOML"),
    "newer": (b"# c\nschema = 2\n", 2, "schema 2"),
    "odd-schema": (b'schema = "one"\n', 1, "whole number"),
    "true-schema": (b"schema = true\n", 1, "whole number"),
    "empty": (b"", None, "it is empty"),
    "no-schema": (b"a = 1\n[b]\nschema = 1\n", None, "it does not say schema = 1"),
    "zero-schema": (b"schema = 0\n", 1, "whole number"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_named_with_its_line_and_never_written_over(name, tmp_path):
    raw, line, what = DAMAGED[name]
    path = tmp_path / "readiness.toml"
    path.write_bytes(raw)
    document = read(path)
    assert document.trouble
    assert what in document.trouble.what
    assert document.trouble.line == line
    assert document.trouble.remedy
    assert (document.raw, document.digest) == (raw, hashlib.sha256(raw).hexdigest())
    with pytest.raises(StoreError) as caught:
        save(path, [Edit((), "a", 1, 2)], lock_dir=tmp_path / "locks")
    assert "read-only" in caught.value.what
    assert path.read_bytes() == raw
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["locks", "readiness.toml"]


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbfschema = 1\r\n",
        b"schema = 1\nnote = '''\nHeading\n=======\ntext\n'''\n",
        b"note = 'x.y.z and more'\nschema = 1\n",
    ],
)
def test_sound_files_are_read_without_trouble(raw, tmp_path):
    path = tmp_path / "readiness.toml"
    path.write_bytes(raw)
    document = read(path)
    assert document.trouble is None
    assert document.digest


def test_an_absent_file_is_an_empty_document(tmp_path):
    document = read(tmp_path / "readiness.toml")
    assert (document.raw, document.digest, document.tables, document.trouble) == (b"", "", {}, None)


def _link(path):
    (path.parent / "elsewhere").write_bytes(b"a = 1\n")
    path.symlink_to("elsewhere")


def _dangling(path):
    path.symlink_to("nowhere")


def _socket(path):
    here = os.open(".", os.O_RDONLY)
    os.chdir(path.parent)  # the address of a socket must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path.name)
    os.fchdir(here)
    os.close(here)


def _oversize(path):
    with path.open("wb") as stream:
        stream.truncate(SIZE_CAP + 1)


@pytest.mark.parametrize("make", [_link, _dangling, os.mkfifo, os.mkdir, _socket, _oversize])
def test_what_is_not_a_plain_file_is_left_alone(make, tmp_path):
    path = tmp_path / "readiness.toml"
    make(path)
    before = (os.lstat(path), sorted(entry.name for entry in tmp_path.iterdir()))
    document = read(path)
    assert document.trouble
    assert document.raw == b""
    with pytest.raises(StoreError):
        save(path, [Edit((), "a", 1, 2)], lock_dir=tmp_path.parent / f"{tmp_path.name}-locks", create=b"")
    after = (os.lstat(path), sorted(entry.name for entry in tmp_path.iterdir()))
    assert (after[0].st_ino, after[0].st_mode, after[0].st_size) == (
        before[0].st_ino,
        before[0].st_mode,
        before[0].st_size,
    )
    assert after[1] == before[1]
    if make is _link:
        assert (tmp_path / "elsewhere").read_bytes() == b"a = 1\n"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=80) | st.text("[]{}=\"'\\#.\n\r ax1<>-:", max_size=60).map(str.encode))
def test_no_bytes_make_reading_raise(raw):
    from pathlib import Path

    document = document_of(Path("readiness.toml"), raw)
    assert document.raw == raw
