"""One run of challenges, as a program of its own; `checks.challenge.isolated` starts it.

Standard input holds what to do, as JSON; standard output gets one JSON object a line: `progress`, `result`, and at the
end `done` or `trouble`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TextIO

from checks.challenge.record import pack
from checks.challenge.run import challenge
from checks.challenge.scratch import TooMuchError
from checks.children import allowance
from checks.git import GitProblem
from checks.isolated_child import settle
from checks.report_wire import unpack_observation


def main() -> None:
    """Challenge once, under the allowance."""
    asked = json.loads(sys.stdin.buffer.read())
    # What a library may print must not mix with what we say.
    said, sys.stdout = sys.stdout, sys.stderr
    settle()
    allowance.begin(Path(asked["note"]), asked["seconds"])
    real = {one["signal"]: unpack_observation(one) for one in asked["real"]}
    try:
        for one in challenge(
            Path(asked["root"]),
            Path(asked["room"]),
            real,
            given_up=asked["given_up"],
            tell=lambda step: _say(said, progress=[step.stage, step.done, step.total, step.note]),
        ):
            _say(said, result=pack(one))
    except (TooMuchError, GitProblem) as error:
        _say(said, trouble=str(error))
    except OSError as error:
        _say(said, trouble=f"the scratch copy cannot be written: {error.strerror}")
    else:
        _say(said, done=True)


def _say(said: TextIO, **what: object) -> None:
    said.write(json.dumps(what) + "\n")
    said.flush()
