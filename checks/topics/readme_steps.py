"""Steps of a README that cannot work: they name a script, a file or a target which the repository has not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.observation import Location

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.documents import Document

_NPM = re.compile(
    r"^(?:(?:npm|pnpm) run|(?:yarn|bun) run(?= \S+:|  *(?:dev|start|serve|migrate|seed|setup)\b))"
    r" (?P<name>[\w:.-]+)(?=\s*$|\s+--|\s*#|\s*&&)"
)
"""Yarn and Bun also run what packages install, so only names that scripts usually have count for them."""
_MAKE = re.compile(r"^make (?P<name>[a-z][\w-]*)\s*(?:#.*)?$")
_FILES = (
    re.compile(r"^python3? (?P<file>[\w./-]+\.py)\b"),
    re.compile(
        r"^(?:(?:uv )?pip3?|python3? -m pip) install (?:-\S+ )*(?:-r|--requirement)[ =](?P<file>[\w./-]+\.txt)\b"
    ),
    re.compile(r"^cp (?:-\S+ )*(?P<file>[\w./-]+) [\w./-]+\s*(?:#.*)?$"),
    re.compile(r"^(?:(?:ba|z)?sh |source |\. )?(?:\./)?(?P<file>[\w./-]+\.(?:sh|bash))\b"),
    re.compile(r"^docker[- ]compose (?:-f|--file)[ =](?P<file>[\w./-]+\.ya?ml)\b"),
    re.compile(r"^(?:npx )?(?:node|tsx|ts-node|bun) (?P<file>[\w./-]+\.[cm]?[jt]s)\b"),
)
_MAKEFILE = re.compile(r"(?:^|/)(?:GNU)?[Mm]akefile$|\.mk$")
_MADE_UP = re.compile(
    r"(?i)(?:^|/)(?:your|my|path|some|example|script|file|test)[\w.-]*(?:/|\.\w+$)|(?:^|/)\.\.\./|^/|^~"
)
_MADE = re.compile(r"(?i)\b(?:touch|cat >|tee|echo .*>|curl|wget|generate|create[sd]?|save[sd]?|download\w*)\b")
_BUILT = re.compile(r"(?:^|/)(?:dist|build|out|\.next|target|bin|venv|\.venv|node_modules)/")
"""What another step makes first."""


def dead_steps(look: Look, document: Document) -> Iterator[Location]:
    """The lines of the README's code blocks whose command names what does not exist anywhere in the repository."""
    scripts = {item.name for item in look.manifests.scripts if item.runner == "npm"}
    targets = {item.name for item in look.manifests.scripts if item.runner == "make"}
    for number, line in _block_lines(document):
        for command in re.split(r"\s*&&\s*", re.sub(r"^(?:[$>%#]\s+)?(?:sudo )?", "", line.strip())):
            run, make = _NPM.match(command), _MAKE.match(command)
            dead = bool(run and scripts and run["name"] not in scripts and not look.tree.exists(run["name"]))
            dead = dead or bool(make and _lacks_target(look, make["name"], targets))
            named = [match["file"] for form in _FILES if (match := form.match(command))]
            if dead or any(_lacks(look, document, file) for file in named):
                yield Location(document.path, number)


def _block_lines(document: Document) -> Iterator[tuple[int, str]]:
    """Lines of fenced and indented blocks, and lines after a prompt; code inside a sentence is no step by itself."""
    fenced = False
    for number, line in enumerate(document.text.splitlines(), 1):
        if re.match(r"\s*(```|~~~)", line):
            fenced = not fenced
        elif fenced or line.startswith(("    ", "\t", "$ ")):
            yield number, line


def _lacks_target(look: Look, name: str, targets: set[str]) -> bool:
    """Whether no Makefile has a target, where what they define could be read in full."""
    files = look.tree.named_like(_MAKEFILE)
    if name in targets:
        return False
    texts = [look.tree.text(path) or "" for path in files]
    return not any(
        re.search(
            rf"(?m)^(?:\S+ )*{re.escape(name)}(?: \S+)*\s*:(?!=)|^-?include\b|^[^\t#=\n]*%[^=\n]*:|^\$\("
            rf"|^\.DEFAULT\b",
            text,
        )
        for text in texts
    )


def _lacks(look: Look, document: Document, file: str) -> bool:
    """Whether no file of that name exists, and no other line of the document speaks of how it comes to be."""
    bare = file.removeprefix("./")
    name = bare.rsplit("/", 1)[-1]
    if _MADE_UP.search(bare) or _BUILT.search(bare) or look.tree.exists(bare) or "." not in name:
        return False
    if name == ".env" or look.tree.named_like(re.compile(rf"(?:^|/){re.escape(name)}\Z")):
        return False
    return not any(name in line and _MADE.search(line) for line in document.text.splitlines())
