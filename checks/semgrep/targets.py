"""Which files the code rules read. We choose them; nothing in the reviewed repository can take one off the list."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from checks.files.kinds import is_generated, is_vendored, is_written_by_a_program
from checks.observation import Unread
from checks.readers.grammar import TooSlowError, language, parse
from checks.semgrep.scripts import HAS_SCRIPTS, only_scripts

if TYPE_CHECKING:
    from checks.tree import Tree

CODE_SUFFIXES = (".py", ".pyw", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
_DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
"""Types without code; semgrep passes some of them over."""
_SUFFIXES = {".pyw": ".py", ".mts": ".ts", ".cts": ".ts"}
"""Suffixes that semgrep does not pick up from a folder, and those it reads the same way."""
MAX_BYTES = 1_000_000
"""Larger code files are generated in practice, and one of them can take longer than all others together."""


@dataclass(frozen=True, slots=True)
class Targets:
    """The chosen files.

    `places` maps the absolute path of the copy that semgrep gets to the path in the tree. `left_out` holds files that
    carry the right suffix and are not the team's writing by their content: minified or generated.
    """

    places: dict[str, str]
    left_out: frozenset[str]
    unread: tuple[Unread, ...]


def choose(tree: Tree, scratch: Path) -> Targets:
    """Choose the targets of one run and write a plain copy of each to the folder `scratch`.

    Copies keep out what semgrep would not see as we do: names it cannot print, other encodings, and byte order marks,
    which hide a match in the first statement. One folder is the target, so no command line grows too long.
    """
    places: dict[str, str] = {}
    left_out: set[str] = set()
    unread: list[Unread] = []
    for file in tree.files:
        path = file.path
        if not path.endswith(CODE_SUFFIXES + HAS_SCRIPTS) or path.endswith(_DECLARATIONS):
            continue
        if is_vendored(path) or is_generated(path):
            continue
        if file.size > MAX_BYTES:
            unread.append(Unread(path, "larger than 1 MB, not given to the code rules"))
            continue
        text = tree.text(path)
        if text is None or "\0" in text:
            unread.append(Unread(path, "not text the code rules can read"))
        elif is_written_by_a_program(path, text):
            left_out.add(path)
        else:
            script = path.endswith(HAS_SCRIPTS)
            suffix = ".ts" if script else _SUFFIXES.get(Path(path).suffix, Path(path).suffix)
            source = only_scripts(path, text) if script else text
            if suffix != ".py" and not _parses_in_time(suffix, source):
                unread.append(Unread(path, "takes too long to parse, not given to the code rules"))
            else:
                places[_copy(scratch / f"{len(places)}{suffix}", source)] = path
    return Targets(places, frozenset(left_out), tuple(unread))


def _parses_in_time(suffix: str, source: str) -> bool:
    """Whether the grammar comes to an end: semgrep uses the same one, without a limit of its own."""
    try:
        parse(language("typescript" if suffix == ".ts" else "tsx"), source.encode("utf-8", "replace"))
    except TooSlowError:
        return False
    return True


def _copy(place: Path, text: str) -> str:
    place.write_text(text, encoding="utf-8", errors="replace", newline="")
    return str(place)
