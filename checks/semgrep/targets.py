"""Which files the code rules read. We choose them; nothing in the reviewed repository can take one off the list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from checks.files.kinds import is_generated, is_vendored, is_written_by_a_program
from checks.readers.grammar import TooSlowError, language, parse
from checks.semgrep.findings import FileResult
from checks.semgrep.scripts import HAS_SCRIPTS, only_scripts
from checks.semgrep.words import marked, silent

if TYPE_CHECKING:
    from checks.tree import Tree

CODE_SUFFIXES = (".py", ".pyw", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
_DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
"""Types without code; semgrep passes some of them over."""
_SUFFIXES = {".pyw": ".py", ".mts": ".ts", ".cts": ".ts"}
"""Suffixes that semgrep does not pick up from a folder, and those it reads the same way."""
MAX_BYTES = 1_000_000
"""Larger code files are generated in practice, and one of them can take longer than all others together."""

ALWAYS_IN_TIME = 8192
"""Characters. The grammar takes quadratic time at worst, and of so few that is a fifth of a second: most files are as
small, and need not be parsed once for their time alone."""


@dataclass(frozen=True, slots=True)
class Targets:
    """The chosen files.

    `places` maps the copy that semgrep gets to the path in the tree; `passed_over` holds what is already known of the
    other files.
    """

    places: dict[Path, str]
    passed_over: dict[str, FileResult]


def candidates(tree: Tree) -> tuple[str, ...]:
    """The paths of the tree's own code, by their names alone."""
    return tuple(
        path
        for path in tree.every
        if path.endswith(CODE_SUFFIXES + HAS_SCRIPTS)
        and not path.endswith(_DECLARATIONS)
        and not is_vendored(path)
        and not is_generated(path)
    )


def choose(tree: Tree, paths: Iterable[str], scratch: Path, *, sift: bool = True) -> Targets:
    """Judge the content of files and write a plain copy of each that is to be read to the folder `scratch`.

    A file with none of the words that rules need is known to be clean without a copy, and a copy's name hides it from
    the rules whose words it lacks. Without `sift` every rule reads every file, as a reference does.

    Copies keep out what semgrep would not see as we do: names it cannot print, other encodings, and byte order marks,
    which hide a match in the first statement. Folders are the targets, so no command line grows too long.
    """
    targets = Targets({}, {})
    for path in paths:
        file = tree.file(path)
        if file is not None and file.size > MAX_BYTES:
            targets.passed_over[path] = FileResult(unread="larger than 1 MB, not given to the code rules")
            continue
        text = tree.text(path)
        if text is None or "\0" in text:
            # Where it could not be opened this time, it may be the next.
            unread = "not text the code rules can read"
            targets.passed_over[path] = FileResult(unread=unread, lasting=text is not None)
        elif is_written_by_a_program(path, text):
            targets.passed_over[path] = FileResult(left_out=True)
        else:
            script = path.endswith(HAS_SCRIPTS)
            suffix = ".ts" if script else _SUFFIXES.get(Path(path).suffix, Path(path).suffix)
            source = only_scripts(path, text) if script else text
            unable = silent(suffix, source) if sift else ()
            if unable is None:
                targets.passed_over[path] = FileResult(wordless=True)
            elif suffix != ".py" and not _parses_in_time(suffix, source):
                late = "takes too long to parse, not given to the code rules"
                targets.passed_over[path] = FileResult(unread=late, lasting=False)
            else:
                targets.places[_copy(scratch / f"{len(targets.places)}{marked(unable)}{suffix}", source)] = path
    return targets


def _parses_in_time(suffix: str, source: str) -> bool:
    """Whether the grammar comes to an end: semgrep uses the same one, without a limit of its own."""
    if len(source) <= ALWAYS_IN_TIME:
        return True
    try:
        parse(language("typescript" if suffix == ".ts" else "tsx"), source.encode("utf-8", "replace"))
    except TooSlowError:
        return False
    return True


def _copy(place: Path, text: str) -> Path:
    place.write_text(text, encoding="utf-8", errors="replace", newline="")
    return place
