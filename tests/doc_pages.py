"""Runs the code blocks of a page as its reader would, in the order of the page, in a folder and an environment.

A block of `sh` is run where the one before left off. A block whose first line is a comment with a path is written
there. A block of `text` stands behind one of `sh`, and each of its lines must be in what that one said; "…" stands
for lines that are left out.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"^# ([\w./-]+\.\w+)\n")

Block = tuple[str, str]


def blocks(page: Path) -> Iterator[Block]:
    """The language and the text of each block."""
    return ((match[1], match[2]) for match in FENCE.finditer(page.read_text(encoding="utf-8")))


def run(page: Path, folder: Path, variables: Mapping[str, str]) -> int:
    """Run all blocks of a page; how many that were.

    Raises:
        AssertionError: a command fails, or does not say what the page shows.
    """
    where, said, count = folder, "", 0
    for count, (language, text) in enumerate(blocks(page), start=1):
        if named := NAMED.match(text):
            place = where / named[1]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        elif language == "sh":
            where, said = _shell(text, where, variables)
        elif language == "text":
            missing = [line for line in text.splitlines() if line != "…" and line not in said]
            assert not missing, f"{page.name} shows {missing}, but the commands before said:\n{said}"
        else:
            raise AssertionError(f"{page.name}: block {count} is neither run, written nor compared:\n{text}")
    return count


def _shell(commands: str, where: Path, variables: Mapping[str, str]) -> tuple[Path, str]:
    """Where the commands end, and what they say."""
    note = where / ".where"
    done = subprocess.run(
        ["bash", "-e", "-u", "-o", "pipefail", "-c", f'{commands}\npwd > "$NOTE"'],
        cwd=where,
        env={**variables, "NOTE": os.fspath(note)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{commands}\n{done.stdout}"
    end = Path(note.read_text().strip())
    note.unlink()
    return end, done.stdout


def environment(folder: Path, *projects: Path) -> Path:
    """An environment with our wheel, those of other projects, and a pip that needs no network, by either name.

    What we depend on is borrowed from the environment of the tests, so that nothing is downloaded.
    """
    for project in (ROOT, *projects):
        subprocess.run(
            [sys.executable, "-P", "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist"],
            cwd=project, check=True, capture_output=True,
        )  # fmt: skip
    home = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    (site,) = (home / "lib").glob("python*/site-packages")
    # A line that is a folder borrows its packages, and not what its own .pth files say: they name this working tree.
    (site / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    for program in Path(sys.executable).parent.glob("*semgrep*"):
        (home / "bin" / program.name).symlink_to(program)
    installer = (
        f"'{sys.executable}' -m pip --python '{home}/bin/python' install --no-index"
        if importlib.util.find_spec("pip")
        else f"'{shutil.which('uv') or 'uv'}' pip install --python '{home}/bin/python' --offline"
    )
    pip = home / "bin" / "pip"
    pip.write_text(f'#!/bin/sh\nshift\nexec {installer} --quiet --no-deps --no-build-isolation "$@"\n')
    pip.chmod(0o755)
    (site / "pip.py").write_text(f"import os, sys\nos.execv({str(pip)!r}, ['pip', *sys.argv[1:]])\n")
    subprocess.run([pip, "install", *(folder / "dist").glob("*.whl")], check=True)
    return home


def variables(home: Path, folder: Path) -> dict[str, str]:
    """What a shell has where that environment is active; `folder` becomes the user's home."""
    folder.mkdir(exist_ok=True)
    (folder / ".gitconfig").write_text("[user]\nname = Ana Example\nemail = ana@example.com\n")
    return {
        "PATH": f"{home / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": os.fspath(folder),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
