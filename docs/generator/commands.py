"""The page of commands, from the parsers themselves. Rendered here, so that it is the same under every Python."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module

from workbook.cli.commands import COMMANDS
from workbook.text import markdown_prose

EXITS = {
    0: "fine",
    1: "what is there says no: a gate, a stale checklist, a clash, a failing hook",
    2: "usage or configuration",
    3: "only unknowns stand in the way",
    70: "a mistake of ours; a log was written",
    130: "stopped from the keyboard",
    141: "who read the output has gone",
}
"""The exit codes and what they say; a test holds them against the code."""


def commands_page() -> Iterator[str]:
    """Exit codes, then each command with its arguments."""
    yield "Without a command `readiness` opens the terminal face, or prints the first look or the status without one."
    yield "`-C DIR`, before or behind the command, works on another folder; `--version` prints the version."
    yield ""
    yield "| Exit code | Says |"
    yield "|---|---|"
    yield from (f"| {code} | {said} |" for code, said in EXITS.items())
    for name, command in COMMANDS.items():
        module = import_module(f"workbook.cli.{command.module}")
        parser = argparse.ArgumentParser(prog=f"readiness {name}", description=module.__doc__)
        module.arguments(parser)
        yield ""
        yield f"## {name}"
        yield ""
        yield f"{markdown_prose(command.help[0].upper() + command.help[1:])}."
        yield from _described(parser)


def _described(parser: argparse.ArgumentParser) -> Iterator[str]:
    if parser.description:
        yield ""
        yield markdown_prose(" ".join(parser.description.split()))
    rows = [one for one in parser._actions if not isinstance(one, argparse._HelpAction | argparse._SubParsersAction)]
    if rows:
        yield ""
        yield "| Argument | Means |"
        yield "|---|---|"
        yield from (f"| {_called(one)} | {_means(one)} |" for one in rows)
    for one in parser._actions:
        if isinstance(one, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in one._choices_actions}
            for name, inner in one.choices.items():
                yield ""
                yield f"### {parser.prog.removeprefix('readiness ')} {name}"
                if helps.get(name):
                    yield ""
                    yield f"{markdown_prose(helps[name][0].upper() + helps[name][1:])}."
                inner.prog = f"{parser.prog} {name}"
                yield from _described(inner)


def _called(one: argparse.Action) -> str:
    metavar = one.metavar if isinstance(one.metavar, str) else one.dest.upper()
    if not one.option_strings:
        return f"`{metavar}`{' …' if one.nargs in ('*', '+') else ''}"
    value = "" if one.nargs == 0 else f" {metavar}{' …' if one.nargs in ('*', '+') else ''}"
    return ", ".join(f"`{option}{value}`" for option in one.option_strings)


def _means(one: argparse.Action) -> str:
    said = markdown_prose(one.help) if one.help and one.help != argparse.SUPPRESS else ""
    choices = "one of " + ", ".join(f"`{choice}`" for choice in one.choices) if one.choices else ""
    default = f"`{one.default}` where it is left out" if isinstance(one.default, str) and one.default else ""
    return "; ".join(filter(None, (said, choices, default)))
