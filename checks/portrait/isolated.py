"""A portrait taken in a process of its own, so that no file can hang or crash the program a person works in."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from checks.children import allowance, guard, process
from checks.isolated_start import MEMORY_BYTES
from checks.portrait import Container, Endpoint, Keeper, Part, Person, Portrait

_MOST_ATTEMPTS: Final = 12
_SECONDS: Final = 600.0
_OUTPUT_BYTES: Final = 16 * process.MIB
_START: Final = "import sys; sys.path.append(sys.argv[1]); from checks.portrait.child import main; main()"


def portrait_of(root: Path) -> Portrait:
    """What the tree at `root` reveals. A file that no reader gets through is left out; `trouble` says what is missing.

    Nothing of the tree is executed and nothing is written.
    """
    given_up: dict[str, str] = {}
    too_slow: list[str] = []
    with guard.folder() as room:
        for _ in range(_MOST_ATTEMPTS):
            with tempfile.TemporaryDirectory(dir=room) as folder:
                note = Path(folder) / "note"
                order = {
                    "root": os.fspath(root.resolve()),
                    "note": os.fspath(note),
                    "seconds": allowance.SECONDS,
                    "given_up": given_up,
                    "too_slow": too_slow,
                }
                done = process.run(
                    [sys.executable, "-I", "-X", "utf8", "-c", _START, str(Path(__file__).parents[2])],
                    cwd=Path("/"),
                    env=process.minimal_environment() | {"TMPDIR": folder},
                    timeout_s=_SECONDS,
                    stdin=json.dumps(order).encode(),
                    output_cap_bytes=_OUTPUT_BYTES,
                    memory_bytes=MEMORY_BYTES,
                )
                if done.ok:
                    return _unpacked(json.loads(done.stdout), given_up)
                step, path = allowance.last(note)
            if path and path not in given_up:
                given_up[path] = "took too long to read, or made a reader fail"
            elif step and step not in too_slow:
                too_slow.append(step)
            else:
                break
    return Portrait(name=root.resolve().name, trouble="the tree could not be looked at: run `readiness doctor`")


def _unpacked(data: dict[str, Any], given_up: dict[str, str]) -> Portrait:
    left = f"not read: {', '.join(sorted(given_up))}" if given_up else ""
    told = "; ".join(filter(None, (data.pop("trouble"), left)))
    parts = tuple(Part(**one) for one in data.pop("parts"))
    endpoints = tuple(Endpoint(**one | {"methods": tuple(one["methods"])}) for one in data.pop("endpoints"))
    containers = tuple(Container(**one) for one in data.pop("containers"))
    keepers = tuple(Keeper(one["folder"], tuple(one["owners"])) for one in data.pop("keepers"))
    people = tuple(Person(**one) for one in data.pop("people"))
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    return Portrait(
        parts=parts,
        endpoints=endpoints,
        containers=containers,
        keepers=keepers,
        people=people,
        trouble=told,
        **plain,
    )
