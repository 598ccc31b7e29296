"""Sets of files that are asked for by what they are called: told from each path alone, whatever else there is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from checks.files.kinds import is_below, is_generated, is_test, is_vendored
from checks.files.patterns import matching
from checks.reads import ALL_FILES, ENDING, LOADABLE, MATCHING, NAMED_LIKE, SOURCES, TEST_FILES, TESTS, Question

PYTHON: Final = (".py", ".pyw")
WEB: Final = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".astro")

CODE_OF_PRODUCT: Final = SOURCES, ""
PYTHON_OF_PRODUCT: Final = SOURCES, "\n".join(PYTHON)
WEB_OF_PRODUCT: Final = SOURCES, "\n".join(WEB)
LOADABLE_PYTHON: Final = LOADABLE, "\n".join(PYTHON)
LOADABLE_WEB: Final = LOADABLE, "\n".join(WEB)
"""Some of them, as they are asked for."""

_NOT_THE_PRODUCT: Final = frozenset(
    {"docs", "doc", "docs-site", "docs_src", "website", "example", "examples", "sample", "samples", "tutorial"}
    | {"tutorials", "benchmark", "benchmarks", ".storybook", "stories", ".devcontainer"}
)


def named_so(asked: Question) -> Callable[[str], bool]:
    """What says of a path whether it is among those that are asked for, by a kind and its argument."""
    kind, argument = asked
    parts = tuple(argument.split("\n"))
    if kind == ALL_FILES:
        return lambda _: True
    if kind == ENDING:
        return lambda path: path.endswith(parts)
    if kind == MATCHING:
        return lambda path: bool(matching(parts, [path]))
    if kind == NAMED_LIKE:
        wanted = re.compile(argument.partition("\n")[2], int(parts[0]))
        return lambda path: wanted.search(path) is not None
    if kind == TESTS:
        return lambda path: path.endswith(PYTHON + WEB) and is_test(path) and not _is_apart(path)
    if kind == TEST_FILES:
        return lambda path: path.endswith(parts) and is_test(path) and not is_vendored(path)
    if kind == LOADABLE:
        return lambda path: path.endswith(parts) and not is_vendored(path) and not is_test(path)
    if kind == SOURCES:
        suffixes = parts if argument else PYTHON + WEB
        return lambda path: path.endswith(suffixes) and is_product(path)
    raise ValueError(kind)


def like(pattern: re.Pattern[str]) -> Question:
    """The files in whose paths a pattern is found."""
    return NAMED_LIKE, f"{pattern.flags}\n{pattern.pattern}"


def is_product(path: str) -> bool:
    """Whether a file belongs to the product itself: no test, vendored, generated, documentation or example file."""
    folder, _, name = path.rpartition("/")
    if is_below(_NOT_THE_PRODUCT, folder.lower()) or ".stories." in name or name.endswith(".d.ts"):
        return False
    return not (is_test(path) or _is_apart(path))


def _is_apart(path: str) -> bool:
    return is_vendored(path) or is_generated(path)
