"""What a test runner collects where it is started: the folders its settings and its command name or leave out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.readers.plain import read_toml

if TYPE_CHECKING:
    from checks.look import Look

_LEAVES_OUT = re.compile(
    r"--(?:ignore|deselect|exclude|testPathIgnorePatterns|test-path-ignore-patterns|ignore-patterns)(?:=[\"']?(?P<value>.+?)[\"']?)?$"
)
_STATIC = re.compile(r"^(?:<rootDir>/|\./|\^|/)*(?P<folder>(?:[\w.@-]+/)*[\w.@-]+)(?=/|$)")
"""The folders before the first wildcard of a glob."""
_SETTINGS = {
    "vitest": ("vitest.config.ts", "vitest.config.js", "vitest.config.mts", "vitest.config.mjs", "vite.config.ts",
               "vite.config.js"),
    "jest": ("jest.config.js", "jest.config.ts", "jest.config.cjs", "jest.config.mjs", "jest.config.json"),
    "playwright": ("playwright.config.ts", "playwright.config.js", "playwright.config.mts", "playwright.config.mjs"),
}  # fmt: skip
_LISTS = {
    "vitest": re.compile(r"\binclude\s*:\s*\[(?P<values>[^\]]*)\]"),
    "jest": re.compile(r"[\"']?(?:roots|testMatch)[\"']?\s*:\s*\[(?P<values>[^\]]*)\]"),
    "playwright": re.compile(r"\btestDir\s*:\s*(?P<values>[\"'`][^\"'`]+[\"'`])"),
}
_SEVERAL = re.compile(r"\b(projects|workspace)\b\s*:|\bdefineWorkspace\b")
"""Settings of several suites, which are not taken apart here."""


def split_arguments(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a runner's arguments name, and what they tell it to leave out."""
    named: list[str] = []
    left: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if match := _LEAVES_OUT.match(word):
            value = match["value"] or (rest.pop(0) if rest else "")
            left.append(value.strip("\"'").removeprefix("./").rstrip("/*"))
        else:
            named.append(word)
    return tuple(named), tuple(item for item in left if item)


_FOLDER = re.compile(r"(?:--(?:dir|root|rootDir|roots|start-directory)|-s)(?:=(?P<value>.+))?$")


def chosen_folder(base: str, words: tuple[str, ...]) -> list[str]:
    """The folder, there or not, that options of vitest, jest or unittest choose: `--dir tests`."""
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if match := _FOLDER.match(word):
            value = (match["value"] or following).strip("\"'")
            return [below(base, value)] if value and value[0] not in "-$<" else []
    return []


def chosen_mark(look: Look, words: tuple[str, ...]) -> str:
    """The one mark that tests must have for pytest to run them, as in `-m smoke`; "" where hooks may give it to any."""
    mark = words[words.index("-m") + 1] if "-m" in words[:-1] else ""
    if not re.fullmatch(r"[A-Za-z_]\w*", mark):
        return ""
    hooks = look.tree.match("conftest.py")
    return "" if any(re.search(r"add_marker|pytestmark", look.tree.text(path) or "") for path in hooks) else mark


def told_folders(look: Look, base: str, runner: str) -> list[str]:
    """The folders that settings in `base` tell a runner to collect from, where they are told and exist."""
    if runner == "pytest":
        return _of_pytest(look, base)
    for name in _SETTINGS.get(runner, ()):
        path = below(base, name)
        text = look.tree.text(path) if look.tree.exists(path) else None
        if text is None:
            continue
        text = re.sub(r"\bcoverage\s*:\s*\{[^{}]*\}", "", text)
        own = text[text.find("test:") :] if runner == "vitest" and "test:" in text else text
        if _SEVERAL.search(text) or (runner == "vitest" and "test:" not in text):
            return []
        return _folders(look, base, _LISTS[runner].findall(own))
    return []


def _folders(look: Look, base: str, lists: list[str]) -> list[str]:
    """The folders before the wildcards; none where any glob of the list starts with a wildcard."""
    found: list[str] = []
    for glob in (one for values in lists for one in re.findall(r"[\"'`]([^\"'`]+)[\"'`]", values)):
        head = re.split(r"[*?{(\[]", glob, maxsplit=1)[0]
        whole = head if head == glob else head.rpartition("/")[0]
        match = _STATIC.match(whole)
        if not match or not look.tree.exists(below(base, match["folder"])):
            return []
        found.append(below(base, match["folder"]))
    return found


def _of_pytest(look: Look, base: str) -> list[str]:
    path = below(base, "pyproject.toml")
    table = read_toml(look.tree, path, []) if look.tree.exists(path) else {}
    options = table.get("tool", {}).get("pytest", {}).get("ini_options", {})
    listed = options.get("testpaths", []) if isinstance(options, dict) else []
    wanted = listed.split() if isinstance(listed, str) else listed if isinstance(listed, list) else []
    return [below(base, str(item)) for item in wanted if look.tree.exists(below(base, str(item)))]


def below(base: str, word: str) -> str:
    """The path of `word` as a command in the folder `base` means it."""
    bare = word.removeprefix("./").rstrip("/")
    return f"{base}/{bare}" if base and bare else bare or base
