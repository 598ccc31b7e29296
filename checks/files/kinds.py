"""What kind of file a path names: a test, someone else's code, or code a program wrote."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_TEST_FOLDERS: Final = frozenset(
    ["test", "tests", "__tests__", "__mocks__", "e2e", "cypress", "playwright", "testdata"]
)
_TEST_NAME: Final = re.compile(
    r"test_[^/]*\.py|[^/]*_tests?\.(py|go|rs|rb|exs|dart|cc|cpp)|conftest\.py|[^/]*[._-](test|spec|cy)\.[cm]?[jt]sx?"
    r"|[^/]*_spec\.rb|[^/]*(Test|Tests|IT)\.(java|kt|cs|swift|php)"
)
_VENDORED_FOLDERS: Final = frozenset(
    [
        "node_modules",
        "bower_components",
        "jspm_packages",
        "vendor",
        "vendored",
        "third_party",
        "third-party",
        "site-packages",
        "dist-packages",
        ".venv",
        "venv",
        ".tox",
        ".nox",
        ".yarn",
        "Pods",
    ]
)
_GENERATED_FOLDERS: Final = frozenset(
    [
        "dist",
        "build",
        "generated",
        "__generated__",
        ".next",
        ".nuxt",
        ".output",
        ".svelte-kit",
        ".turbo",
        ".docusaurus",
        "_site",
        "storybook-static",
        "coverage",
        "htmlcov",
        "__pycache__",
    ]
)
_GENERATED_NAME: Final = re.compile(
    r"[^/]*\.min\.(js|css|mjs)|[^/]*\.(js|css|mjs)\.map|[^/]*_pb2(_grpc)?\.pyi?|[^/]*\.pb\.(go|cc|h)|[^/]*_pb\.[jt]s"
    r"|[^/]*\.(gen|generated)\.[a-z]+|[^/]*\.g\.dart|[^/]*\.snap|[^/]*\.bundle\.js"
    r"|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|bun\.lockb?|[^/]*\.lock"
)
_GENERATED_HEADER: Final = re.compile(
    r"@generated|code generated .{0,80}do not edit|auto-?generated (file|by|from)", re.IGNORECASE
)
_PLACE_TO_FILL = re.compile(
    r"^[ \t]*(?:\$\w+|\$\{\w+\}|\{\{[^{}\n]*\}\}|\{%[^%\n]*%\}|<%[^%\n]*%>)[ \t]*\r?$", re.MULTILINE
)
_HEADER_CHARACTERS: Final = 1000
_LONGEST_AVERAGE_LINE: Final = 400
"""Characters; above this mean line length code was written by a bundler."""


@lru_cache(maxsize=200_000)
def is_test(path: str) -> bool:
    """Whether the path lies in a folder of tests or is named like one (`test_x.py`, `x.test.ts`, `XTest.java`)."""
    folder, _, name = path.rpartition("/")
    return is_below(_TEST_FOLDERS, folder) or _TEST_NAME.fullmatch(name) is not None


def is_vendored(path: str) -> bool:
    """Whether the path lies in a folder of installed or copied packages (`node_modules`, `vendor`, `.venv`)."""
    return is_below(_VENDORED_FOLDERS, path.rpartition("/")[0])


@lru_cache(maxsize=200_000)
def is_below(names: frozenset[str], folder: str) -> bool:
    """Whether a folder, or one that it lies in, has one of these names: few folders hold many files."""
    return not names.isdisjoint(folder.split("/"))


def is_generated(path: str, text: str = "") -> bool:
    """Whether a program wrote the file: by folder (`dist`), name (`x.min.js`, lock files), or a header in `text`."""
    return _has_generated_name(path) or bool(text and _GENERATED_HEADER.search(text[:_HEADER_CHARACTERS]))


@lru_cache(maxsize=200_000)
def _has_generated_name(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return is_below(_GENERATED_FOLDERS, folder) or _GENERATED_NAME.fullmatch(name) is not None


def is_written_by_a_program(path: str, text: str) -> bool:
    """Whether code is generated, by its name or its header, or minified, by its line lengths."""
    return is_generated(path, text) or len(text) > _LONGEST_AVERAGE_LINE * (text.count("\n") + 1)


def is_template_of_code(text: str) -> bool:
    """Whether whole lines of a Python text are places that a program fills: `$HANDLER`, `{{ body }}`, `{% if x %}`."""
    return _PLACE_TO_FILL.search(text) is not None


def set_apart(path: str) -> str:
    """The folder, or the file, whose name says that a program or somebody else wrote what is at `path`; "" if none."""
    folders = path.split("/")[:-1]
    for depth, name in enumerate(folders, start=1):
        if name in _GENERATED_FOLDERS or name in _VENDORED_FOLDERS:
            return "/".join(folders[:depth]) + "/"
    return path if is_generated(path) else ""
