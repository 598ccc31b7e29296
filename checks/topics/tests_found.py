"""The tests a repository really holds: every case with what it asserts, whether it is enabled and what it drives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import translate
from typing import TYPE_CHECKING

from checks.files.kinds import is_generated, is_test, is_vendored
from checks.look import PYTHON, WEB
from checks.once import once
from checks.topics.tests_case import Case
from checks.topics.tests_python import NAME, is_collected_file, name_patterns, python_cases
from checks.topics.tests_web import web_cases

if TYPE_CHECKING:
    from checks.look import Look

_WEB_NAME = re.compile(r"[._-](test|spec|cy|e2e)(-d)?\.[cm]?[jt]sx?$|(^|/)(__tests__|e2e|cypress|tests?)/")
_OF_PACKAGE = re.compile(r"(?:^|(.*/))tests?\.[cm]?[jt]s")
"""AVA, tap and Node's runner also collect a file of this name beside the manifest."""
_EXAMPLES = frozenset({"examples", "example", "samples", "sample", "tutorial", "tutorials", "docs_src"})
_OTHER = {
    ".go": (re.compile(r"_test\.go$"), re.compile(r"\bfunc Test\w+"), re.compile(r"\bt\.(Err|Fa)|assert\.|require\.")),
    ".rs": (re.compile(r"\.rs$"), re.compile(r"#\[(\w+::)?test\]"), re.compile(r"\bassert\w*!|#\[should_panic")),
    ".java": (re.compile(r"(Tests?|IT)\.java$"), re.compile(r"@Test\b"), re.compile(r"\bassert|verify\(|expect")),
    ".kt": (re.compile(r"Tests?\.kt$"), re.compile(r"@Test\b"), re.compile(r"\bassert\w*|should|verify")),
    ".rb": (re.compile(r"_(spec|test)\.rb$"), re.compile(r"\b(it|test|def test_)"), re.compile(r"\bexpect|assert")),
    ".php": (re.compile(r"Test\.php$"), re.compile(r"\bfunction test|@test|\bit\("), re.compile(r"assert|expect\(")),
    ".cs": (re.compile(r"Tests?\.cs$"), re.compile(r"\[(Fact|Test|Theory|TestMethod)\]"), re.compile(r"Assert|Should")),
    ".ex": (re.compile(r"_test\.exs?$"), re.compile(r"\btest \""), re.compile(r"\bassert|refute")),
}  # fmt: skip


@once
def cases(look: Look) -> tuple[Case, ...]:
    """Every test case of the tree that its runner would collect, in path order; manual scripts are none."""
    return tuple(_cases(look))


def _cases(look: Look) -> Iterator[Case]:
    patterns = name_patterns(look)
    for path in sorted({path for wanted in _named(patterns) for path in look.tree.named_like(wanted)}):
        if is_vendored(path) or is_generated(path) or _EXAMPLES.intersection(path.split("/")[:-1]):
            continue
        if path.endswith(PYTHON) and is_collected_file(path, patterns):
            module = look.python.module(path)
            if module:
                yield from python_cases(look, module)
        elif path.endswith(WEB) and ((is_test(path) and _WEB_NAME.search(path)) or _beside_manifest(look, path)):
            web = look.web.module(path)
            if web:
                yield from web_cases(look, web, look.tree.text(path) or "")
        else:
            yield from _other(look, path)


def _named(patterns: tuple[str, ...]) -> Iterator[re.Pattern[str]]:
    """How files may be called that hold tests."""
    yield from (NAME, _WEB_NAME, _OF_PACKAGE)
    yield from (name for name, _, _ in _OTHER.values())
    yield from (re.compile(rf"(?s)(?:^|/){translate(pattern)}") for pattern in patterns if pattern != "*.py")


def _beside_manifest(look: Look, path: str) -> bool:
    named = _OF_PACKAGE.fullmatch(path)
    return named is not None and (not named[1] or look.tree.file(f"{named[1]}package.json") is not None)


# -- other languages ----------------------------------------------------------------------------------------------


def _other(look: Look, path: str) -> Iterator[Case]:
    for suffix, (name, marks, asserts) in _OTHER.items():
        if (path.endswith(suffix) or (suffix == ".ex" and path.endswith(".exs"))) and name.search(path):
            text = look.tree.text(path) or ""
            match = marks.search(text)
            if match:
                line = text.count("\n", 0, match.start()) + 1
                yield Case(path, line, line, "other", "asserts" if asserts.search(text) else "none")
