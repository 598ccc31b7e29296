"""Parts of our own look, each as a process of its own, and the floor they stand on.

python -P -m benchmarks.speed.ours targets|semgrep|rest|parse BED [FOLDER]
"""

from __future__ import annotations

import ast
import json
import sys
import warnings
from pathlib import Path
from unittest import mock

from checks.git import Git
from checks.tree import Tree


def main() -> None:
    """Run one part."""
    part, bed = sys.argv[1], Path(sys.argv[2])
    with Git.open(bed) as git:
        tree = Tree.read(bed, git)
        match part:
            case "targets":
                _targets(tree, Path(sys.argv[3]))
            case "semgrep":
                _semgrep(tree)
            case "parse":
                _parse(tree)
    if part == "rest":
        _rest(bed)


def _targets(tree: Tree, folder: Path) -> None:
    """Write the plain copies that our semgrep run gets, and print which is which: the others scan the same."""
    from checks.semgrep.targets import candidates, choose

    json.dump(
        {Path(copy).name: path for copy, path in choose(tree, candidates(tree), folder, sift=False).places.items()},
        sys.stdout,
    )


def _semgrep(tree: Tree) -> None:
    """The code rules alone, as a look runs them, with nothing kept."""
    from checks.semgrep import scan

    found = scan(tree)
    if found.trouble:
        sys.exit(found.trouble)
    json.dump(sorted((one.rule, one.path, one.line, one.end_line) for one in found.findings), sys.stdout)


def _parse(tree: Tree) -> None:
    """The floor of everything that reads code: each file parsed once, and nothing made of it."""
    from checks.readers.grammar import language, parse

    for file in tree.files:
        text = tree.text(file.path) if file.path.endswith((".py", ".ts", ".tsx", ".js")) else None
        if text is None:
            continue
        if file.path.endswith(".py"):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    ast.parse(text)
                except (SyntaxError, ValueError, RecursionError):
                    continue
        else:
            parse(language("typescript" if file.path.endswith(".ts") else "tsx"), text.encode())


def _rest(bed: Path) -> None:
    """A whole look in this process, its code rules left out."""
    from checks.isolated_child import settle
    from checks.run import look_over
    from checks.semgrep import CodeFindings

    settle()
    none = mock.MagicMock()
    none.return_value.finish.return_value = CodeFindings()
    with mock.patch("checks.run.CodeRules", none):
        look_over(bed)


if __name__ == "__main__":
    main()
