"""Which probes there are is known without importing them, and is the same list."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from checks.probe import probes

ROOT = Path(__file__).parents[3]
LIST = """
import json, sys
from pathlib import Path
from checks.cache.registry import known_probes
from checks.cache.store import Store
with Store(Path(sys.argv[1])) as store:
    found = known_probes(store)
topics = sorted(name for name in sys.modules if name.startswith("checks.topics."))
from checks.look import Look
from checks.report_wire import pack_observation
from checks.tree import Tree
one = next(one for one in found if one.signals[0] == "release.changelog")
said = one.look(Look(Tree.read(Path(sys.argv[2]), None)))
print(json.dumps({"probes": [[one.signals, one.stage] for one in found], "topics": topics,
    "said": [pack_observation(one) for one in ([said] if hasattr(said, "signal") else said)]}))
"""


def listed(store: Path, tree: Path) -> dict[str, Any]:
    """What a fresh process says of the probes."""
    argv = [sys.executable, "-P", "-c", LIST, str(store), str(tree)]
    said = subprocess.run(argv, check=True, capture_output=True, text=True, cwd="/", env={"PYTHONPATH": str(ROOT)})
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def test_kept_probes_are_the_registered_ones_and_their_modules_wait(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "CHANGELOG.md").write_text("# Changes\n\n## 1.0.0\n\n- It begins.\n")
    first, second = (listed(tmp_path / "looks.sqlite3", tmp_path / "tree") for _ in range(2))
    assert first["topics"]
    assert not second["topics"]
    assert second["probes"] == first["probes"] == [[list(one.signals), one.stage] for one in probes()]
    assert second["said"] == first["said"] != []


def test_a_spoiled_row_makes_the_modules_tell(tmp_path: Path) -> None:
    from checks.cache.store import Store

    place = tmp_path / "looks.sqlite3"
    (tmp_path / "tree").mkdir()
    first = listed(place, tmp_path / "tree")
    with Store(place) as store:
        keys = [bytes(key) for (key,) in store._rows("SELECT key FROM kept", ())]
        store.put({key: [["not a probe"]] for key in keys})
    assert listed(place, tmp_path / "tree")["probes"] == first["probes"]
