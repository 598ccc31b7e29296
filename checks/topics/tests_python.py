"""The tests of a Python module: which functions a runner collects, whether they are skipped, and what they assert."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from checks.files.listed import PYTHON
from checks.readers.facets import calls_within
from checks.readers.plain import mapping, read_toml, sequence
from checks.readers.python_lineage import lineage
from checks.reads import of_one_file
from checks.topics.tests_case import Case, is_left_out

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import Function, PythonModule

NAME = re.compile(r"(^|/)(test_[^/]*|[^/]*_tests?|tests)\.py$")
_ASSERTS = re.compile(
    r"(^|\.)(assert\w*|fail|expect\w*|raises|warns|deprecated_call|verify\w*|should\w*|check_\w+)$|(^|\.)assert_"
    r"|^(\w+_)?(regression|snapshot)\.check$"
    r"|^snapshot$"
)
_CONSTANT = re.compile(r"^\s*assert\s+(True|1|not False|1 == 1|True is True)\s*(,.*)?(#.*)?$")
"""What is true of every program."""
_WEAK = re.compile(
    r"^\s*assert\s+(True|1|not False|1 == 1|True is True|(isinstance|hasattr|callable)\(.*\)"
    r"|[\w.]+(\[[^\]]*\])?( is not None)?)"
    r"\s*(,\s*[\"'f].*)?(#.*)?$|\.assert(True\(True\)|IsNotNone\(|IsInstance\()"
)
_MOST_HELPERS = 3
"""How many helpers deep an assertion is looked for."""
Known = dict[tuple[str, str, str, int], bool]
"""Whether a call to a helper ends in an assertion: by file, class, what is called and how deep to look."""


def name_patterns(look: Look) -> tuple[str, ...]:
    """What the repository's own settings tell pytest that files of tests are called, as in "check_*.py"."""
    found: list[str] = []
    for path in look.tree.match("pyproject.toml"):
        options = mapping(mapping(mapping(read_toml(look.tree, path, []).get("tool")).get("pytest")).get("ini_options"))
        named = options.get("python_files")
        found += named.split() if isinstance(named, str) else [str(item) for item in sequence(named)]
    for path in look.tree.match("pytest.ini", ".pytest.ini", "setup.cfg", "tox.ini"):
        parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
        try:
            parser.read_string(look.tree.text(path) or "")
        except configparser.Error:
            continue  # the reader of manifests reports the file
        for section in ("pytest", "tool:pytest"):
            found += (parser.get(section, "python_files", fallback="") or "").split()
    return tuple(dict.fromkeys(found))


def is_collected_file(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether a runner looks for tests in a file of this path: by custom, or by the repository's own patterns."""
    name = path.rsplit("/", 1)[-1]
    return bool(NAME.search(path)) or any(pattern != "*.py" and fnmatchcase(name, pattern) for pattern in patterns)


Row = tuple[int, int, bool, list[str], str, str, bool, bool, int, int, list[str], bool]
"""What a file says of one of its functions: see `tests_in`."""


@of_one_file
def tests_in(
    look: Look, path: str, patterns: str
) -> list[tuple[int, int, bool, list[str], str, str, bool, bool, int, int, list[str], bool]]:
    """What a file alone says of its functions that may be tests, in order.

    Each is its first and last line, whether it is enabled, its parameters, its qualified name and its class; whether
    it is collected for sure, or only where its class inherits from one of tests; whether it asserts by itself, how
    many of its lines are weak, how many of its assertions count, and the calls that may assert beside them, where that
    makes a difference; and whether its file may be a script that is run by hand.
    """
    if not path.endswith(PYTHON) or is_left_out(path) or not is_collected_file(path, tuple(patterns.split("\n"))):
        return []
    module = look.python.module(path)
    return list(_told(look, module)) if module else []


def python_cases(look: Look, path: str, told: list[Row], known: Known) -> Iterator[Case]:
    """The tests of a file of which that is told, in order; none of a script that is run by hand."""
    found = list(_cases(look, path, told, known))
    if not (told and told[0][-1] and all(case.grade == "none" for case in found)):
        yield from found


def _cases(look: Look, path: str, told: list[Row], known: Known) -> Iterator[Case]:
    for line, end, enabled, parameters, name, owner, is_sure, asserts, weak, counting, calls, _ in told:
        module = None if is_sure and not calls else look.python.module(path)
        if not is_sure and not (module and any(_is_of_tests(base) for base in _bases(look, module, owner))):
            continue
        helping = 0
        if module:
            helping = sum(_has_asserting(look, module, owner, call, _MOST_HELPERS, known) for call in calls)
        grade = "none"
        if asserts or helping:
            grade = "weak" if weak and weak >= counting + helping else "asserts"
        yield Case(path, line, end, "python", grade, enabled, tuple(parameters), name)


def _told(look: Look, module: PythonModule) -> Iterator[Row]:
    lines = (look.tree.text(module.path) or "").splitlines()
    skipped_classes = {
        i.name for i in module.classes if any("skip" in d and "skipif" not in d.lower() for d in i.decorators)
    }
    whole = any(
        "mark.skip" in a.value.text and "skipif" not in a.value.text
        for a in module.assignments
        if a.target == "pytestmark"
    )
    by_framework = any(item.top in {"pytest", "unittest", "django", "hypothesis"} for item in module.imports)
    by_hand = module.main_guard and not by_framework
    calls: dict[str, list[str]] = {}
    for call in module.calls:
        calls.setdefault(call.function, []).append(call.callee)
    for function in module.functions:
        if not function.name.startswith("test"):
            continue
        bases = next((item.bases for item in module.classes if item.name == function.owner), ())
        is_sure = _is_surely_collected(function, bases)
        if not is_sure and not bases:
            continue
        skipped = whole or function.owner in skipped_classes
        skipped = skipped or any(re.search(r"\bskip\b", mark.callee) for mark in function.decorators)
        yield (
            *(function.line, function.end_line, not skipped, [item.name for item in function.parameters]),
            *(function.qualified, function.owner, is_sure),
            *_assertions(module, function, calls.get(function.qualified, []), lines),
            by_hand,
        )


def _bases(look: Look, module: PythonModule, name: str) -> tuple[str, ...]:
    """What a class inherits from, by way of the repository's own classes as well."""
    return tuple(base for _, one in lineage(look.python, module, name) for base in one.bases)


def _is_of_tests(base: str) -> bool:
    return "Test" in base or "Case" in base


def _is_surely_collected(function: Function, bases: tuple[str, ...]) -> bool:
    if not function.owner:
        return "." not in function.qualified
    return function.owner.startswith("Test") or any(_is_of_tests(base) for base in bases)


def _assertions(
    module: PythonModule, function: Function, calls: list[str], lines: list[str]
) -> tuple[bool, int, int, list[str]]:
    """Whether a test asserts by itself, its weak lines, its assertions, and calls that may change what it comes to."""
    told = lines[function.line - 1 : function.end_line]
    if not module.complete:
        return re.search(r"\bassert\b|\.assert\w+\(|raises\(", "\n".join(told)) is not None, 0, 0, []
    others = [callee for callee in calls if not _ASSERTS.search(callee)]
    asserting = len(calls) - len(others)
    constant = sum(1 for line in told if _CONSTANT.search(line))
    asserts = bool(function.assertions > constant or function.raises or asserting)
    weak = sum(1 for line in told if _WEAK.search(line))
    counting = function.assertions + asserting
    helpers_matter = not asserts or 0 < weak >= counting
    # A helper is called by identifiers and dots; what else a call may begin with is not for the cache.
    named = [callee for callee in others if all(map(str.isidentifier, callee.split(".")))]
    return asserts, weak, counting, named if helpers_matter else []


def _has_asserting(look: Look, module: PythonModule, owner: str, callee: str, depth: int, known: Known) -> bool:
    """Whether one of the functions that a call means asserts."""
    key = (module.path, owner, callee, depth)
    if key not in known:
        known[key] = any(_asserts(look, *found, depth, known) for found in helpers(look, module, owner, callee))
    return known[key]


def _asserts(look: Look, module: PythonModule, function: Function, depth: int, known: Known) -> bool:
    """Whether a helper asserts, itself or through helpers of its own."""
    if function.assertions or depth == 0:
        return function.assertions > 0
    calls = [call.callee for call in calls_within(module, function.qualified)]
    return any(re.search(r"(^|\.)(assert\w+|fail)$", callee) for callee in calls) or any(
        _has_asserting(look, module, function.owner, callee, depth - 1, known) for callee in calls
    )


def helpers(look: Look, module: PythonModule, owner: str, callee: str) -> Iterator[tuple[PythonModule, Function]]:
    """The function of the repository that a call in a test means: of its class or a base, its module, or imported."""
    if callee.startswith("self."):
        yield from _methods(look, module, owner, callee.removeprefix("self."), _MOST_HELPERS)
        return
    local = module.function(callee)
    if local:
        yield module, local
    head, _, rest = callee.partition(".")
    for item in module.imports:
        if item.local == head and item.paths:
            target = look.python.module(item.paths[-1])
            found = target.function(rest or item.name) if target else None
            if target and found:
                yield target, found


def _methods(
    look: Look, module: PythonModule, owner: str, name: str, depth: int
) -> Iterator[tuple[PythonModule, Function]]:
    found = module.function(f"{owner}.{name}")
    if found:
        yield module, found
        return
    bases = next((item.bases for item in module.classes if item.name == owner), ()) if depth else ()
    for base in bases:
        if any(item.name == base for item in module.classes):
            yield from _methods(look, module, base, name, depth - 1)
        for item in module.imports:
            if item.local == base.split(".", 1)[0] and item.paths:
                target = look.python.module(item.paths[-1])
                if target:
                    yield from _methods(look, target, base.partition(".")[2] or item.name, name, depth - 1)
