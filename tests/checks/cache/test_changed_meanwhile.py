"""A file that changes while a look is under way: what is seen of it is not kept for what it held when it was listed."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from checks.cache.store import Store
from checks.git import Git
from checks.report_wire import pack
from checks.run import look_over
from checks.tree import Tree

ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
WITH_TIMEOUT = "import requests\n\n\ndef get(url):\n    return requests.get(url, timeout=3)\n"
WITHOUT = "import requests\n\n\ndef get(url):\n    return requests.get(url           )\n"


@pytest.mark.parametrize("committed", [False, True])
def test_what_a_file_held_for_a_while_is_not_kept_for_what_it_holds(tmp_path, monkeypatch, committed) -> None:
    root, listing = tmp_path / "product", Tree.read
    root.mkdir()
    (root / "app.py").write_text(WITH_TIMEOUT)
    for call in (["init", "-q"], *([["add", "-A"], _commit()] if committed else [])):
        subprocess.run(["git", *call], cwd=root, check=True, env=ENVIRONMENT)
    time.sleep(0.05)  # beyond one tick of the clock of files
    lasting = []

    def meanwhile(folder: Path, git: Git | None) -> Tree:
        tree = listing(folder, git)
        (root / "app.py").write_text(WITHOUT)
        return tree

    with Store(tmp_path / "cache.sqlite3") as store:
        monkeypatch.setattr(Tree, "read", meanwhile)
        look_over(root, store=store, on_report=lambda _, lasts: lasting.append(lasts))
        monkeypatch.undo()
        (root / "app.py").write_text(WITH_TIMEOUT)
        time.sleep(0.05)
        look_over(root, store=store, on_report=lambda _, lasts: lasting.append(lasts))
        warm = look_over(root, store=store)
    assert lasting == [False, True]
    assert pack(warm) == pack(look_over(root))


def _commit() -> list[str]:
    return ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "commit", "-q", "-m", "first"]
