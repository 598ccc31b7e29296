"""Running the git program: which one, with which environment, and what its failures mean."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from checks.children.process import MIB, Finished, minimal_environment, run
from checks.git.problem import GitProblem, NoGit, SlowGit

TIMEOUT_S = 30.0
OUTPUT_BYTES = 256 * MIB


def base_environment(*, outside: Path | None = None) -> dict[str, str]:
    """The environment of every git call: no inherited GIT_*, no user or system settings, no way to the network."""
    return minimal_environment(outside=outside) | {
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_SSH_COMMAND": "false",
        "GIT_PAGER": "cat",
        "GIT_LITERAL_PATHSPECS": "1",
    }


def find_git(env: Mapping[str, str]) -> str:
    """The full path of the git program in the environment's PATH.

    Raises:
        NoGit: There is none.
    """
    program = shutil.which("git", path=env["PATH"])
    if program is None:
        raise NoGit("The git program was not found. Install git, or add it to PATH outside the repository.")
    return program


def run_git(
    arguments: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdin: bytes | None = None,
    output_cap_bytes: int = OUTPUT_BYTES,
) -> Finished:
    """Run git with `arguments`.

    Raises:
        NoGit: There is no git program in the environment's PATH.
        SlowGit: git took longer than `TIMEOUT_S`.
        GitProblem: git said more than the cap.
    """
    done = run(
        [find_git(env), *arguments],
        cwd=cwd,
        env=env,
        timeout_s=TIMEOUT_S,
        stdin=stdin,
        output_cap_bytes=output_cap_bytes,
    )
    if done.timed_out:
        raise SlowGit(f"git {arguments[0]} in {cwd} gave no answer in {TIMEOUT_S:.0f} seconds. Try again later.")
    if done.truncated:
        raise GitProblem(
            f"git {arguments[0]} in {cwd} said more than {output_cap_bytes // MIB} MiB. Narrow the folder."
        )
    return done
