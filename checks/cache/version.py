"""Everything a result depends on besides the repository: our own code and rules, the tools, the interpreter."""

from __future__ import annotations

import os
import sys
from functools import cache

from checks.cache import signs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TOOLS = ("semgrep-", "radon-", "tree_sitter", "pyyaml-", "pathspec-")
"""Distributions whose versions decide results, as their folders of metadata are named, in lower case."""
_CODE = (".py", ".yaml", ".yml", ".toml", ".json")


@cache
def digest() -> str:
    """A digest that differs where a result might: 32 hexadecimal digits. The same for all looks of a process.

    Files of ours count by size and time of change, which costs a thousandth of reading them.
    """
    return signs.digest_of([*_facts()])


def digest_of(folders: Iterable[str | os.PathLike[str]]) -> str:
    """A digest that differs where one of our files below `folders` changed, by their sizes and times of change."""
    return signs.digest_of([one for folder in folders for one in sorted(signs.of_files(os.fspath(folder), _CODE))])


def _facts() -> Iterator[str]:
    yield sys.version
    yield sys.platform
    checks = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    yield from sorted(signs.of_files(checks, _CODE))
    radon = next((path for path in sys.path if os.path.isdir(os.path.join(path, "radon"))), "")
    if radon:
        yield from sorted(name for name in os.listdir(radon) if name.lower().startswith(_TOOLS))
    yield from signs.of_programs("semgrep", "git")
