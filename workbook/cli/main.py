"""The command line: picks the command, and is the one place where errors become a line and an exit code."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from workbook.cli.commands import COMMANDS
from workbook.cli.context import Context, Faces, root_of
from workbook.crash import recorded
from workbook.errors import Refused

INTERRUPTED = 130
PIPE_CLOSED = 141
CRASHED = 70


class _Parser(argparse.ArgumentParser):
    """Says a usage mistake in one line instead of printing the usage first."""

    def error(self, message: str) -> NoReturn:
        raise Refused(message, f"see: {self.prog} --help")


def main(argv: Sequence[str] | None = None, faces: Faces | None = None) -> int:
    """Run one command and return its exit code: 0 fine, 1 policy not met, 2 usage, 3 only unknowns, 130 interrupted.

    Args:
        argv: the arguments; those of the process when None.
        faces: the other faces, for the commands that open one. `workbook.launch` supplies them.
    """
    _never_fail_to_print()
    root: Path | None = None
    try:
        chosen = _top().parse_args(argv)
        root = _root(chosen.folder)
        code = _dispatch(chosen.command, chosen.rest, root, faces)
        sys.stdout.flush()
    except Refused as refused:
        return _line(str(refused), refused.code)
    except KeyboardInterrupt:
        return _line("stopped", INTERRUPTED)
    except BrokenPipeError:
        # Who read us has gone; the interpreter's own flush at exit must not complain about it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0
    except Exception as error:  # noqa: BLE001  # the one boundary: a mistake of ours is a line and a log, never a traceback
        return _line(str(error), 2) if _is_for_people(error) else _line(recorded(error, root), CRASHED)
    return code


def _top() -> argparse.ArgumentParser:
    listed = "\n".join(f"  {name:<10} {command.help}" for name, command in COMMANDS.items())
    parser = _Parser(
        prog="readiness",
        usage="readiness [-C DIR] [COMMAND …]",
        description="Is it ready for production? Without a command: the workbook in a terminal, its status elsewhere.",
        epilog=f"commands:\n{listed}\n\nreadiness COMMAND --help says more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("-C", dest="folder", metavar="DIR", help="work on this folder")
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and leave")
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def _root(folder: str | None) -> Path:
    if folder is None:
        return root_of(Path.cwd())
    if not Path(folder).is_dir():
        raise Refused(f"{folder} is not a folder", "name a repository with -C DIR")
    return Path(folder).resolve()


def _dispatch(name: str | None, rest: Sequence[str], root: Path, faces: Faces | None) -> int:
    if name is None:
        from workbook.cli import bare

        return bare.run(Context(root, faces))
    if name not in COMMANDS:
        from workbook.reading import nearest

        raise Refused(f"there is no command {name!r}{nearest(name, COMMANDS)}", "list them with: readiness --help")
    module = import_module(f"workbook.cli.{COMMANDS[name].module}")
    parser = _Parser(prog=f"readiness {name}", description=module.__doc__, allow_abbrev=False)
    parser.add_argument("-C", dest="folder", metavar="DIR", help="work on this folder")
    module.arguments(parser)
    chosen = parser.parse_args(rest)
    code: int = module.run(Context(_root(chosen.folder) if chosen.folder else root, faces), chosen)
    return code


class _Version(argparse.Action):
    """Prints the version; the package's metadata is read only then."""

    def __call__(self, *_: Any) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            sys.stdout.write(f"readiness {version('readiness-workbook')}\n")
        except PackageNotFoundError:
            sys.stdout.write("readiness, not installed\n")
        raise SystemExit(0)


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
