"""The tests of a JavaScript or TypeScript module: which calls are tests, which are off, and what they assert."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.files.kinds import is_test
from checks.files.listed import WEB
from checks.reads import of_one_file
from checks.topics.tests_case import Case, is_left_out

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.web_facts import WebCall, WebModule

NAME = re.compile(r"[._-](test|spec|cy|e2e)(-d)?\.[cm]?[jt]sx?$|(^|/)(__tests__|e2e|cypress|tests?)/")
ANY_NAME = "any name"
"""Asked of `tests_in` where it is known otherwise that a runner collects the file."""
_CASE = re.compile(
    r"^(it|test|specify|fit|Deno\.test|QUnit\.test)(\.(each|only|concurrent|for|serial|fails|sequential|failing))*$"
)
_OFF = re.compile(
    r"^(xit|xtest|xdescribe|xcontext|(it|test|describe|context|suite|test\.describe)\.(skip|todo|fixme))(\.each)?$"
)
_OFF_GROUP = re.compile(r"^(xdescribe|xcontext|(describe|context|suite|test\.describe)\.)")
_OFF_INSIDE = re.compile(r"^(test|it|test\.describe)\.(skip|fixme)$")
"""In a body, called with nothing or with `true`, it switches off what it stands in."""
_GROUP = re.compile(r"^(describe|context|suite|test\.describe)(\.(only|serial|parallel))*$")
_TABLE = re.compile(r"\.(each|for)$")
_BROWSER = re.compile(
    r"^(@playwright/(?!experimental-ct)|cypress|puppeteer|selenium-webdriver|webdriverio|@wdio/|testcafe|nightwatch|detox)"
)
_GLOBALS = re.compile(r"^(cy\.|browser\.(url|newWindow|navigateTo|\$)|I\.amOnPage|device\.launchApp)")
"""What Cypress, WebdriverIO, Nightwatch, CodeceptJS and Detox give without an import."""
_MATCHES = re.compile(
    r"^expect(\.soft|\.poll)?\.(?!soft$|poll$|extend$|any$|anything$|\w+Containing$|stringMatching$|assertions$"
    r"|hasAssertions$)"
)
_WEAK = re.compile(
    r"^expect(\.\w+)*?\.(toBeDefined|toBeTruthy|not\.toBeNull|not\.toBeUndefined|toBeInstanceOf|toBeTypeOf)$"
)
_ASSERTS = re.compile(
    r"^(assert\w*|should|t)(\.|$)|^expect[A-Z]\w*$|\.should$|(^|\.)assert\w*$|\.expect$"
    r"|^(verify|check)[A-Z]\w*$|^(screen\.)?(findBy|getBy)\w+$|\.(rejects|throws|doesNotThrow|strictEqual|deepEqual)$"
)
_ALWAYS_TRUE = re.compile(r"expect\((1|true)\)\.to(Be|Equal|StrictEqual)\((1|true)\)|\bassert(\.ok)?\(true\)")
_CHAI = re.compile(r"\)\s*\.(not\.)?(to|is|should|eventually)\b")
_MOST_HOPS = 3


@of_one_file
def tests_in(look: Look, path: str, named: str) -> list[tuple[int, int, str, str, bool]]:
    """What a file alone says of its tests, in order: first and last line, kind, grade, and whether each is enabled.

    The kind is "" where it depends on the repository's own fixtures.
    """
    if not path.endswith(WEB) or is_left_out(path):
        return []
    if named != ANY_NAME and not (is_test(path) and NAME.search(path)):
        return []
    module = look.web.module(path)
    if module is None:
        return []
    text = look.tree.text(path) or ""
    drives = _drives(module, text)
    kind = "browser" if drives else "" if drives is None and _given(module) else "web"
    return list(_told(module, text, kind))


def web_cases(look: Look, path: str, told: list[tuple[int, int, str, str, bool]]) -> Iterator[Case]:
    """The tests of a file of which that is told, in order."""
    given = "web"
    if any(not kind for _, _, kind, _, _ in told):
        module = look.web.module(path)
        given = "browser" if module and _is_given_browser(look, module, _MOST_HOPS) else "web"
    for line, end, kind, grade, enabled in told:
        yield Case(path, line, end, kind or given, grade, enabled)


def _told(module: WebModule, text: str, kind: str) -> Iterator[tuple[int, int, str, str, bool]]:
    off = [call for call in module.calls if _OFF.match(call.callee)]
    off += _switched_off_inside(module)
    for call in module.calls:
        is_off = _OFF.match(call.callee)
        if not (_CASE.match(call.callee) or is_off) or not call.arguments:
            continue
        if is_off and _OFF_GROUP.match(call.callee):
            continue
        if is_off and not _TABLE.search(call.callee) and call.arguments[0][:1] not in {'"', "'", "`"}:
            continue  # a condition in a body: `test.skip(browserName === "webkit", …)`
        if _TABLE.search(call.callee) and len(call.arguments) == 1:
            continue  # the table of `it.each(table)(name, test)`; the call that follows is the test
        disabled = any(item.line <= call.line and call.end_line <= item.end_line for item in off)
        yield call.line, call.end_line, kind, _grade(module, call, text), not disabled


def _switched_off_inside(module: WebModule) -> list[WebCall]:
    """The tests and groups with a `test.skip()` or `test.fixme(true)` in their own body."""
    tests = [call for call in module.calls if _CASE.match(call.callee)]
    groups = [call for call in module.calls if _GROUP.match(call.callee)]
    off = []
    for mark in module.calls:
        if _OFF_INSIDE.match(mark.callee) and (not mark.arguments or mark.arguments[0] == "true"):
            around = [call for call in tests if call.line <= mark.line and mark.end_line <= call.end_line]
            around = around or [call for call in groups if call.line <= mark.line and mark.end_line <= call.end_line]
            off += [max(around, key=lambda call: call.line)] if around else tests
    return off


def _drives(module: WebModule, text: str) -> bool | None:
    """Whether tests of a module drive a browser, by what it holds; None where fixtures that it imports may."""
    if "playwright.dev" in text:
        return False  # what the tool's own starter visits says nothing of this product
    if "cy.mount(" in text and "cy.visit(" not in text:
        return False  # a component on its own is no flow
    if any(_BROWSER.match(item.package) for item in module.imports):
        return True
    return True if any(_GLOBALS.match(call.callee) for call in module.calls) else None


def _given(module: WebModule) -> list[str]:
    """The repository's own files that give a module its tests."""
    given = {item.path for item in module.imports if item.path and {"test", "it"}.intersection(item.names.values())}
    return sorted(given)


def _is_given_browser(look: Look, module: WebModule, hops: int) -> bool:
    """Whether the repository's own fixtures that a module imports drive a browser."""
    for path in _given(module) if hops else ():
        fixtures = look.web.module(path)
        if fixtures is None:
            continue
        drives = _drives(fixtures, look.tree.text(path) or "")
        if drives or (drives is None and _is_given_browser(look, fixtures, hops - 1)):
            return True
    return False


def _grade(module: WebModule, case: WebCall, text: str) -> str:
    body = "\n".join(text.splitlines()[case.line - 1 : case.end_line])
    inside = [
        call.callee
        for call in module.calls
        if case.line <= call.line and call.end_line <= case.end_line and call is not case
    ]
    matched = [callee for callee in inside if _MATCHES.match(callee)]
    weak = [callee for callee in matched if _WEAK.match(callee)]
    strong = len(matched) - len(weak) + sum(1 for callee in inside if _ASSERTS.search(callee))
    if "expect" in inside and _CHAI.search(body):
        strong += 1  # Chai asserts by naming a property: `expect(done).to.be.true`
    hollow = len(_ALWAYS_TRUE.findall(body))
    if strong - hollow > 0:
        return "asserts"
    return "weak" if weak else "none"  # what is true of every program is no assertion
