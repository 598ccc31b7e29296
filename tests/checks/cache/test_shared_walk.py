"""Two processes that look at a large work tree see what one sees, and say so where either cannot tell."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from checks.cache import signs

OURS = Path(signs.__file__).parents[2]

PROGRAM = """
import json, os, sys
sys.path.append(sys.argv[1])
forks = []
sys.addaudithook(lambda name, given: forks.append(name) if name == "os.fork" else None)
from checks.cache import shared_walk, signs
signs._MANY, shared_walk._processors = 0, lambda: int(sys.argv[3])
found = signs.of_repository(sys.argv[2])
try:
    os.waitpid(-1, 0)
    left = True
except ChildProcessError:
    left = False
print(json.dumps([found and found.digest, len(forks), left]))
"""


@pytest.fixture
def large(tmp_path, git_in):
    """A work tree of more folders than are shared out, at several depths."""
    repository = tmp_path / "large"
    repository.mkdir()
    git_in(repository, "init", "-q")
    for number in range(70):
        place = repository / "code" / f"part{number}" / "deep"
        place.mkdir(parents=True)
        (place / "a.py").write_text(f"{number}\n")
        (place.parent / "b.py").write_text("pass\n")
    git_in(repository, "add", "-A")
    return repository


def look(root, processors):
    program = [sys.executable, "-I", "-c", PROGRAM, str(OURS), str(root), str(processors)]
    digest, forks, left = json.loads(subprocess.run(program, capture_output=True, check=True).stdout)
    assert not left
    assert forks == processors - 1
    return digest


def test_two_processes_see_what_one_sees(large):
    seen = look(large, 1)
    assert seen == look(large, 2) == signs.of_repository(str(large)).digest


@pytest.mark.parametrize("number", [0, 1, 33, 34, 68, 69])
def test_a_change_in_either_half_is_seen(large, number):
    before = look(large, 2)
    path = large / f"code/part{number}/deep/a.py"
    about = path.stat()
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert before != look(large, 2) == look(large, 1)


@pytest.mark.parametrize("number", [0, 1, 33, 34, 68, 69])
def test_what_one_of_them_cannot_tell_is_not_told(large, number):
    (large / f"code/part{number}/link").symlink_to("/etc/hostname")
    assert look(large, 2) is None


def test_where_both_together_see_too_much_nothing_is_told(large, monkeypatch):
    few = PROGRAM.replace("found =", "signs.MOST_ENTRIES = 250\nfound =")
    monkeypatch.setattr(sys.modules[__name__], "PROGRAM", few)
    assert look(large, 2) is None
