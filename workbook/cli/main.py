"""The command line: picks the command, and is the one place where errors become a line and an exit code."""

from __future__ import annotations

import io
import os
import sys

from workbook.cli.unchanged import Unchanged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import ExitStack
    from pathlib import Path

    from checks.isolated_start import Started
    from workbook.cli.faces import Faces

INTERRUPTED = 130
PIPE_CLOSED = 141
CRASHED = 70


def main(argv: Sequence[str] | None = None, faces: Faces | None = None) -> int:
    """Run one command and return its exit code: 0 fine, 1 policy not met, 2 usage, 3 only unknowns, 130 interrupted.

    Args:
        argv: the arguments; those of the process when None.
        faces: the other faces, for the commands that open one. `workbook.launch` supplies them.
    """
    _never_fail_to_print()
    arguments = sys.argv[1:] if argv is None else argv
    roots: list[Path] = []
    try:
        outside = Unchanged.of(arguments)
        code = 0 if outside is not None and outside.repeat() else _run(arguments, faces, outside, roots)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _line("stopped", INTERRUPTED)
    except BrokenPipeError:
        # Who read us has gone; the interpreter's own flush at exit must not complain about it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0
    except Exception as error:  # noqa: BLE001  # the one boundary: a mistake of ours is a line and a log, never a traceback
        return _told(error, roots)
    return code


def _run(arguments: Sequence[str], faces: Faces | None, outside: Unchanged | None, roots: list[Path]) -> int:
    """Say the same again where git sees no change, else run the command; its folder is added to `roots`."""
    if outside is not None and (ground := outside.ground()):
        from pathlib import Path

        from workbook.cli import plainly

        roots.append(Path(outside.root))
        if plainly.run_on(ground, arguments, faces, outside):
            return 0
    from contextlib import ExitStack

    with ExitStack() as held:
        started = _started(held) if outside is not None and outside.looks() else None
        from workbook.cli.again import Again

        again = Again.of(arguments, outside)
        if again is not None:
            held.callback(again.close)
            if again.repeat():
                return 0
        from workbook.cli import plainly

        if root := plainly.root_asked(arguments):
            roots.append(root)
            return plainly.run(root, arguments, faces, again)
        from workbook.cli.calls import Call

        call = Call(arguments)
        roots.append(call.root)
        return call.run(faces, again, started)


def _started(held: ExitStack) -> Started | None:
    """The process of the look that will follow, unless git sees no change: it loads beside us what it needs."""
    from checks.isolated_start import Started

    try:
        started = Started()
    except OSError:
        # The look itself will say what is wrong.
        return None
    held.callback(started.close)
    return started


def _told(error: Exception, roots: list[Path]) -> int:
    """Say in a line why a command came to no end; the exit code."""
    from workbook.errors import Refused

    if isinstance(error, Refused):
        return _line(str(error), error.code)
    if _is_for_people(error):
        return _line(str(error), 2)
    from workbook.crash import recorded

    return _line(recorded(error, roots[0] if roots else None), CRASHED)


def _is_for_people(error: Exception) -> bool:
    """Whether an error's own text says what is wrong and what to do: a disk that refuses, a git that fails."""
    from checks.git import GitProblem
    from workbook.catalogue import CatalogueError
    from workbook.store import StoreError

    return isinstance(error, StoreError | GitProblem | CatalogueError)


def _line(text: str, code: int) -> int:
    """Say why on standard error, in one line."""
    from workbook.text import ci_log, terminal

    sys.stderr.write(f"readiness: {ci_log(terminal(text))}\n")
    return code


def _never_fail_to_print() -> None:
    """A terminal that cannot show a character gets its escape, not an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
