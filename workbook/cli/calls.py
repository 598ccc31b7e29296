"""Reading a call's arguments and running its command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from workbook.cli.commands import COMMANDS
from workbook.cli.context import Context
from workbook.cli.folder import root_of
from workbook.errors import Refused

if TYPE_CHECKING:
    from checks.isolated_start import Started
    from workbook.cli.again import Again
    from workbook.cli.faces import Faces


class _Parser(argparse.ArgumentParser):
    """Says a usage mistake in one line instead of printing the usage first."""

    def error(self, message: str) -> NoReturn:
        raise Refused(message, f"see: {self.prog} --help")


class Call:
    """A call of the command line: the folder it is about, the command, and what follows it."""

    def __init__(self, arguments: Sequence[str]) -> None:
        chosen = _top().parse_args(arguments)
        self.root = _root(chosen.folder)
        """The folder; another one may be named behind the command."""
        self._command: str | None = chosen.command
        self._rest: Sequence[str] = chosen.rest

    def run(self, faces: Faces | None, again: Again | None, started: Started | None = None) -> int:
        """Run the command and return its exit code. What it said is kept by `again` where it will last.

        `started` is a process for the look it asks for, where one was started ahead.

        Raises:
            Refused: there is no such command, or it cannot do what it was asked for.
        """
        name = self._command
        if name is None:
            from workbook.cli import bare

            return bare.run(Context(self.root, faces))
        if name not in COMMANDS:
            from workbook.reading import nearest

            raise Refused(f"there is no command {name!r}{nearest(name, COMMANDS)}", "list them with: readiness --help")
        module = import_module(f"workbook.cli.{COMMANDS[name].module}")
        parser = _Parser(prog=f"readiness {name}", description=module.__doc__, allow_abbrev=False)
        parser.add_argument("-C", dest="folder", metavar="DIR", help="work on this folder")
        module.arguments(parser)
        chosen = parser.parse_args(self._rest)
        self.root = _root(chosen.folder) if chosen.folder else self.root
        git, still = (again.git, again.still) if again else (None, None)
        context = Context(self.root, faces, git, still, started)
        code: int = module.run(context, chosen)
        if again is not None and code == 0:
            again.keep(context.said)
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


class _Version(argparse.Action):
    """Prints the version; the package's metadata is read only then."""

    def __call__(self, *_: Any) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            sys.stdout.write(f"readiness {version('readiness-workbook')}\n")
        except PackageNotFoundError:
            sys.stdout.write("readiness, not installed\n")
        raise SystemExit(0)
