from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.files.temporary import PREFIX, PrivateFolder, sweep
from checks.git import Git

OPEN_AND_WAIT = """
import sys
from pathlib import Path
from checks.git import Git
from checks.files.temporary import PrivateFolder
git, copies = Git.open(Path(sys.argv[1])), PrivateFolder("semgrep")
(copies.path / "copy.py").write_text("x")
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place for temporary folders of this test alone, which this process has not swept yet."""
    folder = tmp_path / "there"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield folder
    sweep.cache_clear()


def waiting(root: Path, there: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-P", "-c", OPEN_AND_WAIT, str(root)],
        env=os.environ | {"TMPDIR": str(there)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == "open\n"
    return child


def names(folder: Path) -> list[str]:
    return sorted(path.name.removeprefix(PREFIX).partition("-")[0] for path in folder.iterdir())


def test_it_is_private_and_goes_with_close(there: Path) -> None:
    with PrivateFolder("git") as folder:
        assert folder.path.parent == there
        assert folder.path.stat().st_mode & 0o777 == 0o700
        (folder.path / "below").mkdir()
    folder.close()
    assert names(there) == []


def test_what_a_killed_process_left_goes_when_the_next_one_starts(acme: Path, there: Path) -> None:
    child = waiting(acme, there)
    child.kill()
    child.communicate()
    assert names(there) == ["git", "semgrep"]
    with Git.open(acme):
        assert names(there) == ["git"]
    assert names(there) == []


def test_what_a_living_process_uses_stays(acme: Path, there: Path) -> None:
    child = waiting(acme, there)
    with Git.open(acme):
        assert names(there) == ["git", "git", "semgrep"]
    assert (next(there.glob("*semgrep*")) / "copy.py").exists()
    child.communicate("")
    assert child.returncode == 0
    assert names(there) == []


def test_what_is_not_ours_stays(there: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    (there / f"{PREFIX}link").symlink_to(outside)
    (there / f"{PREFIX}file").write_text("x")
    (there / "readiness-of-somebody").mkdir()
    with PrivateFolder("git"):
        pass
    assert (outside / "kept").exists()
    assert len(list(there.iterdir())) == 3


@pytest.mark.skipif(os.geteuid() != 0, reason="changing an owner needs root")
def test_a_folder_of_another_user_stays(there: Path) -> None:
    theirs = there / f"{PREFIX}git-theirs"
    theirs.mkdir()
    os.chown(theirs, 12345, 12345)
    with PrivateFolder("git"):
        assert theirs.exists()


@pytest.mark.usefixtures("there")
def test_a_sweep_between_making_and_locking_costs_one_more_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    from checks.files import temporary

    swept = []

    def sweep_first(path: Path, handle: int) -> bool:
        if not swept:
            swept.append(path)
            temporary._remove_abandoned(path)
        return really(path, handle)

    really = temporary._is_ours
    monkeypatch.setattr(temporary, "_is_ours", sweep_first)
    with PrivateFolder("git") as folder:
        assert folder.path.exists()
        assert folder.path not in swept
