"""The tests a repository really holds: every case with what it asserts, whether it is enabled and what it drives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from checks.kinds import is_generated, is_test, is_vendored
from checks.look import PYTHON, WEB
from checks.observation import Location

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import Function, PythonModule
    from checks.readers.web_facts import WebCall, WebModule

_PYTHON_NAME = re.compile(r"(^|/)(test_[^/]*|[^/]*_tests?|tests)\.py$")
_WEB_NAME = re.compile(r"[._-](test|spec|cy|e2e)(-d)?\.[cm]?[jt]sx?$|(^|/)(__tests__|e2e|cypress|tests?)/")
_EXAMPLES = frozenset({"examples", "example", "samples", "sample", "tutorial", "tutorials", "docs_src"})
_PYTHON_ASSERTS = re.compile(
    r"(^|\.)(assert\w*|fail|expect\w*|raises|warns|deprecated_call|verify\w*|should\w*|check_\w+)$|(^|\.)assert_"
    r"|^snapshot$"
)
_WEB_ASSERTS = re.compile(
    r"^(expect\w*|assert\w*|should|t)(\.|$)|\.should$|(^|\.)(toBe\w*|toEqual|toHave\w*|expect|toMatch\w*|toThrow\w*"
    r"|assert\w*)$"
    r"|^(verify|check)[A-Z]\w*$|^(screen\.)?(findBy|getBy)\w+$|\.(rejects|throws|doesNotThrow|strictEqual|deepEqual)$"
)
_WEAK_PYTHON = re.compile(
    r"^\s*assert\s+(True|1|not False|1 == 1|True is True|(isinstance|hasattr|callable)\(.*\)"
    r"|[\w.]+(\[[^\]]*\])?( is not None)?)"
    r"\s*(,\s*[\"'f].*)?(#.*)?$|\.assert(True\(True\)|IsNotNone\(|IsInstance\()"
)
_WEAK_WEB = re.compile(
    r"\.(toBeDefined|toBeTruthy|not\.toBeNull|not\.toBeUndefined|toBeInstanceOf|toBeTypeOf)\("
    r"|expect\(true\)\.toBe\(true\)"
    r"|expect\((1|true)\)\.to(Be|Equal)\((1|true)\)|assert\.ok\(true\)"
)
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


@dataclass(frozen=True, slots=True)
class Case:
    """One test. `grade` is "asserts", "weak" (existence only) or "none"; `kind` "python", "web", "browser", "other"."""

    path: str
    line: int
    end_line: int
    kind: str
    grade: str
    enabled: bool = True
    parameters: tuple[str, ...] = ()

    @property
    def place(self) -> Location:
        """Where it stands."""
        return Location(self.path, self.line)

    @property
    def counts(self) -> bool:
        """Whether it is enabled and asserts something."""
        return self.enabled and self.grade != "none"


_known: WeakKeyDictionary[Look, tuple[Case, ...]] = WeakKeyDictionary()


def cases(look: Look) -> tuple[Case, ...]:
    """Every test case of the tree that its runner would collect, in path order; manual scripts are none."""
    if look not in _known:
        _known[look] = tuple(_cases(look))
    return _known[look]


def _cases(look: Look) -> Iterator[Case]:
    for path in look.tree.paths:
        if is_vendored(path) or is_generated(path) or _EXAMPLES.intersection(path.split("/")[:-1]):
            continue
        if path.endswith(PYTHON) and _PYTHON_NAME.search(path):
            module = look.python.module(path)
            if module:
                yield from _python(look, module)
        elif path.endswith(WEB) and is_test(path) and _WEB_NAME.search(path):
            web = look.web.module(path)
            if web:
                yield from _web(web, look.tree.text(path) or "")
        else:
            yield from _other(look, path)


# -- Python -------------------------------------------------------------------------------------------------------


def _python(look: Look, module: PythonModule) -> Iterator[Case]:
    found = list(_python_cases(look, module))
    by_framework = any(item.top in {"pytest", "unittest", "django", "hypothesis"} for item in module.imports)
    if module.main_guard and not by_framework and all(case.grade == "none" for case in found):
        return  # a script that is run by hand
    yield from found


def _python_cases(look: Look, module: PythonModule) -> Iterator[Case]:
    bases = {item.name: item.bases for item in module.classes}
    lines = (look.tree.text(module.path) or "").splitlines()
    skipped_classes = {
        i.name for i in module.classes if any("skip" in d and "skipif" not in d.lower() for d in i.decorators)
    }
    whole = any(
        "mark.skip" in a.value.text and "skipif" not in a.value.text
        for a in module.assignments
        if a.target == "pytestmark"
    )
    for function in module.functions:
        if not function.name.startswith("test") or not _is_collected(function, bases):
            continue
        skipped = whole or function.owner in skipped_classes
        skipped = skipped or any(_always_skips(mark.callee) for mark in function.decorators)
        grade = _python_grade(look, module, function, lines)
        yield Case(
            module.path,
            function.line,
            function.end_line,
            "python",
            grade,
            not skipped,
            tuple(item.name for item in function.parameters),
        )


def _always_skips(mark: str) -> bool:
    return bool(re.search(r"\bskip\b", mark))


def _is_collected(function: Function, bases: dict[str, tuple[str, ...]]) -> bool:
    if not function.owner:
        return "." not in function.qualified
    return function.owner.startswith("Test") or any(
        "Test" in base or "Case" in base for base in bases.get(function.owner, ())
    )


def _python_grade(look: Look, module: PythonModule, function: Function, lines: list[str]) -> str:
    calls = [call for call in module.calls if call.function == function.qualified]
    if not module.complete:
        body = "\n".join(lines[function.line - 1 : function.end_line])
        return "asserts" if re.search(r"\bassert\b|\.assert\w+\(|raises\(", body) else "none"
    asserting = [call for call in calls if _PYTHON_ASSERTS.search(call.callee)]
    helpers = [call for call in calls if call not in asserting and _helper_asserts(look, module, function, call.callee)]
    if not (function.assertions or function.raises or asserting or helpers):
        return "none"
    weak = sum(1 for line in lines[function.line - 1 : function.end_line] if _WEAK_PYTHON.search(line))
    return "weak" if weak and weak >= function.assertions + len(asserting) + len(helpers) else "asserts"


def _helper_asserts(look: Look, module: PythonModule, function: Function, callee: str) -> bool:
    """Whether a helper of this module, or one it imports from the repository, asserts."""
    name = callee.removeprefix("self.")
    local = module.function(f"{function.owner}.{name}" if callee.startswith("self.") else name)
    if local:
        return local.assertions > 0
    head = callee.split(".", 1)[0]
    for item in module.imports:
        if item.local == head and item.paths:
            target = look.python.module(item.paths[-1])
            found = target.function(callee.partition(".")[2] or item.name) if target else None
            if found and found.assertions:
                return True
    return False


# -- JavaScript and TypeScript ------------------------------------------------------------------------------------

_CASE = re.compile(
    r"^(it|test|specify|fit|Deno\.test|QUnit\.test)(\.(each|only|concurrent|for|serial|fails|sequential|failing))*$"
)
_OFF = re.compile(
    r"^(xit|xtest|xdescribe|xcontext|(it|test|describe|context|suite|test\.describe)\.(skip|todo|fixme))(\.each)?$"
)
_BROWSER = re.compile(
    r"^(@playwright/(?!experimental-ct)|cypress|puppeteer|selenium-webdriver|webdriverio|@wdio/|testcafe|nightwatch|detox)"
)


def _web(module: WebModule, text: str) -> Iterator[Case]:
    browser = (
        any(_BROWSER.match(item.package) for item in module.imports)
        or any(call.callee.startswith("cy.") for call in module.calls)
    ) and "playwright.dev" not in text  # what the tool's own starter visits says nothing of this product
    if "cy.mount(" in text and "cy.visit(" not in text:
        browser = False  # a component on its own is no flow
    off = [call for call in module.calls if _OFF.match(call.callee)]
    for call in module.calls:
        if not (_CASE.match(call.callee) or _OFF.match(call.callee)) or not call.arguments:
            continue
        if _OFF.match(call.callee) and re.match(
            r"^(xdescribe|xcontext|(describe|context|suite|test\.describe)\.)", call.callee
        ):
            continue
        disabled = any(item.line <= call.line and call.end_line <= item.end_line for item in off)
        kind = "browser" if browser else "web"
        yield Case(module.path, call.line, call.end_line, kind, _web_grade(module, call, text), not disabled)


def _web_grade(module: WebModule, case: WebCall, text: str) -> str:
    body = "\n".join(text.splitlines()[case.line - 1 : case.end_line])
    inside = [
        call for call in module.calls if case.line <= call.line and call.end_line <= case.end_line and call is not case
    ]
    asserting = [call for call in inside if _WEB_ASSERTS.search(call.callee)]
    if not asserting:
        return "none"
    strong = len(re.findall(r"\bexpect\w*\(|\bassert[.\w]*\(|\.should\(|getBy\w+\(|findBy\w+\(", body)) - len(
        _WEAK_WEB.findall(body)
    )
    return "asserts" if strong > 0 else "weak"


# -- other languages ----------------------------------------------------------------------------------------------


def _other(look: Look, path: str) -> Iterator[Case]:
    for suffix, (name, marks, asserts) in _OTHER.items():
        if (path.endswith(suffix) or (suffix == ".ex" and path.endswith(".exs"))) and name.search(path):
            text = look.tree.text(path) or ""
            match = marks.search(text)
            if match:
                line = text.count("\n", 0, match.start()) + 1
                yield Case(path, line, line, "other", "asserts" if asserts.search(text) else "none")
