"""The tests a repository really holds: every case with what it asserts, whether it is enabled and what it drives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import translate
from typing import TYPE_CHECKING

from checks.files.listed import like
from checks.once import once
from checks.reads import of_one_file
from checks.topics import tests_python, tests_web
from checks.topics.tests_case import Case, is_left_out

if TYPE_CHECKING:
    from checks.look import Look

_OF_PACKAGE = re.compile(r"(?:^|(.*/))tests?\.[cm]?[jt]s")
"""AVA, tap and Node's runner also collect a file of this name beside the manifest."""
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
    patterns = tests_python.name_patterns(look)
    own = [re.compile(rf"(?s)(?:^|/){translate(pattern)}") for pattern in patterns if pattern != "*.py"]
    in_python: dict[str, list[tests_python.Row]] = {}
    for name in (tests_python.NAME, *own):
        in_python |= look.gather(tests_python.tests_in, "\n".join(patterns), like(name))
    in_web = dict(look.gather(tests_web.tests_in, "", like(tests_web.NAME)))
    for path in look.tree.named_like(_OF_PACKAGE):
        if path not in in_web and _beside_manifest(look, path):
            in_web[path] = look.answer_of(tests_web.tests_in, path, tests_web.ANY_NAME)
    in_other: dict[str, list[tuple[int, bool]]] = {}
    for name, _, _ in _OTHER.values():
        in_other |= look.gather(_tests_in_other, "", like(name))
    known: tests_python.Known = {}
    for path in sorted({*in_python, *in_web, *in_other}):
        yield from tests_python.python_cases(look, path, in_python.get(path, []), known)
        yield from tests_web.web_cases(look, path, in_web.get(path, []))
        for line, asserts in in_other.get(path, ()):
            yield Case(path, line, line, "other", "asserts" if asserts else "none")


def _beside_manifest(look: Look, path: str) -> bool:
    named = _OF_PACKAGE.fullmatch(path)
    return named is not None and (not named[1] or look.tree.file(f"{named[1]}package.json") is not None)


# -- other languages ----------------------------------------------------------------------------------------------


@of_one_file
def _tests_in_other(look: Look, path: str, _: str) -> list[tuple[int, bool]]:
    """The line of a file's first test, and whether anything in it asserts."""
    for suffix, (name, marks, asserts) in _OTHER.items():
        if (path.endswith(suffix) or (suffix == ".ex" and path.endswith(".exs"))) and name.search(path):
            text = "" if is_left_out(path) else look.tree.text(path) or ""
            match = marks.search(text)
            if match:
                return [(text.count("\n", 0, match.start()) + 1, asserts.search(text) is not None)]
    return []
